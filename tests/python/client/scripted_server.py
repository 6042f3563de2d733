"""A server that plays by a script: functions by path, over gRPC and over gRPC-Web, on free loopback ports."""
import socket
import ssl
import struct
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Dict, Iterator, Optional
from urllib.parse import quote

Handler = Callable[[bytes], Iterator[bytes]]


class Refusal(Exception):
    """Ends a call with a status other than OK; ``retry_ms`` is when the caller may come again."""

    def __init__(self, code: int, message: str, retry_ms: Optional[int] = None) -> None:
        super().__init__(message)
        self.code, self.message, self.retry_ms = code, message, retry_ms


class BreakConnection(Exception):
    """Drops the connection in mid-reply."""


class ScriptedWebServer:
    """gRPC-Web over HTTP/1.1. Counts its connections; remembers the headers of the last call."""

    def __init__(self, handlers: Dict[str, Handler], certificate: Optional[str] = None, key: Optional[str] = None) -> None:
        owner = self
        self.connections = 0
        self.headers: Dict[str, str] = {}
        self.target = ""

        class Conversation(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                owner.connections += 1
                super().setup()

            def log_message(self, *_) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.headers, owner.target = dict(self.headers), self.path
                path = self.path[self.path.index("/", 8):] if self.path.startswith("http://") else self.path
                status, message, retry_ms = 0, "", None
                self.send_response(200)
                self.send_header("Content-Type", "application/grpc-web+proto")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    handler = handlers.get(path)
                    if handler is None:
                        raise Refusal(12, f"no {path}")
                    for reply in handler(body[5:]):
                        # Frames in pieces that respect no border: a client must put them together.
                        for piece in _pieces(b"\0" + struct.pack(">I", len(reply)) + reply):
                            self._chunk(piece)
                except Refusal as refusal:
                    status, message, retry_ms = refusal.code, refusal.message, refusal.retry_ms
                except BreakConnection:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                pushback = "" if retry_ms is None else f"grpc-retry-pushback-ms: {retry_ms}\r\n"
                trailers = f"grpc-status: {status}\r\ngrpc-message: {quote(message)}\r\n{pushback}".encode()
                self._chunk(b"\x80" + struct.pack(">I", len(trailers)) + trailers)
                self._chunk(b"")

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pieces(data: bytes) -> Iterator[bytes]:
    cuts = [0, 2, 7, len(data)] if len(data) > 7 else [0, len(data)]
    return (data[start:end] for start, end in zip(cuts, cuts[1:]) if end > start)


class ScriptedGrpcServer:
    """The same over gRPC."""

    def __init__(self, handlers: Dict[str, Handler], certificate: Optional[str] = None, key: Optional[str] = None) -> None:
        import grpc

        codes = {code.value[0]: code for code in grpc.StatusCode}
        self.headers: Dict[str, str] = {}
        owner = self

        class Generic(grpc.GenericRpcHandler):
            def service(self, details):
                handler = handlers.get(details.method)
                owner.headers = {name: value for name, value in details.invocation_metadata}
                if handler is None:
                    return None

                def answer(requests, context):
                    try:
                        yield from handler(b"".join(requests))
                    except Refusal as refusal:
                        if refusal.retry_ms is not None:
                            context.set_trailing_metadata((("grpc-retry-pushback-ms", str(refusal.retry_ms)),))
                        context.abort(codes[refusal.code], refusal.message)
                    except BreakConnection:
                        context.abort(grpc.StatusCode.UNAVAILABLE, "broken")

                # A stream on both sides takes unary and streaming callers alike.
                return grpc.stream_stream_rpc_method_handler(answer)

        self._server = grpc.server(
            futures.ThreadPoolExecutor(16), handlers=[Generic()], options=[("grpc.max_receive_message_length", -1)])
        if certificate:
            credentials = grpc.ssl_server_credentials([(open(key, "rb").read(), open(certificate, "rb").read())])
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        else:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0.1).wait()

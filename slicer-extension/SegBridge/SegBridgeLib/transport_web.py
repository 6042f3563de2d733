"""gRPC-Web over HTTP/1.1 with nothing but the standard library."""
from __future__ import annotations

import http.client
import select
import socket
import ssl
import threading
import urllib.request
from typing import Dict, Iterator, List, Optional, Tuple
from urllib.parse import unquote, urlsplit

from .errors import RETRY_HEADER, AddressError, Cancelled, ConnectionLost, DeadlineExceeded, ReplyError, error_for_status
from .transport import FRAME_BYTES, MAX_REPLY_BYTES, Endpoint, ServerStream, Transport, check_fingerprint, normalised_fingerprint

_TRAILERS, _COMPRESSED = 0x80, 0x01
# What an HTTP status means where gRPC-Web's own status is missing: a proxy, or another program, answered.
_HTTP_STATUS = {400: 13, 401: 16, 403: 7, 404: 12, 408: 4, 413: 8, 429: 8, 431: 8, 502: 14, 503: 14, 504: 14}


class WebTransport(Transport):
    """A pool of kept-alive HTTP/1.1 connections; every call has one of its own while it runs.

    Proxies are taken from the environment (http_proxy, https_proxy, no_proxy), never for loopback addresses. TLS as
    for the gRPC transport; a pinned ``fingerprint`` may belong to any certificate, self-signed or not.
    """

    name = "web"

    def __init__(
        self, address: str, key: Optional[str] = None, fingerprint: Optional[str] = None, ca_file: Optional[str] = None,
        timeout: float = 60.0,
    ) -> None:
        self._endpoint = Endpoint(address)
        self._timeout = timeout
        self._fingerprint = normalised_fingerprint(fingerprint) if fingerprint else None
        self._headers = {
            "Content-Type": "application/grpc-web+proto", "Accept": "application/grpc-web+proto", "X-Grpc-Web": "1",
            "User-Agent": "segbridge-python",
        }
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._tls: Optional[ssl.SSLContext] = None
        if self._endpoint.tls:
            self._tls = ssl.create_default_context(cafile=ca_file)
            if self._fingerprint:
                self._tls.check_hostname = False
                self._tls.verify_mode = ssl.CERT_NONE
        elif fingerprint or ca_file:
            raise AddressError("fingerprint and ca_file belong to https:// addresses")
        self._proxy = _proxy_for(self._endpoint)
        self._lock = threading.Lock()
        self._idle: List[http.client.HTTPConnection] = []
        self._calls: Dict[int, "_WebCall"] = {}
        self._closed = False

    def unary(self, path: str, request: bytes, timeout: Optional[float] = None) -> bytes:
        call = self._start(path, request, timeout or self._timeout, timeout or self._timeout)
        replies = list(call)
        if len(replies) != 1:
            raise ReplyError(f"{path} must answer with one message, got {len(replies)}")
        return replies[0]

    def server_stream(self, path: str, request: bytes, timeout: Optional[float] = None) -> ServerStream:
        return self._start(path, request, timeout, timeout)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            calls = list(self._calls.values())
        for connection in idle:
            connection.close()
        for call in calls:
            call.cancel()

    def _start(self, path: str, request: bytes, socket_timeout: Optional[float], deadline: Optional[float]) -> "_WebCall":
        call = _WebCall(self, path)
        with self._lock:
            if self._closed:
                raise Cancelled("the connection was closed")
            self._calls[id(call)] = call
        try:
            headers = dict(self._headers)
            if deadline is not None:
                headers["Grpc-Timeout"] = f"{min(int(deadline * 1000), 99_999_999)}m"
            frame = b"\0" + len(request).to_bytes(4, "big") + request
            call.send(self._connection(socket_timeout), self._target(path), frame, headers)
        except BaseException:
            self._finished(call)
            raise
        return call

    def _target(self, path: str) -> str:
        # A plain-text proxy wants the whole address; through a TLS tunnel, or without a proxy, the path is enough.
        return f"http://{self._endpoint.authority}{path}" if self._proxy and not self._tls else path

    def _connection(self, timeout: Optional[float]) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._connect(timeout)
            # A kept-alive connection on which something waits to be read was closed by the server.
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                connection.sock.settimeout(timeout)
                return connection
            connection.close()

    def _connect(self, timeout: Optional[float]) -> http.client.HTTPConnection:
        host, port = self._proxy or (self._endpoint.host, self._endpoint.port)
        connection: http.client.HTTPConnection
        if self._tls:
            connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._tls)
            if self._proxy:
                connection.set_tunnel(self._endpoint.host, self._endpoint.port)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        try:
            connection.connect()
        except ssl.SSLError as error:
            raise ConnectionLost(f"no TLS connection with {self._endpoint.authority}: {error}") from error
        except OSError as error:
            raise ConnectionLost(f"cannot reach {self._endpoint.authority}: {error}") from error
        if isinstance(connection.sock, ssl.SSLSocket) and self._fingerprint:
            try:
                check_fingerprint(connection.sock.getpeercert(binary_form=True), self._fingerprint)
            except Exception:
                connection.close()
                raise
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.sock.settimeout(timeout)
        return connection

    def _finished(self, call: "_WebCall", reusable: bool = False) -> None:
        with self._lock:
            self._calls.pop(id(call), None)
            connection = call.release()
            if connection is not None and reusable and not self._closed:
                self._idle.append(connection)
                return
        call.close_response()
        if connection is not None:
            connection.close()


class _WebCall(ServerStream):
    """One request and its reply, read frame by frame as it arrives."""

    def __init__(self, owner: WebTransport, path: str) -> None:
        self._owner = owner
        self._path = path
        self._cancelled = False
        self._connection: Optional[http.client.HTTPConnection] = None
        self._socket: Optional[socket.socket] = None
        self._response: Optional[http.client.HTTPResponse] = None

    def send(self, connection: http.client.HTTPConnection, target: str, body: bytes, headers: Dict[str, str]) -> None:
        # http.client forgets its socket as soon as the reply says "Connection: close"; cancel() needs it until the end.
        self._connection, self._socket = connection, connection.sock
        if self._cancelled:
            raise Cancelled("the call was cancelled")
        try:
            connection.request("POST", target, body, headers)
        except OSError as error:
            if not isinstance(error, (BrokenPipeError, ConnectionResetError)):
                raise self._translated(error) from error
            # The server may have answered (a limit, say) before it had read everything.
        except http.client.HTTPException as error:
            raise self._translated(error) from error

    def __iter__(self) -> Iterator[bytes]:
        finished = False
        try:
            response = self._open()
            while True:
                frame = self._frame(response)
                if frame is None:
                    raise self._translated(EOFError("the reply ended without a status"))
                flags, data = frame
                if flags & _TRAILERS:
                    break
                yield data
            # Nothing may follow; reading to the end makes the connection ready for the next call.
            finished = response.read(1) == b""
            keep = finished and not response.will_close
            self._owner._finished(self, keep)
            _raise_for_status(_trailer_block(data))
        except (OSError, http.client.HTTPException) as error:
            raise self._translated(error) from error
        except (ValueError, AttributeError) as error:
            # http.client stumbles in these ways when its connection is closed under its feet.
            if self._cancelled:
                raise self._translated(error) from error
            raise
        finally:
            if not finished:
                self._owner._finished(self)

    def cancel(self) -> None:
        with self._owner._lock:
            self._cancelled = True
            # A connection that is back in the pool belongs to others.
            if self._connection is not None and self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)  # Wakes a reader in another thread; close() would not.
                except OSError:
                    pass

    def release(self) -> Optional[http.client.HTTPConnection]:
        """The connection, which this call then has no more."""
        connection, self._connection = self._connection, None
        return connection

    def close_response(self) -> None:
        if self._response is not None:
            self._response.close()

    def _open(self) -> http.client.HTTPResponse:
        if self._connection is None:
            raise ReplyError(f"{self._path}: the reply was read already")
        response = self._response = self._connection.getresponse()
        status = response.getheader("grpc-status")
        if response.status != 200 or (status is None and not _is_grpc_web(response)):
            code = int(status) if status and status.isdigit() else _HTTP_STATUS.get(response.status, 2)
            said = unquote(response.getheader("grpc-message") or "")
            raise error_for_status(
                code, said or f"{self._owner._endpoint.authority} answered HTTP {response.status} to {self._path}",
                response.getheader(RETRY_HEADER))
        if status is not None and status != "0":
            raise error_for_status(
                int(status), unquote(response.getheader("grpc-message") or ""), response.getheader(RETRY_HEADER))
        return response

    def _frame(self, response: http.client.HTTPResponse) -> Optional[Tuple[int, bytes]]:
        head = response.read(FRAME_BYTES)
        if not head:
            return None
        if len(head) < FRAME_BYTES:
            raise self._translated(EOFError("the reply broke off"))
        length = int.from_bytes(head[1:], "big")
        if head[0] & _COMPRESSED or length > MAX_REPLY_BYTES:
            raise ReplyError(f"{self._path}: a frame is compressed or longer than {MAX_REPLY_BYTES} bytes")
        data = response.read(length) if length else b""
        if len(data) < length:
            raise self._translated(EOFError("the reply broke off"))
        return head[0], data

    def _translated(self, error: BaseException) -> Exception:
        if self._cancelled:
            return Cancelled("the call was cancelled")
        if isinstance(error, socket.timeout):
            return DeadlineExceeded(f"{self._path}: no answer in time")
        return ConnectionLost(f"{self._path}: the connection broke: {error or type(error).__name__}")


def _is_grpc_web(response: http.client.HTTPResponse) -> bool:
    return (response.getheader("Content-Type") or "").startswith("application/grpc-web")


def _trailer_block(data: bytes) -> Dict[str, str]:
    lines = (line.partition(":") for line in data.decode("latin-1").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _raise_for_status(trailers: Dict[str, str]) -> None:
    status = trailers.get("grpc-status", "")
    if not status.isdigit():
        raise ReplyError("the reply's trailers have no grpc-status")
    if status != "0":
        raise error_for_status(int(status), unquote(trailers.get("grpc-message", "")), trailers.get(RETRY_HEADER))


def _proxy_for(endpoint: Endpoint) -> Optional[Tuple[str, int]]:
    if endpoint.is_loopback or urllib.request.proxy_bypass(endpoint.host):
        return None
    url = urllib.request.getproxies().get("https" if endpoint.tls else "http")
    if not url:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return (parts.hostname, parts.port or 80) if parts.hostname else None

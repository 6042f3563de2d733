"""gRPC-Web over HTTP/1.1 with nothing but the standard library."""
from __future__ import annotations

import http.client
import select
import socket
import ssl
import threading
import urllib.request
from typing import Dict, List, Optional, Tuple
from urllib.parse import urlsplit

from .errors import AddressError, Cancelled, ConnectionLost, ReplyError
from .transport import Endpoint, ServerStream, Transport, check_fingerprint, normalised_fingerprint
from .web_call import WebCall


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
        self._calls: Dict[int, WebCall] = {}
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

    def _start(self, path: str, request: bytes, socket_timeout: Optional[float], deadline: Optional[float]) -> WebCall:
        call = WebCall(path, self._endpoint.authority, self._lock, self._finished)
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
            self._finished(call, False)
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

    def _finished(self, call: WebCall, reusable: bool) -> None:
        with self._lock:
            self._calls.pop(id(call), None)
            connection = call.release()
            if connection is not None and reusable and not self._closed:
                self._idle.append(connection)
                return
        call.close_response()
        if connection is not None:
            connection.close()


def _proxy_for(endpoint: Endpoint) -> Optional[Tuple[str, int]]:
    if endpoint.is_loopback or urllib.request.proxy_bypass(endpoint.host):
        return None
    url = urllib.request.getproxies().get("https" if endpoint.tls else "http")
    if not url:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return (parts.hostname, parts.port or 80) if parts.hostname else None

"""An address that stays while the server behind it dies, restarts or is replaced."""
from __future__ import annotations

import socket
import threading
from typing import List, Optional
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on to ``target`` (http://host:port); None refuses, as if nothing listened."""

    def __init__(self, target: Optional[str]) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: List[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Breaks every connection."""
        connections, self._open = self._open, []
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                inner, _ = self._listener.accept()
            except OSError:
                return
            parts = urlsplit(self.target or "http://127.0.0.1:9")
            try:
                outer = socket.create_connection((parts.hostname, parts.port), 5)
                outer.settimeout(None)
            except OSError:
                inner.close()
                continue
            self._open += [inner, outer]
            for source, sink in ((inner, outer), (outer, inner)):
                threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

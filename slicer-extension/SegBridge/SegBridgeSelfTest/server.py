"""The server of the self-test: one that runs, or one that is started here."""
import os
from typing import Any

from .waiting import waitUntil

_HINT = ("no server: set SEGBRIDGE_SERVER to the address of a running one, or SEGBRIDGE_HOME to the folder of the program "
         "segbridge, or put the program on PATH")


class ServerForTest:
    """``address`` is empty when there is none; ``reason`` then says how to give one. One that does not start is a failure."""

    def __init__(self, logic: Any) -> None:
        self.address = os.environ.get("SEGBRIDGE_SERVER", "")
        self.key = os.environ.get("SEGBRIDGE_KEY", "")
        self.fingerprint = os.environ.get("SEGBRIDGE_FINGERPRINT", "")
        self.reason = ""
        self._local = None
        if self.address:
            return
        server = logic.localServer
        if not server.find() or not server.start():
            self.reason = _HINT
            return
        self._local = server
        try:
            waitUntil(lambda: server.address or not server.running, "the server to start")
            self.address, self.fingerprint = server.address, server.fingerprint
        finally:
            if not self.address:
                self.stop()
        if not self.address:
            raise RuntimeError("the server did not start: " + " / ".join(server.lines[-3:]))

    def stop(self) -> None:
        if self._local is not None:
            self._local.stop()
            self._local = None

"""A server on this computer: a segbridge program that is found, started, listened to and stopped again."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections import deque
from pathlib import Path
from typing import Any, Callable, Deque, Dict, List, Optional, Tuple

import slicer
from slicer.i18n import tr as _

from .settings import Settings

_LINES = 500
_STOP_S = 10.0


class LocalServer:
    """Started by the user, ended with the application. ``changed`` is called from threads of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: Optional[subprocess.Popen] = None
        self._lock = threading.Lock()
        # What it said, "ready" with its address, "ended" with its code: Qt, which translates, is the main thread's.
        self._log: Deque[Tuple[str, str]] = deque(maxlen=_LINES)
        self._ready: Dict[str, Any] = {}
        # Whether it is ready, has ended, or has said something.
        self.changed: Callable[[], None] = lambda: None

    def find(self) -> List[str]:
        """The command of a segbridge program: as set, in SEGBRIDGE_HOME, or on the PATH; [] when there is none."""
        environment = slicer.util.startupEnvironment()
        places = [self._settings.server_program]
        home = environment.get("SEGBRIDGE_HOME", "")
        if home:
            places += [str(Path(home) / name) for name in ("segbridge", "segbridge.exe", "segbridge.dll")]
        for place in places:
            if place and Path(place).is_file():
                return ["dotnet", place] if place.endswith(".dll") else [place]
        found = shutil.which("segbridge", path=environment.get("PATH", os.defpath))
        return [found] if found else []

    def start(self) -> bool:
        """Starts it on free ports. False, with a line in the log, when there is no program."""
        if self.running:
            return True
        command = self.find()
        if not command:
            self._say(_("No segbridge program was found: install it, or choose its file in the settings."))
            return False
        arguments = [*command, "serve", "--json", "--grpc-port", "0", "--http-port", "0", "--stop-with-input"]
        # Without a console window of its own on Windows.
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
                errors="replace", env=slicer.util.startupEnvironment(), creationflags=flags)
        except OSError as problem:
            self._say(_("The server could not be started: {reason}").format(reason=problem.strerror or problem))
            return False
        with self._lock:
            self._process, self._ready = process, {}
        for stream, take in ((process.stdout, self._take_output), (process.stderr, self._say)):
            threading.Thread(target=self._read, args=(process, stream, take), name="segbridge-server-log", daemon=True).start()
        return True

    def stop(self) -> None:
        """Ends it in order; returns at once. Its threads see it end."""
        with self._lock:
            process, self._process, self._ready = self._process, None, {}
        if process is None:
            return
        try:
            process.stdin.close()  # type: ignore[union-attr]
        except OSError:
            pass
        threading.Thread(target=_end, args=(process,), name="segbridge-server-end", daemon=True).start()
        self.changed()

    def close(self) -> None:
        """Ends it and waits for that: for the end of the application."""
        process = self._process
        self.stop()
        if process is not None:
            _end(process)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def address(self) -> str:
        """Where it serves; "" until it is ready."""
        return str(self._ready.get("https") or self._ready.get("http") or "") if self.running else ""

    def is_at(self, address: str) -> bool:
        """Whether an address is that of this server; once it has ended, another program may have it."""
        return address != "" and address == self.address

    @property
    def fingerprint(self) -> str:
        return str(self._ready.get("fingerprint") or "")

    @property
    def lines(self) -> Tuple[str, ...]:
        """The newest lines of its log, in words."""
        with self._lock:
            log = tuple(self._log)
        return tuple(_words(*entry) for entry in log)

    def _read(self, process: subprocess.Popen, stream: Any, take: Callable[[str], None]) -> None:
        with stream:
            for line in stream:
                if process is self._process or take == self._say:
                    take(line.rstrip())
        if process is self._process and stream is process.stdout:
            self._say(str(process.wait()), "ended")

    def _take_output(self, line: str) -> None:
        try:
            ready = json.loads(line)
        except ValueError:
            ready = None
        if isinstance(ready, dict) and ("http" in ready or "https" in ready) and not self._ready:
            self._ready = ready
            self._say(self.address, "ready")
        else:
            self._say(line)

    def _say(self, text: str, kind: str = "line") -> None:
        with self._lock:
            self._log.append((kind, text))
        self.changed()


def _words(kind: str, text: str) -> str:
    if kind == "ready":
        return _("The server is ready at {address}.").format(address=text)
    if kind == "ended":
        return _("The server has ended with code {code}.").format(code=text)
    return text


def _end(process: subprocess.Popen) -> None:
    try:
        process.wait(timeout=_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""Which display Qt gets: the one that is there, else an own Xvfb, else none ("offscreen": no text is drawn true to life)."""
from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile


def choose_platform() -> None:
    """Before the first import of Qt. QT_QPA_PLATFORM, when set, decides."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="segbridge-runtime-")
        atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    if "QT_QPA_PLATFORM" in os.environ or os.environ.get("DISPLAY"):
        return
    if not _start_xvfb():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _start_xvfb() -> bool:
    program = shutil.which("Xvfb")
    if program is None:
        return False
    read, write = os.pipe()
    server = subprocess.Popen([program, "-displayfd", str(write), "-screen", "0", "1600x1400x24", "-nolisten", "tcp"],
                              pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        server.kill()
        return False
    atexit.register(server.terminate)
    os.environ["DISPLAY"] = f":{number}"
    return True

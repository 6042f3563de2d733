"""What the end-to-end tests share: the server as a process, labelled volumes, the Dice score."""
from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Dict, Optional

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CLIENT_FOLDER = ROOT / "slicer-extension" / "SegBridge"
if str(CLIENT_FOLDER) not in sys.path:
    sys.path.insert(0, str(CLIENT_FOLDER))

import SegBridgeLib  # noqa: E402
from SegBridgeLib import Client, VolumeGeometry  # noqa: E402

# An installed build can be tested instead: SEGBRIDGE_COMMAND="dotnet /opt/segbridge/segbridge.dll".
COMMAND = shlex.split(os.environ.get("SEGBRIDGE_COMMAND", "")) or [str(ROOT / "segbridge")]
# The first start may have to build the server.
START_S = 900
TEST_DATA = Path(os.environ.get("SEGBRIDGE_TEST_DATA", ROOT.parent / "shared" / "data"))


def run_segbridge(*arguments: str, timeout: float = 600) -> "subprocess.CompletedProcess[str]":
    """Runs a command of ./segbridge to its end."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=timeout)


class ServerProcess:
    """``segbridge serve`` on free ports; ``ready`` is its ready line."""

    def __init__(self, log: Path, *options: str) -> None:
        self.log = log
        self._errors = log.open("wb")
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--grpc-port", "0", "--http-port", "0", "--json", "--stop-with-input", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        lines: "Queue[str]" = Queue()
        assert self.process.stdout is not None
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=START_S)
            self.ready: Dict[str, Any] = json.loads(line)
        except (Empty, ValueError) as error:
            self.stop()
            raise AssertionError(f"the server did not start:\n{log.read_text()}") from error

    def connect(self, transport: str = "auto", **options: Any) -> Client:
        fingerprint = self.ready.get("fingerprint")
        if fingerprint and "ca_file" not in options:
            options.setdefault("fingerprint", fingerprint)
        secure = self.ready.get("https")
        return SegBridgeLib.connect(
            grpc=secure or self.ready["grpc"], web=secure or self.ready["http"], transport=transport, **options)

    def kill(self) -> None:
        """Ends the server as a power cut would: at once, in the middle of whatever it does."""
        self.process.kill()
        self.stop()

    def stop(self) -> int:
        """Ends the server as a user's Ctrl-C would. Returns its exit code."""
        try:
            self.process.stdin.close()
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        self._errors.close()
        return code


@dataclass(frozen=True)
class Case:
    """A labelled volume."""

    voxels: np.ndarray
    truth: np.ndarray
    geometry: VolumeGeometry
    window: Optional[tuple]

    @property
    def best_slice(self) -> int:
        """The slice across K with most of the object."""
        return int(self.truth.sum(axis=(1, 2)).argmax())

    def centre(self, k: int) -> tuple:
        """A voxel (i, j, k) of the object, deep inside on its slice."""
        from scipy.ndimage import distance_transform_edt

        depth = distance_transform_edt(np.pad(self.truth[k], 1))[1:-1, 1:-1]
        j, i = np.unravel_index(int(depth.argmax()), depth.shape)
        return int(i), int(j), k

    def outside(self, k: int) -> tuple:
        """A voxel (i, j, k) well off the object, on its slice."""
        rows, columns = np.nonzero(self.truth[k])
        j, i = int(rows.mean()), int(columns.max()) + 12
        return min(i, self.truth.shape[2] - 1), j, k


def dice(one: np.ndarray, two: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|); 1 for two empty masks."""
    total = int(one.sum()) + int(two.sum())
    return 2.0 * int((one & two).sum()) / total if total else 1.0

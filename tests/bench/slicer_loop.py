"""What a click costs in the Slicer extension itself: prompt to wire, mask to segmentation, longest hold-up of the main thread.

    python3 tests/bench/slicer_loop.py [http://host:port]

The same work each time, timed just before each click, shows what of the tails is the machine's own.

Works on a made volume of 512 x 512 x 300 voxels, against a running server or one that it starts, with the stand-ins for
Slicer's modules and VTK's own arrays. The last line is JSON.
"""
from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/e2e", "slicer-extension/SegBridge", "tests/slicer", "tests/slicer/stand_ins"):
    sys.path.insert(0, str(ROOT / folder))

import x_server  # noqa: E402

x_server.choose_platform()

import numpy as np  # noqa: E402
import slicer  # noqa: E402
from end_to_end import ServerProcess  # noqa: E402
from loop_stage import volume_node  # noqa: E402
from SegBridgeLib import VoxelBox  # noqa: E402
from SegBridgeLoop.logic import SegBridgeLogic  # noqa: E402
from SegBridgeScene.segment_reader import SegmentReader  # noqa: E402

SHAPE = (300, 512, 512)
MIDDLE = (256, 256, 150)
# Every other click comes after a pause of up to so long, in which the client sends bricks ahead; the others come at once.
LONGEST_PAUSE_S = 0.3
# About a millisecond of Python.
FIXED_TURNS = 40_000


def made_volume() -> np.ndarray:
    k, j, i = np.ogrid[:SHAPE[0], :SHAPE[1], :SHAPE[2]]
    ball = ((i - MIDDLE[0]) / 60.0) ** 2 + ((j - MIDDLE[1]) / 60.0) ** 2 + ((k - MIDDLE[2]) / 24.0) ** 2 <= 1
    voxels = np.random.default_rng(1).integers(-20, 20, SHAPE, dtype=np.int16)
    voxels[ball] += 100
    return voxels


class Meter:
    """Times every beat and every event of the loop on the main thread."""

    def __init__(self, logic: SegBridgeLogic) -> None:
        self._logic, self.longest_ms, self.cpu_ms, self.where = logic, 0.0, 0.0, ""

    def timed(self, what: str, act: Any) -> Any:
        start, cpu = time.perf_counter(), time.thread_time()
        result = act()
        took = 1000 * (time.perf_counter() - start)
        # Of the main thread alone: what others on the machine do does not count.
        self.cpu_ms = max(self.cpu_ms, 1000 * (time.thread_time() - cpu))
        if took > self.longest_ms:
            self.longest_ms, self.where = took, what
        return result

    def until_idle(self, what: str) -> None:
        while not self._logic._settled():
            self.timed(what, self._logic._beat)
            time.sleep(0.002)


class Collections:
    """The longest pause of Python's garbage collector: it is in the times above, and grows with all that is in memory."""

    def __init__(self) -> None:
        self.longest_ms = self._start = 0.0
        gc.callbacks.append(self._heard)

    def _heard(self, phase: str, _about: Any) -> None:
        if phase == "start":
            self._start = time.perf_counter()
        else:
            self.longest_ms = max(self.longest_ms, 1000 * (time.perf_counter() - self._start))


def fixed_work() -> float:
    """Milliseconds for the same work, whatever the machine does beside."""
    start = time.perf_counter()
    for _turn in range(FIXED_TURNS):
        pass
    return 1000 * (time.perf_counter() - start)


def measured(logic: SegBridgeLogic, volume: Any, model: str, clicks: int) -> Dict[str, Any]:
    meter = Meter(logic)
    logic.setModel(model)
    logic.addSegment(model)
    meter.until_idle("preparing")
    wire: List[float] = []
    write: List[float] = []
    fixed: List[float] = []
    chance = np.random.default_rng(2)
    for click in range(clicks + 1):
        if click == 1:
            meter.longest_ms = meter.cpu_ms = 0.0  # The first one prepares the server.
        at = np.array(MIDDLE) + chance.integers(-15, 16, 3)
        if click % 2:
            time.sleep(chance.uniform(0, LONGEST_PAUSE_S))
        fixed.append(fixed_work())
        meter.timed("addPoint", lambda: logic.addPoint(at * (0.8, 0.8, 1.0)))
        meter.until_idle("result")
        if click and logic.step is not None:
            wire.append(logic.step.timing.wire_ms)
            write.append(logic.step.timing.write_ms)
    return {
        "model": model, "clicks": len(wire), "prompt_to_wire_ms": spread(wire), "mask_to_segmentation_ms": spread(write),
        "same_work_ms": spread(fixed[1:]), "longest_hold_up_ms": round(meter.longest_ms, 1), "longest_in": meter.where,
        "longest_main_thread_cpu_ms": round(meter.cpu_ms, 1)}


def spread(values: List[float]) -> Dict[str, float]:
    median, most = np.percentile(values, (50, 95))
    return {"median": round(float(median), 2), "p95": round(float(most), 2), "longest": round(max(values), 2)}


def written(logic: SegBridgeLogic, what: str, box: VoxelBox, mask: np.ndarray) -> Dict[str, Any]:
    """A mask written by the loop's beats, as one that a step brings."""
    meter, took = Meter(logic), []
    segments, part = logic._work.segments, mask[box.slices].copy()
    meter.timed(what, lambda: segments.masks.put(
        segments.writer.write(logic.segmentId, box, part, lambda: mask), lambda ms, exact, problem: took.append((ms, problem))))
    meter.until_idle(what)
    (milliseconds, problem), = took
    assert problem is None, problem
    return {"mask": what, "voxels": box.voxel_count, "ms": round(milliseconds, 1), "longest_hold_up_ms": round(meter.longest_ms, 1)}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = None
        address = sys.argv[1] if len(sys.argv) > 1 else ""
        if not address:
            server = ServerProcess(Path(folder) / "server.log", "--rate-limit", "0", "--no-journal")
            address = server.ready["http"]
        volume = volume_node(made_volume(), np.diag((0.8, 0.8, 1.0, 1.0)))
        logic = SegBridgeLogic()
        opening = Meter(logic)
        logic.connectServer(address)
        logic.wait()
        logic.giveConsent()
        opening.timed("setVolume", lambda: logic.setVolume(volume))
        opening.until_idle("copying")
        result: Dict[str, Any] = {"volume": "512x512x300 int16", "opening_longest_hold_up_ms": round(opening.longest_ms, 1),
                                  "opening_longest_main_thread_cpu_ms": round(opening.cpu_ms, 1)}
        collections = Collections()
        result["steps"] = []
        for model, clicks in (("scribble-2d", 200), ("tumour-3d", 40)):
            result["steps"].append(measured(logic, volume, model, clicks))
            print(result["steps"][-1], flush=True)
        result["longest_garbage_collection_ms"] = round(collections.longest_ms, 1)
        logic.addSegment("large")
        logic.wait()
        large, moved, whole = (np.zeros(SHAPE, dtype=bool) for _ in range(3))
        large[100:220, 150:350, 150:350] = True
        moved[100:220, 159:359, 150:350] = True
        whole[5:290, 20:500, 20:500] = True
        box = VoxelBox((140, 140, 90), (360, 360, 230))
        result["writes"] = [
            written(logic, "large, new", box, large), written(logic, "large, moved by 9 voxels", box, moved),
            written(logic, "most of the volume", VoxelBox((0, 0, 0), SHAPE[::-1]), whole)]
        reader, parts = SegmentReader(logic._work.segments.writer.grid, logic.segmentId), Meter(logic)
        while not reader.done:
            parts.timed("read", reader.read_some)
        result["read_segment_longest_part_ms"] = round(parts.longest_ms, 1)
        for line in result["writes"]:
            print(line)
        print(json.dumps(result))
        logic.cleanup()
        if server is not None:
            server.stop()
    slicer.app.processEvents()


if __name__ == "__main__":
    main()

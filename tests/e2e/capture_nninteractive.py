"""Writes the captures of tests/vectors/doors anew: what the clients of nninteractive_clients.py send, and what a server answers.

    ./segbridge serve --doors nninteractive &
    python tests/e2e/capture_nninteractive.py http://127.0.0.1:1527
"""
from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np
from nninteractive_clients import LegacyClient, V2Client

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "doors"
SHAPE, SLICE = (5, 40, 48), 2
KEPT = ("content-type", "content-encoding", "x-meta", "content-length")


def picture() -> "tuple[np.ndarray, np.ndarray]":
    k, j, i = np.meshgrid(*(np.arange(count) for count in SHAPE), indexing="ij")
    truth = ((i - 25) / 12.0) ** 2 + ((j - 19) / 9.0) ** 2 <= 1
    return (np.random.default_rng(5).normal(20, 6, SHAPE) + 120 * truth).astype(np.int16), truth


def recorder(exchanges: List[Dict[str, Any]]) -> Callable[..., None]:
    def record(method: str, path: str, headers: Dict[str, str], body: bytes, reply: Any) -> None:
        status, answered, content = reply
        exchanges.append({
            "method": method, "path": path, "headers": headers, "body": base64.b64encode(body).decode(),
            "reply": {"status": status, "headers": {name: answered[name] for name in KEPT if name in answered},
                      "body": base64.b64encode(content).decode()},
        })
    return record


def second_protocol(address: str) -> List[Dict[str, Any]]:
    exchanges: List[Dict[str, Any]] = []
    voxels, truth = picture()
    client = V2Client(address + "/m/scribble-2d", record=recorder(exchanges))
    client.json("GET", "/healthz")
    client.initialize()
    segment = truth & (np.arange(SHAPE[0])[:, None, None] == SLICE)
    client.open_image(voxels, (3.0, 1.0, 1.0))
    client.box([[SLICE, SLICE + 1], [10, 29], [13, 38]])
    client.point((SLICE, 19, 25), run=False)
    client.point((SLICE, 19, 36), include=False)
    stroke = np.zeros(SHAPE, bool)
    stroke[SLICE, 19, 16:34] = True
    client.drawn(stroke)
    client.undo()
    client.start_segment(segment)
    lasso = np.zeros(SHAPE, bool)
    lasso[SLICE, 2:6, 2:9] = True
    client.drawn(lasso, lasso=True, include=False)
    client.json("GET", "/lease_status")
    client.json("POST", "/release")
    return exchanges


def first_protocol(address: str) -> List[Dict[str, Any]]:
    exchanges: List[Dict[str, Any]] = []
    voxels, truth = picture()
    client = LegacyClient(address + "/u/golden/m/scribble-2d", record=recorder(exchanges))
    client.test_connection()
    client.voxels, client.segment = voxels, np.zeros(SHAPE, bool)
    client.point((SLICE, 19, 25))
    client.box((SLICE, 10, 13), (SLICE, 28, 37))
    stroke = np.zeros(SHAPE, bool)
    stroke[SLICE, 19, 16:34] = True
    client.drawn(stroke)
    client.upload_segment(truth & (np.arange(SHAPE[0])[:, None, None] == SLICE))
    lasso = np.zeros(SHAPE, bool)
    lasso[SLICE, 2:6, 2:9] = True
    client.drawn(lasso, lasso=True, positive=False)
    return exchanges


def without(lease: str, text: str) -> str:
    return text.replace(lease, "L" * 32) if lease else text


def save(name: str, exchanges: List[Dict[str, Any]], lease: str = "") -> None:
    """One exchange a line; the lease's token, another in each run, is written as 32 times L."""
    for exchange in exchanges:
        reply = exchange["reply"]
        exchange["headers"] = {header: without(lease, value) for header, value in exchange["headers"].items()}
        if reply["headers"].get("content-type") == "application/json":
            reply["body"] = base64.b64encode(without(lease, base64.b64decode(reply["body"]).decode()).encode()).decode()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text("[\n" + ",\n".join(json.dumps(exchange) for exchange in exchanges) + "\n]\n")


if __name__ == "__main__":
    second = second_protocol(sys.argv[1])
    token = json.loads(base64.b64decode(second[1]["reply"]["body"]))["lease_token"]
    save("nninteractive-v2.json", second, token)
    save("nninteractive-legacy.json", first_protocol(sys.argv[1]))

"""What nnInteractive's clients do on the wire, written from descriptions of them: order of calls, headers, time limits."""
from __future__ import annotations

import gzip
import http.client
import io
import json
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import urlsplit

import numpy as np
from nninteractive_wire import ZSTD, from_nnia, to_nnia

PREDICTION_S = 60
IMAGE_S = 600
Box = List[List[int]]
Reply = Tuple[int, Dict[str, str], bytes]


class Refused(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status, self.detail = status, detail


class Wire:
    """One kept connection. ``record(method, path, headers, body, reply)`` sees every exchange."""

    def __init__(self, address: str, record: Optional[Callable[..., None]] = None) -> None:
        parts = urlsplit(address)
        self.prefix, self.record = parts.path.rstrip("/"), record
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PREDICTION_S)

    def call(self, method: str, path: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None, limit_s: float = PREDICTION_S) -> Reply:
        headers = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive", **(headers or {})}
        if method == "POST" and body is None:
            headers["Content-Length"] = "0"
        self.connection.timeout = limit_s
        if self.connection.sock is not None:
            self.connection.sock.settimeout(limit_s)
        self.connection.request(method, self.prefix + path, body=body, headers=headers)
        answer = self.connection.getresponse()
        reply = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        if self.record:
            self.record(method, path, headers, body or b"", reply)
        return reply


class V2Client:
    """The second protocol as the client library 2.5 speaks it: the mask lives in a buffer of the client's."""

    def __init__(self, address: str, key: Optional[str] = None, codec: int = ZSTD, shuffle: bool = True, record: Optional[Callable[..., None]] = None) -> None:
        self.wire, self.codec, self.shuffle = Wire(address, record), codec, shuffle
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.buffer = np.zeros((0, 0, 0), np.uint8)
        self.lease: Dict[str, Any] = {}
        self.capabilities: Dict[str, Any] = {}

    def initialize(self) -> "V2Client":
        self.lease = self.json("POST", "/claim")
        self.headers["X-Lease-Token"] = self.lease["lease_token"]
        self.capabilities = self.json("GET", "/capabilities")
        for needed in ("supported_interactions", "channel_mapping", "num_interaction_channels", "supports_initial_label",
                       "supports_zero_shot_label_refinement", "preferred_scribble_thickness", "interaction_decay", "inference_session_version"):
            assert needed in self.capabilities, f"the client looks for {needed}"
        self.json("POST", "/set_do_autozoom", {"do_autozoom": True})
        self.json("POST", "/heartbeat")
        return self

    def test_connection(self) -> None:
        token = self.json("POST", "/claim")["lease_token"]
        self.headers["X-Lease-Token"] = token
        self.json("GET", "/capabilities")
        assert self.json("POST", "/release") == {"released": True}

    def open_image(self, voxels: np.ndarray, spacing_kji: Tuple[float, ...], segment: Optional[np.ndarray] = None) -> None:
        meta = {"image_properties": {"spacing": list(spacing_kji)}}
        body = to_nnia(voxels[None], self.codec, self.shuffle, split=self.shuffle)
        reply = self.array("/set_image", body, meta, IMAGE_S)
        assert json.loads(reply[2]) == {"original_image_shape": [1, *voxels.shape]}
        self.buffer = np.zeros(voxels.shape, np.uint8)
        self.json("POST", "/set_target_buffer", {"shape": list(voxels.shape), "dtype": "uint8"})
        self.start_segment(segment)

    def start_segment(self, segment: Optional[np.ndarray] = None) -> None:
        self.buffer[:] = 0
        assert self.json("POST", "/reset_interactions", {}) == {}
        if segment is not None and segment.any():
            self.buffer[:] = segment
            body = to_nnia(segment.astype(np.uint8), self.codec)
            reply = self.array("/add_initial_seg_interaction", body, {"run_prediction": False, "override_capability_checks": False})
            assert not self.apply(reply), "the mask was the client's own"

    def point(self, kji: Tuple[int, int, int], include: bool = True, run: bool = True) -> bool:
        return self.prompt("/add_point_interaction", {"coordinates": list(kji), "include_interaction": include, **self._flags(run)})

    def box(self, bbox: Box, include: bool = True, run: bool = True) -> bool:
        return self.prompt("/add_bbox_interaction", {"bbox_coords": bbox, "include_interaction": include, **self._flags(run)})

    def drawn(self, mask: np.ndarray, lasso: bool = False, include: bool = True, bbox: Optional[Box] = None, run: bool = True) -> bool:
        """Cropped to what is set, or to a box; the array goes with the box's place in the volume."""
        if bbox is None:
            set_at = np.argwhere(mask)
            bbox = [[int(low), int(high) + 1] for low, high in zip(set_at.min(axis=0), set_at.max(axis=0))]
        crop = mask[tuple(slice(low, high) for low, high in bbox)].astype(np.uint8)
        meta = {"include_interaction": include, **self._flags(run), "interaction_bbox": bbox}
        return self.apply(self.array("/add_lasso_interaction" if lasso else "/add_scribble_interaction", to_nnia(crop, self.codec), meta))

    def undo(self) -> bool:
        return self.prompt("/undo", {})

    def prompt(self, path: str, message: Dict[str, Any]) -> bool:
        body = json.dumps(message, separators=(",", ":")).encode()
        return self.apply(self.checked(self.wire.call("POST", path, body, {**self.headers, "Content-Type": "application/json"})))

    def apply(self, reply: Reply) -> bool:
        """The region replaces the same region of the buffer. Answers whether a prediction ran."""
        _, headers, body = reply
        assert headers["content-type"] == "application/octet-stream"
        meta = json.loads(headers["x-meta"])
        if meta["bbox"] is None:
            assert body == b""
            return meta["ran_prediction"]
        region = from_nnia(body)
        assert region is not None and list(region.shape) == meta["shape"] and region.dtype.name == meta["dtype"]
        self.buffer[tuple(slice(low, high) for low, high in meta["bbox"])] = region
        return meta["ran_prediction"]

    def array(self, path: str, body: bytes, meta: Dict[str, Any], limit_s: float = PREDICTION_S) -> Reply:
        headers = {**self.headers, "Content-Type": "application/octet-stream", "X-Meta": json.dumps(meta, separators=(",", ":"))}
        return self.checked(self.wire.call("POST", path, body, headers, limit_s))

    def json(self, method: str, path: str, message: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        body = None if message is None else json.dumps(message, separators=(",", ":")).encode()
        headers = {**self.headers, **({} if body is None else {"Content-Type": "application/json"})}
        return json.loads(self.checked(self.wire.call(method, path, body, headers))[2])

    @staticmethod
    def checked(reply: Reply) -> Reply:
        if reply[0] != 200:
            raise Refused(reply[0], json.loads(reply[2])["detail"])
        return reply

    @staticmethod
    def _flags(run: bool) -> Dict[str, bool]:
        return {"run_prediction": run, "override_capability_checks": False}


class LegacyClient:
    """The first protocol as the extension before 1.0 speaks it; what the server forgot is sent again by itself."""

    def __init__(self, address: str, record: Optional[Callable[..., None]] = None) -> None:
        self.wire = Wire(address, record)
        self.voxels = np.zeros((0, 0, 0), np.int16)
        self.segment = np.zeros((0, 0, 0), bool)

    def test_connection(self) -> int:
        return self.wire.call("GET", "/", limit_s=5)[0]

    def upload_image(self, voxels: np.ndarray) -> None:
        self.voxels, self.segment = voxels, np.zeros(voxels.shape, bool)
        assert self._json(self._form("/upload_image", "volume.npy", self._npy(voxels), {})) == {"status": "ok"}

    def upload_segment(self, segment: np.ndarray) -> None:
        self.segment = segment.astype(bool)
        reply = self._form("/upload_segment", "volume.npy.gz", gzip.compress(self._npy(self.segment)), {}, {"Content-Encoding": "gzip"})
        assert self._json(reply) == {"status": "ok"}

    def point(self, kji: Tuple[int, ...], positive: bool = True) -> np.ndarray:
        return self._mask(lambda: self._post("/add_point_interaction", {"voxel_coord": list(kji), "positive_click": positive}))

    def box(self, one: Tuple[int, ...], two: Tuple[int, ...], positive: bool = True) -> np.ndarray:
        message = {"outer_point_one": list(one), "outer_point_two": list(two), "positive_click": positive}
        return self._mask(lambda: self._post("/add_bbox_interaction", message))

    def drawn(self, mask: np.ndarray, lasso: bool = False, positive: bool = True) -> np.ndarray:
        path, body = "/add_lasso_interaction" if lasso else "/add_scribble_interaction", gzip.compress(self._npy(mask.astype(np.uint8)))
        return self._mask(lambda: self._form(path, "volume.npy.gz", body, {"positive_click": str(positive)}, {"Content-Encoding": "gzip"}))

    def _mask(self, call: Callable[[], Reply]) -> np.ndarray:
        status, headers, body = call()
        assert status == 200, f"Status code {status}"
        if headers["content-type"] == "application/json":
            message = json.loads(body)["message"]
            if "No image uploaded" not in message:
                raise Refused(status, message)
            segment = self.segment
            self.upload_image(self.voxels)
            self.upload_segment(segment)
            return self._mask(call)
        assert headers["content-type"] == "application/octet-stream" and headers["content-encoding"] == "gzip"
        bits = np.unpackbits(np.frombuffer(gzip.decompress(body), np.uint8))
        self.segment = bits[:self.voxels.size].reshape(self.voxels.shape).astype(bool)
        return self.segment

    def _post(self, path: str, message: Dict[str, Any]) -> Reply:
        return self.wire.call("POST", path, json.dumps(message).encode(), {"Content-Type": "application/json"})

    def _form(self, path: str, name: str, file: bytes, fields: Dict[str, str], headers: Optional[Dict[str, str]] = None) -> Reply:
        boundary = "0f2c1a7be5d94e63a1b8c7d60f4e2a91"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode() for field, value in fields.items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                     'Content-Type: application/octet-stream\r\n\r\n'.encode() + file + f"\r\n--{boundary}--\r\n".encode())
        return self.wire.call("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})}, IMAGE_S)

    @staticmethod
    def _json(reply: Reply) -> Dict[str, Any]:
        return json.loads(reply[2])

    @staticmethod
    def _npy(array: np.ndarray) -> bytes:
        file = io.BytesIO()
        np.save(file, array)
        return file.getvalue()

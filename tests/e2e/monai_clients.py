"""Clients of MONAI Label as their makers built them: what they call in which order, and how they read replies.

Written from observation of the protocol, to be as strict and as odd as the plug-ins are: no redirects, the reply's
socket handed raw to a form reader, a fixed boundary, the full local path of a file as its name.
"""
from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import numpy as np

SLICER_BOUNDARY = "----------lImIt_of_THE_fIle_eW_$"
BROWSER_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


class MonaiError(Exception):
    """The server answered with another status than 200."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:500]!r}")
        self.status, self.body = status, body


def form(boundary: str, fields: Dict[str, str], files: Dict[str, Tuple[str, str, bytes]]) -> bytes:
    """A multipart body: fields without a content type, files as (file name, content type, bytes)."""
    lines: List[bytes] = []
    for key, value in fields.items():
        lines += [f"--{boundary}".encode(), f'Content-Disposition: form-data; name="{key}"'.encode(), b"", value.encode()]
    for key, (name, kind, data) in files.items():
        lines += [
            f"--{boundary}".encode(), f'Content-Disposition: form-data; name="{key}"; filename="{name}"'.encode(),
            f"Content-Type: {kind}".encode(), b"", data,
        ]
    return b"\r\n".join([*lines, f"--{boundary}--".encode(), b"", b""])


def read_nrrd(data: bytes) -> Tuple[Dict[str, str], np.ndarray]:
    """Header and voxels, axes (k, j, i)."""
    assert data.startswith(b"NRRD000")
    head, _, rest = data.partition(b"\n\n")
    header = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line and not line.startswith("#"))
    kinds = {"unsigned char": np.uint8, "unsigned short": np.uint16}
    body = gzip.decompress(rest) if header["encoding"] == "gzip" else rest
    sizes = [int(size) for size in header["sizes"].split()]
    return header, np.frombuffer(body, kinds[header["type"]]).reshape(sizes[::-1])


def _raw_form(response: http.client.HTTPResponse) -> Tuple[Dict[str, str], Dict[str, bytes]]:
    """Reads a form from the socket below the reply, as if there were no transfer encoding: what is in chunks comes out damaged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import cgi
        except ImportError:  # Gone in Python 3.13: the same by hand.
            boundary = b"--" + re.search("boundary=(.*)", response.getheader("content-type"))[1].encode()
            body, parts = response.fp.read(int(response.getheader("content-length"))), {}
            fields: Dict[str, str] = {}
            for part in body.split(boundary)[1:-1]:
                head, _, value = part[2:-2].partition(b"\r\n\r\n")
                name = re.search(b'filename="([^"]*)"', head)
                if name:
                    parts[name[1].decode()] = value
                else:
                    fields[re.search(b'name="([^"]*)"', head)[1].decode()] = value.decode()
            return fields, parts
    read = cgi.FieldStorage(fp=response.fp, environ={"REQUEST_METHOD": "POST"}, headers=response.msg, keep_blank_values=True)
    return (
        {part.name: part.value for part in read.list if not part.filename},
        {part.filename: part.value for part in read.list if part.filename},
    )


@dataclass
class SlicerPlugin:
    """The MONAI Label module of 3D Slicer: asks for ``/auth/`` before everything, keeps a session for a local volume."""

    address: str
    folder: Path
    user: str = "user-xyz"
    password: Optional[str] = None
    token: Optional[str] = None
    session_id: Optional[str] = None
    calls: List[str] = field(default_factory=list)

    def info(self) -> Dict[str, Any]:
        return json.loads(self._call("GET", "/info/"))

    def create_session(self, image: Path) -> str:
        body = form(SLICER_BOUNDARY, {"params": json.dumps({"client_id": self.user}), "client_id": self.user}, {"files": self._file(image)})
        self.session_id = json.loads(self._multipart("PUT", "/session/", body)[0])["session_id"]
        return self.session_id

    def session(self) -> Dict[str, Any]:
        return json.loads(self._call("GET", f"/session/{self.session_id}"))

    def infer(self, model: str, image: str, params: Dict[str, Any], label: Optional[Path] = None, upload: Optional[Path] = None) -> Tuple[Path, Dict[str, Any]]:
        """Returns the saved mask and the params of the reply. A session that is gone is made again from ``upload``."""
        if self.session_id and not self.session():
            assert upload is not None
            self.create_session(upload)
        path = f"/infer/{quote_plus(model)}?image={quote_plus(image)}" + (f"&session_id={quote_plus(self.session_id)}" if self.session_id else "")
        sent = {**params, "result_extension": ".nrrd", "result_dtype": "uint8", "client_id": self.user}
        body = form(SLICER_BOUNDARY, {"params": json.dumps(sent)}, {"label": self._file(label)} if label else {})
        fields, files = self._multipart("POST", path, body)
        for name in files:
            saved = self.folder / name
            assert saved.parent == self.folder, "a plain file name is expected"
            saved.write_bytes(files[name])
            return saved, json.loads(fields["params"])
        raise TypeError("the real plug-in crashes on a reply without a file")

    def upload_image(self, image: Path, image_id: str) -> Dict[str, Any]:
        body = form(SLICER_BOUNDARY, {"params": json.dumps({"client_id": self.user})}, {"file": self._file(image)})
        return json.loads(self._multipart("PUT", f"/datastore/?image={quote_plus(image_id)}", body)[0])

    def save_label(self, image_id: str, label: Path, params: Dict[str, Any]) -> Dict[str, Any]:
        body = form(SLICER_BOUNDARY, {"params": json.dumps({**params, "client_id": self.user})}, {"label": self._file(label)})
        return json.loads(self._multipart("PUT", f"/datastore/label?image={quote_plus(image_id)}", body)[0])

    def download_label(self, image_id: str, tag: str) -> Tuple[str, bytes]:
        response, body = self._send("GET", f"/datastore/label?label={quote_plus(image_id)}&tag={quote_plus(tag)}")
        name = re.search('filename="(.+)"', response.getheader("content-disposition"))
        assert name is not None, "the real plug-in crashes without a file name"
        return name[1], body

    def next_sample(self) -> Dict[str, Any]:
        return json.loads(self._call("POST", "/activelearning/random", json.dumps({"client_id": self.user}).encode(), "application/json"))

    def download_sample(self, image_id: str) -> bytes:
        """Through another library of Slicer's, which knows nothing of tokens."""
        return _exchange(self.address, "GET", f"/datastore/image?image={quote_plus(image_id)}")[1]

    def is_training(self) -> bool:
        try:
            self._call("GET", "/train/?check_if_running=true")
            return True
        except MonaiError:
            return False

    def _file(self, path: Path) -> Tuple[str, str, bytes]:
        kind = "application/x-gzip" if path.suffix == ".gz" else "application/octet-stream"
        return str(path), kind, path.read_bytes()

    def _authorize(self) -> Dict[str, str]:
        try:
            asked = json.loads(_exchange(self.address, "GET", "/auth/")[1])
        except MonaiError:
            return {}
        if not asked.get("enabled"):
            return {}
        if self.token is not None:
            try:
                _exchange(self.address, "GET", "/auth/token/valid", headers={"Authorization": f"bearer {self.token}"})
            except MonaiError:
                self.token = None
        if self.token is None:
            body = urlencode({"username": self.user, "password": self.password, "grant_type": "password"}).encode()
            reply = json.loads(_exchange(self.address, "POST", "/auth/token", body, {"content-type": "application/x-www-form-urlencoded"})[1])
            assert reply["token_type"] == "bearer"
            self.token = reply["access_token"]
        return {"Authorization": f"bearer {self.token}"}

    def _send(self, method: str, path: str, body: Optional[bytes] = None, kind: Optional[str] = None) -> Tuple[http.client.HTTPResponse, bytes]:
        self.calls.append(f"{method} {path.split('?')[0]}")
        headers = {**({"content-type": kind, "content-length": str(len(body))} if body is not None and kind else {}), **self._authorize()}
        return _exchange(self.address, method, path, body, headers)

    def _call(self, method: str, path: str, body: Optional[bytes] = None, kind: Optional[str] = None) -> bytes:
        return self._send(method, path, body, kind)[1]

    def _multipart(self, method: str, path: str, body: bytes) -> Tuple[Any, Dict[str, bytes]]:
        self.calls.append(f"{method} {path.split('?')[0]}")
        headers = {"content-type": f"multipart/form-data; boundary={SLICER_BOUNDARY}", "content-length": str(len(body)), **self._authorize()}
        connection, prefix = _connection(self.address)
        connection.request(method, prefix + path, body, headers)
        response = connection.getresponse()
        if response.status != 200 or "multipart" not in response.getheader("content-type", ""):
            return _body(response), {}
        return _raw_form(response)


@dataclass
class OhifPlugin:
    """MONAI Label's extension of OHIF, in a browser: no key, raw NRRD, bytes copied as they come into an 8-bit label map."""

    address: str
    origin: str = "http://viewer.example"

    def info(self) -> Dict[str, Any]:
        info = json.loads(_exchange(self.address, "GET", "/info/", headers=self._headers())[1])
        names = list(info["labels"])  # It pushes more names into it: it must be a list.
        for model in info["models"].values():
            names.extend(model["labels"])
        info["labels"] = sorted(set(names))
        return info

    def infer(self, model: str, image: str, params: Dict[str, Any]) -> bytes:
        """The voxels of the mask, i fastest."""
        sent = {**params, "result_extension": ".nrrd", "result_dtype": "uint8", "result_compress": False, "restore_label_idx": False}
        path = f"/infer/{quote(model, safe='')}?" + urlencode({"image": image, "output": "image"})
        response, body = self._form("POST", path, form(BROWSER_BOUNDARY, {"params": json.dumps(sent)}, {}))
        assert response.getheader("access-control-allow-origin") == self.origin
        head, _, voxels = body.partition(b"\n\n")
        assert b"encoding: raw" in head, "nothing inflates it there"
        return voxels

    def is_training(self) -> bool:
        try:
            response, body = _exchange(self.address, "GET", "/train/?check_if_running=true", headers=self._headers())
        except MonaiError:
            return False
        return response.status == 200 and json.loads(body)["status"] == "RUNNING"

    def save_label(self, image: str, voxels: bytes) -> Dict[str, Any]:
        body = form(BROWSER_BOUNDARY, {"params": json.dumps({"label_info": []})}, {"label": ("label.bin", "application/octet-stream", voxels)})
        return json.loads(self._form("PUT", "/datastore/label?" + urlencode({"image": image}), body)[1])

    def _form(self, method: str, path: str, body: bytes) -> Tuple[http.client.HTTPResponse, bytes]:
        asked, _ = _exchange(self.address, "OPTIONS", path, headers={**self._headers(), "Access-Control-Request-Method": method}, good=(200, 204))
        assert method in asked.getheader("access-control-allow-methods", "")
        headers = {**self._headers(), "Content-Type": f"multipart/form-data; boundary={BROWSER_BOUNDARY}", "Content-Length": str(len(body))}
        return _exchange(self.address, method, path, body, headers)

    def _headers(self) -> Dict[str, str]:
        return {"Origin": self.origin, "Accept": "application/json, multipart/form-data", "User-Agent": "Mozilla/5.0"}


def _connection(address: str) -> Tuple[http.client.HTTPConnection, str]:
    parsed = urlsplit(address)
    return http.client.HTTPConnection(parsed.hostname, parsed.port), parsed.path.rstrip("/")


def _body(response: http.client.HTTPResponse) -> bytes:
    body = response.read()
    if response.status != 200:
        raise MonaiError(response.status, body)
    return body


def _exchange(
    address: str, method: str, path: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None, good: Tuple[int, ...] = (200,),
) -> Tuple[http.client.HTTPResponse, bytes]:
    connection, prefix = _connection(address)
    connection.request(method, prefix + path, body=body, headers=headers or {})
    response = connection.getresponse()
    received = response.read()
    if response.status not in good:
        raise MonaiError(response.status, received)
    return response, received


def temporary_image(folder: Path, suffix: str = ".nii.gz") -> Path:
    """Where the plug-in saves a volume: a name by chance."""
    handle, name = tempfile.mkstemp(suffix=suffix, dir=folder)
    os.close(handle)
    return Path(name)

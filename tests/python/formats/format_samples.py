"""Volume files written and read by code that shares nothing with the server.

``make FOLDER [DATA]`` writes NIfTI files with nibabel and NRRD files with the few lines below, and ``samples.json``
that says what a reader must find in them. With DATA, some files of the data sets are listed too. ``verify FOLDER``
reads the files that ``ours.json`` lists and compares them with what it says.

Arrays are indexed (i, j, k) here as nibabel has them; hashes are of the float32 values in C-order (k, j, i). Affines
map (i, j, k) to RAS millimetres.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
LPS_FROM = {"left-posterior-superior": (1, 1), "RAS": (-1, -1), "right-anterior-superior": (-1, -1), "LAS": (1, -1)}
NRRD_TYPES = {
    "uint8": "uchar", "int8": "signed char", "uint16": "unsigned short int", "int16": "short", "uint32": "uint",
    "int32": "int32_t", "uint64": "ulonglong", "int64": "long long int", "float32": "float", "float64": "double",
}


@dataclass(frozen=True)
class Sample:
    """What a reader must find in one file."""

    file: str
    shape: list[int]
    affine: list[list[float]]
    sha256: str


def values_hash(data: np.ndarray) -> str:
    values = np.ascontiguousarray(np.asarray(data).astype(np.float64).astype("<f4").T)
    return hashlib.sha256(values.tobytes()).hexdigest()


def oblique(shear: float = 0.0, flip: int = 1) -> np.ndarray:
    """An affine with three different spacings, a rotation about two axes and an origin off the grid."""
    a, b = 0.41, -0.27
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_x @ np.array([[1, shear, 0], [0, 1, 0], [0, 0, flip]]) @ np.diag([0.7, 1.3, 2.5])
    affine[:3, 3] = [-101.25, 57.5, 12.125]
    return affine


def some_values(name: str, rng: np.random.Generator, shape: tuple[int, ...] = (5, 4, 3)) -> np.ndarray:
    if name.startswith("float"):
        return rng.normal(0, 1000, shape).astype(name)
    info = np.iinfo(name)
    return rng.integers(max(info.min, -(2**31)), min(info.max, 2**31 - 1), shape, dtype=name, endpoint=True)


def nifti_of(path: Path, sample_unit: float = 1.0) -> Sample:
    image = nib.load(path)
    data = np.asanyarray(image.dataobj)
    data = data.reshape((*data.shape, 1, 1)[:3])
    affine = image.affine.copy()
    affine[:3] *= sample_unit
    return Sample(path.name, list(data.shape), affine.tolist(), values_hash(data))


def make_nifti(folder: Path) -> list[Sample]:
    rng = np.random.default_rng(7)
    samples: list[Sample] = []

    def save(name: str, image: Any, unit: float = 1.0) -> None:
        nib.save(image, folder / name)
        samples.append(nifti_of(folder / name, unit))

    for version, image_type, header_type in ((1, nib.Nifti1Image, nib.Nifti1Header), (2, nib.Nifti2Image, nib.Nifti2Header)):
        for endianness in "<>":
            for name in TYPES:
                header = header_type(endianness=endianness)
                header.set_data_dtype(name)
                image = image_type(some_values(name, rng), oblique(), header, dtype=np.dtype(name))
                save(f"v{version}-{'little' if endianness == '<' else 'big'}-{name}.nii", image)

    data = some_values("int16", rng)
    for flip in (1, -1):
        image = nib.Nifti1Image(data, None)
        image.set_qform(oblique(flip=flip), code=1)
        image.set_sform(None, code=0)
        save(f"qform-{flip}.nii.gz", image)
    for name, affine in (("sheared.nii.gz", oblique(shear=0.2)), ("mirrored.nii", oblique(flip=-1))):
        save(name, nib.Nifti1Image(data, affine))

    both = nib.Nifti1Image(data, oblique())
    both.set_qform(np.diag([2.0, 2.0, 2.0, 1.0]), code=2)
    save("sform-wins.nii", both)

    bare = nib.Nifti1Image(data, None)
    bare.header.set_zooms((0.5, 0.75, 3.0))
    save("spacings-only.nii", bare)

    for name in ("uint8", "int16"):
        scaled = nib.Nifti1Image(rng.normal(40, 300, (6, 5, 4)), oblique())
        scaled.set_data_dtype(name)
        save(f"scaled-{name}.nii.gz", scaled)

    extended = nib.Nifti1Image(data, oblique())
    extended.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"an extension to pass over " * 9))
    save("extension.nii.gz", extended)

    for name, unit in (("meter", 1000.0), ("micron", 0.001)):
        image = nib.Nifti1Image(data, oblique() @ np.diag([1 / unit, 1 / unit, 1 / unit, 1]))
        image.header.set_xyzt_units(name)
        save(f"unit-{name}.nii", image, unit)

    save("pair.hdr", nib.Nifti1Pair(data, oblique()))
    save("one-time-point.nii", nib.Nifti1Image(data[..., None], oblique()))
    save("one-slice.nii", nib.Nifti1Image(data[..., 0], oblique()))
    save("huge-integers.nii", nib.Nifti1Image(rng.integers(0, 2**62, (3, 3, 3)), oblique(), dtype=np.int64))
    return samples


def vector(values: Any) -> str:
    return "(" + ",".join(repr(float(value)) for value in values) + ")"


def make_nrrd(folder: Path) -> list[Sample]:
    rng = np.random.default_rng(11)
    samples: list[Sample] = []

    def save(
        name: str, dtype: str, space: str = "left-posterior-superior", endian: str = "little", encoding: str = "raw",
        version: int = 5, extra: str = "", before: bytes = b"", inside: bytes = b"", shear: float = 0.0,
        none_at: int | None = None, detached: str | None = None, newline: str = "\n",
    ) -> None:
        data, affine = some_values(dtype, rng), oblique(shear, -1)
        x, y = LPS_FROM[space]
        world = np.diag([-x, -y, 1, 1]) @ affine
        sizes, steps = [str(n) for n in data.shape], [vector(world[:3, axis]) for axis in range(3)]
        if none_at is not None:
            sizes.insert(none_at, "1")
            steps.insert(none_at, "none")
        raw = np.ascontiguousarray(data.T.astype(np.dtype(dtype).newbyteorder("<" if endian == "little" else ">"))).tobytes()
        body = before + (gzip.compress(inside + raw) if encoding in ("gzip", "gz") else inside + raw)
        lines = [
            f"NRRD000{version}", "# written without the server", f"type: {NRRD_TYPES[dtype]}", f"dimension: {len(sizes)}",
            f"space: {space}", "sizes: " + " ".join(sizes), "space directions: " + " ".join(steps),
            f"endian: {endian}", f"encoding: {encoding}", f"space origin: {vector(world[:3, 3])}", *extra.splitlines(),
        ]
        if detached is not None:
            (folder / detached).write_bytes(body)
            (folder / name).write_text("\n".join([*lines, f"data file: {detached}", ""]), newline="")
        else:
            (folder / name).write_bytes(newline.join([*lines, "", ""]).encode() + body)
        samples.append(Sample(name, list(data.shape), affine.tolist(), values_hash(data)))

    for dtype in TYPES:
        save(f"little-{dtype}.nrrd", dtype)
        save(f"big-{dtype}.nrrd", dtype, endian="big", encoding="gzip")
    for space in LPS_FROM:
        save(f"space-{space}.nrrd", "int16", space=space, shear=0.1, version=4)
    save("none-first.nrrd", "uint8", none_at=0)
    save("none-last.nrrd", "uint8", none_at=3, extra="kinds: domain domain domain list")
    save("detached.nhdr", "int16", detached="detached.raw")
    save("detached-gzip.nhdr", "int16", encoding="gz", detached="detached.raw.gz")
    save("line-skip.nrrd", "int16", extra="line skip: 2", before=b"one\ntwo\n")
    save("byte-skip.nrrd", "int16", extra="byteskip: 5", inside=b"12345")
    save("byte-skip-gzip.nrrd", "int16", encoding="gzip", extra="byte skip: 5", inside=b"12345")
    save("skip-to-last.nhdr", "int16", extra="byte skip: -1", inside=b"any length", detached="skip-to-last.raw")
    save("windows-lines.nrrd", "int16", newline="\r\n")
    save("key-values.nrrd", "int16", extra="Segment0_Name:=a \\\\ b\\nc\ncontent: anything: at all\nkey:= padded ")
    save("units.nrrd", "int16", extra='space units: "mm" "mm" "mm"\nkinds: space space space\nmeasurement frame: (1,0,0) (0,1,0) (0,0,1)')
    return samples


def make_real(data: Path) -> list[Sample]:
    samples: list[Sample] = []
    for folder in sorted(path for path in data.glob("*/*") if path.is_dir()):
        files = sorted(folder.glob("*.nii.gz"), key=lambda path: (path.stat().st_size, path.name))
        for path in files[:1]:
            found = nifti_of(path)
            samples.append(Sample(str(path), found.shape, found.affine, found.sha256))
    return samples


def read_nrrd(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, str]]:
    head, body = path.read_bytes().split(b"\n\n", 1)
    lines = head.decode().split("\n")
    assert lines[0] == "NRRD0004", lines[0]
    pairs = dict(line.split(":=", 1) for line in lines[1:] if ":=" in line)
    fields = dict(line.split(": ", 1) for line in lines[1:] if ":=" not in line)
    assert fields["space"] == "left-posterior-superior" and fields["encoding"] == "gzip" and fields["endian"] == "little"
    dtype = {long: short for short, long in (
        ("u1", "unsigned char"), ("i1", "signed char"), ("<u2", "unsigned short"), ("<i2", "short"),
        ("<u4", "unsigned int"), ("<i4", "int"), ("<f4", "float"))}[fields["type"]]
    shape = [int(size) for size in fields["sizes"].split()]
    world = np.eye(4)
    for axis, step in enumerate(fields["space directions"].split()):
        world[:3, axis] = [float(part) for part in step.strip("()").split(",")]
    world[:3, 3] = [float(part) for part in fields["space origin"].strip("()").split(",")]
    data = np.frombuffer(gzip.decompress(body), dtype).reshape(shape[::-1]).T
    return data, np.diag([-1, -1, 1, 1]) @ world, pairs


def verify_one(folder: Path, expected: dict[str, Any]) -> list[str]:
    path = folder / expected["file"]
    wrong: list[str] = []
    if path.suffix == ".nrrd":
        data, affine, pairs = read_nrrd(path)
        if pairs != expected["keyValues"]:
            wrong.append(f"key/values {pairs}")
    else:
        image = nib.load(path)
        data, affine = np.asanyarray(image.dataobj), image.affine
        stored = np.ascontiguousarray(np.asarray(image.dataobj.get_unscaled()).T)
        if hashlib.sha256(stored.tobytes()).hexdigest() != expected["storedSha256"]:
            wrong.append("stored voxels differ")
        if str(image.header.get_data_dtype()) != expected["dtype"]:
            wrong.append(f"type {image.header.get_data_dtype()}")
        if (int(image.header["qform_code"]) > 0) == expected["sheared"]:
            wrong.append(f"qform_code {image.header['qform_code']} although sheared is {expected['sheared']}")
        if not expected["sheared"] and not np.allclose(image.get_qform(), affine, rtol=0, atol=1e-4):
            wrong.append(f"qform {image.get_qform().tolist()} is not the sform")
        if int(image.header["sform_code"]) != 1 or image.header.get_xyzt_units()[0] != "mm":
            wrong.append("sform_code or unit")
        if not np.allclose(image.header.get_zooms(), np.linalg.norm(affine[:3, :3], axis=0), rtol=1e-5):
            wrong.append(f"zooms {image.header.get_zooms()}")
    if list(data.shape) != expected["shape"]:
        wrong.append(f"shape {data.shape}")
    elif values_hash(data) != expected["sha256"]:
        wrong.append("values differ")
    tolerance = 1e-9 if expected["exactAffine"] else 3e-5
    if not np.allclose(affine, np.array(expected["affine"]), rtol=1e-6 if not expected["exactAffine"] else 0, atol=tolerance):
        wrong.append(f"affine {affine.tolist()}")
    return [f"{expected['file']}: {what}" for what in wrong]


def main(arguments: list[str]) -> int:
    command, folder = arguments[0], Path(arguments[1])
    if command == "make":
        (folder / "nrrd").mkdir()
        samples = make_nifti(folder)
        for found in make_nrrd(folder / "nrrd"):
            samples.append(Sample(**{**asdict(found), "file": f"nrrd/{found.file}"}))
        if len(arguments) > 2:
            samples += make_real(Path(arguments[2]))
        (folder / "samples.json").write_text(json.dumps([asdict(sample) for sample in samples]))
        return 0
    wrong = [line for expected in json.loads((folder / "ours.json").read_text()) for line in verify_one(folder, expected)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

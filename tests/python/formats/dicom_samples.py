"""Reads and makes DICOM files with pydicom, GDCM and dcmtk, without any code of the server's, for its tests to compare with.

read LIST OUT     what pydicom sees in the files named in LIST (JSON): elements, text, pixels
make FOLDER DATA  files in many encodings, made of the samples in DATA, listed in FOLDER/made.json
volume FOLDER OUT the slices of a folder as one array (k, j, i) of values
masks LIST OUT    the segments of a SEG or RTSTRUCT on the slices of a folder: LIST (JSON) is [file, folder]
"""
from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

warnings.simplefilter("ignore")

UNITS = {"US": 2, "SS": 2, "OW": 2, "AT": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4, "FD": 8, "OD": 8, "OV": 8, "SV": 8, "UV": 8}
TEXT = {"LO", "PN", "SH", "UC", "LT", "ST", "UT"}
SKIPPED = {0xFFFCFFFC, 0x7FE00010}

# Names as the standard's examples (PS3.5 annexes H to K) and others write them.
NAMES = [
    (["ISO_IR 100"], "Buc^Jérôme"),
    (["ISO_IR 101"], "Wałęsa^Łukasz"),
    (["ISO_IR 109"], "Ĉapelo^Ŝi"),
    (["ISO_IR 110"], "Āboliņš^Ēriks"),
    (["ISO_IR 144"], "Люкceмбypг"),
    (["ISO_IR 127"], "قباني^لنزار"),
    (["ISO_IR 126"], "Διονυσιος"),
    (["ISO_IR 138"], "שרון^דבורה"),
    (["ISO_IR 148"], "Çavuşoğlu^İdil"),
    (["ISO_IR 166"], "สมชาย^ใจดี"),
    (["ISO_IR 13"], "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    (["ISO_IR 192"], "Wang^XiaoDong=王^小东="),
    (["GB18030"], "Wang^XiaoDong=王^小东="),
    (["GBK"], "Wang^XiaoDong=王^小东="),
    (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
    (["", "ISO 2022 IR 159"], "Numajiri=沼尻^丐="),
    (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
    (["", "ISO 2022 IR 58"], "Zhang^XiaoDong=张^小东="),
    (["ISO 2022 IR 100", "ISO 2022 IR 144"], "Ä^Люкceмбypг"),
]


def little(raw: bytes, unit: int, big: bool) -> bytes:
    return np.frombuffer(raw, f"V{unit}").view(f">u{unit}").astype(f"<u{unit}").tobytes() if big and unit > 1 else raw


def elements_of(ds: Dataset, big: bool, path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in sorted(ds.keys()):
        if int(tag) in SKIPPED or tag.element == 0:
            continue
        raw = ds.get_item(tag)
        name = f"{path}{int(tag):08X}"
        vr = raw.VR or (dictionary_VR(tag) if pydicom.datadict.dictionary_has_tag(tag) else "UN")
        if vr == "SQ" or not isinstance(raw, RawDataElement):
            value = ds[tag].value
            if isinstance(value, Sequence):
                found[name] = f"items {len(value)}"
                for n, item in enumerate(value):
                    found.update(elements_of(item, big, f"{name}[{n}]."))
            else:
                # pydicom converts the character set and empty values at once.
                text = value or "" if isinstance(value, (str, type(None))) else "\\".join(value)
                found[name] = hashlib.sha256((text + " " * (len(text) % 2)).encode()).hexdigest()
            continue
        found[name] = hashlib.sha256(little(raw.value or b"", UNITS.get(vr[:2], 1), big)).hexdigest()
    return found


def text_of(ds: Dataset) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in ds:
        if element.VR in TEXT and not element.tag.is_private and element.VM <= 1 and element.value:
            found[f"{int(element.tag):08X}"] = str(element.value)
    return found


def seen(path: Path) -> dict[str, Any]:
    try:
        try:
            ds = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            ds = pydicom.dcmread(path, force=True)
            if "SOPClassUID" not in ds:
                return {"file": str(path), "refused": True}
        big = not ds.is_little_endian
        result: dict[str, Any] = {"file": str(path), "refused": False, "elements": elements_of(ds, big)}
        result["text"] = text_of(ds)
    except Exception as error:  # noqa: BLE001  Whatever pydicom raises, it did not read the file.
        return {"file": str(path), "refused": True, "reason": str(error)}
    if "PixelData" in ds:
        try:
            if "TransferSyntaxUID" not in ds.file_meta:
                ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if ds.is_implicit_VR else ExplicitVRLittleEndian
            pixels = ds.pixel_array
            result["pixels"] = hashlib.sha256(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()).hexdigest()
        except Exception as error:  # noqa: BLE001
            result["pixelsRefused"] = str(error)
    return result


def save(ds: Dataset, path: Path, syntax: str = ExplicitVRLittleEndian) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = pydicom.uid.PYDICOM_IMPLEMENTATION_UID
    file = FileDataset(str(path), ds, file_meta=meta, preamble=b"\0" * 128)
    file.is_little_endian = syntax != ExplicitVRBigEndian
    file.is_implicit_VR = syntax == ImplicitVRLittleEndian
    file.save_as(path, write_like_original=False)
    return path


def image(pixels: np.ndarray, stored: int, photometric: str = "MONOCHROME2") -> Dataset:
    """A dataset of (frames, rows, columns[, samples]) pixels."""
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.SOPInstanceUID = generate_uid(entropy_srcs=[str(pixels.shape), photometric, str(stored), str(pixels.dtype)])
    ds.StudyInstanceUID, ds.SeriesInstanceUID = ds.SOPInstanceUID + ".1", ds.SOPInstanceUID + ".2"
    ds.PatientName, ds.PatientID, ds.Modality = "Test", "1", "OT"
    ds.NumberOfFrames, ds.Rows, ds.Columns = pixels.shape[:3]
    ds.SamplesPerPixel = pixels.shape[3] if pixels.ndim == 4 else 1
    if ds.SamplesPerPixel > 1:
        ds.PlanarConfiguration = 0
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated = 8 * pixels.dtype.itemsize
    ds.BitsStored, ds.HighBit = stored, stored - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OW" if ds.BitsAllocated > 8 else "OB"
    return ds


def waves(frames: int, rows: int, columns: int, top: int, low: int = 0, noise: int = 3) -> np.ndarray:
    k, j, i = np.mgrid[:frames, :rows, :columns]
    smooth = (np.sin(i / 9.0 + k) + np.cos(j / 7.0) + 2) / 4
    rng = np.random.default_rng(3)
    return np.clip(low + smooth * (top - low) + rng.integers(0, noise + 1, smooth.shape), low, top)


def make_compressed(folder: Path, data: Path) -> list[Path]:
    made: list[Path] = []
    sources = {
        "u8": save(image(waves(1, 61, 47, 255).astype("u1"), 8), folder / "u8.dcm"),
        "u8x3": save(image(waves(3, 33, 40, 255).astype("u1"), 8), folder / "u8x3.dcm"),
        "u12": save(image(waves(1, 64, 50, 4095).astype("<u2"), 12), folder / "u12.dcm"),
        "s16": save(image(waves(1, 40, 64, 30000, -30000).astype("<i2"), 16), folder / "s16.dcm"),
        "u16x2": save(image(waves(2, 31, 45, 65535, noise=60000).astype("<u2"), 16), folder / "u16x2.dcm"),
        "inverted": save(image(waves(1, 20, 30, 4095).astype("<u2"), 12, "MONOCHROME1"), folder / "inverted.dcm"),
        "rgb": save(image(np.stack([waves(1, 40, 30, 255, noise=n) for n in (2, 9, 30)], -1).astype("u1"), 8, "RGB"), folder / "rgb.dcm"),
        "ct": data / "dicom/decoding/CT_small.dcm",
    }
    made += [path for name, path in sources.items() if name != "ct"]
    wide = image(waves(2, 9, 11, 2**31 - 1).astype("<u4"), 32)
    made.append(save(wide, folder / "u32x2.dcm"))
    turned = image(waves(1, 9, 11, 60000).astype(">u2"), 16)
    made.append(save(turned, folder / "big.dcm", ExplicitVRBigEndian))

    commands = []
    for name, path in sources.items():
        for option in ("--rle", "--jpeg", "--j2k", "--jpegls"):
            commands.append((["gdcmconv", option], path, f"{name}{option}.dcm"))
        if name in ("u8", "u8x3", "u12", "u16x2", "rgb"):
            for predictor in range(1, 8):
                commands.append((["dcmcjpeg", "+el", "+sv", str(predictor)] + (["+cn"] if name == "rgb" else []), path, f"{name}-sv{predictor}.dcm"))
        if name in ("u8", "u12", "rgb"):
            commands.append((["dcmcjpls", "+el"], path, f"{name}-cl.dcm"))
            commands.append((["dcmcjpls", "+en", "+md", "2"], path, f"{name}-cn.dcm"))
        if name in ("u8", "u8x3"):
            commands.append((["dcmcjpeg", "+eb", "+q", "95"], path, f"{name}-baseline.dcm"))
    commands.append((["dcmcjpeg", "+ee", "+q", "95"], sources["u12"], "u12-extended.dcm"))
    commands.append((["dcmcjpeg", "+el", "+sv", "4", "+pt", "2"], sources["u12"], "u12-point-transform.dcm"))
    commands.append((["dcmcjpeg", "+el", "+fs", "1"], sources["u16x2"], "u16x2-fragments.dcm"))
    commands.append((["dcmcrle"], sources["u8x3"], "u8x3-crle.dcm"))
    commands.append((["dcmconv", "+td"], sources["u12"], "u12-deflated.dcm"))
    commands.append((["dcmconv", "+tb"], sources["u12"], "u12-big.dcm"))
    commands.append((["dcmconv", "+ti", "-e"], data / "dicom/seg_dcmqi/liver.dcm", "liver-implicit.dcm"))
    commands.append((["dcmconv", "+te", "+e"], data / "dicom/seg_dcmqi/liver.dcm", "liver-defined.dcm"))
    commands.append((["dcmconv", "-F", "+te"], sources["u12"], "u12-bare.dcm"))
    for command, source, name in commands:
        run = subprocess.run([*command, str(source), str(folder / name)], capture_output=True, check=False)
        if run.returncode == 0 and (folder / name).exists():
            made.append(folder / name)
    return made


def make_text(folder: Path) -> list[Path]:
    made = []
    for n, (sets, name) in enumerate(NAMES):
        ds = image(np.zeros((1, 2, 2), "u1"), 8)
        ds.SpecificCharacterSet = sets if len(sets) > 1 else sets[0]
        ds.PatientName = name
        ds.StudyDescription = name.split("=")[-2 if name.endswith("=") else -1].replace("^", " ")
        ds.PatientComments = ds.StudyDescription + "\r\n" + ds.StudyDescription
        item = Dataset()
        item.PatientName = "Plain^Name"
        ds.OtherPatientIDsSequence = [item]
        made.append(save(ds, folder / f"text-{n}.dcm"))
    return made


def sorted_slices(folder: Path) -> list[Dataset]:
    slices = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    row, column = np.split(np.array(slices[0].ImageOrientationPatient, float), 2)
    return sorted(slices, key=lambda ds: float(np.dot(np.cross(row, column), np.array(ds.ImagePositionPatient, float))))


def volume(folder: Path) -> dict[str, Any]:
    slices = sorted_slices(folder)
    row, column = np.split(np.array(slices[0].ImageOrientationPatient, float), 2)
    stored = np.stack([ds.pixel_array for ds in slices])
    values = stored * float(slices[0].RescaleSlope) + float(slices[0].RescaleIntercept)
    first, last = (np.array(ds.ImagePositionPatient, float) for ds in (slices[0], slices[-1]))
    return {
        "size": list(stored.shape[::-1]),
        "sha256": hashlib.sha256(np.ascontiguousarray(values, dtype="<f4").tobytes()).hexdigest(),
        "origin": first.tolist(),
        "steps": [(row * float(slices[0].PixelSpacing[1])).tolist(), (column * float(slices[0].PixelSpacing[0])).tolist(),
                  ((last - first) / (len(slices) - 1)).tolist()],
    }


def segmentation_masks(seg: Dataset, slices: list[Dataset]) -> tuple[list[str], list[np.ndarray]]:
    """Frames are put where the image that they refer to is, which must be where they say they are."""
    uids = [ds.SOPInstanceUID for ds in slices]
    masks = {segment.SegmentNumber: np.zeros((len(slices), seg.Rows, seg.Columns), "u1") for segment in seg.SegmentSequence}
    frames = seg.pixel_array.reshape((-1, seg.Rows, seg.Columns))
    for pixels, groups in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        k = uids.index(groups.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID)
        assert np.allclose(groups.PlanePositionSequence[0].ImagePositionPatient, slices[k].ImagePositionPatient, atol=1e-6)
        assert pixels.any(), "an empty frame"
        masks[groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber][k] |= pixels
    return [segment.SegmentLabel for segment in seg.SegmentSequence], list(masks.values())


def inside(polygon: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Even-odd rule at the centres of pixels, by crossings of the ray to the right."""
    y, x = np.mgrid[:rows, :columns]
    result = np.zeros((rows, columns), bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 != y1:
            result ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return result


def contour_masks(structures: Dataset, slices: list[Dataset]) -> tuple[list[str], list[np.ndarray]]:
    uids = [ds.SOPInstanceUID for ds in slices]
    first = slices[0]
    row, column = np.split(np.array(first.ImageOrientationPatient, float), 2)
    masks = []
    for roi in structures.ROIContourSequence:
        mask = np.zeros((len(slices), first.Rows, first.Columns), "u1")
        for contour in roi.get("ContourSequence", []):
            k = uids.index(contour.ContourImageSequence[0].ReferencedSOPInstanceUID)
            points = np.array(contour.ContourData, float).reshape(-1, 3) - np.array(slices[k].ImagePositionPatient, float)
            assert len(points) == contour.NumberOfContourPoints
            assert np.abs(points @ np.cross(row, column)).max() < 1e-3, "a contour off its slice"
            flat = np.stack([points @ row / float(first.PixelSpacing[1]), points @ column / float(first.PixelSpacing[0])], -1)
            mask[k] ^= inside(flat, first.Rows, first.Columns).astype("u1")
        masks.append(mask)
    return [roi.ROIName for roi in structures.StructureSetROISequence], masks


def masks_of(path: Path, folder: Path) -> list[dict[str, Any]]:
    ds = pydicom.dcmread(path)
    slices = sorted_slices(folder)
    assert ds.PatientName == slices[0].PatientName and ds.PatientID == slices[0].PatientID
    assert ds.StudyInstanceUID == slices[0].StudyInstanceUID and ds.FrameOfReferenceUID == slices[0].FrameOfReferenceUID
    labels, masks = segmentation_masks(ds, slices) if ds.Modality == "SEG" else contour_masks(ds, slices)
    return [{"label": label, "count": int((mask > 0).sum()), "sha256": hashlib.sha256((mask > 0).astype("u1").tobytes()).hexdigest(),
             "most": int(mask.max())} for label, mask in zip(labels, masks, strict=True)]


def main(arguments: list[str]) -> int:
    command, first, second = arguments
    if command == "read":
        results = [seen(Path(name)) for name in json.loads(Path(first).read_text())]
        Path(second).write_text(json.dumps(results))
    elif command == "make":
        folder = Path(first)
        made = make_compressed(folder, Path(second)) + make_text(folder)
        (folder / "made.json").write_text(json.dumps([str(path) for path in made]))
    elif command == "volume":
        Path(second).write_text(json.dumps(volume(Path(first))))
    elif command == "masks":
        file, folder = json.loads(Path(first).read_text())
        Path(second).write_text(json.dumps(masks_of(Path(file), Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

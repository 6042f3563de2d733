"""Segments into a file, or as DICOM objects into an archive."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Optional, Sequence

from . import contract
from .bricks import FetchedVolume
from .contract import FileFormat
from .dicom import DicomImages
from .errors import ReplyError, StoreFailed

if TYPE_CHECKING:
    from .session import Session

_FORMATS = {".nii.gz": FileFormat.NIFTI, ".nrrd": FileFormat.NRRD, ".dcm": FileFormat.DICOM_SEG}
_KINDS = {"seg": FileFormat.DICOM_SEG, "fractional": FileFormat.DICOM_SEG_FRACTIONAL, "rtstruct": FileFormat.RTSTRUCT}
_PROBABILITIES = {FileFormat.NIFTI: FileFormat.NIFTI_PROBABILITIES, FileFormat.DICOM_SEG: FileFormat.DICOM_SEG_FRACTIONAL}

# Called with a fraction (0..1) and words for people.
OnProgress = Callable[[float, str], None]


def export(
    session: "Session", target: Path, segments: Sequence[str], dicom: Optional[DicomImages], contours: bool, probabilities: bool,
) -> Path:
    """Of the kind that the file's name says; see Session.export."""
    kind = next((kind for ending, kind in _FORMATS.items() if target.name.lower().endswith(ending)), None)
    if kind is None:
        raise ValueError(f"a file must end with .nii.gz, .nrrd or .dcm, got {target.name}")
    if kind == FileFormat.DICOM_SEG and isinstance(session.volume, FetchedVolume):
        dicom = dicom or DicomImages()
    if (kind == FileFormat.DICOM_SEG) != (dicom is not None) or (contours and dicom is None):
        raise ValueError("a .dcm file, and only that, belongs to DICOM images: give both or neither")
    if contours:
        kind = FileFormat.RTSTRUCT
    if probabilities:
        if kind not in _PROBABILITIES:
            raise ValueError("probabilities are written to .nii.gz, or to .dcm without contours")
        kind = _PROBABILITIES[kind]
    request = contract.ExportRequest(session.id, list(segments), kind, dicom.to_message() if dicom else None)
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("wb") as file, session.calls.stream(contract.ExportService.export_segments, request) as chunks:
            for chunk in chunks:
                file.write(chunk.data)
        partial.replace(target)
    finally:
        if partial.exists():
            partial.unlink()
    return target


def store(
    session: "Session", archive: str, segments: Sequence[str], kinds: Sequence[str], dicom: Optional[DicomImages],
    on_progress: Optional[OnProgress], timeout: float,
) -> List[contract.StoredObject]:
    """See Session.store."""
    unknown = [kind for kind in kinds if kind not in _KINDS]
    if unknown or not kinds or isinstance(kinds, str):
        raise ValueError(f'kinds must be a list of "seg", "fractional" and "rtstruct", got {kinds!r}')
    request = contract.StoreRequest(
        session.id, list(segments), [_KINDS[kind] for kind in kinds], dicom.to_message() if dicom else None, archive)
    objects: Optional[List[contract.StoredObject]] = None
    with session.calls.stream(contract.ExportService.store_segments, request, timeout) as events:
        for event in events:
            if event.progress is not None and on_progress is not None:
                on_progress(event.progress.fraction, event.progress.stage)
            if event.done is not None:
                objects = event.done.objects
    if objects is None:
        raise ReplyError("the server ended the storing without saying what is stored")
    if any(one.failure for one in objects):
        raise StoreFailed(objects)
    return objects

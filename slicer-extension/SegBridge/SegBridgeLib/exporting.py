"""Segments into a file."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence

from . import contract
from .contract import FileFormat
from .dicom import DicomImages

if TYPE_CHECKING:
    from .session import Session

_FORMATS = {".nii.gz": FileFormat.NIFTI, ".nrrd": FileFormat.NRRD, ".dcm": FileFormat.DICOM_SEG}


def export(session: "Session", target: Path, segments: Sequence[str], dicom: Optional[DicomImages], contours: bool) -> Path:
    """Of the kind that the file's name says; see Session.export."""
    kind = next((kind for ending, kind in _FORMATS.items() if target.name.lower().endswith(ending)), None)
    if kind is None:
        raise ValueError(f"a file must end with .nii.gz, .nrrd or .dcm, got {target.name}")
    if (kind == FileFormat.DICOM_SEG) != (dicom is not None) or (contours and dicom is None):
        raise ValueError("a .dcm file, and only that, belongs to DICOM images: give both or neither")
    request = contract.ExportRequest(session.id, list(segments), FileFormat.RTSTRUCT if contours else kind, dicom.to_message() if dicom else None)
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

"""Client of a SegBridge server: interactive segmentation of medical images from Python.

Needs numpy; uses grpcio where it is installed, else gRPC-Web by the standard library alone. Arrays are indexed
[k, j, i], index triples are (i, j, k), world points are LPS millimetres. In a notebook, beside ``segbridge serve``:

    import nibabel, numpy as np
    from SegBridgeLib import VolumeGeometry, connect, prompts

    image = nibabel.load("ct.nii.gz")
    voxels = np.asarray(image.dataobj).T                       # nibabel has (i, j, k)
    geometry = VolumeGeometry.from_ijk_to_ras(voxels.shape, image.affine)
    with connect() as client, client.open_volume(voxels, geometry, window=(-160, 240)) as session:
        step = session.predict("tumour", prompts.point((210, 180, 40)), slice=("k", 40))
        step = session.predict("tumour", prompts.point((250, 180, 40), positive=False), slice=("k", 40))
        print(step.confidence, step.segment.volume_ml, session.mask("tumour").sum())
        session.export("tumour.nii.gz")

Of a DICOM series in an archive that the server's operator has configured, the server fetches the voxels itself:

    with connect() as client, client.open_series("pacs", "1.2.840.113619.2.55") as session:
        session.predict("tumour", prompts.point((210, 180, 40)), slice=("k", 40))
        session.store("pacs", kinds=("seg", "rtstruct"))
"""
from . import prompts
from .client import Client, connect, has_grpcio
from .errors import (
    AddressError,
    Cancelled,
    CertificateMismatch,
    ConnectionLost,
    DeadlineExceeded,
    GeometryError,
    InternalServerError,
    InvalidRequest,
    KeyRejected,
    LimitExceeded,
    NotFound,
    NotInThisVersion,
    PermissionDenied,
    PromptError,
    ReplyError,
    SegBridgeError,
    ServerError,
    SessionClosed,
    StoreFailed,
    Superseded,
    VolumeError,
    WrongState,
)
from .dicom import DicomImages
from .geometry import VolumeGeometry, VoxelBox, swap_ras_lps
from .session import HistoryChange, Session
from .steps import Candidate, RunningStep, Step, StepTiming

__all__ = [
    "AddressError", "Cancelled", "Candidate", "CertificateMismatch", "Client", "ConnectionLost", "DeadlineExceeded",
    "DicomImages", "GeometryError", "HistoryChange", "InternalServerError", "InvalidRequest", "KeyRejected", "LimitExceeded", "NotFound",
    "NotInThisVersion", "PermissionDenied", "PromptError", "ReplyError", "RunningStep", "SegBridgeError", "ServerError",
    "Session", "SessionClosed", "Step", "StepTiming", "StoreFailed", "Superseded", "VolumeError", "VolumeGeometry", "VoxelBox", "WrongState",
    "connect", "has_grpcio", "prompts", "swap_ras_lps",
]

"""Messages, enums and methods of the contract.

Generated from proto/ by slicer-extension/tools/generate_contract.py; do not edit. A message field that is not
set is None, a number 0, a text or bytes empty. Of a oneof group at most one member is not None.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import List, Optional

from .wire import Message, Method, maybe, message, oneof, repeated, scalar


class HealthCheckResponseServingStatus(IntEnum):
    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


class Axis(IntEnum):
    """An index axis of the volume. A slice across K is what a scanner calls an axial slice when the volume is
    axial; the contract speaks of index axes because a volume may have any orientation.
    """

    UNSPECIFIED = 0
    # Slice across I: rows are k, columns are j.
    I = 1
    # Slice across J: rows are k, columns are i.
    J = 2
    # Slice across K: rows are j, columns are i.
    K = 3


class MaskEncoding(IntEnum):
    UNSPECIFIED = 0
    # Rows (k, j) in C-order; each row holds ceil(size.i / 8) bytes, voxel i is bit (i mod 8), least significant
    # first, of byte (i div 8). Bits past the row's end are 0. numpy.packbits(bitorder="little", axis=-1).
    PACKED = 1
    # PACKED, each row XOR its predecessor in the flattened row order (the first row as it is), then zlib
    # (RFC 1950).
    XOR_ZLIB = 2
    # The rows XORed as in XOR_ZLIB, without their zero bytes: first a bitmap of one bit per byte, least
    # significant first, padded to a whole byte, that is 1 where the byte is not zero; then the bytes that are not
    # zero, in order; both together through zlib (RFC 1950). The smallest; the server always replies with this one.
    XOR_SPARSE_ZLIB = 3


class Polarity(IntEnum):
    UNSPECIFIED = 0
    # Belongs to the object.
    POSITIVE = 1
    # Does not belong to the object.
    NEGATIVE = 2


class VoxelType(IntEnum):
    """Type of a stored voxel. Multi-byte types are little-endian. 64-bit data must be narrowed by the client."""

    UNSPECIFIED = 0
    UINT8 = 1
    INT8 = 2
    UINT16 = 3
    INT16 = 4
    UINT32 = 5
    INT32 = 6
    FLOAT32 = 7


class Modality(IntEnum):
    """What made the image; chooses defaults for intensity when nothing better is sent."""

    UNSPECIFIED = 0
    CT = 1
    MR = 2
    PT = 3
    US = 4
    OTHER = 5


class BrickEncoding(IntEnum):
    """How the voxels of a brick are packed."""

    UNSPECIFIED = 0
    # Little-endian voxels, C-order (k, j, i).
    RAW = 1
    # RAW through zlib (RFC 1950).
    ZLIB = 2
    # Best for scans. Each voxel is taken as an unsigned integer of its width (floats by their bit pattern);
    # within each row along i every voxel but the first is replaced by its difference to its predecessor,
    # modulo 2^bits; then all least significant bytes in C-order, then all next bytes, and so on; then zlib.
    DELTA_PLANES_ZLIB = 3


class FileFormat(IntEnum):
    UNSPECIFIED = 0
    # Compressed NIfTI-1 (.nii.gz), labels 1, 2, 3, ... in the order of segment_ids.
    NIFTI = 1
    # Compressed NRRD with Slicer's segment names and colours (.seg.nrrd).
    NRRD = 2
    # DICOM Segmentation object (.dcm), binary, one frame for each segment and slice; needs dicom_source. Each segment has
    # its name, colour, terminology (by its name where it has none and the name is a common one) and the models that made it.
    DICOM_SEG = 3
    # DICOM RT Structure Set (.dcm), contours along the edges of the voxels; needs dicom_source.
    RTSTRUCT = 4
    # As DICOM_SEG, but fractional: how likely each voxel belongs to a segment, in 255ths (type PROBABILITY). At least a half
    # exactly where the mask is. What the model said that made the mask; 0 or 1 where a person or another segment had the
    # last word, and on oblique slices.
    DICOM_SEG_FRACTIONAL = 5
    # The same numbers of one segment as compressed NIfTI-1 (.nii.gz), 8 bits with a slope of 1/255.
    NIFTI_PROBABILITIES = 6


class ModelFamily(IntEnum):
    UNSPECIFIED = 0
    SCRIBBLEPROMPT_UNET = 1
    SCRIBBLEPROMPT_SAM = 2
    MULTIVERSEG = 3
    PRISM = 4


class ModelState(IntEnum):
    UNSPECIFIED = 0
    # Hashes are right and the parts load.
    READY = 1
    # Cannot be used; state_reason says why.
    REFUSED = 2
    # Being checked or loaded.
    LOADING = 3


class PromptKind(IntEnum):
    UNSPECIFIED = 0
    POINT = 1
    BOX = 2
    SCRIBBLE = 3
    LASSO = 4
    MASK = 5


@dataclass
class HealthCheckRequest(Message):
    service: str = scalar(1, "string")


@dataclass
class HealthCheckResponse(Message):
    status: HealthCheckResponseServingStatus = scalar(1, HealthCheckResponseServingStatus)


@dataclass
class VoxelIndex(Message):
    """A voxel index (IJK). Valid indices are 0 <= i < size.i and so on."""

    i: int = scalar(1, "int32")
    j: int = scalar(2, "int32")
    k: int = scalar(3, "int32")


@dataclass
class VoxelPoint(Message):
    """A continuous voxel index (IJK, in voxels). (0, 0, 0) is the centre of the first voxel, whose edges are at
    -0.5 and +0.5. Must be finite.
    """

    i: float = scalar(1, "double")
    j: float = scalar(2, "double")
    k: float = scalar(3, "double")


@dataclass
class LpsPoint(Message):
    """A world point (LPS, millimetres). Must be finite."""

    l: float = scalar(1, "double")
    p: float = scalar(2, "double")
    s: float = scalar(3, "double")


@dataclass
class LpsVector(Message):
    """A world direction (LPS, no unit)."""

    l: float = scalar(1, "double")
    p: float = scalar(2, "double")
    s: float = scalar(3, "double")


@dataclass
class Size(Message):
    """A number of voxels per axis. Limits depend on the use; for a volume 1..32768 per axis."""

    i: int = scalar(1, "uint32")
    j: int = scalar(2, "uint32")
    k: int = scalar(3, "uint32")


@dataclass
class VoxelBox(Message):
    """A half-open box of voxels (IJK): lower is inside, upper is one past the last voxel on each axis.
    An empty box has upper == lower.
    """

    lower: Optional[VoxelIndex] = message(1, "VoxelIndex")
    upper: Optional[VoxelIndex] = message(2, "VoxelIndex")


@dataclass
class Spacing(Message):
    """Distance between voxel centres along each index axis, millimetres. Finite and > 0."""

    i: float = scalar(1, "double")
    j: float = scalar(2, "double")
    k: float = scalar(3, "double")


@dataclass
class VolumeGeometry(Message):
    """Where a volume lies in the world: lps = origin + i * spacing.i * i_axis + j * spacing.j * j_axis
    + k * spacing.k * k_axis.
    """

    # Voxels per axis, 1..32768 each, at most 2^40 together.
    size: Optional[Size] = message(1, "Size")
    spacing: Optional[Spacing] = message(2, "Spacing")
    # Centre of voxel (0, 0, 0) (LPS, mm).
    origin: Optional[LpsPoint] = message(3, "LpsPoint")
    # Unit vectors (LPS) of the three index axes: length 1 within 0.001, not coplanar (|det| > 0.001).
    # Oblique and left-handed (flipped) geometries are fine; so is shear (gantry tilt).
    i_axis: Optional[LpsVector] = message(4, "LpsVector")
    j_axis: Optional[LpsVector] = message(5, "LpsVector")
    k_axis: Optional[LpsVector] = message(6, "LpsVector")


@dataclass
class GridSlice(Message):
    """One slice of the volume's own grid."""

    axis: Axis = scalar(1, Axis)
    # Voxel index on that axis, 0 <= index < size on the axis.
    index: int = scalar(2, "uint32")


@dataclass
class ObliqueSlice(Message):
    """A slice in any direction, as a viewer shows it after rotating its slice plane. Its image is interpolated linearly
    from the volume; pixels outside the volume take the least value of those inside. What is predicted on it sets the
    voxels that the slice passes through, each to the pixel nearest to the projection of its centre: those whose centre
    is within half of t = |n . i_axis| * spacing.i + |n . j_axis| * spacing.j + |n . k_axis| * spacing.k of the plane,
    n being its normal. All other voxels stay as they are. It must pass through at least one voxel.
    """

    # Centre of the first pixel (row 0, column 0) (LPS, mm).
    origin: Optional[LpsPoint] = message(1, "LpsPoint")
    # Unit vectors (LPS) along a row (increasing column) and along a column (increasing row), perpendicular
    # within 0.001.
    column_axis: Optional[LpsVector] = message(2, "LpsVector")
    row_axis: Optional[LpsVector] = message(3, "LpsVector")
    # Pixel spacing, mm, > 0.
    column_spacing: float = scalar(4, "double")
    row_spacing: float = scalar(5, "double")
    # Pixels, 1..4096 each.
    columns: int = scalar(6, "uint32")
    rows: int = scalar(7, "uint32")


@dataclass
class MaskRegion(Message):
    """A binary mask inside a box of the volume's grid. Outside the box it says nothing."""

    # IJK box inside the volume; may be empty, then data is empty too.
    box: Optional[VoxelBox] = message(1, "VoxelBox")
    encoding: MaskEncoding = scalar(2, MaskEncoding)
    # At most 64 MiB; must decode to exactly the box.
    data: bytes = scalar(3, "bytes")


@dataclass
class PointPrompt(Message):
    """A click. The position must lie inside the volume (half a voxel of tolerance at its border)."""

    polarity: Polarity = scalar(1, Polarity)
    ijk: Optional[VoxelPoint] = oneof(2, "VoxelPoint", "position", nested=True)
    lps: Optional[LpsPoint] = oneof(3, "LpsPoint", "position", nested=True)


@dataclass
class BoxPrompt(Message):
    """A box around the object, 2D (one voxel thick across the slice it is drawn on) or 3D."""

    # IJK; not empty, at least partly inside the volume (the part outside is cut off).
    box: Optional[VoxelBox] = message(1, "VoxelBox")


@dataclass
class Polyline(Message):
    """Points of a polyline or polygon. 1..100,000 points."""

    ijk: Optional[VoxelPoints] = oneof(1, "VoxelPoints", "points", nested=True)
    lps: Optional[LpsPoints] = oneof(2, "LpsPoints", "points", nested=True)


@dataclass
class VoxelPoints(Message):
    """Continuous voxel indices, flattened: i0, j0, k0, i1, j1, k1, ... (IJK, voxels)."""

    coordinates: List[float] = repeated(1, "float", packed=True)


@dataclass
class LpsPoints(Message):
    """World points, flattened: l0, p0, s0, l1, p1, s1, ... (LPS, mm)."""

    coordinates: List[float] = repeated(1, "double", packed=True)


@dataclass
class ScribblePrompt(Message):
    """A freehand stroke: either the voxels it covers or its centre line and brush radius."""

    polarity: Polarity = scalar(1, Polarity)
    # Covered voxels.
    voxels: Optional[MaskRegion] = oneof(2, "MaskRegion", "stroke", nested=True)
    # Centre line; its radius is radius_mm.
    path: Optional[Polyline] = oneof(3, "Polyline", "stroke", nested=True)
    # Brush radius, mm, 0..100; only with path. 0 draws a line one voxel wide.
    radius_mm: float = scalar(4, "double")


@dataclass
class LassoPrompt(Message):
    """A closed outline whose inside counts, drawn on one slice."""

    polarity: Polarity = scalar(1, Polarity)
    # At least 3 points; closed by itself.
    outline: Optional[Polyline] = message(2, "Polyline")


@dataclass
class MaskPrompt(Message):
    """An initial segmentation to start from; replaces what the segment holds inside the box."""

    mask: Optional[MaskRegion] = message(1, "MaskRegion")


@dataclass
class Prompt(Message):
    point: Optional[PointPrompt] = oneof(1, "PointPrompt", "kind", nested=True)
    box: Optional[BoxPrompt] = oneof(2, "BoxPrompt", "kind", nested=True)
    scribble: Optional[ScribblePrompt] = oneof(3, "ScribblePrompt", "kind", nested=True)
    lasso: Optional[LassoPrompt] = oneof(4, "LassoPrompt", "kind", nested=True)
    mask: Optional[MaskPrompt] = oneof(5, "MaskPrompt", "kind", nested=True)


@dataclass
class IntensityWindow(Message):
    """An interval of real values (after slope and intercept; Hounsfield units for CT). lower < upper, finite."""

    lower: float = scalar(1, "double")
    upper: float = scalar(2, "double")


@dataclass
class IntensityStatistics(Message):
    """Whole-volume statistics of real values, for models whose normalisation wants them. Optional: without them
    the server gathers its own from the bricks it holds.
    """

    minimum: float = scalar(1, "double")
    maximum: float = scalar(2, "double")
    mean: float = scalar(3, "double")
    standard_deviation: float = scalar(4, "double")
    # 0.5th and 99.5th percentile.
    percentile_low: float = scalar(5, "double")
    percentile_high: float = scalar(6, "double")


@dataclass
class DicomSeriesReference(Message):
    """A DICOM series that the server reads by itself, over DICOMweb, from an archive configured there; then the client sends
    no bricks at all. UIDs as in the DICOM standard, at most 64 characters; no log and no journal ever holds them.
    """

    # Name of the archive in the server's configuration; Server.Describe lists them.
    archive: str = scalar(1, "string")
    # Empty: the archive is asked for it.
    study_instance_uid: str = scalar(2, "string")
    series_instance_uid: str = scalar(3, "string")
    # Which one of a series that holds several stacks of slices (orientations, echoes, times), from 0; without it such a
    # series fails with FAILED_PRECONDITION, and the message lists the stacks.
    stack: Optional[int] = maybe(4, "uint32")
    # Interpolate slices that are unevenly spaced, or of a tilted gantry, onto an even grid of right angles. False:
    # unevenly spaced slices fail with FAILED_PRECONDITION, and a tilted gantry makes a sheared grid.
    resample: bool = scalar(5, "bool")


@dataclass
class Volume(Message):
    """What the client is about to send: a scalar volume with geometry, no voxels yet.
    It carries nothing that identifies a patient.
    """

    geometry: Optional[VolumeGeometry] = message(1, "VolumeGeometry")
    voxel_type: VoxelType = scalar(2, VoxelType)
    # real value = stored value * rescale_slope + rescale_intercept. A slope of 0 (unset) means 1.
    rescale_slope: float = scalar(3, "double")
    rescale_intercept: float = scalar(4, "double")
    modality: Modality = scalar(5, Modality)
    # The window the user looks at (optional). 2D models see what the radiologist sees.
    display_window: Optional[IntensityWindow] = message(6, "IntensityWindow")
    # Of the whole volume (optional), for models that are normalised by them. Unset: such a model takes those of the
    # voxels that its first step is read from, for the whole session.
    statistics: Optional[IntensityStatistics] = message(7, "IntensityStatistics")
    # Size of a brick per axis, in voxels: 1..256 each, at most 4,194,304 (2^22) together. Unset: 64 x 64 x 64.
    # A client that works on slices across K saves bytes with thin bricks such as 64 x 64 x 4.
    brick_size: Optional[Size] = message(8, "Size")
    # SHA-256 of the stored voxels (whole volume, little-endian, C-order k, j, i), or empty: 0 or 32 bytes. Sessions
    # of the same key (where keys are off: all sessions) that agree in it and in geometry, voxel_type, rescale and
    # brick_size share bricks and image features: a brick that one has sent is not asked for again. The server takes
    # the client's word for the hash; only bricks sent twice are compared. Closing a session leaves the others intact.
    content_sha256: bytes = scalar(9, "bytes")
    # Set to let the server fetch the volume; then only display_window and brick_size are read besides it. OpenSession
    # says what the volume is.
    dicom_series: Optional[DicomSeriesReference] = message(10, "DicomSeriesReference")


@dataclass
class BrickIndex(Message):
    """Which brick of the grid that starts at voxel (0, 0, 0): brick b covers voxels b * brick_size up to
    (b + 1) * brick_size, cut at the end of the volume (edge bricks are smaller, never padded).
    """

    i: int = scalar(1, "uint32")
    j: int = scalar(2, "uint32")
    k: int = scalar(3, "uint32")


@dataclass
class Brick(Message):
    """A cubic block of a volume as stored and streamed."""

    index: Optional[BrickIndex] = message(1, "BrickIndex")
    encoding: BrickEncoding = scalar(2, BrickEncoding)
    # Encoded voxels; must decode to exactly the brick's size. At most 16 MiB.
    data: bytes = scalar(3, "bytes")
    # CRC-32 (IEEE 802.3, as zlib's crc32) of the decoded voxels. Optional; checked when present.
    crc32: Optional[int] = maybe(4, "fixed32")


@dataclass
class OpenSessionRequest(Message):
    volume: Optional[Volume] = message(1, "Volume")
    # Model used when Predict names none; empty for the server's default.
    model_id: str = scalar(2, "string")
    # Program and version, for the server's log ("Slicer 5.13 SegBridge 0.1"); at most 100 printable characters,
    # nothing about patients or users.
    client: str = scalar(3, "string")


@dataclass
class OpenSessionReply(Message):
    # 32 hexadecimal characters. Whoever knows it may use the session (besides the key, where keys are on).
    session_id: str = scalar(1, "string")
    # Brick size in use, voxels.
    brick_size: Optional[Size] = message(2, "Size")
    # Bricks per axis.
    brick_counts: Optional[Size] = message(3, "Size")
    limits: Optional[SessionLimits] = message(4, "SessionLimits")
    model_id: str = scalar(5, "string")
    server_version: str = scalar(6, "string")
    # What the server fetched, where the request was for a DICOM series; unset otherwise.
    volume: Optional[Volume] = message(7, "Volume")
    # What was decided while a volume was made of the series, for people; without patient data.
    notes: List[str] = repeated(8, "string")


@dataclass
class OpenSeriesEvent(Message):
    # Fraction of the images that have arrived.
    progress: Optional[Progress] = oneof(1, "Progress", "event", nested=True)
    # Always the last event.
    session: Optional[OpenSessionReply] = oneof(2, "OpenSessionReply", "event", nested=True)


@dataclass
class SessionLimits(Message):
    """Limits in force for this session."""

    # Seconds without any user action (bricks, prompts, history) after which the session is closed.
    idle_timeout_s: int = scalar(1, "uint32")
    # Seconds without any sign of life (KeepAlive or any other call) after which it is closed.
    liveness_timeout_s: int = scalar(2, "uint32")
    # Largest message that the server accepts, bytes.
    max_message_bytes: int = scalar(3, "uint32")
    # Bytes of bricks (decoded) that this session may hold.
    max_brick_bytes: int = scalar(4, "uint64")
    # Seconds that a Predict waits for missing bricks while none arrives.
    brick_wait_s: int = scalar(5, "uint32")
    # Scribble and lasso voxels per prompt.
    max_prompt_voxels: int = scalar(6, "uint32")
    # Prompts per Predict.
    max_prompts: int = scalar(7, "uint32")


@dataclass
class ResumeSessionRequest(Message):
    session_id: str = scalar(1, "string")
    # The series that the session was opened from, since the server keeps no identifiers: bricks that it lost are then
    # fetched from the archive. INVALID_ARGUMENT when the archive has other voxels under it now.
    dicom_series: Optional[DicomSeriesReference] = message(2, "DicomSeriesReference")


@dataclass
class ResumeSessionReply(Message):
    session: Optional[OpenSessionReply] = message(1, "OpenSessionReply")
    # While bricks are needed: settings and history positions only; voxel_count, volume_ml and bounding_box are 0.
    segments: List[Segment] = repeated(2, "Segment", nested=True)
    # Bricks that the server lost and needs before it can rebuild the masks; nearest the newest prompt first.
    needed_bricks: List[BrickIndex] = repeated(3, "BrickIndex", nested=True)
    # What could not be recovered, in words; empty when everything was, and while bricks are needed.
    lost: str = scalar(4, "string")
    # Prompts whose step had not ended when the server did. They are kept, and the next Predict at their place takes
    # them in: send the same request again by its request_id, or one without prompts. Empty while bricks are needed.
    waiting: List[WaitingPrompts] = repeated(5, "WaitingPrompts", nested=True)


@dataclass
class WaitingPrompts(Message):
    """Prompts that no mask shows yet."""

    segment_id: str = scalar(1, "string")
    # Where, unless they are on an oblique slice or, for 3D models, in the volume.
    slice: Optional[GridSlice] = message(2, "GridSlice")
    # How many prompts.
    prompts: int = scalar(3, "uint32")
    # The requests that brought them, where these had ids.
    request_ids: List[str] = repeated(4, "string")
    oblique: Optional[ObliqueSlice] = message(5, "ObliqueSlice")


@dataclass
class CloseSessionRequest(Message):
    session_id: str = scalar(1, "string")


@dataclass
class CloseSessionReply(Message):
    pass


@dataclass
class KeepAliveRequest(Message):
    session_id: str = scalar(1, "string")


@dataclass
class KeepAliveReply(Message):
    # Seconds left until the idle limit ends the session.
    idle_left_s: int = scalar(1, "uint32")


@dataclass
class PutBricksRequest(Message):
    session_id: str = scalar(1, "string")
    # 1..4096 bricks, within max_message_bytes. A brick sent twice replaces the first; of a volume with
    # content_sha256 it must be the same.
    bricks: List[Brick] = repeated(2, "Brick", nested=True)


@dataclass
class PutBricksReply(Message):
    # Bricks stored by this call.
    stored: int = scalar(1, "uint32")
    # Bricks held now, and their decoded bytes.
    held: int = scalar(2, "uint32")
    held_bytes: int = scalar(3, "uint64")


@dataclass
class PredictRequest(Message):
    session_id: str = scalar(1, "string")
    # Any name, 1..64 characters of A-Z a-z 0-9 . _ -; created when new.
    segment_id: str = scalar(2, "string")
    # Empty: the session's model.
    model_id: str = scalar(3, "string")
    # New prompts of this step only, 0..1000; earlier ones are remembered by the server. No prompts: predict
    # from context or from the earlier prompts alone.
    prompts: List[Prompt] = repeated(4, "Prompt", nested=True)
    slice: Optional[GridSlice] = oneof(5, "GridSlice", "plane", nested=True)
    oblique: Optional[ObliqueSlice] = oneof(6, "ObliqueSlice", "plane", nested=True)
    # Task whose examples serve as context (models with uses_context); empty for none. With examples the step needs no
    # prompts. Of many, those most similar to the slice are used, as many as fit the server's time for a step.
    task_id: str = scalar(7, "string")
    # Chosen by the client, unique per step (a UUID, say), at most 64 characters, or empty. Sending the same
    # one again, after a lost connection, returns the step's result instead of doing the step twice.
    request_id: str = scalar(8, "string")
    # True: Candidates events carry the masks of all candidates, not only the chosen one.
    return_candidates: bool = scalar(9, "bool")
    # Overrides the volume's display window for this step.
    window: Optional[IntensityWindow] = message(10, "IntensityWindow")
    # request_ids of this segment that the client cancelled, at most 100: their prompts do not count, whether the
    # server is still at work on them, keeps them for a later step, or gets them only after this request. Steps that
    # were done before stay: undo them. Naming one again does no harm.
    withdrawn_request_ids: List[str] = repeated(11, "string")


@dataclass
class PredictEvent(Message):
    queued: Optional[Queued] = oneof(1, "Queued", "event", nested=True)
    needs_bricks: Optional[NeedsBricks] = oneof(2, "NeedsBricks", "event", nested=True)
    progress: Optional[Progress] = oneof(3, "Progress", "event", nested=True)
    candidates: Optional[Candidates] = oneof(4, "Candidates", "event", nested=True)
    # Always the last event.
    result: Optional[StepResult] = oneof(5, "StepResult", "event", nested=True)


@dataclass
class Queued(Message):
    """Others are ahead on this device."""

    # Steps ahead, 0 = next.
    ahead: int = scalar(1, "uint32")


@dataclass
class NeedsBricks(Message):
    """The prediction waits for these bricks."""

    # Missing bricks, nearest the prompt first.
    required: List[BrickIndex] = repeated(1, "BrickIndex", nested=True)
    # Bricks that the next steps will probably need, nearest first; sending them is optional.
    prefetch: List[BrickIndex] = repeated(2, "BrickIndex", nested=True)


@dataclass
class Progress(Message):
    # 0..1.
    fraction: float = scalar(1, "float")
    # For people: "encoding image", "predicting".
    stage: str = scalar(2, "string")


@dataclass
class Candidates(Message):
    """Proposals of one step, best first by confidence."""

    candidates: List[Candidate] = repeated(1, "Candidate", nested=True)
    # Candidate.index of the one that the server chose.
    chosen: int = scalar(2, "uint32")
    # Voxels that some candidates hold and others do not, in their own bounding box.
    disagreement: Optional[MaskRegion] = message(3, "MaskRegion")


@dataclass
class Candidate(Message):
    """A mask as the model proposed it: before refinement, and before the user's prompts are made to hold."""

    # 0-based, in the model's own order; for ChooseCandidate.
    index: int = scalar(1, "uint32")
    # Predicted Dice, 0..1.
    confidence: float = scalar(2, "float")
    # The candidate's mask in its own bounding box.
    mask: Optional[MaskRegion] = message(3, "MaskRegion")
    bounding_box: Optional[VoxelBox] = message(4, "VoxelBox")
    # Millilitres.
    volume_ml: float = scalar(5, "double")


@dataclass
class StepResult(Message):
    """The segment after a step."""

    segment_id: str = scalar(1, "string")
    # Position in the segment's history: 1 after the first step.
    step: int = scalar(2, "uint32")
    # What the mask is now, inside the smallest box that holds all changed voxels. Empty when nothing changed.
    changed: Optional[MaskRegion] = message(3, "MaskRegion")
    # Predicted Dice of the chosen candidate, 0..1. For a 2D model: of the slice. 1 for a step that only sets the
    # user's own mask, which no model predicted.
    confidence: float = scalar(4, "float")
    # The whole segment after the step.
    segment: Optional[Segment] = message(5, "Segment")
    # Where a further prompt would help most; unset when there is no such spot.
    next_prompt: Optional[NextPrompt] = message(6, "NextPrompt")
    timing: Optional[StepTiming] = message(7, "StepTiming")
    # The slice predicted on, for 2D models; unset for an oblique one.
    slice: Optional[GridSlice] = message(8, "GridSlice")
    model_id: str = scalar(9, "string")


@dataclass
class NextPrompt(Message):
    """ "Where to click next": the most uncertain or disputed spot."""

    ijk: Optional[VoxelIndex] = message(1, "VoxelIndex")
    # 0 (sure) .. 1 (a coin toss).
    uncertainty: float = scalar(2, "float")


@dataclass
class StepTiming(Message):
    """Milliseconds spent, all in the server."""

    queue_ms: float = scalar(1, "double")
    # Waiting for bricks from the client.
    bricks_ms: float = scalar(2, "double")
    # Inside the inference runtime.
    model_ms: float = scalar(3, "double")
    # From the request's arrival to its result, without bricks_ms.
    total_ms: float = scalar(4, "double")


@dataclass
class ChooseCandidateRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")
    # The step whose candidates are meant, or a choice made of them: the segment's current step.
    step: int = scalar(3, "uint32")
    # Candidate.index. INVALID_ARGUMENT when the step has no such candidate.
    candidate: int = scalar(4, "uint32")
    # As in PredictRequest: chosen by the client, unique, at most 64 characters, or empty. Sending the same one again,
    # after a lost connection, returns the choice's result instead of choosing twice.
    request_id: str = scalar(5, "string")


@dataclass
class AcceptRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")
    # At least one.
    slices: List[GridSlice] = repeated(3, "GridSlice", nested=True)
    # False: takes the mark away.
    accepted: bool = scalar(4, "bool")


@dataclass
class PropagateRequest(Message):
    session_id: str = scalar(1, "string")
    # An existing segment.
    segment_id: str = scalar(2, "string")
    # A 2D model; empty for the session's. One with uses_context takes the finished slices as examples.
    model_id: str = scalar(3, "string")
    # Task whose examples serve as context besides the finished slices (models with uses_context); empty for none. Of many,
    # those most similar to each slice are used, as many as fit the server's time for a step. Examples added to the task
    # later do not make slices again that were filled before.
    task_id: str = scalar(4, "string")
    # Slices to start from, all across one axis; empty: the accepted slices, or when there are none all slices that the
    # user worked on. At least one of them must show the object. FAILED_PRECONDITION when there is nothing to start from.
    from_: List[GridSlice] = repeated(5, "GridSlice", nested=True)
    # Slices to fill, both ends included, on the axis of from. first <= last.
    first: int = scalar(6, "uint32")
    last: int = scalar(7, "uint32")
    # A direction ends before the first slice whose predicted Dice is below this, 0..1; 0 never ends it. 0.8 suits the
    # models that come with the server: beyond it most masks are wrong or past the object's end. A direction also ends
    # where the predicted mask is empty, and at a finished slice that is empty.
    stop_below: float = scalar(8, "float")
    # Chosen by the client, unique, at most 64 characters, or empty. Sending the same one again, after a lost connection,
    # brings the results of what was done of it and was not undone again, in the same order, and then does the rest, as
    # part of the same step of the history.
    request_id: str = scalar(9, "string")


@dataclass
class PropagateEvent(Message):
    queued: Optional[Queued] = oneof(1, "Queued", "event", nested=True)
    # The bricks of one slice and of the finished slices that help it; prefetch: of the next.
    needs_bricks: Optional[NeedsBricks] = oneof(2, "NeedsBricks", "event", nested=True)
    # Fraction of the slices to fill; 1 at the end of a call that was not ended early.
    progress: Optional[Progress] = oneof(3, "Progress", "event", nested=True)
    # One slice filled, or emptied because this call does not reach it any more.
    result: Optional[StepResult] = oneof(4, "StepResult", "event", nested=True)
    stopped: Optional[PropagationStop] = oneof(5, "PropagationStop", "event", nested=True)


@dataclass
class PropagationStop(Message):
    """One direction ends early."""

    # The first slice that was not filled.
    slice: Optional[GridSlice] = message(1, "GridSlice")
    # Predicted Dice of what would have been its mask; 0 when that was empty.
    confidence: float = scalar(2, "float")


@dataclass
class HistoryRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")


@dataclass
class GoToStepRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")
    step: int = scalar(3, "uint32")


@dataclass
class HistoryReply(Message):
    # What the mask is now, inside the smallest box that holds all changed voxels.
    changed: Optional[MaskRegion] = message(1, "MaskRegion")
    segment: Optional[Segment] = message(2, "Segment")


@dataclass
class Segment(Message):
    id: str = scalar(1, "string")
    # For people; at most 100 characters. Never a patient's name.
    name: str = scalar(2, "string")
    # 0xRRGGBB. In PutSegment 0 keeps the colour that the segment has; of a new one the server chooses it.
    color: int = scalar(3, "uint32")
    # Coded terminology, "SCT^108369006^Neoplasm" or 3D Slicer's entry (category~type~modifier and so on), at most 1000
    # characters.
    terminology: str = scalar(4, "string")
    # Position in the history, steps that can be undone and redone.
    step: int = scalar(5, "uint32")
    undo_steps: int = scalar(6, "uint32")
    redo_steps: int = scalar(7, "uint32")
    # Voxels in the mask, millilitres, and bounding box (empty when there are none).
    voxel_count: int = scalar(8, "uint64")
    volume_ml: float = scalar(9, "double")
    bounding_box: Optional[VoxelBox] = message(10, "VoxelBox")
    # True: may overlap other segments. False: other segments' voxels are left alone.
    allow_overlap: bool = scalar(11, "bool")
    # True: no step changes this segment.
    locked: bool = scalar(12, "bool")
    # Slices marked as finished, by axis and index.
    accepted: List[GridSlice] = repeated(13, "GridSlice", nested=True)


@dataclass
class ListSegmentsRequest(Message):
    session_id: str = scalar(1, "string")


@dataclass
class ListSegmentsReply(Message):
    segments: List[Segment] = repeated(1, "Segment", nested=True)


@dataclass
class PutSegmentRequest(Message):
    session_id: str = scalar(1, "string")
    # id, name, color, terminology, allow_overlap and locked are read; the rest is the server's.
    segment: Optional[Segment] = message(2, "Segment")


@dataclass
class RemoveSegmentRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")


@dataclass
class RemoveSegmentReply(Message):
    pass


@dataclass
class GetMaskRequest(Message):
    session_id: str = scalar(1, "string")
    segment_id: str = scalar(2, "string")
    # Unset: the mask's bounding box.
    box: Optional[VoxelBox] = message(3, "VoxelBox")


@dataclass
class GetMaskReply(Message):
    mask: Optional[MaskRegion] = message(1, "MaskRegion")


@dataclass
class EstimateMemoryRequest(Message):
    volume: Optional[Volume] = message(1, "Volume")
    model_id: str = scalar(2, "string")


@dataclass
class EstimateMemoryReply(Message):
    # Bytes if every brick is sent; bytes that the model's image features of one slice or patch and the buffers of a
    # step take; bytes free under the server's limits now (caches give way and count as free).
    volume_bytes: int = scalar(1, "uint64")
    model_bytes: int = scalar(2, "uint64")
    available_bytes: int = scalar(3, "uint64")
    fits: bool = scalar(4, "bool")
    # What to do when it does not fit; empty when it does.
    advice: str = scalar(5, "string")


@dataclass
class ExportRequest(Message):
    session_id: str = scalar(1, "string")
    # Empty: all. Where segments overlap, a label file keeps the last one's label.
    segment_ids: List[str] = repeated(2, "string")
    format: FileFormat = scalar(3, FileFormat)
    dicom_source: Optional[DicomSource] = message(4, "DicomSource")


@dataclass
class DicomSource(Message):
    """The images that the volume was made of, needed for DICOM objects only: patient, study, frame of reference and the
    identifiers of each image go into the object. Kept in memory for this call; no log and no journal ever holds them.
    """

    # Headers of the images, one per slice, or one of a multi-frame image: DICOM Part 10, best without pixel data, in any
    # order; 1..4096, within max_message_bytes together. The volume must lie on the voxels of the images within a tenth of
    # one; its axes may run in another order and direction. Frames of other places are left out. None are needed for a
    # session that was opened from a DICOM series of an archive: the server has them, unless ResumeSession was called
    # without dicom_series.
    slice_headers: List[bytes] = repeated(1, "bytes")
    # Remove, empty or replace what identifies the patient, by the Basic Application Level Confidentiality Profile
    # (PS3.15 annex E); identifiers become keyed hashes, segments are called by their codes.
    deidentify: bool = scalar(2, "bool")
    # Secret of these hashes, 16..64 bytes: all objects made with one key belong together. Empty: the server's own, which
    # lasts until it stops.
    deidentify_key: bytes = scalar(3, "bytes")
    # Of the new series; at most 64 characters. Empty: "Segmentation".
    series_description: str = scalar(4, "string")
    # Of the new series; at most 2^31 - 1. 0: 1000.
    series_number: int = scalar(5, "uint32")


@dataclass
class StoreRequest(Message):
    session_id: str = scalar(1, "string")
    # Empty: all.
    segment_ids: List[str] = repeated(2, "string")
    # Of FILE_FORMAT_DICOM_SEG, FILE_FORMAT_DICOM_SEG_FRACTIONAL and FILE_FORMAT_RTSTRUCT at least one; each becomes one object, in a series of its own.
    formats: List[FileFormat] = repeated(3, FileFormat, packed=True)
    # As in ExportRequest; may be unset for a session that was opened from a DICOM series.
    dicom_source: Optional[DicomSource] = message(4, "DicomSource")
    # Name of the archive in the server's configuration; Server.Describe lists them. Any of them, not only the one that the
    # images are from.
    archive: str = scalar(5, "string")


@dataclass
class StoreEvent(Message):
    # Fraction of the bytes that are sent.
    progress: Optional[Progress] = oneof(1, "Progress", "event", nested=True)
    # Always the last event.
    done: Optional[StoreReply] = oneof(2, "StoreReply", "event", nested=True)


@dataclass
class StoreReply(Message):
    # In the order of formats.
    objects: List[StoredObject] = repeated(1, "StoredObject", nested=True)


@dataclass
class StoredObject(Message):
    """One object, and what the archive said of it."""

    format: FileFormat = scalar(1, FileFormat)
    study_instance_uid: str = scalar(2, "string")
    series_instance_uid: str = scalar(3, "string")
    sop_instance_uid: str = scalar(4, "string")
    # Why the archive does not have it, in words, with the code that it gave; empty: it has it.
    failure: str = scalar(5, "string")
    # What the archive changed or doubts, in words; empty: nothing.
    warning: str = scalar(6, "string")


@dataclass
class FileChunk(Message):
    # Set in the first chunk: a plain file name without path or patient data, and the media type.
    file_name: str = scalar(1, "string")
    media_type: str = scalar(2, "string")
    data: bytes = scalar(3, "bytes")


@dataclass
class ListModelsRequest(Message):
    pass


@dataclass
class ListModelsReply(Message):
    models: List[Model] = repeated(1, "Model", nested=True)
    # Used when a request names no model; empty if no model is ready.
    default_model_id: str = scalar(2, "string")


@dataclass
class GetModelRequest(Message):
    model_id: str = scalar(1, "string")


@dataclass
class Model(Message):
    id: str = scalar(1, "string")
    version: str = scalar(2, "string")
    family: ModelFamily = scalar(3, ModelFamily)
    title: str = scalar(4, "string")
    description: str = scalar(5, "string")
    # 2: predicts on one slice at a time. 3: predicts a volume patch.
    dimension: int = scalar(6, "uint32")
    # SPDX expression of the weights' licence.
    licence: str = scalar(7, "string")
    prompts: List[PromptKind] = repeated(8, PromptKind, packed=True)
    # Masks proposed per step, at least 1.
    candidates: int = scalar(9, "uint32")
    # True: uses the finished examples of a task as context.
    uses_context: bool = scalar(10, "bool")
    # The grid the network sees: 2D (rows, columns), 3D (k, j, i).
    input_size: List[int] = repeated(11, "uint32", packed=True)
    # mm per voxel of that grid (same order), or empty when the slice is fitted to the grid.
    input_spacing: List[float] = repeated(12, "double", packed=True)
    state: ModelState = scalar(13, ModelState)
    # Why the model is refused, for the person who installed it; empty when ready.
    state_reason: str = scalar(14, "string")
    # "cpu" or "cuda:0".
    device: str = scalar(15, "string")
    # Bytes on disk of all parts.
    size_bytes: int = scalar(16, "uint64")
    metrics: List[Metric] = repeated(17, "Metric", nested=True)
    # Tells weights apart: SHA-256, 64 hexadecimal digits, over the SHA-256 of all parts in the manifest's order. DICOM
    # objects name it as the algorithm's parameters.
    weights_sha256: str = scalar(18, "string")


@dataclass
class Metric(Message):
    """A measured figure from the bundle's card."""

    dataset: str = scalar(1, "string")
    protocol: str = scalar(2, "string")
    step: int = scalar(3, "uint32")
    # Mean Dice, 0..1.
    dice: float = scalar(4, "double")
    # Number of image-label pairs.
    count: int = scalar(5, "uint32")


@dataclass
class DescribeRequest(Message):
    pass


@dataclass
class DescribeReply(Message):
    # Of the program, for people and logs ("0.1.0"); at most 100 characters.
    server_version: str = scalar(1, "string")
    # Of the contract: 1. It grows when a client that knows only the lower number could go wrong; new calls and fields
    # alone do not raise it.
    contract_version: int = scalar(2, "uint32")
    # Name of the key in use, as its operator called it; empty where keys are off.
    user: str = scalar(3, "string")
    # Whether tasks are on (service Tasks): the operator has named a folder for their examples.
    tasks_enabled: bool = scalar(4, "bool")
    # Whether sessions survive the server (ResumeSession after a restart): the operator has not switched journals off.
    journal_enabled: bool = scalar(5, "bool")
    # Names of the DICOM archives that sessions can be opened from (DicomSeriesReference.archive) and results be stored in
    # (StoreRequest.archive), in alphabetical order.
    archives: List[str] = repeated(6, "string")


@dataclass
class Task(Message):
    # Made by the server, 32 hexadecimal characters.
    id: str = scalar(1, "string")
    # 1..100 characters, for people.
    name: str = scalar(2, "string")
    examples: int = scalar(3, "uint32")
    # May this user change it?
    writable: bool = scalar(4, "bool")


@dataclass
class CreateTaskRequest(Message):
    name: str = scalar(1, "string")


@dataclass
class ListTasksRequest(Message):
    pass


@dataclass
class ListTasksReply(Message):
    tasks: List[Task] = repeated(1, "Task", nested=True)


@dataclass
class RenameTaskRequest(Message):
    task_id: str = scalar(1, "string")
    name: str = scalar(2, "string")


@dataclass
class RemoveTaskRequest(Message):
    task_id: str = scalar(1, "string")


@dataclass
class RemoveTaskReply(Message):
    pass


@dataclass
class AddExamplesRequest(Message):
    task_id: str = scalar(1, "string")
    session_id: str = scalar(2, "string")
    segment_id: str = scalar(3, "string")
    # 1..1000 slices with a mask.
    slices: List[GridSlice] = repeated(4, "GridSlice", nested=True)


@dataclass
class AddExamplesReply(Message):
    task: Optional[Task] = message(1, "Task")
    added: List[Example] = repeated(2, "Example", nested=True)


@dataclass
class Example(Message):
    id: str = scalar(1, "string")
    # PNG, at most 128 x 128, image with the mask's outline.
    thumbnail_png: bytes = scalar(2, "bytes")


@dataclass
class ListExamplesRequest(Message):
    task_id: str = scalar(1, "string")
    # Examples to skip and to return, 1..100.
    offset: int = scalar(2, "uint32")
    limit: int = scalar(3, "uint32")


@dataclass
class ListExamplesReply(Message):
    examples: List[Example] = repeated(1, "Example", nested=True)


@dataclass
class RemoveExampleRequest(Message):
    task_id: str = scalar(1, "string")
    example_id: str = scalar(2, "string")


@dataclass
class RemoveExampleReply(Message):
    pass


@dataclass
class ExportTaskRequest(Message):
    task_id: str = scalar(1, "string")


@dataclass
class TaskArchiveChunk(Message):
    data: bytes = scalar(1, "bytes")


@dataclass
class ImportTaskRequest(Message):
    # Empty in the first part; then as the reply gave it.
    upload_id: str = scalar(1, "string")
    # 1..100 characters; empty: the name in the archive.
    name: str = scalar(2, "string")
    # At most 1 MiB.
    data: bytes = scalar(3, "bytes")
    last: bool = scalar(4, "bool")


@dataclass
class ImportTaskReply(Message):
    upload_id: str = scalar(1, "string")
    # Set after the last part.
    task: Optional[Task] = message(2, "Task")


class HealthService:
    """Methods of grpc.health.v1.Health."""

    # Status of one service, or of the whole server for the empty name. NOT_FOUND for an unknown service.
    check = Method("/grpc.health.v1.Health/Check", HealthCheckRequest, HealthCheckResponse)
    # The status now and after every change; an unknown service is reported as SERVICE_UNKNOWN.
    watch = Method("/grpc.health.v1.Health/Watch", HealthCheckRequest, HealthCheckResponse, server_streaming=True)


class SessionsService:
    """Methods of segbridge.v1.Sessions."""

    # Starts a session on a volume. Memory limits are checked before anything is allocated.
    #
    # With volume.dicom_series the server fetches the volume first, which takes as long as its archive does; OpenSeries
    # is the same with progress. NOT_FOUND: no such archive or series; UNAVAILABLE: the archive cannot be reached, or gave
    # only a part of the series; FAILED_PRECONDITION: it refuses the server's credentials, or the series makes no volume;
    # RESOURCE_EXHAUSTED: the series is too large.
    open_session = Method("/segbridge.v1.Sessions/OpenSession", OpenSessionRequest, OpenSessionReply)
    # OpenSession of a volume with dicom_series; the last event is its reply. Cancelling the call ends the fetching.
    open_series = Method("/segbridge.v1.Sessions/OpenSeries", OpenSessionRequest, OpenSeriesEvent, server_streaming=True)
    # Takes a session up again after a lost connection, a time limit, or a restarted server. Only the key that
    # opened the session may do so.
    #
    # A session that is still open is answered as it is. One that is not is brought back from its journal by doing
    # its steps again: when the reply names needed_bricks, send them by PutBricks or StreamBricks and call again,
    # until it names none; that call waits for the steps, and may be repeated if it takes too long. Of a session that was
    # opened from a DICOM series, give dicom_series instead: the server fetches the voxels again. Until then
    # KeepAlive and CloseSession work as well, and every other call fails with FAILED_PRECONDITION. Session, history,
    # masks and request_ids are then as they were, bit for bit; where they are not, "lost" says so.
    #
    # NOT_FOUND: never opened, closed by its client, or without a journal (the server keeps none, or no longer).
    resume_session = Method("/segbridge.v1.Sessions/ResumeSession", ResumeSessionRequest, ResumeSessionReply)
    # Ends a session and frees its memory. Closing a session twice is not an error.
    close_session = Method("/segbridge.v1.Sessions/CloseSession", CloseSessionRequest, CloseSessionReply)
    # Tells the server that the client is alive while the user thinks. Any other call does so too.
    keep_alive = Method("/segbridge.v1.Sessions/KeepAlive", KeepAliveRequest, KeepAliveReply)
    # Stores bricks. All bricks of the request are checked before the first is stored.
    put_bricks = Method("/segbridge.v1.Sessions/PutBricks", PutBricksRequest, PutBricksReply)
    # The same as many PutBricks, without waiting for replies in between.
    stream_bricks = Method("/segbridge.v1.Sessions/StreamBricks", PutBricksRequest, PutBricksReply, client_streaming=True)
    # One step: new prompts in, events out, the last one a StepResult. The call stays open while bricks are
    # missing: the client sends them by PutBricks or StreamBricks and the prediction goes on by itself.
    #
    # A newer Predict on the same segment and slice supersedes this one, which then ends with ABORTED; its prompts
    # are kept and become part of the newer step. Cancelling the call withdraws its prompts; nothing tells when the
    # server has heard of it, so name the request in withdrawn_request_ids of the next one. Steps of one session
    # are done in order, sessions take turns.
    #
    # The trailer server-timing tells where the server's time went, in ms: "prompts;dur=0.1, unet;dur=10.1, encode;dur=0.2".
    # It is for people and benches: names of parts may change.
    predict = Method("/segbridge.v1.Sessions/Predict", PredictRequest, PredictEvent, server_streaming=True)
    # Makes another candidate of the current step the segment's mask; a 3D model refines it with all prompts so far. The
    # choice is a step of its own: Undo goes back to the model's choice, and another candidate of the same step can be
    # chosen after it. "Go back to step 3 and choose candidate 2" is GoToStep(3), then ChooseCandidate(3, 2), which
    # forgets the steps after it. FAILED_PRECONDITION when the segment stands at another step or is locked, when a step is
    # under way, and when no model proposed candidates at the step; ABORTED when a newer Predict took over.
    choose_candidate = Method("/segbridge.v1.Sessions/ChooseCandidate", ChooseCandidateRequest, StepResult)
    # Fills a range of slices from finished ones (accepted, or worked on by the user), outwards from the nearest of
    # them, forward and backward. Finished slices are never changed, and every one of them helps the slices near it.
    #
    # Done slices come one by one, each as soon as it is there. All slices of one call are one step of the segment's
    # history (their results bear the same step), which one Undo takes back; also when the call was cancelled or ended
    # by an error, for what is done stays. A step of the user in between divides the call's slices into two such steps.
    # The user comes first: Predict on a slice that is just being filled takes this slice over, and the call goes on
    # with the next. A newer Propagate on the same segment, Undo, Redo, GoToStep and Reset end the call with ABORTED.
    #
    # Called again after a correction, it makes only those slices again of which the prediction would start from other
    # masks than before, and empties slices filled before that it no longer reaches; results come for these alone.
    propagate = Method("/segbridge.v1.Sessions/Propagate", PropagateRequest, PropagateEvent, server_streaming=True)
    # Marks slices as finished, or takes the mark away: Propagate starts from them and does not change them. Prompts
    # still do. The mark is not part of the history.
    accept = Method("/segbridge.v1.Sessions/Accept", AcceptRequest, Segment)
    # History of a segment, without limit. FAILED_PRECONDITION when there is nothing to undo or redo.
    undo = Method("/segbridge.v1.Sessions/Undo", HistoryRequest, HistoryReply)
    redo = Method("/segbridge.v1.Sessions/Redo", HistoryRequest, HistoryReply)
    # Goes to a step of the history (0 = before the first), keeping later steps for Redo.
    go_to_step = Method("/segbridge.v1.Sessions/GoToStep", GoToStepRequest, HistoryReply)
    # Empties a segment: mask, prompts and history. Cannot be undone.
    reset = Method("/segbridge.v1.Sessions/Reset", HistoryRequest, HistoryReply)
    # The segment's mask in a box, or in its own bounding box.
    get_mask = Method("/segbridge.v1.Sessions/GetMask", GetMaskRequest, GetMaskReply)
    list_segments = Method("/segbridge.v1.Sessions/ListSegments", ListSegmentsRequest, ListSegmentsReply)
    # Creates a segment or changes its name, colour, terminology and rules.
    put_segment = Method("/segbridge.v1.Sessions/PutSegment", PutSegmentRequest, Segment)
    remove_segment = Method("/segbridge.v1.Sessions/RemoveSegment", RemoveSegmentRequest, RemoveSegmentReply)
    # What opening such a volume with such a model would need, and whether it fits. Nothing is allocated.
    estimate_memory = Method("/segbridge.v1.Sessions/EstimateMemory", EstimateMemoryRequest, EstimateMemoryReply)


class ExportService:
    """Methods of segbridge.v1.Export."""

    # Streams one file in chunks of at most 1 MiB, in order.
    export_segments = Method("/segbridge.v1.Export/ExportSegments", ExportRequest, FileChunk, server_streaming=True)
    # Writes DICOM objects as ExportSegments does and stores them in an archive of the server's configuration (STOW-RS),
    # trying again what fails for reasons that pass. The last event says of each object whether the archive took it, and
    # why not. Without that event: NOT_FOUND: no such archive; UNAVAILABLE: it cannot be reached, or does not answer;
    # FAILED_PRECONDITION: nothing is segmented, or the archive refuses the server's credentials or is configured to be
    # read only. A call that is sent again makes new objects. Cancelling it ends the storing where it is.
    store_segments = Method("/segbridge.v1.Export/StoreSegments", StoreRequest, StoreEvent, server_streaming=True)


class ModelsService:
    """Methods of segbridge.v1.Models."""

    # All bundles found, ready or refused. New bundles appear without a restart.
    list_models = Method("/segbridge.v1.Models/ListModels", ListModelsRequest, ListModelsReply)
    # One bundle. NOT_FOUND names the bundles there are.
    get_model = Method("/segbridge.v1.Models/GetModel", GetModelRequest, Model)


class ServerService:
    """Methods of segbridge.v1.Server."""

    # Needs a key where keys are on: the way to find out whether a key is right before a session is opened.
    # UNAUTHENTICATED when it is missing or wrong. Older servers do not know it: UNIMPLEMENTED.
    describe = Method("/segbridge.v1.Server/Describe", DescribeRequest, DescribeReply)


class TasksService:
    """Methods of segbridge.v1.Tasks."""

    create_task = Method("/segbridge.v1.Tasks/CreateTask", CreateTaskRequest, Task)
    list_tasks = Method("/segbridge.v1.Tasks/ListTasks", ListTasksRequest, ListTasksReply)
    rename_task = Method("/segbridge.v1.Tasks/RenameTask", RenameTaskRequest, Task)
    remove_task = Method("/segbridge.v1.Tasks/RemoveTask", RemoveTaskRequest, RemoveTaskReply)
    # Adds slices of a segment, with their image, to a task: all or, when one cannot be added, none. Images are scaled
    # to 16-bit grey in the window that models see, slices of more than 512 pixels on the longer side are reduced to
    # that. Missing bricks are FAILED_PRECONDITION, a slice without a mask INVALID_ARGUMENT.
    add_examples = Method("/segbridge.v1.Tasks/AddExamples", AddExamplesRequest, AddExamplesReply)
    list_examples = Method("/segbridge.v1.Tasks/ListExamples", ListExamplesRequest, ListExamplesReply)
    remove_example = Method("/segbridge.v1.Tasks/RemoveExample", RemoveExampleRequest, RemoveExampleReply)
    # One archive with all examples, in chunks of at most 1 MiB.
    export_task = Method("/segbridge.v1.Tasks/ExportTask", ExportTaskRequest, TaskArchiveChunk, server_streaming=True)
    # One part of an archive; a task appears when the last part has come. Parts in order, one after the other. A part
    # that fails ends the import; so do 10 minutes without a part.
    import_task = Method("/segbridge.v1.Tasks/ImportTask", ImportTaskRequest, ImportTaskReply)

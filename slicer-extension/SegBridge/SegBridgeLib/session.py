"""An open volume with its segments."""
from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import contract
from .bricks import ArrayVolume, FetchedVolume
from .calls import Calls, Traffic
from .contract import OpenSessionReply, Prompt, Segment, SessionsService, StepResult
from .dicom import DicomImages
from .errors import ConnectionLost, NotFound, SegBridgeError, SessionClosed
from .exporting import OnProgress, export, store
from .geometry import IntTriple, SliceLike, VolumeGeometry, VoxelBox, plane_message
from .masks import apply_region, decode_region
from .propagation import propagate
from .steps import Meter, OnEvent, RunningStep, Step
from .uploader import BrickUploader

_MAX_WITHDRAWN = 100


@dataclass(frozen=True)
class HistoryChange:
    """What an undo, redo or reset did."""

    segment: Segment
    # Smallest box with all voxels that changed; empty when none did.
    changed: VoxelBox


class Session:
    """Made by Client.open_volume or open_series; a context manager that closes the session. Safe to use from many threads.

    Masks are kept here as numpy arrays and follow the server by the changed boxes alone.
    """

    def __init__(
        self, parent: Calls, volume: Union[ArrayVolume, FetchedVolume], geometry: VolumeGeometry, reply: OpenSessionReply, prefetch: bool
    ) -> None:
        self.id = reply.session_id
        self.model_id = reply.model_id
        self.limits = reply.limits or contract.SessionLimits()
        self.geometry = geometry
        self.volume = volume
        # What the server decided while it made a volume of a DICOM series, for people.
        self.notes: Tuple[str, ...] = tuple(reply.notes)
        # Of a session that was taken up again: what is lost, in words, and prompts that no mask shows yet.
        self.lost = ""
        self.waiting: Tuple[contract.WaitingPrompts, ...] = ()
        self.traffic = Traffic(parent.traffic)
        self.calls = Calls(parent.transport, self.traffic)
        if reply.brick_size is not None:
            volume.use_bricks((reply.brick_size.i, reply.brick_size.j, reply.brick_size.k))
        self.uploader = BrickUploader(volume, self.calls, self.id, self.limits, prefetch)
        self._lock = threading.RLock()
        self._masks: Dict[str, np.ndarray] = {}
        self._newest_step: Dict[str, int] = {}
        # Cancelled requests of each segment that no finished step has told the server of.
        self._withdrawn: Dict[str, List[str]] = {}

    # ---- steps ---------------------------------------------------------------------------------------------

    def predict(
        self, segment: str = "1", prompts: Union[Prompt, Sequence[Prompt]] = (), slice: Optional[SliceLike] = None, *,
        model: str = "", task: str = "", window: Optional[Tuple[float, float]] = None, return_candidates: bool = False,
        on_event: Optional[OnEvent] = None, request_id: Optional[str] = None,
    ) -> Step:
        """Adds prompts to a segment (created when new) and predicts. Bricks that the server lacks are sent by the way.

        ``slice`` is where a 2D model works, like ("k", 12). ``task`` is the id of a task whose examples show a model of
        context what is meant; then no prompt is needed. ``on_event`` is called with every event of the stream, in
        this thread. A newer step on the same segment and slice makes this one raise Superseded. The same ``request_id`` returns
        the same step; left out, a fresh one is made.
        """
        return self.prepare(
            segment, prompts, slice, model=model, task=task, window=window, return_candidates=return_candidates,
            on_event=on_event, request_id=request_id).run()

    def start(
        self, segment: str = "1", prompts: Union[Prompt, Sequence[Prompt]] = (), slice: Optional[SliceLike] = None, *,
        model: str = "", task: str = "", window: Optional[Tuple[float, float]] = None, return_candidates: bool = False,
        on_event: Optional[OnEvent] = None, request_id: Optional[str] = None,
    ) -> RunningStep:
        """As predict(), in a thread of its own, which also calls ``on_event``."""
        step = self.prepare(
            segment, prompts, slice, model=model, task=task, window=window, return_candidates=return_candidates,
            on_event=on_event, request_id=request_id)
        threading.Thread(target=step.run_quietly, name="segbridge-step", daemon=True).start()
        return step

    def prepare(
        self, segment: str = "1", prompts: Union[Prompt, Sequence[Prompt]] = (), slice: Optional[SliceLike] = None, *,
        model: str = "", task: str = "", window: Optional[Tuple[float, float]] = None, return_candidates: bool = False,
        on_event: Optional[OnEvent] = None, request_id: Optional[str] = None,
    ) -> RunningStep:
        """As start(), but not begun: its run() does it, in the thread that calls it."""
        self._check_open()
        request = contract.PredictRequest(
            session_id=self.id, segment_id=segment, model_id=model, task_id=task,
            prompts=[prompts] if isinstance(prompts, Prompt) else list(prompts),
            request_id=uuid.uuid4().hex if request_id is None else request_id, return_candidates=return_candidates,
            window=contract.IntensityWindow(*map(float, window)) if window is not None else None)
        with self._lock:
            request.withdrawn_request_ids = [
                id for id in self._withdrawn.get(segment, []) if id != request.request_id][-_MAX_WITHDRAWN:]
        if slice is not None:
            where = plane_message(slice)
            if isinstance(where, contract.GridSlice):
                request.slice = where
            else:
                request.oblique = where
        return RunningStep(self, request, on_event)

    def withdraw(self, request: contract.PredictRequest) -> None:
        """Notes that a step was cancelled: the next ones of its segment say so until one is done."""
        if request.request_id:
            with self._lock:
                self._withdrawn.setdefault(request.segment_id, []).append(request.request_id)

    def withdrawn(self, request: contract.PredictRequest) -> None:
        """The server has done a step, and knows of the cancelled ones that it named."""
        with self._lock:
            pending = self._withdrawn.pop(request.segment_id, [])
            left = [id for id in pending if id not in request.withdrawn_request_ids and id != request.request_id]
            if left:
                self._withdrawn[request.segment_id] = left

    def choose_candidate(self, step: int, index: int, segment: str = "1") -> Step:
        """Makes another candidate of the segment's current step its mask, as a step of its own: undo() takes it back.

        ``step`` is the segment's position in its history, ``index`` is ``Candidate.index``. WrongState when the segment
        stands at another step, when a newer step is under way, and when no model proposed candidates at that step.
        """
        self._check_open()
        meter = Meter(self)
        request = contract.ChooseCandidateRequest(self.id, segment, step, index, uuid.uuid4().hex)
        return meter.step(self.calls.call(SessionsService.choose_candidate, request, retry=True), chosen=index)

    def propagate(
        self, first: int, last: int, segment: str = "1", *, start: Sequence[SliceLike] = (), model: str = "", task: str = "",
        stop_below: float = 0.8,
    ) -> Iterator[contract.PropagateEvent]:
        """Fills the slices first..last from finished ones and yields every event of it, the mask being up to date.

        It starts from the slices ``start``, like [("k", 12)]; left out, from the accepted ones, or else from all that
        were worked on. Slices that are finished stay as they are. A direction ends where the predicted Dice falls below
        ``stop_below``. ``task`` is the id of a task whose examples show a model of context what is meant, besides the
        finished slices. Leaving the loop ends the propagation; what is done stays, and one undo() takes it back.
        """
        self._check_open()
        return propagate(self, contract.PropagateRequest(
            session_id=self.id, segment_id=segment, model_id=model, task_id=task,
            from_=[plane_message(plane) for plane in start], first=first, last=last, stop_below=stop_below,
            request_id=uuid.uuid4().hex))

    def accept(self, slices: Sequence[SliceLike], segment: str = "1", accepted: bool = True) -> Segment:
        """Marks slices as finished, or takes the mark away: propagate() starts from them and leaves them as they are."""
        self._check_open()
        return self.calls.call(SessionsService.accept, contract.AcceptRequest(
            self.id, segment, [plane_message(plane) for plane in slices], accepted), retry=True)

    def apply_result(self, result: StepResult) -> VoxelBox:
        """Brings the segment's mask up to date with a step. Returns the box that changed."""
        with self._lock:
            if result.step < self._newest_step.get(result.segment_id, 0):
                # A later step was quicker to arrive; this one's box may show the past.
                self.refresh(result.segment_id)
                return decode_region(result.changed, self.geometry.size)[0]
            self._newest_step[result.segment_id] = result.step
            return apply_region(self._mask(result.segment_id), result.changed)

    # ---- history -------------------------------------------------------------------------------------------

    def undo(self, segment: str = "1") -> HistoryChange:
        """Takes the newest step back. WrongState when there is none."""
        return self._history(SessionsService.undo, contract.HistoryRequest(self.id, segment))

    def redo(self, segment: str = "1") -> HistoryChange:
        """Does the step again that undo took back. WrongState when there is none."""
        return self._history(SessionsService.redo, contract.HistoryRequest(self.id, segment))

    def reset(self, segment: str = "1") -> HistoryChange:
        """Empties a segment: mask, prompts and history. Cannot be undone."""
        return self._history(SessionsService.reset, contract.HistoryRequest(self.id, segment))

    def go_to_step(self, step: int, segment: str = "1") -> HistoryChange:
        """Goes to a step of the history; 0 is before the first."""
        return self._history(SessionsService.go_to_step, contract.GoToStepRequest(self.id, segment, step))

    def _history(self, method: contract.Method, request: Union[contract.HistoryRequest, contract.GoToStepRequest]) -> HistoryChange:
        self._check_open()
        with self._lock:
            try:
                reply = self.calls.call(method, request)
            except ConnectionLost:
                # Whether the server still did it is unknown: look, and tell the caller that the call broke.
                try:
                    self.refresh(request.segment_id)
                except SegBridgeError:
                    pass
                raise
            segment = reply.segment or Segment(id=request.segment_id)
            self._newest_step[request.segment_id] = segment.step
            return HistoryChange(segment, apply_region(self._mask(request.segment_id), reply.changed))

    # ---- masks and segments --------------------------------------------------------------------------------

    def mask(self, segment: str = "1") -> np.ndarray:
        """The segment's mask: bool, (k, j, i), read-only, and alive: later steps show in it. Copy it to keep it.

        Never waits, not even for a call that is under way.
        """
        view = self._mask(segment).view()
        view.flags.writeable = False
        return view

    def fetch_mask(self, segment: str = "1", box: Optional[VoxelBox] = None) -> Tuple[VoxelBox, np.ndarray]:
        """The mask as the server has it, in a box or in its own bounding box."""
        self._check_open()
        request = contract.GetMaskRequest(self.id, segment, box.to_message() if box is not None else None)
        return decode_region(self.calls.call(SessionsService.get_mask, request, retry=True).mask, self.geometry.size)

    def refresh(self, segment: str = "1") -> np.ndarray:
        """Takes the whole mask from the server again."""
        with self._lock:
            box, voxels = self.fetch_mask(segment)
            mask = self._mask(segment)
            mask[...] = False
            mask[box.slices] = voxels
        return self.mask(segment)

    def segments(self) -> List[Segment]:
        """All segments, as the server has them."""
        self._check_open()
        return self.calls.call(SessionsService.list_segments, contract.ListSegmentsRequest(self.id), retry=True).segments

    def put_segment(
        self, segment: str, name: str = "", color: int = 0, terminology: str = "", allow_overlap: bool = False, locked: bool = False
    ) -> Segment:
        """Creates a segment or changes its name, colour (0xRRGGBB; left out, it stays as it is), terminology and rules."""
        self._check_open()
        wanted = Segment(
            id=segment, name=name, color=color, terminology=terminology, allow_overlap=allow_overlap, locked=locked)
        return self.calls.call(SessionsService.put_segment, contract.PutSegmentRequest(self.id, wanted), retry=True)

    def remove_segment(self, segment: str) -> None:
        self._check_open()
        with self._lock:
            self.calls.call(SessionsService.remove_segment, contract.RemoveSegmentRequest(self.id, segment))
            self._masks.pop(segment, None)
            self._newest_step.pop(segment, None)

    def export(
        self, path: Union[str, Path], segments: Sequence[str] = (), dicom: Optional[DicomImages] = None, contours: bool = False,
        probabilities: bool = False,
    ) -> Path:
        """Writes segments (all when none is named) to a .nii.gz, .nrrd or .seg.nrrd file on the volume's grid.

        With probabilities a .dcm file becomes fractional, and a .nii.gz file holds 0 to 1 for one segment.

        A .dcm file becomes a DICOM Segmentation, or with contours an RT Structure Set, of the images that dicom names. A
        session of Client.open_series needs no dicom: the server knows the images.
        """
        self._check_open()
        return export(self, Path(path), segments, dicom, contours, probabilities)

    def store(
        self, archive: str, segments: Sequence[str] = (), kinds: Sequence[str] = ("seg",), dicom: Optional[DicomImages] = None,
        on_progress: Optional[OnProgress] = None, timeout: float = 600.0,
    ) -> List[contract.StoredObject]:
        """Stores segments (all when none is named) as DICOM objects in an archive of the server's, see Client.archives().

        ``kinds`` are "seg" (DICOM Segmentation), "fractional" (one of probabilities) and "rtstruct" (RT Structure Set): one
        object each, in a series of its own. ``dicom`` names the images that they belong to, and whether they are written
        without identity; a session of Client.open_series needs none. Returns the objects with their UIDs and what the
        archive warned of. StoreFailed when the archive did not take all of them, ConnectionLost when the server could not
        reach it, NotFound where the server has no archive of this name, WrongState when nothing is segmented or the archive
        is read only. Calling it again stores new objects.
        """
        self._check_open()
        return store(self, archive, segments, kinds, dicom, on_progress, timeout)

    # ---- bricks and life -----------------------------------------------------------------------------------

    def send_bricks(self, indices: Optional[Iterable[IntTriple]] = None) -> None:
        """Sends bricks ahead of the first step: those named (i, j, k), or all."""
        self._check_open()
        self.uploader.send(self.volume.grid if indices is None else indices)

    def keep_alive(self) -> int:
        """A sign of life; happens by itself. Returns the seconds left until the idle limit ends the session."""
        self._check_open()
        return self.calls.call(SessionsService.keep_alive, contract.KeepAliveRequest(self.id), retry=True).idle_left_s

    @property
    def closed(self) -> bool:
        return self.calls.closed.is_set()

    def close(self) -> None:
        """Ends the session here and in the server."""
        if self.closed:
            return
        self.calls.closed.set()
        self.uploader.close()
        try:
            self.calls.call(SessionsService.close_session, contract.CloseSessionRequest(self.id))
        except (NotFound, ConnectionLost):
            pass  # Gone already, or soon: the server closes sessions that show no sign of life.

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_open(self) -> None:
        if self.closed:
            raise SessionClosed("the session was closed")

    def _mask(self, segment: str) -> np.ndarray:
        mask = self._masks.get(segment)
        # Two threads may ask for the first time at once: both get the same one.
        return mask if mask is not None else self._masks.setdefault(segment, np.zeros(self.geometry.shape, dtype=bool))

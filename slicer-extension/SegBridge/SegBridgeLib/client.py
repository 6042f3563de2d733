"""The way in: connect to a server, open volumes."""
from __future__ import annotations

import importlib.util
import threading
from typing import Any, List, Optional, Tuple, Union
from urllib.parse import urlsplit

from . import contract
from .bricks import ArrayVolume, FetchedVolume
from .calls import Calls, Traffic
from .contract import Modality, ModelsService, ServerService, SessionsService
from .errors import AddressError, ConnectionLost, GeometryError, ReplyError, SegBridgeError
from .exporting import OnProgress
from .geometry import IntTriple, VolumeGeometry
from .session import Session
from .transport import Transport
from .transport_web import WebTransport
from .wire import Message, Method

DEFAULT_GRPC_PORT = 8710
DEFAULT_WEB_PORT = 8711
# Bricks for models that work on slices across K: a click on one then needs few voxels of its neighbours.
_THIN_BRICKS = (64, 64, 4)


def has_grpcio() -> bool:
    """Whether grpcio can be imported here."""
    return importlib.util.find_spec("grpc") is not None


def connect(
    address: str = "127.0.0.1", *, grpc: Optional[str] = None, web: Optional[str] = None, transport: str = "auto",
    key: Optional[str] = None, fingerprint: Optional[str] = None, ca_file: Optional[str] = None, timeout: float = 60.0,
    client: str = "segbridge-python",
) -> "Client":
    """Connects to a server and asks whether it serves.

    ``address`` is one of:

    - "host": plain text on the default ports, 8710 for gRPC and 8711 for gRPC-Web;
    - "https://host" or "https://host:port": TLS, where one port (8710) takes both;
    - "http://host:port": gRPC-Web on that port.

    Or name the addresses one by one, as the server's ready line does: ``grpc="http://host:8710"``,
    ``web="http://host:8711"``. ``transport`` "auto" takes gRPC where grpcio is installed and it gets through, else
    gRPC-Web, which needs nothing but the standard library; "grpc" and "web" insist.

    ``key`` is an API key; ``fingerprint`` the SHA-256 of a self-signed certificate; ``ca_file`` a PEM file with the
    authority to trust; ``timeout`` seconds for a call other than a step. ``client`` names the program for the log.
    """
    if transport not in ("auto", "grpc", "web"):
        raise AddressError(f'transport must be "auto", "grpc" or "web", got {transport!r}')
    if grpc is None and web is None:
        grpc, web = _addresses(address)
    security = {"key": key, "fingerprint": fingerprint, "ca_file": ca_file, "timeout": timeout}
    if transport == "grpc" and (grpc is None or not has_grpcio()):
        raise AddressError("transport gRPC needs a gRPC address" if grpc is None else "transport gRPC needs the package grpcio")
    if transport == "web" and web is None:
        raise AddressError("transport web needs a gRPC-Web address")
    trouble: Optional[ConnectionLost] = None
    if transport != "web" and grpc is not None and has_grpcio():
        from .transport_grpc import GrpcTransport

        try:
            return _checked(GrpcTransport(grpc, **security), client)
        except ConnectionLost as error:
            if transport == "grpc" or web is None:
                raise
            trouble = error
    if web is None:
        raise AddressError("without the package grpcio a gRPC-Web address is needed")
    try:
        return _checked(WebTransport(web, **security), client)
    except ConnectionLost as error:
        raise error from trouble


def _addresses(address: str) -> Tuple[Optional[str], Optional[str]]:
    if "://" not in address:
        if not address or "/" in address or (":" in address and not address.startswith("[") and address.count(":") < 2):
            raise AddressError(f'an address must be like "host", "http://host:port" or "https://host:port", got {address!r}')
        host = f"[{address}]" if ":" in address and not address.startswith("[") else address
        return f"http://{host}:{DEFAULT_GRPC_PORT}", f"http://{host}:{DEFAULT_WEB_PORT}"
    parts = urlsplit(address)
    if parts.scheme == "https":
        both = address.rstrip("/") if parts.port else f"https://{parts.netloc}:{DEFAULT_GRPC_PORT}"
        return both, both
    return None, address


def _checked(transport: Transport, name: str) -> "Client":
    client = Client(transport, name)
    try:
        client.health()
    except BaseException:
        client.close()
        raise
    return client


class Client:
    """A connection to a server; a context manager that closes it with all its sessions."""

    def __init__(self, transport: Transport, name: str = "segbridge-python") -> None:
        self.transport = transport
        self.traffic = Traffic()
        self._calls = Calls(transport, self.traffic)
        self._name = name
        self._lock = threading.Lock()
        self._sessions: List[Session] = []

    @property
    def bytes_sent(self) -> int:
        """Message bytes sent so far, 5-byte frames included."""
        return self.traffic.sent

    @property
    def bytes_received(self) -> int:
        return self.traffic.received

    def call(self, method: Method, request: Message, timeout: Optional[float] = None) -> Any:
        """A unary call with the contract's own messages, for what has no method here."""
        return self._calls.call(method, request, timeout=timeout)

    def stream(self, method: Method, request: Message, timeout: Optional[float] = None) -> Any:
        """A server-streaming call with the contract's own messages; iterate over the replies in a with block."""
        return self._calls.stream(method, request, timeout)

    def health(self, service: str = "") -> contract.HealthCheckResponseServingStatus:
        """Whether the server serves."""
        status = self._calls.call(contract.HealthService.check, contract.HealthCheckRequest(service)).status
        return contract.HealthCheckResponseServingStatus(status)

    def describe(self) -> contract.DescribeReply:
        """What server this is: versions, the name of the key in use, whether tasks and journals are on. KeyRejected when
        the key is missing or wrong; NotInThisVersion from a server that is older than this call."""
        return self._calls.call(ServerService.describe, contract.DescribeRequest(), retry=True)

    def models(self) -> List[contract.Model]:
        """All models, ready or refused; the server's default first."""
        reply = self._calls.call(ModelsService.list_models, contract.ListModelsRequest(), retry=True)
        return sorted(reply.models, key=lambda model: model.id != reply.default_model_id)

    def open_volume(
        self, array: Any, geometry: Optional[VolumeGeometry] = None, *, spacing: Any = None, origin: Any = None,
        direction: Any = None, model: str = "", window: Optional[Tuple[float, float]] = None, slope: float = 1.0,
        intercept: float = 0.0, modality: Modality = Modality.UNSPECIFIED, brick_size: Union[IntTriple, None] = None,
        prefetch: bool = True, share: bool = False,
    ) -> Session:
        """Opens a session on an array (k, j, i), or on one slice (j, i). No voxel is sent before it is needed.

        The array must not change while the session is open. Give either ``geometry`` or ``spacing`` (i, j, k, mm),
        ``origin`` (LPS, mm) and ``direction`` (3 x 3, columns are the LPS axes of i, j and k). ``window`` is what the
        user looks at, in real values (stored * slope + intercept). ``brick_size`` (i, j, k) is chosen by the model
        when left out. ``prefetch`` lets bricks for the next steps follow while nothing else is sent. ``share`` hashes the
        whole array (about 2 ms/MB), so that sessions of this user on the same volume share what was sent and computed.
        """
        volume, where = self._volume(array, geometry, spacing, origin, direction)
        size = brick_size or self._brick_size(model)
        described = self._described(volume, where, window, slope, intercept, modality, size)
        described.content_sha256 = volume.sha256() if share else b""
        reply = self._calls.call(SessionsService.open_session, contract.OpenSessionRequest(described, model, self._name))
        return self._kept(Session(self._calls, volume, where, reply, prefetch))

    def archives(self) -> List[str]:
        """Names of the DICOM archives that the server's operator has configured, for open_series() and Session.store()."""
        return self.describe().archives

    def open_series(
        self, archive: str, series: str, *, study: str = "", stack: Optional[int] = None, resample: bool = False, model: str = "",
        window: Optional[Tuple[float, float]] = None, brick_size: Optional[IntTriple] = None,
        on_progress: Optional[OnProgress] = None, timeout: float = 600.0,
    ) -> Session:
        """Opens a session on a DICOM series that the server fetches by itself from an archive; no voxel is sent from here.

        ``archive`` is one of archives(), ``series`` a Series Instance UID; ``study`` (a Study Instance UID) spares the
        archive a search. ``stack`` chooses among several stacks of one series, ``resample`` makes an even grid of slices
        that are not (without it they are refused; a tilted gantry makes a sheared grid). ``on_progress`` is called with a
        fraction and words while images arrive. The session's ``geometry`` says what the volume is, its ``notes`` what was
        decided on the way. NotFound: no such archive or series; ConnectionLost: the server cannot reach the archive;
        WrongState: the series makes no volume, and the message says why.
        """
        size = brick_size or self._brick_size(model)
        described = contract.Volume(
            dicom_series=contract.DicomSeriesReference(archive, study, series, stack, resample),
            display_window=contract.IntensityWindow(*map(float, window)) if window is not None else None,
            brick_size=contract.Size(*size) if size is not None else None)
        request = contract.OpenSessionRequest(described, model, self._name)
        reply: Optional[contract.OpenSessionReply] = None
        with self._calls.stream(SessionsService.open_series, request, timeout) as events:
            for event in events:
                if event.progress is not None and on_progress is not None:
                    on_progress(event.progress.fraction, event.progress.stage)
                reply = event.session or reply
        return self._kept(self._fetched(reply))

    def resume_series(
        self, session_id: str, archive: str, series: str, *, study: str = "", stack: Optional[int] = None, resample: bool = False,
        timeout: float = 600.0,
    ) -> Session:
        """As resume_volume(), for a session of open_series(): the series is named again, since the server keeps no identifiers."""
        request = contract.ResumeSessionRequest(session_id, contract.DicomSeriesReference(archive, study, series, stack, resample))
        reply = self._calls.call(SessionsService.resume_session, request, timeout=timeout)
        session = self._kept(self._fetched(reply.session))
        self._recover(session, reply)
        return session

    def resume_volume(
        self, session_id: str, array: Any, geometry: Optional[VolumeGeometry] = None, *, spacing: Any = None, origin: Any = None,
        direction: Any = None, prefetch: bool = True, timeout: float = 600.0,
    ) -> Session:
        """Takes a session up again that lost its connection or its server, with all its masks and its history.

        Array and geometry are those that the session was opened with; bricks that the server lost are sent again. What the
        server could not bring back is in the session's ``lost``, and prompts without a result are in its ``waiting``.
        ``timeout`` is for the steps that the server does again.
        """
        volume, where = self._volume(array, geometry, spacing, origin, direction)
        request = contract.ResumeSessionRequest(session_id)
        reply = self._calls.call(SessionsService.resume_session, request, timeout=timeout)
        session = self._kept(Session(self._calls, volume, where, reply.session, prefetch))
        while reply.needed_bricks:
            session.send_bricks([(brick.i, brick.j, brick.k) for brick in reply.needed_bricks])
            reply = self._calls.call(SessionsService.resume_session, request, timeout=timeout)
        self._recover(session, reply)
        return session

    def estimate_memory(
        self, array: Any, geometry: Optional[VolumeGeometry] = None, *, model: str = ""
    ) -> contract.EstimateMemoryReply:
        """What opening this volume would need in the server, and whether it fits. Nothing is allocated there."""
        volume, where = self._volume(array, geometry, None, None, None)
        described = self._described(volume, where, None, 1.0, 0.0, Modality.UNSPECIFIED, None)
        return self._calls.call(SessionsService.estimate_memory, contract.EstimateMemoryRequest(described, model), retry=True)

    def close(self) -> None:
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            try:
                session.close()
            except SegBridgeError:
                pass
        self._calls.closed.set()
        self.transport.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _kept(self, session: Session) -> Session:
        with self._lock:
            self._sessions = [other for other in self._sessions if not other.closed] + [session]
        return session

    def _fetched(self, reply: Optional[contract.OpenSessionReply]) -> Session:
        """The session of a volume that the server fetched."""
        if reply is None or reply.volume is None or reply.volume.geometry is None:
            raise ReplyError("the server does not say what volume it fetched")
        geometry = VolumeGeometry.from_message(reply.volume.geometry)
        return Session(self._calls, FetchedVolume(geometry.size), geometry, reply, prefetch=False)

    @staticmethod
    def _recover(session: Session, reply: contract.ResumeSessionReply) -> None:
        session.lost, session.waiting = reply.lost, tuple(reply.waiting)
        for segment in reply.segments:
            session.refresh(segment.id)

    def _brick_size(self, model: str) -> Optional[IntTriple]:
        if model:
            return _THIN_BRICKS if self._calls.call(
                ModelsService.get_model, contract.GetModelRequest(model), retry=True).dimension == 2 else None
        known = self.models()
        return _THIN_BRICKS if known and known[0].dimension == 2 else None

    @staticmethod
    def _volume(
        array: Any, geometry: Optional[VolumeGeometry], spacing: Any, origin: Any, direction: Any
    ) -> Tuple[ArrayVolume, VolumeGeometry]:
        volume = ArrayVolume(array)
        if geometry is None:
            geometry = VolumeGeometry.from_direction(
                volume.voxels.shape, (1.0, 1.0, 1.0) if spacing is None else spacing,
                (0.0, 0.0, 0.0) if origin is None else origin, direction)
        elif spacing is not None or origin is not None or direction is not None:
            raise GeometryError("give either a geometry or spacing, origin and direction, not both")
        if geometry.shape != volume.voxels.shape:
            raise GeometryError(f"the geometry is of an array of shape {geometry.shape}, got {volume.voxels.shape}")
        return volume, geometry

    @staticmethod
    def _described(
        volume: ArrayVolume, geometry: VolumeGeometry, window: Optional[Tuple[float, float]], slope: float, intercept: float,
        modality: Modality, brick_size: Optional[IntTriple],
    ) -> contract.Volume:
        return contract.Volume(
            geometry=geometry.to_message(), voxel_type=volume.voxel_type, rescale_slope=float(slope),
            rescale_intercept=float(intercept), modality=modality,
            display_window=contract.IntensityWindow(*map(float, window)) if window is not None else None,
            brick_size=contract.Size(*brick_size) if brick_size is not None else None)

"""Sessions on a series that the server fetches, and results that it stores, against a scripted server."""
import pytest
from scripted_server import Refusal, ScriptedWebServer

import SegBridgeLib
from SegBridgeLib import NotFound, ReplyError, StoreFailed, VolumeError, contract
from SegBridgeLib.contract import ExportService, FileFormat, ServerService, SessionsService

SERIES = contract.DicomSeriesReference("pacs", "1.2", "1.2.3", 1, True)
GEOMETRY = contract.VolumeGeometry(
    contract.Size(8, 6, 4), contract.Spacing(0.5, 0.5, 2), contract.LpsPoint(-1, 2, 3),
    contract.LpsVector(0, 1, 0), contract.LpsVector(-1, 0, 0), contract.LpsVector(0, 0, 1))


class Archives:
    """Answers what a test puts into ``objects``; remembers requests."""

    def __init__(self):
        self.requests, self.objects, self.volume = [], [], contract.Volume(geometry=GEOMETRY)
        self.handlers = {
            contract.HealthService.check.path: lambda _: iter([contract.HealthCheckResponse(contract.HealthCheckResponseServingStatus.SERVING).encode()]),
            contract.ModelsService.list_models.path: lambda _: iter([contract.ListModelsReply([contract.Model(id="flat", dimension=2)], "flat").encode()]),
            ServerService.describe.path: lambda _: iter([contract.DescribeReply(archives=["pacs", "research"]).encode()]),
        }
        for method, answer in {
            SessionsService.open_series: self._open, SessionsService.resume_session: self._resume, SessionsService.get_mask: self._mask,
            SessionsService.close_session: lambda _: [contract.CloseSessionReply()], ExportService.store_segments: self._store,
            ExportService.export_segments: lambda _: [contract.FileChunk("segmentation.dcm", "application/dicom", b"DICM")],
        }.items():
            self.handlers[method.path] = self._handler(method, answer)

    def _handler(self, method, answer):
        def handle(data):
            self.requests.append(method.request.decode(data))
            return (reply.encode() for reply in answer(self.requests[-1]))
        return handle

    def _session(self):
        return contract.OpenSessionReply(
            "a" * 32, contract.Size(8, 6, 4), contract.Size(1, 1, 1), contract.SessionLimits(600, 60, 1 << 25), "flat",
            volume=self.volume, notes=["one slice twice"])

    def _open(self, request):
        if request.volume.dicom_series.archive != "pacs":
            raise Refusal(5, "there is no such archive")
        yield contract.OpenSeriesEvent(progress=contract.Progress(0.5, "fetching"))
        yield contract.OpenSeriesEvent(session=self._session())

    def _resume(self, _):
        yield contract.ResumeSessionReply(self._session(), [contract.Segment(id="tumour")], lost="a step")

    def _mask(self, _):
        yield contract.GetMaskReply(contract.MaskRegion(
            contract.VoxelBox(contract.VoxelIndex(1, 1, 1), contract.VoxelIndex(2, 2, 2)), contract.MaskEncoding.PACKED, b"\1"))

    def _store(self, _):
        yield contract.StoreEvent(progress=contract.Progress(0.25, "storing"))
        if self.objects:
            yield contract.StoreEvent(done=contract.StoreReply(self.objects))


@pytest.fixture
def archives():
    return Archives()


@pytest.fixture
def client(archives):
    server = ScriptedWebServer(archives.handlers)
    with SegBridgeLib.connect(web=f"http://127.0.0.1:{server.port}") as client:
        yield client
    server.stop()


def test_a_series_is_opened_by_its_names_and_says_what_it_is(client, archives):
    told = []
    assert client.archives() == ["pacs", "research"]
    session = client.open_series(
        "pacs", "1.2.3", study="1.2", stack=1, resample=True, window=(-100, 200), on_progress=lambda *news: told.append(news))
    volume = archives.requests[-1].volume
    assert volume.dicom_series == SERIES and volume.geometry is None
    assert (volume.display_window, volume.brick_size) == (contract.IntensityWindow(-100, 200), contract.Size(64, 64, 4))
    assert told == [(0.5, "fetching")] and session.notes == ("one slice twice",)
    assert session.geometry.to_message() == GEOMETRY and session.mask().shape == (4, 6, 8)
    with pytest.raises(VolumeError, match="no voxels here"):
        session.send_bricks()
    with pytest.raises(NotFound):
        client.open_series("elsewhere", "1.2.3")


def test_a_series_is_taken_up_again_under_its_names(client, archives):
    session = client.resume_series("a" * 32, "pacs", "1.2.3", study="1.2", stack=1, resample=True)
    assert [request.dicom_series for request in archives.requests if isinstance(request, contract.ResumeSessionRequest)] == [SERIES]
    assert session.lost == "a step" and session.mask("tumour").sum() == 1 and session.mask("tumour")[1, 1, 1]


def test_a_server_that_does_not_say_what_it_fetched_is_refused(client, archives):
    archives.volume = None
    with pytest.raises(ReplyError, match="what volume"):
        client.open_series("pacs", "1.2.3")


def test_results_are_stored_and_refusals_named(client, archives, tmp_path):
    session, told = client.open_series("pacs", "1.2.3"), []
    archives.objects = [contract.StoredObject(FileFormat.DICOM_SEG, "1", "2", "3", warning="changed (B000)")]
    assert session.store("research", ["tumour"], on_progress=lambda *news: told.append(news)) == archives.objects
    assert archives.requests[-1] == contract.StoreRequest("a" * 32, ["tumour"], [FileFormat.DICOM_SEG], None, "research")
    assert told == [(0.25, "storing")]

    archives.objects.append(contract.StoredObject(FileFormat.RTSTRUCT, "1", "4", "5", failure="processing failed (0110)"))
    with pytest.raises(StoreFailed, match=r"1 of 2 objects: processing failed \(0110\)") as failed:
        session.store("pacs", kinds=("seg", "rtstruct"), dicom=SegBridgeLib.DicomImages(deidentify=True))
    assert failed.value.objects == archives.objects and archives.requests[-1].dicom_source.deidentify
    archives.objects = []
    with pytest.raises(ReplyError):
        session.store("pacs")
    for kinds in ((), "seg", ("nifti",)):
        with pytest.raises(ValueError, match="kinds"):
            session.store("pacs", kinds=kinds)
    assert session.export(tmp_path / "seg.dcm").read_bytes() == b"DICM"
    assert archives.requests[-1].dicom_source == contract.DicomSource()
    for name, kind in (("p.nii.gz", FileFormat.NIFTI_PROBABILITIES), ("p.dcm", FileFormat.DICOM_SEG_FRACTIONAL)):
        session.export(tmp_path / name, probabilities=True)
        assert archives.requests[-1].format == kind
    for name, options in (("p.nrrd", {}), ("p.dcm", {"contours": True})):
        with pytest.raises(ValueError, match="probabilities"):
            session.export(tmp_path / name, probabilities=True, **options)

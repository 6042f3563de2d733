"""End to end: the real server process, reached by the Python client over both transports."""
from __future__ import annotations

from typing import Callable, Iterator, List

import numpy as np
import pytest
from end_to_end import TEST_DATA, Case, ServerProcess

from SegBridgeLib import Client, VolumeGeometry


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """start_server(options...) starts one more server; all end with the tests."""
    folder = tmp_path_factory.mktemp("servers")
    running: List[ServerProcess] = []

    def start(*options: str) -> ServerProcess:
        journal = () if "--journal-folder" in options or "--no-journal" in options else ("--journal-folder", str(folder / "journals"))
        running.append(ServerProcess(folder / f"server-{len(running)}.log", *journal, *options))
        return running[-1]

    yield start
    codes = [server.stop() for server in running if server.process.poll() is None]
    assert codes == [0] * len(codes), "a server did not end in order"


@pytest.fixture(scope="session")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """The server that most tests share."""
    return start_server("--rate-limit", "0")


@pytest.fixture(params=["grpc", "web"])
def transport(request: pytest.FixtureRequest) -> str:
    if request.param == "grpc":
        pytest.importorskip("grpc", reason="grpcio is not installed")
    return request.param


@pytest.fixture
def client(server: ServerProcess, transport: str) -> Iterator[Client]:
    with server.connect(transport) as connected:
        yield connected


@pytest.fixture(scope="session")
def ellipsoid() -> Case:
    """A bright ellipsoid in noise; the grid is oblique, left-handed and anisotropic."""
    shape = (24, 150, 170)
    k, j, i = np.meshgrid(*(np.arange(count) for count in shape), indexing="ij")
    truth = ((i - 80) / 30.0) ** 2 + ((j - 70) / 22.0) ** 2 + ((k - 12) / 8.0) ** 2 <= 1
    chance = np.random.default_rng(11)
    voxels = (chance.normal(60, 12, shape) + 90 * truth).astype(np.int16)
    axes, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    if np.linalg.det(axes) > 0:
        axes[:, 0] *= -1
    return Case(voxels, truth, VolumeGeometry.from_direction(shape, (0.8, 0.9, 2.5), (-40.0, 25.5, 310.0), axes), (0.0, 220.0))


@pytest.fixture(scope="session")
def real_ct() -> Case:
    """STS_008 of the open test data: a soft tissue tumour in a CT."""
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    folder = TEST_DATA / "open" / "sts_tumour_ct"
    image_file, label_file = (folder / kind / "STS_008.nii.gz" for kind in ("images", "labels"))
    if not image_file.exists():
        pytest.skip(f"{image_file} is not there; SEGBRIDGE_TEST_DATA names the folder of test data")
    image, label = nibabel.load(image_file), nibabel.load(label_file)
    voxels = np.asarray(image.dataobj).T
    truth = np.asarray(label.dataobj).T > 0
    return Case(voxels, truth, VolumeGeometry.from_ijk_to_ras(voxels.shape, image.affine), (-160.0, 240.0))

"""nnInteractive's clients, of both protocols, against the door for them; the masks are those of a gRPC session."""
import numpy as np
import pytest
from end_to_end import dice, run_segbridge
from nninteractive_clients import LegacyClient, Refused, V2Client
from nninteractive_wire import LZ4, ZSTD, blosc2_chunk

from SegBridgeLib import VolumeGeometry, prompts

SLICES, VOLUME = "/m/scribble-2d", "/m/tumour-3d"


@pytest.fixture(scope="module")
def door(start_server):
    """The server, and where its door is."""
    try:
        blosc2_chunk(b"x" * 64)
        blosc2_chunk(b"xy" * 64, codec=LZ4)
    except OSError as missing:
        pytest.skip(f"this machine lacks a library of the clients: {missing}")
    server = start_server("--rate-limit", "0", "--doors", "nninteractive", "--door-port", "nninteractive=0")
    return server, server.ready["doors"]["nninteractive"]


@pytest.fixture
def grpc(door):
    with door[0].connect("web") as client:
        yield client


def middle_slice(truth):
    return int(truth.sum(axis=(1, 2)).argmax())


def middle_of(area):
    """The row and column of an area that lie deepest in it."""
    ndimage = pytest.importorskip("scipy.ndimage", reason="scipy is not installed")
    return tuple(int(n) for n in np.unravel_index(ndimage.distance_transform_edt(area).argmax(), area.shape))


def corrections(mask, truth, k):
    """Where a reader would click next on a slice: in the middle of the larger error, and whether it is missing."""
    missed, extra = truth[k] & ~mask[k], mask[k] & ~truth[k]
    include = bool(missed.sum() >= extra.sum())
    return (k, *middle_of(missed if include else extra)), include


def plain_geometry(case, spacing_kji):
    """The grid that the dialect knows: spacing and nothing else."""
    return VolumeGeometry.from_direction(case.voxels.shape, spacing_kji[::-1], (0.0, 0.0, 0.0), np.eye(3))


def reference(grpc, case, spacing_kji, model):
    return grpc.open_volume(case.voxels, plain_geometry(case, spacing_kji), model=model)


def as_xyz(kji):
    return tuple(kji[::-1])


def test_the_second_protocol_segments_a_real_tumour_slice_as_grpc_does(door, grpc, real_ct):
    spacing, k = real_ct.geometry.spacing[::-1], middle_slice(real_ct.truth)
    client = V2Client(door[1] + SLICES).initialize()
    client.open_image(real_ct.voxels, spacing)
    click = (k, *middle_of(real_ct.truth[k]))
    rows, columns = np.flatnonzero(real_ct.truth[k].any(axis=1)), np.flatnonzero(real_ct.truth[k].any(axis=0))
    box = [[k, k + 1], [int(rows[0]), int(rows[-1]) + 1], [int(columns[0]), int(columns[-1]) + 1]]
    with reference(grpc, real_ct, spacing, "scribble-2d") as session:
        assert client.box(box)
        session.predict("object", prompts.box(as_xyz([low for low, _ in box]), as_xyz([high for _, high in box])), slice=("k", k))
        assert np.array_equal(client.buffer > 0, session.mask("object"))
        assert client.point(click)
        session.predict("object", prompts.point(as_xyz(click)), slice=("k", k))
        for _ in range(3):
            at, include = corrections(client.buffer > 0, real_ct.truth, k)
            assert client.point(at, include)
            session.predict("object", prompts.point(as_xyz(at), positive=include), slice=("k", k))
        assert np.array_equal(client.buffer > 0, session.mask("object"))
        assert dice(client.buffer[k] > 0, real_ct.truth[k]) > 0.7
        before = client.buffer.copy()
        assert client.undo()
        session.undo("object")
        assert np.array_equal(client.buffer > 0, session.mask("object")) and not np.array_equal(client.buffer, before)
    assert client.json("POST", "/release") == {"released": True}


def test_the_second_protocol_segments_a_real_tumour_in_the_volume_as_grpc_does(door, grpc, real_ct):
    spacing, k = real_ct.geometry.spacing[::-1], middle_slice(real_ct.truth)
    client = V2Client(door[1] + VOLUME).initialize()
    assert client.capabilities["supported_interactions"]["bbox3d"]
    client.open_image(real_ct.voxels.astype(np.float32), spacing)
    set_at = np.argwhere(real_ct.truth)
    low, high = set_at.min(axis=0), set_at.max(axis=0) + 1
    stroke = np.zeros(real_ct.truth.shape, bool)
    row = middle_of(real_ct.truth[k])[0]
    stroke[k, row] = real_ct.truth[k, row]
    with reference(grpc, real_ct, spacing, "tumour-3d") as session:
        assert client.box([[int(a), int(b)] for a, b in zip(low, high)])
        session.predict("object", prompts.box(as_xyz(low.tolist()), as_xyz(high.tolist())))
        assert client.drawn(stroke)
        session.predict("object", prompts.scribble(stroke))
        at, include = corrections(client.buffer > 0, real_ct.truth, k)
        assert client.point(at, include)
        session.predict("object", prompts.point(as_xyz(at), positive=include))
        assert np.array_equal(client.buffer > 0, session.mask("object"))
    assert dice(client.buffer > 0, real_ct.truth) > 0.5


def test_a_box_on_one_slice_means_an_object_about_as_deep_as_it_is_wide(door, grpc, real_ct):
    spacing, k = real_ct.geometry.spacing[::-1], middle_slice(real_ct.truth)
    client = V2Client(door[1]).initialize()
    client.open_image(real_ct.voxels, spacing)
    rows, columns = (np.flatnonzero(real_ct.truth[k].any(axis=axis)) for axis in (1, 0))
    flat = [[k, k + 1], [int(rows[0]), int(rows[-1]) + 1], [int(columns[0]), int(columns[-1]) + 1]]
    assert client.box(flat)
    width = ((flat[1][1] - flat[1][0]) * spacing[1] + (flat[2][1] - flat[2][0]) * spacing[2]) / 2
    reach = int(width / spacing[0] / 2)
    deep = [[max(0, k - reach), min(len(real_ct.truth), k + reach + 1)], *flat[1:]]
    with reference(grpc, real_ct, spacing, "tumour-3d") as session:
        session.predict("object", prompts.box(as_xyz([low for low, _ in deep]), as_xyz([high for _, high in deep])))
        assert np.array_equal(client.buffer > 0, session.mask("object"))
    assert dice(client.buffer > 0, real_ct.truth) > 0.6


def test_the_first_protocol_segments_a_real_tumour_slice_as_grpc_does(door, grpc, real_ct):
    k = middle_slice(real_ct.truth)
    client = LegacyClient(f"{door[1]}/u/anna{SLICES}")
    assert client.test_connection() == 200
    # What a client does whose server was started anew.
    client.voxels, client.segment = real_ct.voxels, np.zeros(real_ct.voxels.shape, bool)
    click = (k, *middle_of(real_ct.truth[k]))
    with reference(grpc, real_ct, (1.0, 1.0, 1.0), "scribble-2d") as session:
        mask = client.point(click)
        session.predict("object", prompts.point(as_xyz(click)), slice=("k", k))
        assert np.array_equal(mask, session.mask("object"))
        stroke = np.zeros(real_ct.truth.shape, bool)
        stroke[k, click[1]] = real_ct.truth[k, click[1]]
        mask = client.drawn(stroke)
        session.predict("object", prompts.scribble(stroke), slice=("k", k))
        for _ in range(3):
            at, include = corrections(mask, real_ct.truth, k)
            mask = client.point(at, include)
            session.predict("object", prompts.point(as_xyz(at), positive=include), slice=("k", k))
        assert np.array_equal(mask, session.mask("object"))
        assert dice(mask[k], real_ct.truth[k]) > 0.7


def test_a_segment_of_the_users_own_is_corrected_and_not_taken_back(door, ellipsoid):
    client = V2Client(door[1] + SLICES).initialize()
    k = middle_slice(ellipsoid.truth)
    segment = np.zeros(ellipsoid.truth.shape, bool)
    segment[k] = ellipsoid.truth[k]
    client.open_image(ellipsoid.voxels, (2.5, 0.9, 0.8), segment)
    inside = (k, *middle_of(ellipsoid.truth[k]))
    assert client.point(inside, include=False) and client.buffer[inside] == 0
    assert client.undo() and np.array_equal(client.buffer > 0, segment)
    assert not client.undo() and np.array_equal(client.buffer > 0, segment)


def test_arrays_may_be_compressed_by_lz4_and_need_not_be_shuffled(door, ellipsoid):
    click, masks = (middle_slice(ellipsoid.truth), 70, 80), []
    for codec, shuffle in [(ZSTD, True), (LZ4, True), (LZ4, False)]:
        client = V2Client(door[1] + SLICES, codec=codec, shuffle=shuffle).initialize()
        client.open_image(ellipsoid.voxels, (2.5, 0.9, 0.8))
        assert client.point(click)
        masks.append(client.buffer)
        client.json("POST", "/release")
    assert masks[0].any() and np.array_equal(masks[0], masks[1]) and np.array_equal(masks[0], masks[2])


def test_a_lasso_on_a_slice_of_another_axis_is_drawn_there(door, ellipsoid):
    client = V2Client(door[1] + SLICES).initialize()
    client.open_image(ellipsoid.voxels, (2.5, 0.9, 0.8))
    lasso = np.zeros(ellipsoid.truth.shape, bool)
    lasso[:, 70] = ellipsoid.truth[:, 70]
    assert client.drawn(lasso, lasso=True)
    assert set(np.argwhere(client.buffer)[:, 1]) == {70} and client.buffer[lasso].all()
    outside = np.zeros_like(lasso)
    outside[2:5, 70, 5:30] = True
    assert client.drawn(outside, lasso=True, include=False) and not client.buffer[outside].any()


def test_a_test_of_the_connection_and_a_wrong_lease_are_answered_as_clients_expect(door):
    V2Client(door[1]).test_connection()
    stranger = V2Client(door[1])
    stranger.headers["X-Lease-Token"] = "0" * 32
    with pytest.raises(Refused) as refused:
        stranger.undo()
    assert refused.value.status == 410


@pytest.mark.parametrize("options, words", [
    (["--doors", "nninteractive,dicom"], 'got "dicom"'),
    (["--doors", "nninteractive", "--door-port", "monai=9000"], "of a door that --doors names"),
    (["--doors", "nninteractive", "--door-port", "nninteractive=99999"], "a port of 0 to 65535"),
])
def test_doors_and_ports_that_there_are_not_are_named(options, words):
    ended = run_segbridge("serve", *options)
    assert ended.returncode == 2 and words in ended.stderr

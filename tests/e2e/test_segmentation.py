"""The interactive loop over both transports, on a synthetic oblique volume and on a real CT."""
import hashlib
import subprocess
import sys

import numpy as np
import pytest
from end_to_end import CLIENT_FOLDER, dice

from SegBridgeLib import NotFound, WrongState, contract, prompts
from SegBridgeLib.masks import bounding_box, encode_region


def play(client, case):
    """A box, a correction by a click off the object, a scribble on the next slice: the mask after every step."""
    k = case.best_slice
    box = bounding_box(case.truth & (np.arange(case.truth.shape[0]) == k)[:, None, None])
    i, j, _ = case.centre(k)
    masks = []
    with client.open_volume(case.voxels, case.geometry, window=case.window) as session:
        for drawn, plane in [
            ([prompts.box(box.lower, box.upper)], k),
            ([prompts.point(case.outside(k), positive=False)], k),
            ([prompts.scribble(lps=case.geometry.to_lps([(i - 15, j, k + 1), (i + 15, j, k + 1)]), radius_mm=1.0)], k + 1),
        ]:
            step = session.predict("object", drawn, ("k", plane))
            assert 0.0 <= step.confidence <= 1.0 and step.slice == ("k", plane)
            masks.append(session.mask("object").copy())
        assert np.array_equal(session.refresh("object"), masks[-1])
        sent = session.traffic.sent
    return masks, sent


def test_a_box_and_a_correction_segment_the_object(client, ellipsoid):
    masks, sent = play(client, ellipsoid)
    k = ellipsoid.best_slice
    assert dice(masks[0][k], ellipsoid.truth[k]) > 0.75
    assert dice(masks[1][k], ellipsoid.truth[k]) > 0.85
    assert not np.delete(masks[1], k, axis=0).any(), "a slice without prompts changed"
    assert masks[2][k + 1].any() and np.array_equal(masks[2][k], masks[1][k])
    assert sent < ellipsoid.voxels.nbytes


def test_prompts_drawn_as_voxels_reach_the_server_in_every_encoding(client, ellipsoid):
    k = ellipsoid.best_slice
    stroke = np.zeros_like(ellipsoid.truth)
    stroke[k, 68:72, 55:105] = ellipsoid.truth[k, 68:72, 55:105]
    region = prompts.scribble(stroke).scribble.voxels
    assert region.encoding == contract.MaskEncoding.XOR_SPARSE_ZLIB
    found, drawn_in = [], bounding_box(stroke)
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        for encoding in (e for e in contract.MaskEncoding if e != contract.MaskEncoding.UNSPECIFIED):
            drawn = prompts.scribble(stroke)
            drawn.scribble.voxels = encode_region(stroke[drawn_in.slices], drawn_in, encoding)
            session.predict(f"scribble-{encoding.name}", drawn, ("k", k))
            found.append(session.mask(f"scribble-{encoding.name}").copy())
            session.reset(f"scribble-{encoding.name}")
        session.predict("mask", prompts.mask(ellipsoid.truth), ("k", k))
        assert np.array_equal(session.mask("mask"), ellipsoid.truth)
    assert found[0][k].any() and all(np.array_equal(found[0], other) for other in found[1:])


def test_both_transports_give_the_same_masks(server, ellipsoid):
    pytest.importorskip("grpc", reason="grpcio is not installed")
    played = []
    for transport in ("grpc", "web"):
        with server.connect(transport) as client:
            played.append(play(client, ellipsoid)[0])
    for one, two in zip(*played):
        assert np.array_equal(one, two)


def test_both_transports_segment_a_real_ct_alike(server, real_ct):
    pytest.importorskip("grpc", reason="grpcio is not installed")
    played, k = [], real_ct.best_slice
    for transport in ("grpc", "web"):
        with server.connect(transport) as client:
            masks, sent = play(client, real_ct)
            assert dice(masks[1][k], real_ct.truth[k]) > 0.6
            assert sent < real_ct.voxels.nbytes / 4
            played.append(masks)
    assert all(np.array_equal(one, two) for one, two in zip(*played))


def test_the_standard_library_alone_gives_the_same_mask_as_grpc(server, ellipsoid, tmp_path):
    pytest.importorskip("grpc", reason="grpcio is not installed")
    k = ellipsoid.best_slice
    click = ellipsoid.centre(k)
    with server.connect("grpc") as client, client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        session.predict("1", prompts.point(click), ("k", k))
        expected = hashlib.sha256(session.mask("1").tobytes()).hexdigest()
    np.savez(tmp_path / "volume.npz", voxels=ellipsoid.voxels, matrix=ellipsoid.geometry.ijk_to_lps)
    program = f"""
import hashlib, sys
sys.modules["grpc"] = None  # Any import of it fails from here on.
sys.modules["google"] = None
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "grpc" else found(name, package)
sys.path.insert(0, {str(CLIENT_FOLDER)!r})
import numpy as np
from SegBridgeLib import VolumeGeometry, connect, prompts
data = np.load({str(tmp_path / "volume.npz")!r})
voxels = data["voxels"]
geometry = VolumeGeometry.from_ijk_to_lps(voxels.shape, data["matrix"])
with connect(grpc={server.ready["grpc"]!r}, web={server.ready["http"]!r}) as client:
    with client.open_volume(voxels, geometry) as session:
        session.predict("1", prompts.point({click!r}), ("k", {k}))
        print(client.transport.name, hashlib.sha256(session.mask("1").tobytes()).hexdigest())
assert not any(name.split(".")[0] in ("grpc", "google") and module for name, module in sys.modules.items())
"""
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["web", expected]


def test_history_goes_back_and_forth(client, ellipsoid):
    k = ellipsoid.best_slice
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        with pytest.raises((NotFound, WrongState)):
            session.undo("1")
        states = [np.zeros(ellipsoid.voxels.shape, bool)]
        for n, prompt in enumerate([prompts.point(ellipsoid.centre(k)), prompts.point(ellipsoid.outside(k), positive=False)]):
            step = session.predict("1", prompt, ("k", k))
            assert step.step == n + 1 and step.segment.undo_steps == n + 1
            states.append(session.mask("1").copy())
        for expected in (states[1], states[0]):
            session.undo("1")
            assert np.array_equal(session.mask("1"), expected)
        with pytest.raises(WrongState, match="undo"):
            session.undo("1")
        change = session.redo("1")
        assert np.array_equal(session.mask("1"), states[1]) and change.segment.redo_steps == 1
        session.go_to_step(2, "1")
        assert np.array_equal(session.mask("1"), states[2])
        assert session.reset("1").segment.voxel_count == 0
        assert not session.mask("1").any() and not session.fetch_mask("1")[1].any()
        with pytest.raises(WrongState):
            session.redo("1")


@pytest.mark.parametrize("axis", ["i", "j", "k"])
def test_slices_across_every_axis_predict_on_themselves_alone(client, ellipsoid, axis):
    position = {"i": 80, "j": 70, "k": 12}
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        step = session.predict("1", prompts.point((80, 70, 12)), (axis, position[axis]))
        n = "kji".index(axis)
        assert step.slice == (axis, position[axis])
        mask, truth = (np.take(volume, position[axis], axis=n) for volume in (session.mask("1"), ellipsoid.truth))
        assert dice(mask, truth) > 0.5
        assert session.mask("1").sum() == mask.sum(), "voxels off the slice were set"


def test_only_the_bricks_of_the_slice_are_sent(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, prefetch=False) as session:
        first = session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        again = session.predict("1", prompts.point((82, 71, 12)), ("k", 12))
    assert first.bricks_sent == 3 * 3, "a slice of 170 x 150 voxels is 3 x 3 bricks of 64 x 64 x 4"
    assert again.bricks_sent == 0 and again.bytes_sent <= 200 and again.bytes_received < 50_000


def test_the_same_request_is_done_once(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        first = session.predict("1", prompts.point((80, 70, 12)), ("k", 12), request_id="again")
        before = session.mask("1").copy()
        second = session.predict("1", prompts.point((80, 70, 12)), ("k", 12), request_id="again")
        assert (first.step, second.step) == (1, 1)
        assert np.array_equal(session.mask("1"), before)
        assert session.segments()[0].undo_steps == 1


def test_segments_are_apart(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        session.put_segment("a", name="one", color=0x123456, allow_overlap=True)
        session.predict("a", prompts.point((80, 70, 12)), ("k", 12))
        mask = session.mask("a").copy()
        session.predict("b", prompts.point((20, 20, 5)), ("k", 5))
        assert np.array_equal(session.mask("a"), mask)
        assert {(item.id, item.name, item.color) for item in session.segments() if item.id == "a"} == {("a", "one", 0x123456)}
        assert {item.id for item in session.segments()} == {"a", "b"}
        session.remove_segment("b")
        assert {item.id for item in session.segments()} == {"a"}


@pytest.mark.parametrize("name", ["mask.nii.gz", "mask.seg.nrrd"])
def test_an_exported_file_lies_on_the_volume_s_grid(client, ellipsoid, tmp_path, name):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        path = session.export(tmp_path / name)
        mask = session.mask("1").copy()
    if name.endswith(".nii.gz"):
        nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
        image = nibabel.load(path)
        assert np.allclose(image.affine, ellipsoid.geometry.ijk_to_ras, atol=1e-3)
        assert np.array_equal(np.asarray(image.dataobj).T != 0, mask)
    else:
        assert path.read_bytes().startswith(b"NRRD")
    assert not list(tmp_path.glob("*.part"))


def test_models_and_health_are_told(client):
    models = client.models()
    assert models[0].id == "scribble-2d", "the default comes first"
    assert {(model.id, model.dimension) for model in models} == {("context-2d", 2), ("scribble-2d", 2), ("tumour-3d", 3)}
    assert client.health().name == "SERVING"


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.float32, np.float64, np.int64])
def test_every_type_of_voxel_gives_the_same_mask(client, ellipsoid, dtype):
    small = np.clip(ellipsoid.voxels, 0, 127)
    masks = []
    for voxels in (small, small.astype(dtype)):
        with client.open_volume(voxels, ellipsoid.geometry, window=(0, 127)) as session:
            session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
            masks.append(session.mask("1").copy())
    assert masks[0].any() and np.array_equal(*masks)

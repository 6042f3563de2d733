"""The command line from outside: demo and segment, each with a server of its own."""
import json

import numpy as np
import pytest
from end_to_end import TEST_DATA, dice, run_segbridge

from SegBridgeLib import prompts

STEP_KEYS = {"step", "prompts", "dice", "confidence", "server_ms", "total_ms", "bytes_up", "bytes_down"}
DEMO_KEYS = {"model", "case", "steps", "final_dice", "volume_bytes", "sent_bytes"}
EVENT_KEYS = STEP_KEYS | {"event", "candidates", "chosen"}


def demo(folder, *options):
    run = run_segbridge("demo", "--json", "--output", str(folder), *options)
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == 1, "with --json only the JSON belongs on standard output"
    report = json.loads(run.stdout)
    assert report["sent_bytes"] >= sum(step["bytes_up"] for step in report["steps"]) > 0
    assert report["sent_bytes"] < report["volume_bytes"]
    assert (folder / "mask.nii.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert (folder / "contact-sheet.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    return report


def demo_on_slices(folder, *options):
    report = demo(folder, "--family", "2d", *options)
    assert set(report) == DEMO_KEYS and all(set(step) == STEP_KEYS for step in report["steps"])
    assert [step["step"] for step in report["steps"]] == list(range(1, len(report["steps"]) + 1))
    return report


def test_the_demo_segments_a_tumour_in_3D_and_outlives_its_server(tmp_path):
    report = demo(tmp_path, "--steps", "4")
    assert set(report) == DEMO_KEYS | {"resumed"} and all(set(step) == EVENT_KEYS for step in report["steps"])
    events = [step["event"] for step in report["steps"]]
    assert events.count("prompts") == 4 and events.count("resumed") == 1 and report["resumed"]
    place = events.index("resumed")
    assert report["steps"][place]["dice"] == report["steps"][place - 1]["dice"]
    assert all(len(step["candidates"]) == 3 for step in report["steps"] if step["event"] == "prompts")
    assert report["final_dice"] == report["steps"][-1]["dice"] >= 0.85


def test_the_demo_does_not_kill_a_server_that_is_somebody_else_s(tmp_path, server):
    report = demo(tmp_path, "--steps", "2", "--server", server.ready["grpc"])
    assert not report["resumed"] and server.process.poll() is None


def test_the_demo_plays_a_radiologist_on_slices_of_a_phantom(tmp_path):
    report = demo_on_slices(tmp_path)
    assert len(report["steps"]) == 5
    assert report["final_dice"] >= 0.7
    assert report["final_dice"] == pytest.approx(report["steps"][-1]["dice"])


def test_the_demo_plays_on_a_real_ct(tmp_path):
    folder = TEST_DATA / "open" / "sts_tumour_ct"
    image = folder / "images" / "STS_008.nii.gz"
    if not image.exists():
        pytest.skip(f"{image} is not there; SEGBRIDGE_TEST_DATA names the folder of test data")
    report = demo_on_slices(tmp_path, "--volume", str(image), "--label", str(folder / "labels" / "STS_008.nii.gz"))
    assert report["final_dice"] >= 0.75


def test_the_demo_s_mask_lies_on_the_volume_s_grid(tmp_path, ellipsoid):
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    _save(nibabel, ellipsoid, tmp_path)
    report = demo_on_slices(
        tmp_path, "--volume", str(tmp_path / "volume.nii.gz"), "--label", str(tmp_path / "label.nii.gz"), "--window", "0,220",
        "--slices", "2", "--steps", "2", "--protocol", "center-clicks")
    mask = nibabel.load(tmp_path / "mask.nii.gz")
    assert np.allclose(mask.affine, ellipsoid.geometry.ijk_to_ras, atol=1e-3)
    voxels = np.asarray(mask.dataobj).T != 0
    slices = np.flatnonzero(voxels.any(axis=(1, 2)))
    assert len(slices) == 2
    mean = np.mean([dice(voxels[k], ellipsoid.truth[k]) for k in slices])
    assert report["final_dice"] == pytest.approx(mean, abs=0.01)


def test_segment_gives_the_same_mask_as_the_python_client(server, tmp_path, ellipsoid):
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    _save(nibabel, ellipsoid, tmp_path)
    (tmp_path / "prompts.json").write_text(json.dumps({"space": "ijk", "steps": [
        {"segment": "1", "slice": {"axis": "k", "index": 12}, "points": [{"at": [80, 70, 12], "positive": True}]},
        {"segment": "1", "slice": {"axis": "k", "index": 13}, "boxes": [{"lower": [50, 48, 13], "upper": [110, 92, 14]}]},
    ]}))
    with server.connect() as client, client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=(0, 220)) as session:
        session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        session.predict("1", prompts.box((50, 48, 13), (110, 92, 14)), ("k", 13))
        expected = session.mask("1").copy()
    for where in ([], ["--server", server.ready["grpc"]]):
        run = run_segbridge(
            "segment", "--volume", str(tmp_path / "volume.nii.gz"), "--prompts", str(tmp_path / "prompts.json"), "--output",
            str(tmp_path / "out.nii.gz"), "--window", "0,220", *where)
        assert run.returncode == 0, run.stderr
        image = nibabel.load(tmp_path / "out.nii.gz")
        assert np.allclose(image.affine, ellipsoid.geometry.ijk_to_ras, atol=1e-3)
        assert np.array_equal(np.asarray(image.dataobj).T != 0, expected)


def test_what_goes_wrong_is_said_in_one_line(tmp_path):
    output = ["--output", str(tmp_path / "mask.nii.gz")]
    missing = run_segbridge("segment", "--volume", "no-such-file.nii.gz", "--prompts", "none.json", *output)
    assert missing.returncode == 2 and len(missing.stderr.strip().splitlines()) == 1
    assert "no-such-file.nii.gz" in missing.stderr or "none.json" in missing.stderr
    for name in ("damaged.nii.gz", "prompts.json"):
        (tmp_path / name).write_text("neither")
    damaged = run_segbridge(
        "segment", "--volume", str(tmp_path / "damaged.nii.gz"), "--prompts", str(tmp_path / "prompts.json"), *output)
    assert damaged.returncode == 1 and len(damaged.stderr.strip().splitlines()) == 1 and "damaged.nii.gz" in damaged.stderr
    wrong = run_segbridge("serve", "--grpc-port", "notaport")
    assert wrong.returncode == 2 and "notaport" in wrong.stderr


def _save(nibabel, case, folder):
    for name, voxels in (("volume", case.voxels), ("label", case.truth.astype(np.uint8))):
        nibabel.save(nibabel.Nifti1Image(voxels.T, case.geometry.ijk_to_ras), folder / f"{name}.nii.gz")

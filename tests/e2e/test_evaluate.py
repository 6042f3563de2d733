"""``segbridge evaluate`` as a new user runs it: on folders of their own, with a server of its own."""
import json

import numpy as np
import pytest
from end_to_end import run_segbridge

SUMMARY = ["model", "protocol", "dataset", "cases", "dice", "noi90", "hd95", "nsd", "ms_per_step"]


@pytest.fixture
def scans(tmp_path):
    """Three volumes of a bright ellipsoid with their labels, side by side."""
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    rng = np.random.default_rng(4)
    i, j, k = np.mgrid[:48, :44, :12]
    for n in range(3):
        inside = ((i - 22 - 2 * n) / 13) ** 2 + ((j - 20) / 10) ** 2 + ((k - 6) / 4) ** 2 <= 1
        image = (60 + 110 * inside + rng.normal(0, 8, inside.shape)).astype(np.int16)
        for name, voxels in ((f"scan{n}", image), (f"scan{n}_label", inside.astype(np.uint8))):
            nibabel.save(nibabel.Nifti1Image(voxels, np.diag([1.5, 1.5, 3.0, 1.0])), tmp_path / f"{name}.nii.gz")
    return tmp_path


def evaluate(*options):
    run = run_segbridge("evaluate", "--json", *options)
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return lines, run.stderr


def test_a_folder_of_pairs_is_evaluated_in_3D_and_reported(scans):
    report = scans / "report.html"
    lines, said = evaluate("--data", str(scans), "--steps", "2", "--limit", "2", "--report", str(report))
    steps, summary = lines[:-1], lines[-1]
    assert list(summary)[: len(SUMMARY)] == SUMMARY
    assert (summary["cases"], len(summary["dice"]), len(steps)) == (2, 2, 4)
    assert summary["dice"][-1] == pytest.approx(np.mean([s["dice"] for s in steps if s["step"] == 2]), abs=2e-4)
    assert summary["dice"][-1] > 0.6 and 0 <= summary["best_candidate_rate"] <= 1
    assert "left" in said
    page = report.read_text()
    assert page.count("data:image/png") == 3 and "http" not in page


def test_a_series_starts_a_server_with_tasks_of_its_own(scans):
    lines, _ = evaluate("--data", str(scans), "--protocol", "in-context", "--steps", "2")
    steps, summary = lines[:-1], lines[-1]
    assert [s["index"] for s in steps if s["step"] == 1] == [0, 1, 2]
    assert [s["index"] for s in steps if s["step"] == 0] == [1, 2]
    assert len(summary["series"]["noi90"]) == 3 and summary["series"]["proposal"][1] > 0.3

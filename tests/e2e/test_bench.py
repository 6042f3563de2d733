"""The bench guards the budgets' ratios; a time alone fails nothing."""
import json

from end_to_end import run_segbridge


def test_no_ratio_is_beyond_twice_its_budget(tmp_path):
    run = run_segbridge("bench", "--quick", "--json", "--markdown", str(tmp_path / "bench.md"))
    print(run.stderr)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    rows = [row for section in report["sections"] for row in section["rows"]]
    budgets = {row["what"]: row["budget"]["limit"] for row in rows if "budget" in row}
    assert budgets["click to mask over loopback / bare ONNX Runtime run"] == 1.15
    assert budgets["a click, up"] == 200
    assert {"of the click: unet", "of the click: decoder", "of the click: transport", "of the click: encode"} <= {row["what"] for row in rows}
    assert all(row["p10"] <= row["median"] <= row["p90"] for row in rows)
    assert (tmp_path / "bench.md").read_text(encoding="utf-8").count("| what | median |") == len(report["sections"])

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
SPREAD = ["least", "lower_quartile", "median", "upper_quartile", "most"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Path:
    """What one quick run of the render benchmark writes."""
    out = tmp_path_factory.mktemp("bench") / "deep" / "bench.json"
    subprocess.run(
        [sys.executable, FOLDER / "run.py", "render", "--quick", "--out", out], check=True, timeout=120
    )
    return out


def test_a_run_says_what_was_measured_on_what(measured):
    document = json.loads(measured.read_text())
    assert {"commit", "seed", "machine", "measured_at", "results"} <= document.keys()
    assert document["machine"]["cores"] >= 1
    assert "render.rasterise" in [result["name"] for result in document["results"]]
    for result in document["results"]:
        values = [result[name] for name in SPREAD]
        assert values == sorted(values)
        assert result["repeats"] == 2


def test_the_report_is_a_page_with_every_figure(measured):
    page = subprocess.run(
        [sys.executable, FOLDER / "report.py", measured],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert page.startswith("# Benchmarks\n")
    for result in json.loads(measured.read_text())["results"]:
        assert f"`{result['name']}`" in page


def test_an_unknown_name_is_refused():
    answer = subprocess.run(
        [sys.executable, FOLDER / "run.py", "rendr"], check=False, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 2
    assert "known:" in answer.stderr

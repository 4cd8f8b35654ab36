"""The contract: linted, formatted, unbroken, and its stubs up to date."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUF = Path(sys.executable).with_name("buf")
pytestmark = pytest.mark.skipif(not BUF.exists(), reason="needs buf-bin")


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_style_and_comments():
    done = run(BUF, "lint")
    assert done.returncode == 0, done.stdout


def test_format():
    done = run(BUF, "format", "--diff", "--exit-code", "proto")
    assert done.returncode == 0, done.stdout


def test_stubs_are_up_to_date_and_the_released_contract_is_unbroken():
    done = run(sys.executable, "proto/generate.py", "--check")
    assert done.returncode == 0, done.stderr


def test_a_break_would_be_found(tmp_path):
    """The check itself works: a changed type of a field is reported."""
    for path in (ROOT / "proto").rglob("*.proto"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().replace("double fps_hz = 1;", "float fps_hz = 1;"))
    (tmp_path / "buf.yaml").write_text(
        (ROOT / "buf.yaml").read_text().replace("    excludes:\n      - proto/gen\n", "")
    )
    done = subprocess.run(
        [BUF, "breaking", "--against", ROOT / "proto" / "baseline.binpb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "fps_hz" in done.stdout

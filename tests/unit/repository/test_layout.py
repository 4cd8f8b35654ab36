"""The repository's shape: names that must agree, sizes that must stay small."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = sorted(folder.name for folder in (ROOT / "services").iterdir() if folder.is_dir())
SOURCES = sorted(
    path
    for top in ("src", "services", "pipelines")
    for path in (ROOT / top).rglob("*.py")
    if "__pycache__" not in path.parts
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def test_there_are_rooms():
    assert {"fitting", "generation", "metrics"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_one_name_everywhere(room):
    package = ROOT / "services" / room / f"vultus_{room}"
    for name in ("__main__.py", "settings.py", "servicer.py", "codec.py"):
        assert (package / name).is_file(), f"{package / name} is missing"
    assert (ROOT / "services" / room / "README.md").is_file()
    assert (ROOT / "services" / room / "Dockerfile").is_file()
    assert (ROOT / "tests" / "services" / room).is_dir()
    protos = (ROOT / "proto" / "vultus_api" / room / "v1").glob("*.proto")
    text = "".join(path.read_text() for path in protos)
    assert f"package vultus_api.{room}.v1;" in text
    assert f"service {room.capitalize()}Service" in text


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            length = (node.end_lineno or 0) - (first.end_lineno if is_docstring else node.lineno)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "adr"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_nothing_is_pickled():
    offenders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(
            r"^\s*(import pickle|from pickle)|allow_pickle=True|weights_only=False", path.read_text(), re.M
        )
        and path.name != "pickles.py"
    ]
    assert offenders == []

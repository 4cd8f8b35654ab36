"""The repository's shape: names that must agree, sizes that must stay small."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = sorted(folder.name for folder in (ROOT / "services").iterdir() if folder.is_dir())
PARTS = ("src", "services", "pipelines")
SOURCES = sorted(
    path for top in PARTS for path in (ROOT / top).rglob("*.py") if "__pycache__" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELLS = {
    f"{path.name}, cell {number}": "".join(cell["source"])
    for path in NOTEBOOKS
    for number, cell in enumerate(json.loads(path.read_text())["cells"])
    if cell["cell_type"] == "code"
}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_CELL = 400, 50, 40
VAGUE = {"utils", "util", "helpers", "helper", "misc", "manager", "common"}
"""Names that say nothing about what is inside."""
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")


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


def test_every_part_of_the_repository_is_looked_at():
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PARTS)
    assert TESTS
    assert CELLS


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_stay_short(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("name", CELLS)
def test_cells_stay_short_and_are_finished(name):
    assert len(CELLS[name].splitlines()) <= LONGEST_CELL
    assert not UNFINISHED.search(CELLS[name])
    assert "allow_pickle=True" not in CELLS[name]


def test_names_say_what_is_inside():
    vague = [
        str(path.relative_to(ROOT)) for path in (*SOURCES, *TESTS) if VAGUE & {path.stem, path.parent.name}
    ]
    assert vague == []


def test_nothing_is_left_to_be_done():
    offenders = [
        str(path.relative_to(ROOT)) for path in (*SOURCES, *TESTS) if UNFINISHED.search(path.read_text())
    ]
    assert offenders == []


def test_annotations_are_values_that_can_be_checked():
    offenders = [
        str(path.relative_to(ROOT))
        for path in (*SOURCES, *TESTS)
        if re.search(r"^from __future__ import annotations", path.read_text(), re.M)
    ]
    assert offenders == []


def test_no_component_installs_packages_while_it_runs():
    offenders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "components" in path.parts
        and re.search(r"packages_to_install\s*=\s*\[\s*[^\]\s]|pip install", path.read_text())
    ]
    assert offenders == []


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

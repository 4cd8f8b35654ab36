"""Notebooks run from top to bottom, show pictures, leave nothing behind, and are stored without outputs."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets import default

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_S = 600
OF_JUPYTER = {".cache", ".ipython", ".jupyter", ".local", ".config"}
"""What the kernel keeps in a home; the library keeps its head model in `.cache`."""

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whichever kernels the machine has; no port is opened."""

    @default("transport")
    def _by_files(self):
        return "ipc"

    @default("ip")
    def _in_the_folder_of_sockets(self):
        return str(Path(os.environ["JUPYTER_RUNTIME_DIR"]) / "kernel")

    @default("kernel_spec_manager")
    def _no_installed_ones(self):
        return KernelSpecManager(kernel_dirs=[])


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """A folder to work in, a home and a place for temporary files, all empty; nothing set that is ours."""
    folders = {name: tmp_path / name for name in ("work", "home", "tmp")}
    for folder in folders.values():
        folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("VULTUS_", "MLFLOW_", "BENTOML_"))]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": "home", "TMPDIR": "tmp"}.items():
        monkeypatch.setenv(name, str(folders[value]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with TemporaryDirectory(prefix="nb", dir="/tmp") as sockets:  # names of sockets have to be short
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", sockets)
        yield folders


def test_there_are_notebooks():
    assert [path.name[:2] for path in NOTEBOOKS] == [
        f"{number:02d}" for number in range(1, 1 + len(NOTEBOOKS))
    ]
    assert len(NOTEBOOKS) >= 5


@notebooks
def test_a_notebook_is_stored_without_outputs(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    kept = [cell for cell in book.cells if cell.cell_type == "code"]
    assert kept
    assert all(not cell.outputs and cell.execution_count is None for cell in kept)
    assert set(book.metadata) <= {"kernelspec", "language_info"}


@notebooks
def test_a_notebook_explains_what_it_does(path):
    book = nbformat.read(path, as_version=4)
    words = [cell for cell in book.cells if cell.cell_type == "markdown"]
    assert words[0].source.startswith(f"# {int(path.name[:2])}. ")
    assert len(words) >= 4
    for link in (part.split(")")[0] for cell in words for part in cell.source.split("](")[1:]):
        assert (path.parent / link).exists(), link


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_S)
@notebooks
def test_a_notebook_runs_and_leaves_nothing_behind(path, surroundings):
    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": surroundings["work"]}}
    NotebookClient(book, kernel_manager_class=OwnKernel, timeout=LONGEST_S, resources=place).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    # PyTorch and Kubeflow may keep things among the temporary files; whatever is not temporary is looked at.
    assert list(surroundings["work"].iterdir()) == []
    assert {entry.name for entry in surroundings["home"].iterdir()} <= OF_JUPYTER
    cached = [entry.name for entry in (surroundings["home"] / ".cache" / "vultus").glob("*")]
    assert all(name.startswith("builtin-head-") for name in cached)

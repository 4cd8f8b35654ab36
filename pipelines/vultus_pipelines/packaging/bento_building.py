"""Builds Bentos: a method with everything that it needs, served over HTTP by BentoML."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vultus.errors import InputError, VultusError
from vultus.face.models import load_morphable
from vultus.methods.base import METHODS
from vultus.methods.trained import TRAINED, TrainedModel, open_trained
from vultus_pipelines.packaging.bento_contents import (
    SERVICE,
    copy_program,
    dockerfile,
    licences,
    write_licences,
    write_requirements,
)
from vultus_pipelines.packaging.bento_records import MODEL_FOLDER, KeptModel

QUIET = {"BENTOML_DO_NOT_TRACK": "True"}
DOCKERFILE_PATH = Path("env/docker/Dockerfile")
LONGEST_OUTPUT = 2000
"""How much of what a failed build said is kept, characters from its end."""


@dataclass(frozen=True)
class BentoInfo:
    """A Bento that was built."""

    tag: str
    """"name:version", as BentoML calls it."""
    path: Path
    """Folder of the Bento; `bentoml serve PATH` serves it."""
    size_bytes: int
    """Every file of it."""


def package(model: Path | None, method: str, version: str, out: Path) -> BentoInfo:
    """Build a Bento of a method.

    Args:
        model: Model folder; None for a method without weights.
        method: Name of the method, for instance "gdpw" or "warp".
        version: What answers call the model, for instance "vultus-gdpw/3", "starter" or "builtin".
        out: Folder to make; the Bento appears in it whole or not at all.

    Raises:
        InputError: The folder exists already, or the model cannot be read or is of another method.
        AssetMissingError: Something that the Bento must hold is absent.
    """
    check_out(out)
    trained = _trained(model, method)
    with tempfile.TemporaryDirectory(prefix=".bento-", dir=out.parent.resolve()) as folder:
        source, home = Path(folder) / "source", Path(folder) / "home"
        source.mkdir()
        _fill(source, trained, method, version)
        built = _build(source, home, f"vultus-{method}", bento_version(method, version))
        (built / DOCKERFILE_PATH).write_text(dockerfile())
        built.chmod(0o755)
        built.rename(out)
    size_bytes = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return BentoInfo(f"vultus-{method}:{bento_version(method, version)}", out, size_bytes)


def bento_version(method: str, version: str) -> str:
    """The version in a Bento's tag.

    Example:
        >>> bento_version("gdpw", "vultus-gdpw/3"), bento_version("gdpw", "starter/01ab")
        ('3', 'starter-01ab')
    """
    return re.sub(r"[^a-z0-9.]+", "-", version.removeprefix(f"vultus-{method}/").lower()).strip("-.") or "0"


def check_out(out: Path) -> None:
    """Raise `InputError` unless a folder can be made at `out`."""
    if out.exists():
        raise InputError(f"{out} exists already", remedy="name a new folder", metadata={"path": out})
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"cannot make {out}: {out.parent} is no folder that can be written to",
            remedy="make it first",
            metadata={"path": out},
        )


def _trained(model: Path | None, method: str) -> TrainedModel | None:
    if model is None:
        METHODS[method]
        if method in TRAINED:
            raise InputError(f"{method} needs a model folder", remedy="train one, or take the starter")
        return None
    trained = open_trained(model)
    if trained.method != method:
        raise InputError(
            f"{model} holds a model of {trained.method!r}, not of {method!r}",
            remedy=f"package it as {trained.method}",
            metadata={"path": model, "method": trained.method},
        )
    return trained


def _fill(source: Path, trained: TrainedModel | None, method: str, version: str) -> None:
    """Put everything into the source of a Bento."""
    morphable = load_morphable("builtin")
    folder = None
    if trained is not None:
        trained.build(morphable)  # a Bento that cannot run is no Bento
        folder = source / MODEL_FOLDER
        shutil.copytree(trained.folder, folder)
    kept = KeptModel(
        method=method,
        version=version,
        digest=trained.digest if trained else "",
        morphable=morphable.name,
        morphable_digest=morphable.digest,
        licences=licences(trained),
        source_digest=copy_program(source),
        folder=folder,
    )
    kept.save(source)
    write_licences(source)
    write_requirements(source)
    (source / "service.py").write_text(SERVICE)


def _build(source: Path, home: Path, name: str, version: str) -> Path:
    """Let BentoML build in a process of its own, which imports the Bento's program, not ours."""
    home.mkdir()
    command = [sys.executable, "-m", "bentoml", "build", str(source), "--version", version, "--output", "tag"]
    environment = {**os.environ, **QUIET, "BENTOML_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, cwd=source, capture_output=True, text=True, check=False)  # noqa: S603
    built = home / "bentos" / name / version
    if done.returncode != 0 or not built.is_dir():
        said = (done.stderr + done.stdout).strip()[-LONGEST_OUTPUT:]
        raise VultusError(f"BentoML could not build {name}:{version}: {said}")
    return built

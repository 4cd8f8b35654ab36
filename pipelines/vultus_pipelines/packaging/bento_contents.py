"""What a Bento holds beside the model: our program, what it needs, and every licence."""

import hashlib
import importlib
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vultus.errors import AssetMissingError
from vultus.methods.trained import TrainedModel
from vultus_pipelines.packaging.bento_records import LOOSE, REQUIREMENTS

PROGRAM = ("vultus", "vultus_api", "vultus_fitting", "vultus_generation", "vultus_kit", "vultus_pipelines")
"""Packages of ours that a Bento runs."""

LEFT_OUT = ("__pycache__", "compiled", "components", "graphs", "*.safetensors")
"""What of them no Bento needs; its weights lie elsewhere."""

EXTRAS = ("science", "detection", "rpc", "serving")
"""Extras of ours that it runs with."""

WITHOUT_PINS = ("mediapipe",)
"""Installed without what its metadata asks for (docs/adr/0003-mediapipe-without-its-pins.md)."""

LICENCES = "licences"
"""Folder of a Bento's source."""

SERVICE = '''"""What `bentoml serve` serves."""

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRATCH = Path(tempfile.gettempdir()) / f"vultus-bento-{os.getuid()}"
# Compiled code is kept outside the Bento, which stays as it was built.
sys.pycache_prefix = str(SCRATCH / "python")
os.environ.setdefault("NUMBA_CACHE_DIR", str(SCRATCH / "numba"))
os.environ.setdefault("MPLCONFIGDIR", str(SCRATCH / "matplotlib"))
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

from vultus_pipelines.packaging.bento_service import service_of  # noqa: E402

Animation = service_of(HERE)
'''

DOCKERFILE = """# Build in the Bento's folder: docker build -f env/docker/Dockerfile -t <tag> .
FROM python:{python}-slim AS build
WORKDIR /build
RUN python -m venv /opt/vultus
ENV PATH=/opt/vultus/bin:$PATH
COPY src/{pinned} src/{loose} ./
RUN pip install --no-cache-dir -r {pinned} \\
 && pip install --no-cache-dir --no-deps -r {loose}

FROM python:{python}-slim
RUN useradd --create-home --uid 10001 vultus
COPY --from=build /opt/vultus /opt/vultus
COPY . /opt/bento
ENV PATH=/opt/vultus/bin:$PATH \\
    PYTHONUNBUFFERED=1 \\
    BENTOML_DO_NOT_TRACK=True \\
    BENTOML_HOME=/tmp/bentoml
USER 10001
EXPOSE 3000
ENTRYPOINT ["bentoml", "serve", "/opt/bento", "--host", "0.0.0.0", "--port", "3000"]
"""


def dockerfile() -> str:
    """How a Bento becomes an image: installed in one stage, run without rights in another."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return DOCKERFILE.format(python=python, pinned=REQUIREMENTS, loose=LOOSE)


def copy_program(source: Path) -> str:
    """Copy our packages into a Bento; answers "sha256:…" over them."""
    state = hashlib.sha256()
    for name in PROGRAM:
        origin = Path(str(importlib.import_module(name).__file__)).parent
        shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in sorted(path for path in source.rglob("*.py")):
        content = path.read_bytes()
        head = f"{path.relative_to(source)} {len(content)}\n"
        state.update(head.encode() + content)
    return f"sha256:{state.hexdigest()}"


def write_requirements(source: Path) -> None:
    """Write what the program needs, each package at the version that is installed here."""
    pinned = [f"{found.metadata['Name']}=={_public(found.version)}" for found in _needed()]
    (source / REQUIREMENTS).write_text("\n".join(sorted(pinned, key=str.lower)) + "\n")
    loose = [f"{name}=={_installed(name).version}" for name in WITHOUT_PINS]
    (source / LOOSE).write_text("\n".join(loose) + "\n")


def licences(trained: TrainedModel | None) -> dict[str, str]:
    """Licences by what they are for: the program, the head, the landmark models, the weights."""
    entries = {
        "program": "Apache-2.0",
        "morphable model": "Apache-2.0",
        "landmark models": "Apache-2.0 (mediapipe)",
    }
    if trained is not None:
        entries["weights"] = str(trained.config.get("licence", "see model/CARD.md"))
    return entries


def write_licences(source: Path) -> None:
    """Write the licence of the program, of the landmark models, and a list of all others."""
    folder = source / LICENCES
    folder.mkdir()
    for name in ("vultus", *WITHOUT_PINS):
        texts = _licence_texts(_installed(name))
        for number, text in enumerate(texts):
            ending = f"-{number}" if number else ""
            (folder / f"{name}{ending}.txt").write_text(text)
    lines = [f"{found.metadata['Name']} {found.version}: {_licence_name(found)}" for found in _needed()]
    (folder / "packages.txt").write_text("\n".join(sorted(lines, key=str.lower)) + "\n")


def _needed() -> list[Distribution]:
    """Every installed package that the program needs, ours and those without pins left out."""
    found: dict[str, Distribution] = {}
    waiting = list(_requirements(_installed("vultus"), EXTRAS))
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or name == "vultus" or name in WITHOUT_PINS:
            continue
        found[name] = _installed(requirement.name)
        waiting += _requirements(found[name], tuple(requirement.extras))
    return list(found.values())


def _requirements(package: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """What a package with these extras asks for on this machine."""
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise AssetMissingError(
            f"the Bento needs the package {name!r}, which is not installed",
            remedy="install everything: make setup",
            metadata={"package": name},
        ) from error


def _public(version: str) -> str:
    """A version without what a private build adds to it, such as "+cpu"."""
    return version.partition("+")[0]


def _licence_name(package: Distribution) -> str:
    metadata = package.metadata
    for key in ("License-Expression", "License"):
        if key in metadata and metadata[key].strip():
            return str(metadata[key]).strip().splitlines()[0]
    entries = metadata.get_all("Classifier") or []
    kinds = [entry.rpartition("::")[2].strip() for entry in entries if entry.startswith("License")]
    return ", ".join(kinds) or "see its metadata"


def _licence_texts(package: Distribution) -> list[str]:
    """Texts of the licence files that came with a package."""
    paths = [
        path for path in package.files or () if path.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE"))
    ]
    return [path.read_text() for path in sorted(paths)]

"""`vultus doctor`: what works on this machine, what is missing and how to get it."""

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import click

from vultus_cli.output import answer, say

FREE_DISK_NEEDED = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """What was looked at."""

    state: str
    """"ok", "missing" (something the embedded default needs) or "optional"."""

    detail: str
    """What was found."""

    remedy: str = ""
    """What to do about it."""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> int:
    """Say what works on this machine, what is missing and how to get it."""
    findings = [finding for look in LOOKS for finding in look()]
    if as_json:
        answer({"findings": [vars(finding) for finding in findings]}, as_json=True)
    else:
        for finding in findings:
            remedy = f" -> {finding.remedy}" if finding.remedy else ""
            print(f"{finding.state:9}{finding.name}: {finding.detail}{remedy}")
    missing = sum(finding.state == "missing" for finding in findings)
    say(
        f"{missing} needed part(s) missing"
        if missing
        else "everything that the embedded default needs is here"
    )
    return 3 if missing else 0


def _machine() -> Iterator[Finding]:
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    state, remedy = ("ok", "") if supported else ("missing", "use Python 3.11 or 3.12")
    yield Finding(
        "python", state, f"{platform.python_version()} on {platform.system()} {platform.machine()}", remedy
    )
    yield Finding("processor", "ok", f"{os.cpu_count()} cores")
    free = shutil.disk_usage(".").free
    state, remedy = ("ok", "") if free > FREE_DISK_NEEDED else ("missing", "free at least 1 GiB")
    yield Finding("disk", state, f"{free / (1 << 30):.1f} GiB free here", remedy)


PACKAGES = {
    "torch": "pip install -c constraints.txt -e '.[cli]'",
    "numba": "pip install -c constraints.txt -e '.[cli]'",
    "av": "pip install -c constraints.txt -e '.[cli]'",
    "opencv-python-headless": "pip install -c constraints.txt -e '.[cli]'",
    "grpcio": "pip install -c constraints.txt -e '.[cli]'",
    "mediapipe": "pip install --no-deps -r requirements-nodeps.txt",
    "dlib-bin": "pip install --no-deps -r requirements-nodeps.txt",
    "face_recognition_models": "pip install --no-deps -r requirements-nodeps.txt",
}
"""Distributions that the embedded default needs, and how each is installed."""


def _packages() -> Iterator[Finding]:
    for name, remedy in PACKAGES.items():
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", "not installed", remedy)


def _accelerators() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        return
    import torch  # noqa: PLC0415 - two seconds that a machine without it need not wait

    if torch.cuda.is_available():
        yield Finding("gpu", "ok", torch.cuda.get_device_name())
    else:
        yield Finding("gpu", "optional", "none; the CPU is used")


def _assets() -> Iterator[Finding]:
    from vultus.assets.store import open_store  # noqa: PLC0415 - torch may be missing
    from vultus_cli.settings import CliSettings  # noqa: PLC0415

    for found in open_store(CliSettings.load().assets_folder.expanduser()).list():
        state = "ok" if found.path else "optional"
        remedy = "" if found.path else f"vultus assets pull {found.asset.key}"
        yield Finding(found.asset.key, state, str(found.path or "absent"), remedy)


def _starters() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        return
    from vultus.assets.starters import FOLDER  # noqa: PLC0415 - torch may be missing
    from vultus.methods.trained import TRAINED  # noqa: PLC0415

    for method in TRAINED:
        folder = FOLDER / method
        if folder.is_dir():
            yield Finding(f"starter/{method}", "ok", str(folder))
        else:
            remedy = f"vultus train {method} --preset starter, then copy its model folder to {folder}"
            yield Finding(f"starter/{method}", "optional", "absent", remedy)


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _machine,
    _packages,
    _accelerators,
    _assets,
    _starters,
)

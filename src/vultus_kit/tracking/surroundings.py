"""Where a run takes place: the commit of the code, the machine, the packages."""

import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path


def git_commit() -> str:
    """The commit that this code is of, with "+" behind it when files differ; "" outside a repository."""
    here = Path(__file__)
    if _git(here.parent, "ls-files", "--error-unmatch", here.name) is None:
        return ""  # installed into an environment that happens to lie in somebody's repository
    commit = (_git(here.parent, "rev-parse", "HEAD") or "").strip()
    changed = (_git(here.parent, "status", "--porcelain", "--untracked-files=no") or "").strip()
    return commit + ("+" if commit and changed else "")


def packages() -> str:
    """Installed packages with their versions, a line each, as pip reads them."""
    found = {str(one.metadata["Name"]): one.version for one in metadata.distributions()}
    return "".join(f"{name}=={found[name]}\n" for name in sorted(found, key=str.lower))


def machine() -> str:
    """Python, system and processors, as a JSON object."""
    values = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
    }
    return json.dumps(values, indent=1)


def _git(folder: Path, *words: str) -> str | None:
    """What git answers; None where it is absent or refuses."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

"""`vultus model package`: a method with everything that it needs, to be served by BentoML."""

import tempfile
from pathlib import Path

import click

from vultus_cli.inputs import FILE
from vultus_cli.model.naming import reference
from vultus_cli.output import answer, say

STARTER = "starter"


@click.command("package")
@click.argument("what", metavar="METHOD|METHOD@ALIAS|METHOD/NUMBER|FOLDER")
@click.option("--out", "out_path", type=FILE, help="Folder to make.  [default: bento-METHOD-VERSION]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(what: str, out_path: Path | None, as_json: bool) -> None:
    """Build a Bento of a registered version, METHOD@starter, a model FOLDER, or a method without weights.

    It holds the weights, the program and its licences; `bentoml serve` answers with it over HTTP, offline.
    """
    from vultus_pipelines.packaging.bento_building import bento_version, check_out, package  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="vultus-package-") as scratch:
        folder, method, version = _chosen(what, Path(scratch))
        out = out_path or Path(f"bento-{method}-{bento_version(method, version)}")
        check_out(out)
        say(f"packaging {method}, version {version}")
        built = package(folder, method, version, out)
    values = {"tag": built.tag, "path": str(built.path), "size_bytes": built.size_bytes}
    answer({**values, "method": method, "version": version}, as_json=as_json)


def _chosen(what: str, scratch: Path) -> tuple[Path | None, str, str]:
    """Model folder, method and version of what the user named."""
    from vultus.methods.base import METHODS  # noqa: PLC0415
    from vultus.methods.trained import TRAINED, open_trained, starter  # noqa: PLC0415

    if Path(what).is_dir():
        trained = open_trained(Path(what))
        return trained.folder, trained.method, f"folder/{trained.version}"
    name, _, alias = what.partition("@")
    if alias == STARTER:
        trained = starter(name)
        return trained.folder, trained.method, f"{STARTER}/{trained.version}"
    if name in METHODS and name not in TRAINED:
        return None, name, "builtin"
    return _registered(what, scratch)


def _registered(what: str, scratch: Path) -> tuple[Path, str, str]:
    from vultus.methods.trained import open_trained  # noqa: PLC0415
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - MLflow is heavy

    registry = ModelRegistry()
    version = registry.resolve(reference(what))
    trained = open_trained(registry.download(version, scratch))
    return trained.folder, trained.method, f"{version.name}/{version.version}"

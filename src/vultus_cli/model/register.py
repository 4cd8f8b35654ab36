"""`vultus model register`: a model folder becomes a version."""

from pathlib import Path

import click

from vultus.errors import InputError
from vultus_cli.inputs import FILE
from vultus_cli.model.naming import registered_name
from vultus_cli.model.show import tell


@click.command("register")
@click.argument("folder", type=FILE)
@click.option("--name", help="Registered name.  [default: vultus-METHOD]")
@click.option("--licence", default="unknown", show_default=True, help="Under which terms it may be used.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", help="Label of the version.")
@click.option("--run-id", help="Run at MLflow that trained it.  [default: the one in the run's folder]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    folder: Path, name: str | None, licence: str, tags: tuple[str, ...], run_id: str | None, as_json: bool
) -> None:
    """Make FOLDER, as training leaves it, the next version of its model, and the challenger.

    `mlflow.pyfunc.load_model("models:/vultus-METHOD@champion").predict(…)` animates with it.
    """
    from vultus_pipelines.packaging.pyfunc_code import animating_code  # noqa: PLC0415

    from vultus.face.models import load_morphable  # noqa: PLC0415 - heavy, as below
    from vultus.methods.trained import open_trained  # noqa: PLC0415
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415
    from vultus_kit.tracking.training import tracked_run  # noqa: PLC0415

    trained = open_trained(folder)
    trained.build(load_morphable("builtin"))  # what cannot be run is not registered
    registry = ModelRegistry()
    about = {
        "method": trained.method,
        "licence": licence,
        "data_digest": str(trained.config.get("data", "")),
        "model_digest": trained.digest,
        "morphable_digest": str(trained.config["morphable_digest"]),
    }
    version = registry.register(
        folder,
        name or registered_name(trained.method),
        about | _labels(tags),
        animating_code(),
        run_id or tracked_run(folder.parent, registry.uri) or None,
    )
    if "champion" not in version.aliases:
        registry.set_challenger(version)
    tell(registry.resolve(version.uri), as_json=as_json)


def _labels(words: tuple[str, ...]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise InputError(f"--tag {name} has no value", remedy="write --tag NAME=VALUE")
    return {name: value for name, _, value in pairs}

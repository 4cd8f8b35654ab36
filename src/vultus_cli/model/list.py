"""`vultus model list`: what is registered."""

import click

from vultus_cli.model.naming import registered_name
from vultus_cli.output import answer
from vultus_kit.tracking.records import CHAMPION, RegisteredVersion


@click.command("list")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(model: str | None, as_json: bool) -> None:
    """List registered models, or the versions of MODEL, the newest first."""
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - MLflow is heavy

    registry = ModelRegistry()
    names = registry.names() if model is None else (registered_name(model),)
    found = {name: registry.versions(name) for name in names}
    if as_json:
        answer({name: [one.to_json() for one in versions] for name, versions in found.items()}, as_json=True)
        return
    for name, versions in found.items():
        print(name if model is None else "", end="\n" if model is None else "")
        for one in versions if model is not None else _told(versions):
            print(f"  {one.version:>4}  {', '.join(one.aliases) or '-':<11} {one.digest[7:19]}  {_gate(one)}")
    if not found:
        print(f"no model is registered at {registry.uri}")


def _told(versions: tuple[RegisteredVersion, ...]) -> list[RegisteredVersion]:
    """The newest version, and the champion where that is another one."""
    return [one for place, one in enumerate(versions) if place == 0 or CHAMPION in one.aliases]


def _gate(version: RegisteredVersion) -> str:
    verdict, reason = version.tags.get("gate", ""), version.tags.get("gate_reason", "")
    return f"{verdict}: {reason}"[:90] if verdict else ""

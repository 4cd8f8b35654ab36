"""`vultus model show`: everything of one version."""

from typing import TYPE_CHECKING

import click

from vultus_cli.model.naming import reference
from vultus_cli.output import answer

if TYPE_CHECKING:
    from vultus_kit.tracking.records import RegisteredVersion

TABLE = "gate_table"
"""Tag with the table of the gate's decision."""


@click.command("show")
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(version: str, as_json: bool) -> None:
    """Say everything of VERSION: METHOD@champion, METHOD/3, or METHOD for its champion."""
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - MLflow is heavy

    tell(ModelRegistry().resolve(reference(version)), as_json=as_json)


def tell(version: "RegisteredVersion", *, as_json: bool) -> None:
    """Print everything of a version; for people one thing on a line, the gate's table below."""
    if as_json:
        answer(version.to_json(), as_json=True)
        return
    values = version.to_json()
    tags = dict(values.pop("tags"))
    table = tags.pop(TABLE, "")
    tags.pop("signature", None)  # for programs
    aliases = ", ".join(version.aliases) or None
    answer({**values, "aliases": aliases, **dict(sorted(tags.items()))}, as_json=False)
    if table:
        print(f"\n{table}")

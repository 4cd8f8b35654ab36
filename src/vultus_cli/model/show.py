"""`vultus model show`: everything of one version."""

import click

from vultus_cli.model.naming import reference
from vultus_cli.output import answer

TABLE = "gate_table"
"""Tag with the table of the gate's decision."""


@click.command("show")
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(version: str, as_json: bool) -> None:
    """Say everything of VERSION: METHOD@champion, METHOD/3, or METHOD for its champion."""
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - MLflow is heavy

    found = ModelRegistry().resolve(reference(version))
    if as_json:
        answer(found.to_json(), as_json=True)
        return
    values = found.to_json()
    tags = dict(values.pop("tags"))
    table = tags.pop(TABLE, "")
    tags.pop("signature", None)  # for programs
    answer(
        {**values, "aliases": ", ".join(found.aliases) or None, **dict(sorted(tags.items()))}, as_json=False
    )
    if table:
        print(f"\n{table}")

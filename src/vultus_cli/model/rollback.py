"""`vultus model rollback`: back to the champion before."""

import click

from vultus_cli.model.naming import registered_name
from vultus_cli.output import answer


@click.command("rollback")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(model: str, as_json: bool) -> None:
    """Give MODEL's place back to the champion before; whoever follows the alias changes within seconds."""
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - MLflow is heavy

    answer(vars(ModelRegistry().roll_back(registered_name(model))), as_json=as_json)

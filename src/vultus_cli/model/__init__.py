"""`vultus model`: register trained models, and say which one is in use."""

import click

from vultus_cli.lazy import LazyGroup

COMMANDS = {
    "list": "List registered models, or the versions of one.",
    "show": "Say everything of a version.",
    "register": "Make a model folder the next version of its model.",
    "promote": "Make a version the champion, where the gate lets it.",
    "package": "Build a Bento: a method with everything that it needs, to be served over HTTP.",
    "rollback": "Give the place back to the champion before.",
}
"""Sub-commands in the order of `vultus model --help`; each is `command` in the module of its name."""


@click.group("model", cls=LazyGroup, modules=COMMANDS, package=__name__)
def command() -> None:
    """Trained models in MLflow's registry, at MLFLOW_TRACKING_URI or in a data base of your own."""

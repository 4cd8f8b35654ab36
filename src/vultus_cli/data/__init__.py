"""`vultus data`: make, divide, pack and look at data sets."""

import click

from vultus_cli.lazy import LazyGroup

COMMANDS = {
    "synth": "Make a set of synthetic people who talk, with every quantity known.",
    "build": "Bring real videos into the same form.",
    "split": "Say which people or clips are learned from, tuned on and measured on.",
    "shard": "Pack a set into WebDataset shards.",
    "inspect": "Show what a set holds: contact sheet, plots, data card.",
}
"""Sub-commands in the order of `vultus data --help`; each is `command` in the module of its name."""


@click.group("data", cls=LazyGroup, modules=COMMANDS, package=__name__)
def command() -> None:
    """Data sets of talking heads, synthetic or real, in one form."""

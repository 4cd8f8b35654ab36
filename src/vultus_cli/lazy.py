"""Groups of commands that import a command's module only when it is needed."""

import importlib
from collections.abc import Mapping

import click


class LazyGroup(click.Group):
    """Imports a sub-command's module only when it is called.

    Args:
        modules: One line on each sub-command by name, in the order of the help; each is `command` in the
            module of its name.
        package: Where the modules are.
    """

    def __init__(self, *args: object, modules: Mapping[str, str], package: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._modules, self._package = modules, package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command `cmd_name`, imported now."""
        if cmd_name not in self._modules:
            return None
        return importlib.import_module(f"{self._package}.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._modules.items()))

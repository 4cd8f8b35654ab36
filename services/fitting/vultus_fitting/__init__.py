"""The fitting room: pictures and clips become tracks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vultus_fitting.settings import Settings
    from vultus_kit.rpc.server import Room


def room(settings: "Settings | None" = None) -> "Room":
    """The room, ready to be served; settings come from the environment by default."""
    from vultus_fitting.servicer import build  # noqa: PLC0415 - the science is imported when the room starts
    from vultus_fitting.settings import Settings  # noqa: PLC0415

    return build(settings or Settings.load())

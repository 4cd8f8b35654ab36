"""The metrics room: frames and reference frames become a report."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vultus_kit.rpc.server import Room
    from vultus_metrics.settings import Settings


def room(settings: "Settings | None" = None) -> "Room":
    """The room, ready to be served; settings come from the environment by default."""
    from vultus_metrics.servicer import build  # noqa: PLC0415 - the science is imported when the room starts
    from vultus_metrics.settings import Settings  # noqa: PLC0415

    return build(settings or Settings.load())

"""The generation room: portraits and tracks become frames."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vultus_generation.models import VersionSource
    from vultus_generation.settings import Settings
    from vultus_kit.rpc.server import Room


def room(settings: "Settings | None" = None, registry: "VersionSource | None" = None) -> "Room":
    """The room, ready to be served; by default with the environment's settings and MLflow's versions."""
    from vultus_generation.servicer import build  # noqa: PLC0415 - the science is imported when the room starts
    from vultus_generation.settings import Settings  # noqa: PLC0415

    return build(settings or Settings.load(), registry)

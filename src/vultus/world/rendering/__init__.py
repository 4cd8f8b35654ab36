"""Pictures of the world: lens, light and film, and the renderer with all its truth layers.

`python -m vultus.world.rendering [OUT.png]` draws faces under many lights.
"""

from vultus.world.rendering.drawing import draw_stage
from vultus.world.rendering.flow import optical_flow
from vultus.world.rendering.frames import MASKS, WorldFrame
from vultus.world.rendering.renderer import WorldRenderer
from vultus.world.rendering.stage import Film, Lens, Light, Stage

__all__ = [
    "MASKS",
    "Film",
    "Lens",
    "Light",
    "Stage",
    "WorldFrame",
    "WorldRenderer",
    "draw_stage",
    "optical_flow",
]

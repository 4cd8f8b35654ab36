"""Head motion of the world's people: it follows their speech in a way that is their own."""

from vultus.world.anatomy import Anatomy, anatomy_of
from vultus.world.motion.manner import Manner, draw_manner
from vultus.world.motion.performance import perform
from vultus.world.motion.placing import Framing, draw_framing
from vultus.world.motion.posing import Performer, hold, retarget

__all__ = [
    "Anatomy",
    "Framing",
    "Manner",
    "Performer",
    "anatomy_of",
    "draw_framing",
    "draw_manner",
    "hold",
    "perform",
    "retarget",
]

"""Head motion of the world's people: it follows their speech in a way that is their own."""

from vultus.world.motion.manner import Manner, draw_manner

__all__ = ["Manner", "draw_manner"]

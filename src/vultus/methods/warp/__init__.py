"""The generator that needs no training: portraits warped by the displacement field of the fitted meshes."""

from vultus.methods.warp.config import WarpConfig
from vultus.methods.warp.model import Warp, WarpAvatar

__all__ = ["Warp", "WarpAvatar", "WarpConfig"]

"""The portrait's own pixels at the size of the frames, where a network that blends trusts them."""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from torch import Tensor

from vultus.data.media.tensors import to_pictures
from vultus.methods.warp.composite import sampling_map, warped


class Blend(NamedTuple):
    """What blended pictures are made of."""

    painted: Float[Tensor, "b 3 h w"]
    """What is shown where the warped source is not trusted, RGB [0, 1]."""

    share: Float[Tensor, "b 1 h w"]
    """Share of the warped source, [0, 1]."""

    flow_px: Float[Tensor, "b 2 h w"]
    """From each pixel to where the source shows it, (x, y), y down, px of the network's picture."""


class Made(NamedTuple):
    """Pictures that a network made."""

    pictures: Float[Tensor, "b 3 h w"]
    """RGB [0, 1]."""

    blend: Blend | None = None
    """What they are made of; None where nothing is blended."""


class FullSize:
    """A portrait's square in all its pixels, for frames that have more of them than the network's pictures.

    Flow, share and what is painted are smooth and grow without loss; the source that is warped has to be
    sharp.

    Args:
        source: The square at the size of the frames.
    """

    def __init__(self, source: UInt8[np.ndarray, "s s 3"]) -> None:
        self._source = source
        self.memory_bytes: int = source.nbytes

    def pictures(self, blend: Blend) -> list[UInt8[np.ndarray, "s s 3"]]:
        """Blend anew at full size."""
        painted = to_pictures(blend.painted)
        shares, flows = (part.float().permute(0, 2, 3, 1).cpu().numpy() for part in blend[1:])
        return [self._picture(*parts) for parts in zip(painted, shares, flows, strict=True)]

    def _picture(
        self,
        painted: UInt8[np.ndarray, "h w 3"],
        share: Float32[np.ndarray, "h w 1"],
        flow_px: Float32[np.ndarray, "h w 2"],
    ) -> UInt8[np.ndarray, "s s 3"]:
        side = len(self._source)
        source = warped(self._source, sampling_map(np.ascontiguousarray(flow_px), side), sharp=True)
        grown = cv2.resize(painted, (side, side), interpolation=cv2.INTER_CUBIC)
        share = cv2.resize(share, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
        mixed = grown + share * (source.astype(np.float32) - grown)
        return np.rint(mixed).clip(0, 255).astype(np.uint8)

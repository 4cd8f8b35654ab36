"""Who is seen, looked at now and then: the evidence that one clip shows one person."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import AssetMissingError
from vultus.face.crop import SquareCrop
from vultus.face.detectors.base import Box
from vultus.face.identity import IdentityEmbedder

EVERY_S = 1.0
"""Time between two looks, s."""

SIDE_PX = 200
"""Side of the square in which the face is looked at, px."""


class PersonSampler:
    """Embeds the followed face about once a second, and after every jump.

    Args:
        embedder: How identities are embedded.
    """

    def __init__(self, embedder: IdentityEmbedder) -> None:
        self._embedder = embedder
        self._next_s = float("-inf")
        self.seen: list[tuple[int, Float[np.ndarray, "128"]]] = []
        """Rows that were looked at and their embeddings."""

    def see(
        self, row: int, time_s: float, rgb: UInt8[np.ndarray, "h w 3"], box_px: Box, *, anew: bool = False
    ) -> None:
        """Take a frame with a face; most are passed by."""
        if time_s < self._next_s and not anew:
            return
        self._next_s = time_s + EVERY_S
        embedding = self._embedder.embed(_around(rgb, box_px))
        if embedding is not None:
            self.seen.append((row, embedding))


def build_embedder() -> IdentityEmbedder | None:
    """The identity embedder; None where its files are not installed."""
    try:
        return IdentityEmbedder()
    except AssetMissingError:
        return None


def changes(
    seen: tuple[tuple[int, Float[np.ndarray, "128"]], ...], most_distance: float
) -> list[tuple[int, int]]:
    """Pairs of rows, one after the other, between which the person changes.

    The two looks on either side must all be farther from each other than `most_distance`, so that one odd
    look, in profile or half hidden, is not taken for somebody else.
    """
    pairs = []
    for here in range(1, len(seen)):
        before = [vector for _, vector in seen[max(here - 2, 0) : here]]
        after = [vector for _, vector in seen[here : here + 2]]
        if min(float(np.linalg.norm(a - b)) for a in before for b in after) > most_distance:
            pairs.append((seen[here - 1][0], seen[here][0]))
    return pairs


def _around(rgb: UInt8[np.ndarray, "h w 3"], box_px: Box) -> UInt8[np.ndarray, "s s 3"]:
    """The face with what is around it, small enough to be looked at quickly."""
    left, top, right, bottom = box_px
    side = max(round(1.7 * max(right - left, bottom - top)), 8)
    crop = SquareCrop(round((left + right - side) / 2), round((top + bottom - side) / 2), side)
    return cv2.resize(crop.cut(rgb), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.uint8)

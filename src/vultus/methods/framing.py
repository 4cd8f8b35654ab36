"""The square of a portrait that a network sees, and its way back into the frames that are asked for."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Int, UInt8

from vultus.data.real.placing import moved_to_crop
from vultus.data.track import Track
from vultus.face.crop import SquareCrop, head_crop
from vultus.face.morphable import MorphableModel
from vultus.methods.base import AvatarOptions, Portrait

ZOOM = 2.0
"""Side of the square in sizes of the head; clips of the world have 1.65 to 2.05."""

WHOLE = 0.85
"""Side of the square, in those of a square picture, from which on the picture is taken as it is."""

BORDER = 0.08
"""Width over which a pasted square fades into the picture, in sides."""


@dataclass(frozen=True)
class HeadFrame:
    """Where the network's picture lies in the portrait."""

    crop: SquareCrop
    """The square, picture px."""

    side_px: int
    """Side of the network's picture."""

    head_px: float
    """Size of the head in the portrait, px."""

    def moved(self, track: Track) -> Track:
        """A track in the portrait's pixels, in those of the network's picture."""
        return moved_to_crop(track, [self.crop] * len(track), self.side_px) if len(track) else track

    def seen(self, rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "s s 3"]:
        """What the network sees of the portrait."""
        return self.crop.resample(rgb, self.side_px)


def head_frame(
    portrait: Portrait, model: MorphableModel, head: Int[np.ndarray, " n"], side_px: int
) -> HeadFrame:
    """Place the square around the fitted head.

    A square picture that frames the head about so already is taken whole: cut out anew, it would have to be
    resampled twice.

    Args:
        portrait: Picture and fit.
        model: Of the fit.
        head: Vertices of the head without its neck.
        side_px: Side of the network's picture.
    """
    points = portrait.track.camera.project(portrait.track.vertices(model))[0, head, :2].double().numpy()
    height, width = portrait.rgb.shape[:2]
    crop = head_crop(points, (height, width), ZOOM)
    if height == width and crop.side_px >= WHOLE * height:
        crop = SquareCrop(0, 0, height)
    return HeadFrame(crop, side_px, float(np.ptp(points, axis=0).max()))


class Layout:
    """Brings the network's pictures to the frames that were asked for.

    Args:
        rgb: The portrait.
        crop: What the network's picture shows of it.
        options: What was asked for.
    """

    def __init__(self, rgb: UInt8[np.ndarray, "h w 3"], crop: SquareCrop, options: AvatarOptions) -> None:
        height, width = rgb.shape[:2]
        self._picture = rgb if options.paste_back else None
        self.size_px: tuple[int, int] = (height, width) if options.paste_back else (options.side_px,) * 2
        self.side_px: int = crop.side_px if options.paste_back else options.side_px
        self._place = crop.inside((height, width))
        rows, columns = self._place
        top, left = rows.start - crop.top_px, columns.start - crop.left_px
        self._part = (
            slice(top, top + rows.stop - rows.start),
            slice(left, left + columns.stop - columns.start),
        )
        fades = _fade(rows, height, crop.side_px), _fade(columns, width, crop.side_px)
        self._window = np.outer(*fades).astype(np.float32)[..., None] if options.paste_back else None

    @property
    def memory_bytes(self) -> int:
        """What is kept of the portrait."""
        return sum(array.nbytes for array in (self._picture, self._window) if array is not None)

    def lay(self, picture: UInt8[np.ndarray, "s s 3"], frame: UInt8[np.ndarray, "h w 3"]) -> None:
        """Bring one picture of the network into a frame, which is overwritten."""
        sized = _resized(picture, self.side_px)
        if self._picture is None or self._window is None:
            frame[:] = sized
            return
        frame[:] = self._picture
        under = frame[self._place]
        mixed = under + self._window * (sized[self._part].astype(np.float32) - under)
        frame[self._place] = np.rint(mixed)


def _resized(picture: UInt8[np.ndarray, "s s 3"], side_px: int) -> UInt8[np.ndarray, "t t 3"]:
    if len(picture) == side_px:
        return picture
    method = cv2.INTER_AREA if side_px < len(picture) else cv2.INTER_CUBIC
    return cv2.resize(picture, (side_px, side_px), interpolation=method).astype(np.uint8)


def _fade(line: slice, size: int, side_px: int) -> Float32[np.ndarray, " n"]:
    """1 inside, falling to nearly 0 towards ends that lie inside the picture."""
    width = max(BORDER * side_px, 1.0)
    at = np.arange(line.stop - line.start) + 0.5
    share = np.ones(len(at))
    if line.start > 0:
        share = np.minimum(share, at / width)
    if line.stop < size:
        share = np.minimum(share, at[::-1] / width)
    return (share * share * (3 - 2 * share)).astype(np.float32)

"""What the methods that learned share: weights, a portrait encoded once, pictures laid into frames."""

from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from vultus.data.media.tensors import to_pictures, to_tensors
from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.methods.base import AvatarOptions, Portrait
from vultus.methods.detail import FullSize, Made
from vultus.methods.faces import CLOSE, NEAR, SteeredFace, projected
from vultus.methods.framing import Layout, head_frame
from vultus.methods.panning import Panning
from vultus.methods.surroundings import Surroundings
from vultus.methods.trained import TrainedModel
from vultus.methods.warp.parts import head_parts
from vultus.nets.fast import FastForward
from vultus.nets.speed import Speed

BATCH = 4
"""Frames that go through a network together."""


class Learned:
    """A network with the weights of a model folder.

    Args:
        trained: The model folder.
        network: Of the folder's sizes, with a `generator`; it is filled and changed.
        morphable: Morphable model of the tracks.
        speed: How the network runs.
    """

    def __init__(
        self, trained: TrainedModel, network: nn.Module, morphable: MorphableModel, speed: Speed
    ) -> None:
        trained.fill(network)
        self.version = trained.version
        self.side_px = trained.side_px
        self.forward = FastForward(network.generator, speed)  # type: ignore[arg-type]
        self._morphable, self._head = morphable, head_parts(morphable).head
        self._surroundings = Surroundings(morphable)

    def place(self, portrait: Portrait, options: AvatarOptions) -> SteeredFace:
        """Frame a portrait for the network."""
        frame = head_frame(portrait, self._morphable, self._head, self.side_px)
        points = projected(frame.moved(portrait.track), self._morphable)
        near = NEAR if options.paste_back else CLOSE
        return SteeredFace(self._morphable, frame, self._surroundings, portrait.track, points, near)


class LearnedAvatar:
    """A portrait's features, and the layout of its frames.

    Args:
        portrait: Picture and fit.
        face: The fit in the network's picture.
        options: Layout of the frames.
    """

    def __init__(self, portrait: Portrait, face: SteeredFace, options: AvatarOptions) -> None:
        self.face = face
        self.source: Float[Tensor, "1 3 h w"] = to_tensors(face.frame.seen(portrait.rgb)[None])
        self.encoded: list[Tensor] = []
        self._layout = Layout(portrait.rgb, face.frame.crop, options)
        side_px = self._layout.side_px
        self._full = self._full_size(portrait.rgb, side_px)
        self._panning = None if options.paste_back else Panning(portrait.rgb, face.frame.crop, side_px)
        self.size_px: tuple[int, int] = self._layout.size_px
        self.memory_bytes: int = 0

    def keep(self, encoded: list[Tensor]) -> None:
        """Keep the features of the source."""
        self.encoded = encoded
        kept = sum(tensor.nbytes for tensor in (self.source, *encoded))
        holders = (self._layout, self._full, self._panning, self.face)
        self.memory_bytes = kept + sum(holder.memory_bytes for holder in holders if holder)

    def laid(self, track: Track, batches: Iterable[Made]) -> UInt8[np.ndarray, "t h w 3"]:
        """Frames of what the network made for a track, batch by batch."""
        frames = np.empty((len(track), *self.size_px, 3), np.uint8)
        with torch.inference_mode():
            pictures = (picture for batch in batches for picture in self._finished(batch))
            for frame, picture in zip(frames, pictures, strict=True):
                self._layout.lay(picture, frame)
        if self._panning is not None and len(track):
            for frame, pan in zip(frames, self._in_frames(self.face.pans(track)), strict=True):
                frame[:] = self._panning.panned(frame, pan)
        return frames

    def _in_frames(self, pans: Float[np.ndarray, "t 2 3"]) -> Float[np.ndarray, "t 2 3"]:
        """Pans in the pixels of the frames."""
        return pans * [1.0, 1.0, self._layout.side_px / self.face.frame.side_px]

    def _full_size(self, rgb: UInt8[np.ndarray, "h w 3"], side_px: int) -> FullSize | None:
        """The portrait's pixels, where frames and portrait have more of them than the network's pictures."""
        crop, network_px = self.face.frame.crop, self.face.frame.side_px
        larger = min(side_px, crop.side_px) > network_px
        return FullSize(crop.resample(rgb, side_px)) if larger else None

    def _finished(self, made: Made) -> Iterable[UInt8[np.ndarray, "s s 3"]]:
        if self._full is None or made.blend is None:
            return to_pictures(made.pictures)
        return self._full.pictures(made.blend)

"""The head of a portrait as a surface in the crop's pixels, in the portrait's pose and in any other."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.methods.warp.parts import HeadParts


@dataclass(frozen=True)
class Surface:
    """The fitted head of a portrait."""

    model: MorphableModel
    """What the head is made of."""

    parts: HeadParts
    """Its triangles."""

    track: Track
    """The portrait's fit, one frame."""

    offset_head: Float[Tensor, "v 3"]
    """What the fit lacks, head frame, model units; carried into every pose."""

    def driven(self, track: Track) -> Float[Tensor, "t v 3"]:
        """Vertices of the portrait's person in the track's poses, head frame, model units."""
        identity = self.track.identity.expand(len(track), -1)
        return track.replace(identity=identity).vertices(self.model) + self.offset_head

    def project(self, track: Track, view: "View") -> Float32[np.ndarray, "t v 3"]:
        """Vertices in a view of the picture, image frame, px of the view."""
        points = track.camera.project(self.driven(track)).numpy()
        return ((points - [*view.origin_px, 0.0]) * view.zoom).astype(np.float32)

    def centre_px(self, track: Track, view: "View") -> Float[np.ndarray, "t 2"]:
        """Where the middle of the skull is seen, px of the view."""
        head = self.model.mean[torch.from_numpy(self.parts.head)]
        return self._seen((head.amin(0) + head.amax(0)) / 2, track, view)

    def torso_shift_px(self, track: Track, view: "View") -> Float[np.ndarray, "t 2"]:
        """How far the torso moves, as told by the head, px of the view.

        In each direction the smaller of two shifts if they agree, else none: that of the collar, did it turn
        with the head, and that of the head's origin. So a head that turns on a still neck moves no torso, and
        nor does one that turns about its own middle.
        """
        collar = self.parts.fixed > 0.5
        if not collar.any():
            return np.zeros((len(track), 2))
        points = torch.stack([self.model.mean[torch.from_numpy(collar)].mean(0), torch.zeros(3)])
        first, second = (self._seen(p, track, view) - self._seen(p, self.track, view) for p in points)
        agree = np.sign(first) == np.sign(second)
        return np.where(agree, np.sign(first) * np.minimum(np.abs(first), np.abs(second)), 0.0)

    def _seen(self, point: Float[Tensor, " 3"], track: Track, view: "View") -> Float[np.ndarray, "t 2"]:
        projected = track.camera.project(point.expand(len(track), 1, 3))[:, 0, :2].numpy()
        return np.asarray((projected - view.origin_px) * view.zoom, dtype=np.float64)


@dataclass(frozen=True)
class View:
    """A part of the picture at another resolution."""

    origin_px: tuple[float, float]
    """Picture position of the view's top left corner, px."""

    zoom: float
    """Pixels of the view for one of the picture."""


def fitted_surface(model: MorphableModel, parts: HeadParts, track: Track) -> Surface:
    """The head as the track has it, without offsets."""
    track.check_model(model)
    return Surface(model, parts, track, torch.zeros_like(model.mean))


def with_offset(surface: Surface, offset_px: Float[np.ndarray, "v 2"]) -> Surface:
    """Move the portrait's vertices in the image plane.

    Args:
        surface: As fitted.
        offset_px: Offsets in the picture, image frame, px.
    """
    camera = surface.track.camera
    in_view = np.concatenate([offset_px * [1, -1], np.zeros((len(offset_px), 1))], axis=1)
    in_head = torch.from_numpy(in_view).to(camera.rotation) @ camera.rotation[0] / camera.scale[0]
    return Surface(surface.model, surface.parts, surface.track, surface.offset_head + in_head)

"""The portrait's person in the poses of a track, as the pictures that steer networks are made of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.methods.framing import HeadFrame
from vultus.methods.limits import MotionLimits, limited
from vultus.methods.panning import pans
from vultus.methods.surroundings import HeadView, Surroundings
from vultus.render.fragments import Fragments
from vultus.render.guides import displacement_field
from vultus.render.raster import rasterise

NEAR = MotionLimits(turn_rad=1.0, shift=0.14, zoom=0.12)
"""How far heads leave the portrait's pose in the network's picture; half of it is about what training shows.

Beyond that networks tear necks and draw ears twice."""

CLOSE = MotionLimits(turn_rad=1.0, shift=0.08, zoom=0.06)
"""The same where the picture goes along with the rest."""

FAR = MotionLimits(turn_rad=1.0, shift=0.4, zoom=0.3)
"""How far they leave it together with their picture."""


@dataclass(frozen=True)
class SteeredFace:
    """The fitted face of a portrait in the network's picture.

    What it makes are the numbers that training feeds (`vultus.train.face_pairs`).
    """

    model: MorphableModel
    """Morphable model of the tracks."""

    frame: HeadFrame
    """Where the network's picture lies."""

    surroundings: Surroundings
    """Of the model."""

    portrait: Track
    """The fit, one frame, in the portrait's pixels."""

    points: Float[Tensor, "1 v 3"]
    """Vertices in the portrait, image frame, px of the network's picture."""

    near: MotionLimits
    """How far heads leave the portrait's pose in the network's picture."""

    @property
    def memory_bytes(self) -> int:
        """What keeping it costs beyond the model."""
        return self.points.nbytes

    def moved(self, track: Track) -> Track:
        """A track in the portrait's pixels, in those of the network's picture, kept near the portrait."""
        return self.frame.moved(limited(track, self.portrait, self.frame.head_px, self.near))

    def pans(self, track: Track) -> Float[np.ndarray, "t 2 3"]:
        """What the picture itself has to do where a track goes farther than `moved`, in its pixels."""
        far = self.frame.moved(limited(track, self.portrait, self.frame.head_px, FAR))
        return pans(self.moved(track), far)

    def seen(self, points: Float[Tensor, "t v 3"]) -> Fragments:
        """What is seen of vertices, back faces culled."""
        return rasterise(points, self.model.faces, (self.frame.side_px,) * 2, cull_back=True)

    def displacement(self, points: Float[Tensor, "t v 3"], seen: Fragments) -> Float[Tensor, "t 2 h w"]:
        """From driven vertices to the portrait's, where each side of the picture is 2 long."""
        source = self.points.expand(len(points), -1, -1)
        side = (self.frame.side_px,) * 2
        return displacement_field(source, points, self.model.faces, side, "ndc", seen).contiguous()

    def carried(
        self, track: Track, points: Float[Tensor, "t v 3"], seen: Fragments
    ) -> Float[Tensor, "t 2 h w"]:
        """The displacement, carried on beyond the face; the track is in the picture's pixels."""
        driven = self.surroundings.views(track, points)
        return self.surroundings.carried(self.displacement(points, seen), seen.mask, self._source, driven)

    @cached_property
    def _source(self) -> HeadView:
        """The portrait's own head."""
        (source,) = self.surroundings.views(self.frame.moved(self.portrait), self.points)
        return source


def projected(track: Track, model: MorphableModel) -> Float[Tensor, "t v 3"]:
    """Posed vertices of every frame, image frame, px."""
    return track.camera.project(track.vertices(model)).float()

"""A person's mesh and how it follows a track."""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.data.track import Track
from vultus.errors import IncompatibleError
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import matrix_from_axis_angle
from vultus.face.skinning import Skeleton, skin

_FREE = 0.72
"""Share of a small turn of the head that the shoulders do not take part in."""
_MOST_FREE_RAD = 0.75
"""However far the head turns, it is never further than this from the shoulders."""


@dataclass(frozen=True, eq=False)
class Body:
    """Head, hair, beard, glasses, shoulders and clothes of one person."""

    faces: Int[Tensor, "f 3"]
    """Triangles, counter-clockwise from outside: the morphable model's that can be seen, then others."""

    part: Int[Tensor, " f"]
    """Part of each triangle, index into `PARTS`."""

    albedo: Float[Tensor, "v 3"]
    """Linear RGB."""

    gloss: Float[Tensor, " v"]
    """[0, 1]."""

    rest: Float[Tensor, "v 3"]
    """Vertices at rest, head frame, model units; the model's own come first, in its order."""

    strand: Float[Tensor, "v 3"]
    """Unit direction of hair at rest, head frame; zeros where none grows."""

    torso: Float[Tensor, " v"]
    """0 rides on the head, 1 stays with the shoulders."""

    pivot: Float[Tensor, " 3"]
    """The neck's base, which head and shoulders share, head frame, model units."""

    eye_centres: Float[Tensor, "2 3"]
    """Middle of the right, then the left eyeball at rest, head frame, model units."""

    iris: Float[Tensor, " 3"]
    """Albedo of the irises, linear RGB."""

    expression_basis: Float[Tensor, "v 3 e"]
    """Displacement for each unit expression coefficient, head frame, model units."""

    skeleton: Skeleton | None
    """Joints, weights for every vertex."""

    joints: Float[Tensor, "j 3"]
    """Places of the joints at rest, head frame, model units."""

    model: MorphableModel
    """Whose vertices come first, in order; tracks must be for it."""

    identity: Float[Tensor, " i"]
    """p_id of the person."""

    def place(self, track: Track, torso_rad: Float[Tensor, "t 3"] | None = None) -> Float[Tensor, "t v 3"]:
        """Vertices of every frame, image frame, px.

        Args:
            track: Made with the body's morphable model; its identity is not looked at.
            torso_rad: Axis-angle of the shoulders, head frame to view; unless given they follow the head a
                little, and more the further it turns.

        Raises:
            IncompatibleError: The track is for another morphable model.
        """
        self._check(track)
        posed = self.posed(track)
        camera = track.camera
        bent = self._with_torso(posed, track.rotation_rad, torso_rad)
        return camera.project(bent)

    def posed(self, track: Track) -> Float[Tensor, "t v 3"]:
        """Vertices with expression and joints, all riding on the head; head frame, model units."""
        shaped = self.rest + (track.expression @ self._flat_basis).unflatten(-1, (-1, 3))
        if self.skeleton is None:
            return shaped
        joints = {"jaw": track.jaw_rad, "eye_left": track.eyes_rad[:, 0], "eye_right": track.eyes_rad[:, 1]}
        turned = {name: angle for name, angle in joints.items() if angle.any()}
        if not turned:
            return shaped
        return skin(self.skeleton, shaped, self.joints.expand(len(track), -1, -1), turned)

    def _with_torso(
        self,
        posed: Float[Tensor, "t v 3"],
        rotation_rad: Float[Tensor, "t 3"],
        torso_rad: Float[Tensor, "t 3"] | None,
    ) -> Float[Tensor, "t v 3"]:
        """Turn what stays with the shoulders back about the neck's base; still in the head's frame."""
        wanted = torso_turn(rotation_rad) if torso_rad is None else torso_rad
        head, torso = matrix_from_axis_angle(rotation_rad), matrix_from_axis_angle(wanted)
        relative = head.mT @ torso - torch.eye(3).to(head)  # (t, 3, 3)
        which = self._on_torso
        about = posed[:, which] - self.pivot
        posed[:, which] += self.torso[which, None] * (about @ relative.mT)
        return posed

    def _check(self, track: Track) -> None:
        if track.morphable_digest != self.model.digest:
            raise IncompatibleError(
                f"the track was made with morphable model {track.morphable!r}"
                f" ({track.morphable_digest[:19]}…), the body with {self.model.name!r}"
                f" ({self.model.digest[:19]}…)",
                remedy="build the body with the track's morphable model",
                metadata={"track_model": track.morphable, "model": self.model.name},
            )

    @cached_property
    def _flat_basis(self) -> Float[Tensor, "e n"]:
        return self.expression_basis.flatten(0, 1).mT.contiguous()

    @cached_property
    def _on_torso(self) -> Int[Tensor, " n"]:
        return self.torso.nonzero()[:, 0]


def torso_turn(rotation_rad: Float[Tensor, "t 3"]) -> Float[Tensor, "t 3"]:
    """How the shoulders turn when the head does: a = θ - L tanh(c θ / L) about the same axis.

    Args:
        rotation_rad: Axis-angle of the head, head frame to view.

    Example:
        >>> torso_turn(torch.tensor([[0.0, 0.1, 0.0], [0.0, 2.0, 0.0]]))[:, 1]
        tensor([0.0282, 1.2816])
    """
    angle = rotation_rad.norm(dim=-1, keepdim=True)
    free = _MOST_FREE_RAD * torch.tanh(_FREE * angle / _MOST_FREE_RAD)
    return rotation_rad * (1 - free / angle.clamp_min(1e-6))

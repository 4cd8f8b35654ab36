"""Linear blend skinning with optional pose correctives [li2017flame, §3]."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.rotations import matrix_from_axis_angle


@dataclass(frozen=True)
class Skeleton:
    """Joints of a head and how vertices follow them."""

    names: tuple[str, ...]
    """Joint names, parents before children: "root", "neck", "jaw", "eye_left", "eye_right"."""

    parents: tuple[int, ...]
    """Parent of each joint, -1 for the root."""

    joint_regressor: Float[Tensor, "j v"]
    """Rest position of each joint as a weighting of the vertices at rest."""

    weights: Float[Tensor, "v j"]
    """Skinning weights; rows of our own models sum to one."""

    correctives: Float[Tensor, "v 3 p"] | None = None
    """Vertex offsets, linear in the entries of (R - I) of every joint but the root; p = 9 (j - 1)."""

    @cached_property
    def supports(self) -> list[Int[Tensor, " _"]]:
        """Vertices that each joint has a say in."""
        return [column.nonzero()[:, 0] for column in self.weights.unbind(1)]

    def moving(self, turned: Iterable[str]) -> list[int]:
        """Joints that move when those called `turned` turn: they themselves and all that hang on them."""
        turned = set(turned)
        moves: list[bool] = []
        for name, parent in zip(self.names, self.parents, strict=True):
            moves.append(name in turned or (parent >= 0 and moves[parent]))
        return [joint for joint, moved in enumerate(moves) if moved]


def skin(
    skeleton: Skeleton,
    shaped: Float[Tensor, "b v 3"],
    rest: Float[Tensor, "b j 3"],
    joints_rad: Mapping[str, Float[Tensor, "b 3"]],
) -> Float[Tensor, "b v 3"]:
    """Turn joints and let the vertices follow.

    Linear blend skinning, x' = Σ_j w_j (T_j x + o_j), written as (Σ_j w_j) x + Σ_j w_j ((T_j - I) x + o_j):
    a joint at rest adds nothing then, and the others touch their own vertices only.

    Args:
        skeleton: Joints and weights.
        shaped: Vertices with identity and expression, head frame, model units.
        rest: Positions of the joints at rest: the regressor times vertices with identity alone.
        joints_rad: Axis-angle by joint name, rad; a missing joint rests.

    Returns:
        Vertices, head frame, model units.
    """
    still = shaped.new_zeros(shaped.shape[0], 3)
    axis_angle = torch.stack([joints_rad.get(name, still).to(shaped) for name in skeleton.names], dim=1)
    rotation = matrix_from_axis_angle(axis_angle)  # (b, j, 3, 3)
    if skeleton.correctives is not None:
        feature = (rotation[:, 1:] - torch.eye(3).to(rotation)).flatten(1)  # (b, 9 (j - 1))
        shaped = shaped + torch.einsum("vxp,bp->bvx", skeleton.correctives.to(shaped), feature)
    turned, origin = _chain(skeleton.parents, rotation, rest)
    offset = origin - torch.einsum("bjxy,bjy->bjx", turned, rest)  # (b, j, 3)
    posed = skeleton.weights.to(shaped).sum(dim=1)[:, None] * shaped
    for joint in skeleton.moving(joints_rad):
        which = skeleton.supports[joint]  # (v_j,): the vertices that the joint has a say in
        turn = turned[:, joint] - torch.eye(3).to(turned)
        change = shaped.index_select(1, which) @ turn.mT + offset[:, joint, None]
        posed = posed.index_add(1, which, skeleton.weights[which, joint, None].to(shaped) * change)
    return posed


def _chain(
    parents: tuple[int, ...], rotation: Float[Tensor, "b j 3 3"], rest: Float[Tensor, "b j 3"]
) -> tuple[Float[Tensor, "b j 3 3"], Float[Tensor, "b j 3"]]:
    """Rotation and position of every joint in the head frame, by walking from the root."""
    turned, origin = [rotation[:, 0]], [rest[:, 0]]
    for joint, parent in enumerate(parents[1:], start=1):
        bone = rest[:, joint] - rest[:, parent]
        origin.append(origin[parent] + torch.einsum("bxy,by->bx", turned[parent], bone))
        turned.append(turned[parent] @ rotation[:, joint])
    return torch.stack(turned, 1), torch.stack(origin, 1)

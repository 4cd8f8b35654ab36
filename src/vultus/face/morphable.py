"""The one record of a 3D morphable model, whatever file it came from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.skinning import Skeleton, skin


@dataclass(frozen=True)
class LandmarkEmbedding:
    """Landmarks as points on a mesh: a triangle and barycentric coordinates for each."""

    face_index: Int[Tensor, " l"]
    """Triangle of each landmark."""

    barycentric: Float[Tensor, "l 3"]
    """Weights of the triangle's three corners."""

    def on(self, vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]) -> Float[Tensor, "b l 3"]:
        """Landmark positions on `vertices`, in their frame and unit."""
        corners = vertices[:, faces[self.face_index]]  # (b, l, 3 corners, 3)
        return torch.einsum("blcx,lc->blx", corners, self.barycentric.to(vertices.dtype))


@dataclass(frozen=True)
class MorphableModel:
    """A 3D morphable model of the head.

    vertices = mean + identity_basis · p_id + expression_basis · p_exp, head frame, model units, then linear
    blend skinning where there is a skeleton.
    """

    name: str
    """Short name, for instance "builtin"."""

    mean: Float[Tensor, "v 3"]
    """x̄, head frame, model units."""

    identity_basis: Float[Tensor, "v 3 i"]
    """U_id, model units for each standard deviation."""

    expression_basis: Float[Tensor, "v 3 e"]
    """U_exp, model units for each unit coefficient."""

    faces: Int[Tensor, "f 3"]
    """Triangles, counter-clockwise from outside."""

    expression_names: tuple[str, ...]
    """Name of each expression, ARKit's where it has one."""

    landmarks: Mapping[str, LandmarkEmbedding]
    """Embeddings by landmark set: "ibug68", "mediapipe468"."""

    unit_mm: float
    """Millimetres in one model unit."""

    licence: str
    """SPDX identifier or the licence's name."""

    skeleton: Skeleton | None = None
    """Joints and skinning weights."""

    regions: Mapping[str, Int[Tensor, " _"]] = field(default_factory=dict)
    """Vertices by region: "face", "eye_left", "eye_right", "teeth", "mouth", "neck", "ears", "scalp"."""

    colours: Float[Tensor, "v 3"] | None = None
    """Mean albedo of each vertex, RGB [0, 1], for previews and interiors."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what decides geometry, as "sha256:…".

        Of the mean and of each column of the bases a few weighted sums enter, in thousandths of the column's
        size: the same model built by another machine, whose arithmetic rounds differently, has this digest.
        """
        state = hashlib.sha256(np.ascontiguousarray(self.faces.cpu().numpy()).astype("<i8").tobytes())
        for tensor in (self.mean, self.identity_basis, self.expression_basis):
            columns = tensor.cpu().double().numpy().reshape(3 * len(self.mean), -1)
            state.update(_sketch(columns).astype("<i8").tobytes())
        return f"sha256:{state.hexdigest()}"

    @property
    def identity_count(self) -> int:
        """Number of identity coefficients."""
        return self.identity_basis.shape[-1]

    @property
    def expression_count(self) -> int:
        """Number of expression coefficients."""
        return self.expression_basis.shape[-1]

    def shape(
        self, identity: Float[Tensor, "b i"], expression: Float[Tensor, "b e"]
    ) -> Float[Tensor, "b v 3"]:
        """Vertices before joints turn: x̄ + U_id p_id + U_exp p_exp, head frame, model units."""
        coefficients = torch.cat([identity, expression], dim=-1)  # (b, i + e)
        flat = coefficients @ self._stacked_basis.to(coefficients.dtype).mT  # (b, v * 3)
        return self.mean.to(flat.dtype) + flat.unflatten(-1, (-1, 3))

    def pose(
        self,
        identity: Float[Tensor, "b i"],
        expression: Float[Tensor, "b e"],
        joints_rad: Mapping[str, Float[Tensor, "b 3"]] | None = None,
    ) -> Float[Tensor, "b v 3"]:
        """Vertices with joints turned, head frame, model units.

        Args:
            identity: p_id.
            expression: p_exp.
            joints_rad: Axis-angle of each turned joint by name ("jaw", "eye_left", "eye_right", "neck");
                others rest. Ignored by a model without a skeleton.
        """
        shaped = self.shape(identity, expression)
        if self.skeleton is None or not joints_rad:
            return shaped
        return skin(self.skeleton, shaped, self._joints_at_rest(identity), joints_rad)

    def _joints_at_rest(self, identity: Float[Tensor, "b i"]) -> Float[Tensor, "b j 3"]:
        """Where the joints are in a face without expression."""
        mean, basis = self._joint_basis
        return mean.to(identity) + (identity @ basis.to(identity).mT).unflatten(-1, (-1, 3))

    @cached_property
    def _joint_basis(self) -> tuple[Float[Tensor, "j 3"], Float[Tensor, "n i"]]:
        """The joints' own mean and identity basis (3 j, i), none without a skeleton."""
        regressor = self.skeleton.joint_regressor if self.skeleton else self.mean.new_zeros(0, len(self.mean))
        basis = torch.einsum("jv,vxi->jxi", regressor, self.identity_basis)
        return regressor @ self.mean, basis.flatten(0, 1)

    @cached_property
    def _stacked_basis(self) -> Float[Tensor, "n c"]:
        return torch.cat([self.identity_basis, self.expression_basis], dim=-1).flatten(0, 1).contiguous()


def _sketch(columns: Float[np.ndarray, "n k"]) -> Int[np.ndarray, "s k"]:
    """Sizes of columns and four weighted sums of each, to a thousandth."""
    size = np.linalg.norm(columns, axis=0)
    steps = np.sqrt([2.0, 3.0, 5.0, 7.0])  # waves that have no common period weigh every entry differently
    weights = np.cos(np.arange(1.0, len(columns) + 1)[:, None] * steps)
    sums = weights.T @ (columns / np.where(size > 0, size, 1.0))
    return np.rint(1000 * np.vstack([np.log(np.where(size > 0, size, 1.0)), sums])).astype(np.int64)

"""What can be rendered."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel


@runtime_checkable
class Surface(Protocol):
    """A mesh that follows tracks; `vultus.world.bodies.Body` is one."""

    model: MorphableModel
    """Whose vertices come first, in order."""

    identity: Float[Tensor, " i"]
    """p_id of the person."""

    faces: Int[Tensor, "f 3"]
    """Triangles, counter-clockwise from outside."""

    part: Int[Tensor, " f"]
    """Part of each triangle, index into `PARTS`."""

    albedo: Float[Tensor, "v 3"]
    """Linear RGB."""

    gloss: Float[Tensor, " v"]
    """[0, 1]."""

    rest: Float[Tensor, "v 3"]
    """Where each vertex is in the person's head at rest, head frame, model units; textures live here."""

    def place(self, track: Track) -> Float[Tensor, "t v 3"]:
        """Vertices of every frame, image frame, px."""
        ...

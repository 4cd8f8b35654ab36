"""What can be rendered."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel


@runtime_checkable
class Surface(Protocol):
    """A mesh that follows tracks; `vultus.world.bodies.Body` is one."""

    @property
    def model(self) -> MorphableModel:
        """Whose vertices come first, in order."""
        ...

    @property
    def identity(self) -> Float[Tensor, " i"]:
        """p_id of the person."""
        ...

    @property
    def faces(self) -> Int[Tensor, "f 3"]:
        """Triangles, counter-clockwise from outside."""
        ...

    @property
    def part(self) -> Int[Tensor, " f"]:
        """Part of each triangle, index into `PARTS`."""
        ...

    @property
    def albedo(self) -> Float[Tensor, "v 3"]:
        """Linear RGB."""
        ...

    @property
    def gloss(self) -> Float[Tensor, " v"]:
        """[0, 1]."""
        ...

    @property
    def rest(self) -> Float[Tensor, "v 3"]:
        """Where each vertex is in the person's head at rest, head frame, model units; textures live here."""
        ...

    @property
    def strand(self) -> Float[Tensor, "v 3"]:
        """Unit direction of hair at rest, head frame; zeros where none grows."""
        ...

    def place(self, track: Track) -> Float[Tensor, "t v 3"]:
        """Vertices of every frame, image frame, px."""
        ...

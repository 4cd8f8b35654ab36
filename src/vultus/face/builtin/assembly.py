"""The head while it is being put together: vertices with what they need to know to be coloured and moved."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.meshing import Triangles, Vertices


@dataclass
class Assembly:
    """Vertices and triangles, piece by piece."""

    names: list[str] = field(default_factory=list)
    vertices: list[Vertices] = field(default_factory=list)
    guides: list[Vertices] = field(default_factory=list)
    softness: list[Float[np.ndarray, " v"]] = field(default_factory=list)
    mouth_side: list[Float[np.ndarray, " v"]] = field(default_factory=list)
    colours: list[Vertices] = field(default_factory=list)
    faces: list[Triangles] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        name: str,
        vertices: Vertices,
        colours: Float[np.ndarray, "... 3"],
        guides: Float[np.ndarray, "... 3"] | None = None,
        softness: float | Float[np.ndarray, " v"] = 1.0,
        mouth_side: float | Float[np.ndarray, " v"] = 0.0,
    ) -> Int[np.ndarray, " v"]:
        """Append vertices.

        Args:
            name: Region they belong to.
            vertices: Head frame, mm.
            colours: RGB [0, 1], one for each or one for all.
            guides: Where each reads the fields that move the skin; its own place unless given.
            softness: How far each follows the soft tissue of an expression, 0 bone to 1 skin.
            mouth_side: +1 moves with the upper lip, -1 with the lower, 0 with both.

        Returns:
            Their indices in the head.
        """
        size = len(vertices)
        self.names += [name] * size
        self.vertices.append(vertices)
        self.guides.append(vertices if guides is None else np.broadcast_to(guides, vertices.shape))
        self.softness.append(np.broadcast_to(np.asarray(softness, float), size))
        self.mouth_side.append(np.broadcast_to(np.asarray(mouth_side, float), size))
        self.colours.append(np.broadcast_to(np.asarray(colours, float), vertices.shape))
        self.count += size
        return np.arange(self.count - size, self.count)

    def join(self, faces: Triangles) -> None:
        """Append triangles that name vertices by their index in the head."""
        self.faces.append(np.asarray(faces))

    def finish(self) -> "HeadMesh":
        """Put the pieces together."""
        return HeadMesh(
            regions=np.array(self.names),
            vertices=np.concatenate(self.vertices),
            guides=np.concatenate(self.guides),
            softness=np.concatenate(self.softness),
            mouth_side=np.concatenate(self.mouth_side),
            colours=np.concatenate(self.colours),
            faces=np.concatenate(self.faces),
        )


@dataclass(frozen=True)
class HeadMesh:
    """The whole head at rest."""

    regions: np.ndarray
    """Name of each vertex's region."""

    vertices: Vertices
    """Head frame, mm."""

    guides: Vertices
    """Where each vertex reads the fields that move the skin, head frame, mm."""

    softness: Float[np.ndarray, " v"]
    """0 bone to 1 skin."""

    mouth_side: Float[np.ndarray, " v"]
    """+1 upper lip, -1 lower lip, 0 elsewhere."""

    colours: Vertices
    """RGB [0, 1]."""

    faces: Triangles
    """Counter-clockwise from outside."""

    def region(self, *names: str) -> Int[np.ndarray, " n"]:
        """Vertices of the named regions."""
        return np.flatnonzero(np.isin(self.regions, names))

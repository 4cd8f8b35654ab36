"""From frames to what metrics compare, a few frames at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, UInt8

from vultus.data.track import Track
from vultus.errors import FaceNotFoundError, IncompatibleError
from vultus.face.rotations import angles_from_matrix
from vultus.metrics.faces import FaceMeasurements, FaceReader, FaceReaderFactory
from vultus.metrics.landmarks import box_size_px
from vultus.metrics.score import Evidence
from vultus.metrics.shaking import JitterMeter

Rgb = UInt8[np.ndarray, "_ _ 3"]
"""A picture; the two sides of a comparison may differ in size."""
Embed = Callable[[Rgb], Float[np.ndarray, " d"] | None]
"""Identity embedding of a picture; None where there is no face."""


@dataclass(frozen=True)
class Measured:
    """Inputs of metrics that share one kind of evidence."""

    frames: Bool[np.ndarray, " t"]
    """Which of the frames could be measured."""

    inputs: tuple[np.ndarray, ...]
    """What is passed to `update`, for those frames alone."""


@dataclass
class FaceCounts:
    """Frames in which no face was found."""

    generated: int = 0
    """In the generated clip."""

    reference: int = 0
    """In the reference."""


class Geometry:
    """Measures the faces of both clips, or of one where the poses of the other were requested.

    Args:
        build_reader: Makes a reader for each clip.
        requested: The track that the generated clip should show, in the place of a reference.
    """

    def __init__(self, build_reader: FaceReaderFactory, requested: Track | None) -> None:
        self.generated = build_reader()
        self._reference: FaceReader | None = build_reader() if requested is None else None
        self._requested = requested
        self._seen = 0
        self.counts = FaceCounts()
        self.jitter = {"generated": JitterMeter(), "reference": JitterMeter()}
        self.protocol = self.generated.protocol
        if requested is not None:
            self.protocol += "; against the requested track"
            self._check_model(requested)

    def read(
        self, generated: Sequence[Rgb], reference: Sequence[Rgb]
    ) -> tuple[FaceMeasurements, FaceMeasurements]:
        """Faces of the generated frames and of what they are compared with."""
        made = self.generated.read(generated)
        meant = self._meant(made, reference)
        self._seen += len(generated)
        self.counts.generated += int((~made.found).sum())
        self.counts.reference += int((~meant.found).sum()) if reference else 0
        self.jitter["generated"].add(made.landmarks_px)
        self.jitter["reference"].add(meant.landmarks_px)
        return made, meant

    def _meant(self, made: FaceMeasurements, reference: Sequence[Rgb]) -> FaceMeasurements:
        if self._reference is None:
            return self._wanted(len(made.found))
        if reference:
            return self._reference.read(reference)
        return FaceMeasurements(
            np.zeros_like(made.found),
            *(np.full_like(part, np.nan) for part in (made.angles_rad, made.expression, made.landmarks_px)),
        )

    def _wanted(self, count: int) -> FaceMeasurements:
        assert self._requested is not None  # noqa: S101 -- for the type checker
        part = self._requested[slice(self._seen, self._seen + count)]
        if len(part) < count:
            raise IncompatibleError(
                f"the requested track has {len(self._requested)} frames, the generated clip has more",
                remedy="evaluate the clip with the track it was made from",
            )
        return FaceMeasurements(
            found=np.ones(count, bool),
            angles_rad=angles_from_matrix(part.camera.rotation.double()).numpy(),
            expression=part.expression.double().numpy(),
            landmarks_px=np.full((count, 68, 2), np.nan),
        )

    def _check_model(self, requested: Track) -> None:
        if requested.morphable_digest != self.generated.morphable_digest:
            raise IncompatibleError(
                f"the requested track is of morphable model {requested.morphable!r}, the clip is measured "
                f"with another one ({self.generated.protocol})",
                remedy="measure with the track's model",
            )


def geometry_evidence(made: FaceMeasurements, meant: FaceMeasurements) -> dict[Evidence, Measured]:
    """What pose, expression and landmark metrics take, from frames in which both clips have a face."""
    both = made.found & meant.found
    seen = both & np.isfinite(meant.landmarks_px[:, 0, 0])  # a requested track has no landmarks
    landmarks = meant.landmarks_px[seen]
    return {
        "pose": Measured(both, (made.angles_rad[both], meant.angles_rad[both])),
        "frontal": Measured(made.found, (made.angles_rad[made.found],)),
        "expression": Measured(both, (made.expression[both], meant.expression[both])),
        "landmarks": Measured(seen, (made.landmarks_px[seen], landmarks, box_size_px(landmarks))),
        "motion": Measured(np.ones_like(both), (made.landmarks_px, meant.landmarks_px)),
    }


@dataclass
class Likeness:
    """Embeds every n-th frame, and the source once."""

    embed: Embed
    """Identity embedding."""

    every: int
    """n: embeddings cost more than everything else."""

    source_rgb: Rgb | None
    """Whom the generated frames should look like; None compares with the reference frame by frame."""

    _source: Float[np.ndarray, " d"] | None = field(default=None, init=False)

    @property
    def protocol(self) -> str:
        """What is compared, in words."""
        whom = "the reference's same frame" if self.source_rgb is None else "the source picture"
        return f"against {whom}; every {self.every} frames, from the first"

    def evidence(self, first: int, generated: Sequence[Rgb], reference: Sequence[Rgb]) -> Measured:
        """Embeddings of both sides for those of the frames, counted from `first`, that are due."""
        frames = np.zeros(len(generated), bool)
        pairs = []
        for k in range(-first % self.every, len(generated), self.every):
            made = self.embed(generated[k])
            whom = self._whom(reference, k)
            if made is not None and whom is not None:
                frames[k] = True
                pairs.append((made, whom))
        empty = np.zeros((0, 1))
        sides = tuple(np.stack(side) for side in zip(*pairs, strict=True)) if pairs else (empty, empty)
        return Measured(frames, sides)

    def _whom(self, reference: Sequence[Rgb], k: int) -> Float[np.ndarray, " d"] | None:
        if self.source_rgb is None:
            return self.embed(reference[k])
        if self._source is None:
            self._source = self.embed(self.source_rgb)
        if self._source is None:
            raise FaceNotFoundError(
                "no face was found in the source picture",
                remedy="leave identity metrics out, or give a picture with a face",
            )
        return self._source

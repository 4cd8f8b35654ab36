"""From frames to what metrics compare, a few frames at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, UInt8

from vultus.data.track import Track
from vultus.errors import FaceNotFoundError, IncompatibleError
from vultus.face.rotations import angles_from_matrix
from vultus.metrics.action_units import ARKIT_UNITS, presence_from_expressions
from vultus.metrics.faces import FaceMeasurements, FaceReader, FaceReaderFactory
from vultus.metrics.landmarks import box_size_px
from vultus.metrics.overlap import Overlap
from vultus.metrics.score import Evidence
from vultus.metrics.shaking import JitterMeter

Rgb = UInt8[np.ndarray, "_ _ 3"]
"""A picture; the two sides of a comparison may differ in size."""
Embed = Callable[[Rgb], Float[np.ndarray, " d"] | None]
"""Identity embedding of a picture; None where there is no face."""


_ARKIT_NAMES = {name for shown in ARKIT_UNITS.values() for name in shown}


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
        self.expression_names = self.generated.expression_names
        if requested is not None:
            self.protocol += "; against the requested track"
            self._check_model(requested)

    def read(
        self, generated: Sequence[Rgb], reference: Sequence[Rgb], overlap: Overlap | None = None
    ) -> tuple[FaceMeasurements, FaceMeasurements]:
        """Faces of the generated frames and of what they are compared with, both at once in `overlap`."""
        later = None
        if overlap is not None and self._reference is not None and reference:
            later = overlap.start(self._reference.read, reference)
        made = self.generated.read(generated)
        meant = self._meant(made, reference) if later is None else later.result()
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


def geometry_evidence(
    made: FaceMeasurements, meant: FaceMeasurements, names: Sequence[str] = ()
) -> dict[Evidence, Measured]:
    """What pose, expression and landmark metrics take, from frames in which both clips have a face.

    Args:
        made: Faces of the generated clip.
        meant: Faces that they are compared with.
        names: Of the expression coefficients; no units can be read where none of them is ARKit's.
    """
    both = made.found & meant.found
    seen = both & np.isfinite(meant.landmarks_px[:, 0, 0])  # a requested track has no landmarks
    landmarks = meant.landmarks_px[seen]
    return {
        "pose": Measured(both, (made.angles_rad[both], meant.angles_rad[both])),
        "frontal": Measured(made.found, (made.angles_rad[made.found],)),
        "expression": Measured(both, (made.expression[both], meant.expression[both])),
        "units": _units(made, meant, both, names),
        "landmarks": Measured(seen, (made.landmarks_px[seen], landmarks, box_size_px(landmarks))),
        "motion": Measured(np.ones_like(both), (made.landmarks_px, meant.landmarks_px)),
    }


def _units(
    made: FaceMeasurements, meant: FaceMeasurements, both: Bool[np.ndarray, " t"], names: Sequence[str]
) -> Measured:
    if not _ARKIT_NAMES & set(names):
        return Measured(np.zeros_like(both), ())
    sides = (presence_from_expressions(side.expression[both], names) for side in (made, meant))
    return Measured(both, tuple(sides))


@dataclass
class Likeness:
    """Embeds every n-th frame, and the source once."""

    embed: Embed
    """Identity embedding."""

    every: int
    """n: embeddings cost more than everything else."""

    source_rgb: Rgb | None
    """Whom the generated frames should look like; None compares with the reference frame by frame."""

    with_driver: bool = False
    """Whether the reference's frames, the driver's, are embedded beside the source."""

    _source: Float[np.ndarray, " d"] | None = field(default=None, init=False)

    @property
    def protocol(self) -> str:
        """What is compared, in words."""
        whom = "the reference's same frame" if self.source_rgb is None else "the source picture"
        return f"against {whom}; every {self.every} frames, from the first"

    def evidence(
        self, first: int, generated: Sequence[Rgb], reference: Sequence[Rgb]
    ) -> dict[Evidence, Measured]:
        """Embeddings of the sides for those of the frames, counted from `first`, that are due."""
        due = range(-first % self.every, len(generated), self.every)
        rows: dict[Evidence, dict[int, tuple[np.ndarray, ...]]] = {"identity": {}, "leak": {}}
        for k in due:
            made, whom = self.embed(generated[k]), self._whom(reference, k)
            if made is None or whom is None:
                continue
            rows["identity"][k] = (made, whom)
            driver = self.embed(reference[k]) if self.with_driver else None
            if driver is not None:
                rows["leak"][k] = (made, driver, whom)
        return {needs: _measured(found, len(generated)) for needs, found in rows.items()}

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


def _measured(found: dict[int, tuple[np.ndarray, ...]], count: int) -> Measured:
    """Inputs side by side, of the frames that have them."""
    frames = np.zeros(count, bool)
    frames[list(found)] = True
    return Measured(frames, tuple(np.stack(side) for side in zip(*found.values(), strict=True)))

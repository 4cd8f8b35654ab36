"""What networks see in the frames of both clips, a few frames at a time, for metrics that compare it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import FaceNotFoundError
from vultus.metrics.evidence import Measured, Rgb
from vultus.metrics.faces import FaceMeasurements, FaceReaderFactory
from vultus.metrics.features import clip_features, face_embeddings, inception_features
from vultus.metrics.score import Evidence, MetricInfo
from vultus.metrics.world_extractors.loading import world_features

CLIP_FRAMES = 16
"""Frames of a stretch that FVD takes as one sample, as its papers do."""

Look = Callable[[Any, UInt8[np.ndarray, "t h w 3"]], Float[np.ndarray, "n d"]]
"""Network and frames to features."""

FRAME_LOOKS: dict[str, Look] = {
    "inception-2015-pytorch-fid": inception_features,
    "world-perceptual": world_features,
}
"""How each extractor of pictures is looked through: one row for each frame."""

CLIP_LOOKS: dict[str, Look] = {"i3d-400-pytorch-i3d": clip_features}
"""How each extractor of clips is looked through: one row for all frames."""

ProbeKey = tuple[Evidence, str]
"""What is measured, through which extractor."""

Extractors = Callable[[str], Any]
"""Network by name, as `vultus.metrics.extractors.load_extractor` has them."""


@dataclass(frozen=True)
class Chunk:
    """Frames that are measured together."""

    first: int
    """Number of the first one in its clip."""

    generated: list[Rgb]
    """What was made."""

    reference: list[Rgb]
    """What it is compared with; empty without a reference."""

    faces: tuple[FaceMeasurements, FaceMeasurements] | None = None
    """Faces of both, where they are measured."""


@runtime_checkable
class Probe(Protocol):
    """Measures one kind of evidence in both clips."""

    @property
    def protocol(self) -> str:
        """How it is sampled, for the protocol of scores; "" for every frame."""
        ...

    def measure(self, chunk: Chunk) -> Measured:
        """What the frames that follow those of the last call show."""
        ...


class FrameFeatures:
    """Features of every frame of both clips.

    Args:
        network: An extractor.
        look: How it is looked through.
    """

    protocol = ""

    def __init__(self, network: Any, look: Look) -> None:
        self._network, self._look = network, look

    def measure(self, chunk: Chunk) -> Measured:
        """(generated, reference) features, (t, d) each."""
        sides = (chunk.generated, chunk.reference)
        features = tuple(self._look(self._network, np.stack(side)) for side in sides)
        return Measured(np.ones(len(chunk.generated), bool), features)


class ClipFeatures:
    """Features of stretches of frames that do not overlap; frames after the last whole stretch are left out.

    Args:
        network: An extractor.
        look: How it is looked through.
    """

    protocol = f"stretches of {CLIP_FRAMES} frames, one after another"

    def __init__(self, network: Any, look: Look) -> None:
        self._network, self._look = network, look
        self._waiting: tuple[list[Rgb], list[Rgb]] = ([], [])

    def measure(self, chunk: Chunk) -> Measured:
        """(generated, reference) features of the stretches that are complete by now."""
        none = np.zeros(len(chunk.generated), bool)
        rows: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
        for side, frames, waiting in zip(
            rows, (chunk.generated, chunk.reference), self._waiting, strict=True
        ):
            waiting.extend(frames)
            while len(waiting) >= CLIP_FRAMES:
                side.append(self._look(self._network, np.stack(waiting[:CLIP_FRAMES])))
                del waiting[:CLIP_FRAMES]
        if not all(rows):
            return Measured(none, ())
        return Measured(~none, tuple(np.concatenate(side) for side in rows))


@dataclass
class ArcFaceLikeness:
    """ArcFace embeddings of every n-th frame's aligned face, and of the source once."""

    network: Any
    """IR-SE50."""

    every: int
    """n."""

    build_reader: FaceReaderFactory
    """Finds the source's face."""

    source_rgb: Rgb | None
    """Whom the frames should look like; None compares with the reference frame by frame."""

    _source: Float[np.ndarray, "1 512"] | None = field(default=None, init=False)

    @property
    def protocol(self) -> str:
        """What is compared, in words."""
        whom = "the reference's same frame" if self.source_rgb is None else "the source picture"
        return f"against {whom}; every {self.every} frames, from the first"

    def measure(self, chunk: Chunk) -> Measured:
        """(generated, reference or source) embeddings of the frames that are due and have a face."""
        assert chunk.faces is not None  # noqa: S101 -- the evaluation measures faces for this probe
        made, meant = chunk.faces
        due = (chunk.first + np.arange(len(chunk.generated))) % self.every == 0
        due &= _seen(made)
        if self.source_rgb is None:
            due &= _seen(meant)
        if not due.any():
            return Measured(due, ())
        ours = self._embed(chunk.generated, made, due)
        theirs = (
            self._embed(chunk.reference, meant, due)
            if self.source_rgb is None
            else np.repeat(self._of_source(self.source_rgb), len(ours), axis=0)
        )
        return Measured(due, (ours, theirs))

    def _embed(
        self, frames: list[Rgb], faces: FaceMeasurements, due: np.ndarray
    ) -> Float[np.ndarray, "t 512"]:
        chosen = [frames[k] for k in np.flatnonzero(due)]
        return face_embeddings(self.network, chosen, faces.landmarks_px[due])

    def _of_source(self, source_rgb: Rgb) -> Float[np.ndarray, "1 512"]:
        if self._source is None:
            faces = self.build_reader().read([source_rgb])
            if not faces.found[0]:
                raise FaceNotFoundError(
                    "no face was found in the source picture",
                    remedy="leave identity metrics out, or give a picture with a face",
                )
            self._source = face_embeddings(self.network, [source_rgb], faces.landmarks_px)
        return self._source


def make_probes(
    infos: Iterable[MetricInfo],
    extractors: Extractors,
    every: int,
    build_reader: FaceReaderFactory,
    source_rgb: Rgb | None,
) -> Mapping[ProbeKey, Probe]:
    """One probe for each kind of evidence and extractor that metrics look through.

    Args:
        infos: Of the metrics.
        extractors: Where networks come from.
        every: Frames between two embeddings of identity.
        build_reader: Makes what measures faces.
        source_rgb: Whom the generated frames should look like.

    Raises:
        AssetMissingError: The weights of an extractor are not there.
    """
    probes: dict[ProbeKey, Probe] = {}
    for key in dict.fromkeys(probe_key(info) for info in infos):
        needs, name = key
        if needs == "features":
            probes[key] = FrameFeatures(extractors(name), FRAME_LOOKS[name])
        elif needs == "clip-features":
            probes[key] = ClipFeatures(extractors(name), CLIP_LOOKS[name])
        elif needs == "arcface":
            probes[key] = ArcFaceLikeness(extractors(name), every, build_reader, source_rgb)
    return probes


def probe_key(info: MetricInfo) -> ProbeKey:
    """Under what a metric finds its probe, if it has one."""
    return info.needs, info.extractor


def _seen(faces: FaceMeasurements) -> np.ndarray:
    return faces.found & np.isfinite(faces.landmarks_px[:, 0, 0])

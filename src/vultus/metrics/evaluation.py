"""Score a clip frame by frame, in memory that does not grow with it but for a few numbers a frame."""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import numpy as np
from jaxtyping import Float

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.identity import IdentityEmbedder
from vultus.metrics import Score
from vultus.metrics.aligned import ALIGNMENT, brought_onto
from vultus.metrics.bootstrap import BootstrapConfig, confidence_interval
from vultus.metrics.distribution import SetMetric
from vultus.metrics.evidence import Embed, Geometry, Likeness, Measured, Rgb, geometry_evidence
from vultus.metrics.extractors import load_extractor, pinned
from vultus.metrics.faces import FaceMeasurements, FaceReaderFactory, TrackingFaceReader
from vultus.metrics.overlap import Overlap
from vultus.metrics.pixels import check_same_size, squared_error_update
from vultus.metrics.pose import angle_distance_deg_update
from vultus.metrics.probes import Chunk, Extractors, make_probes, probe_key
from vultus.metrics.score import Evidence, Mode
from vultus.metrics.selection import AnyMetric, aligns, choose_metrics, make_metrics
from vultus.metrics.spoken import spoken_clips
from vultus.metrics.streaming import StreamingMetric
from vultus.metrics.synchrony import FRAMES_PER_SECOND, SyncMetric
from vultus.metrics.worst import WorstFrame, WorstFrames
from vultus.speech.voice import Voice

FACE_POLICY = (
    "frames without a face in either clip count in pixel metrics and are left out of pose, expression, "
    "landmark and identity metrics"
)
_GEOMETRY: tuple[Evidence, ...] = ("pose", "frontal", "expression", "units", "landmarks", "motion")
_TRACKED: tuple[Evidence, ...] = ("pose", "expression", "units", "identity", "arcface")
"""What needs no reference frames where the track that was asked for is known."""


@dataclass(frozen=True)
class EvaluationConfig:
    """How much is looked at."""

    identity_every: int = 10
    """Embed the identity of every so many frames."""

    chunk: int = 12
    """Frames that are measured together."""

    worst: int = 3
    """Worst frames that are kept to be looked at."""

    threads: int = 3
    """Faces of both clips, pixels and identity are measured side by side; values do not depend on it."""

    bootstrap: BootstrapConfig = field(default_factory=BootstrapConfig)
    """Confidence intervals."""


class Evaluation:
    """Takes pairs of frames and answers a report.

    Args:
        metrics: Metric names or families, "all" or a paper's protocol; None for the default ones.
        source_rgb: Whom the generated frames should look like; the reference's person if None.
        mode: "self" if the reference shows what the frames should be, "cross" if it shows another driver.
        requested: The track that was asked for; poses and expressions are compared with it instead.
        build_reader: Makes what measures faces.
        embed: Embeds identities.
        voice: Sound of the generated clip, which its lips are compared with; None where there is none.
        extractors: Where the networks come from that metrics look through.
        config: How much is looked at.

    Raises:
        InputError: A metric is unknown or has no meaning here.
        AssetMissingError: A metric that was asked for looks through weights that are not there.

    Example:
        >>> black = np.zeros((16, 16, 3), np.uint8)
        >>> evaluation = Evaluation(["l1"])
        >>> evaluation.update(black + np.uint8(2), black)
        >>> evaluation.report()["metrics"]["l1[0..255]"]["value"]
        2.0
    """

    def __init__(  # noqa: PLR0913 -- what a clip can be compared with, each optional
        self,
        metrics: Sequence[str] | None = None,
        source_rgb: Rgb | None = None,
        *,
        mode: Mode = "self",
        requested: Track | None = None,
        build_reader: FaceReaderFactory = TrackingFaceReader,
        embed: Embed | None = None,
        voice: Voice | None = None,
        extractors: Extractors = load_extractor,
        config: EvaluationConfig | None = None,
    ) -> None:
        self.mode = mode
        self.has_request = requested is not None
        self.config = config or EvaluationConfig()
        has_sound = voice is not None
        names, self.left_out = choose_metrics(metrics, mode, source_rgb is not None, has_sound=has_sound)
        self._metrics = make_metrics(names, extractors)
        self._terms = {
            name: array("d")
            for name, metric in self._metrics.items()
            if isinstance(metric, StreamingMetric) and not _listens(metric)
        }
        needs = {metric.info.needs for metric in self._metrics.values()}
        self._needs_reference = bool(needs - {"frontal", "voice"} - (set(_TRACKED) if requested else set()))
        self._aligned = requested is None and aligns(metrics)
        by_faces = self._aligned or needs & {*_GEOMETRY, "arcface", "voice"}
        self._geometry = Geometry(build_reader, requested) if by_faces else None
        self._probes = make_probes(
            [metric.info for metric in self._metrics.values()],
            extractors,
            self.config.identity_every,
            build_reader,
            source_rgb,
        )
        listening = [metric.info.extractor for metric in self._metrics.values() if _listens(metric)]
        self._spoken = spoken_clips(listening, extractors, voice)
        self._likeness: Likeness | None = None
        if needs & {"identity", "leak"}:
            self._likeness = Likeness(
                embed or IdentityEmbedder().embed, self.config.identity_every, source_rgb, "leak" in needs
            )
        self._angles_deg: dict[str, list[Float[np.ndarray, "t 3"]]] = {"generated": [], "reference": []}
        self._waiting: list[tuple[Rgb, Rgb | None]] = []
        self._times_s: list[float] = []
        self._measured_count = 0
        self._size_px: tuple[int, int] | None = None
        self._worst = WorstFrames(self.config.worst, self.config.chunk)
        self._overlap = Overlap(self.config.threads)

    @property
    def frame_count(self) -> int:
        """Pairs so far."""
        return self._measured_count + len(self._waiting)

    def update(
        self, generated: np.ndarray, reference: np.ndarray | None = None, time_s: float | None = None
    ) -> None:
        """Add a pair of frames.

        Args:
            generated: uint8, (h, w, 3), RGB.
            reference: The same; of the same size in self mode. None where no metric needs it.
            time_s: Presentation time of the generated frame, counted from the first one's, s; without it,
                frames are 25 a second.

        Raises:
            IncompatibleError: The two do not belong together, or not to the frames before.
        """
        self._check(generated, reference)
        self._times_s.append(self.frame_count / FRAMES_PER_SECOND if time_s is None else time_s)
        self._waiting.append((generated, reference))
        if len(self._waiting) >= self.config.chunk:
            self._measure()

    def update_all(
        self, generated: Iterable[Rgb], reference: Iterable[Rgb], fps: float = FRAMES_PER_SECOND
    ) -> None:
        """Add all frames of two clips, which must be equally long and show `fps` frames a second."""
        made = meant = 0
        for one, other in zip_longest(generated, reference):
            made += one is not None
            meant += other is not None
            if made == meant:
                self.update(one, other, (made - 1) / fps)
        if made != meant:
            raise IncompatibleError(
                f"the generated clip has {made} frames, the reference {meant}",
                remedy="compare clips of the same length",
                metadata={"generated_frames": made, "reference_frames": meant},
            )

    def report(self) -> dict[str, object]:
        """Everything but pictures, in values that strict JSON has."""
        scores = self.scores()
        return {
            "frames": self.frame_count,
            "mode": self.mode,
            "size_px": list(self._size_px or ()),
            "metrics": {score.name: score.to_json() for score in scores},
            "left_out": self.left_out,
            "faces": self._face_report(),
            "jitter": self.jitter(),
            "ci95_protocol": self.config.bootstrap.protocol,
        }

    def scores(self) -> list[Score]:
        """One score for each metric."""
        self._measure()
        if not self.frame_count:
            raise InputError("there are no frames to evaluate", remedy="check both clips")
        return [self._score(name, metric) for name, metric in self._metrics.items()]

    def per_frame(self) -> dict[str, Float[np.ndarray, " t"]]:
        """Each frame's own value by metric; NaN where not measured, infinite PSNR where identical."""
        self._measure()
        values = {}
        for name, metric in self._metrics.items():
            if isinstance(metric, SyncMetric):
                values[name] = self._spoken[metric.info.extractor].per_frame(metric)
            elif isinstance(metric, StreamingMetric):
                terms = np.array(self._terms[name])
                values[name] = type(metric).finish(terms, np.ones(len(terms)))
        return values

    def angles_deg(self) -> dict[str, Float[np.ndarray, "t 3"]]:
        """(yaw, pitch, roll) of "generated" and "reference" (or as requested); NaN without a face."""
        self._measure()
        return {who: np.concatenate(parts) for who, parts in self._angles_deg.items() if parts}

    def worst_frames(self) -> list[WorstFrame]:
        """The worst first."""
        self._measure()
        return self._worst.sorted()

    def jitter(self) -> dict[str, float | None]:
        """Shaking of the landmarks of "generated" and "reference", inter-ocular distances; None if unknown.

        Measured where a metric looks at faces.
        """
        self._measure()
        return {who: meter.value for who, meter in self._geometry.jitter.items()} if self._geometry else {}

    def _score(self, name: str, metric: AnyMetric) -> Score:
        if isinstance(metric, SyncMetric):
            spoken = self._spoken[metric.info.extractor]
            return spoken.score(metric, self._protocol(metric), self.config.bootstrap)
        count, ready, interval = self._sampling(name, metric)
        return Score(
            name=name,
            value=metric.compute() if ready else None,
            unit=metric.info.unit,
            protocol=self._protocol(metric),
            higher_is_better=metric.info.higher_is_better,
            frame_count=count,
            ci95=interval,
            note=metric.note,
        )

    def _sampling(self, name: str, metric: AnyMetric) -> tuple[int, bool, tuple[float, float] | None]:
        """Frames or samples of a side, whether they are enough for a value, and its interval."""
        if isinstance(metric, SetMetric):
            count = min(metric.counts)
            return count, count > 1, metric.interval() if count > 1 else None
        terms = np.array(self._terms[name])
        interval = confidence_interval(terms[~np.isnan(terms)], type(metric).finish, self.config.bootstrap)
        return metric.frame_count, metric.frame_count > 0, interval

    def _protocol(self, metric: AnyMetric) -> str:
        info = metric.info
        if self._aligned and info.needs in ("pixels", "landmarks", "features", "clip-features"):
            return f"{self._protocol_of(metric)}; {ALIGNMENT}"
        return self._protocol_of(metric)

    def _protocol_of(self, metric: AnyMetric) -> str:
        info = replace(metric.info, protocol=pinned(metric.info))
        if (spoken := self._spoken.get(info.extractor)) is not None and self._geometry:
            return f"{info.protocol}; {spoken.protocol}; {self._geometry.protocol}"
        if (probe := self._probes.get(probe_key(info))) is not None:
            return f"{info.protocol}; {probe.protocol}" if probe.protocol else info.protocol
        if info.needs in _GEOMETRY and self._geometry:
            return f"{info.protocol}; {self._geometry.protocol}"
        if info.needs in ("identity", "leak") and self._likeness:
            return f"{info.protocol}; {self._likeness.protocol}"
        return info.protocol

    def _face_report(self) -> dict[str, object]:
        if self._geometry is None:
            return {}
        counts = self._geometry.counts
        return {
            "generated_without_face": counts.generated,
            "reference_without_face": counts.reference,
            "policy": FACE_POLICY,
        }

    def _check(self, generated: np.ndarray, reference: np.ndarray | None) -> None:
        if reference is None and self._needs_reference:
            raise InputError("a reference frame is missing", remedy="give the reference clip")
        for name, frame in (("generated", generated), ("reference", reference)):
            if frame is not None and (frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3):
                raise InputError(f"a {name} frame is {frame.dtype} {frame.shape}, not uint8 (h, w, 3)")
        if self.mode == "self" and reference is not None:
            check_same_size(generated[None], reference[None])
        size = (generated.shape[0], generated.shape[1])
        if self._size_px not in (None, size):
            raise IncompatibleError(
                f"frame {self.frame_count} is {size[1]}x{size[0]} px, those before it "
                f"{self._size_px[1]}x{self._size_px[0]}",
                remedy="evaluate clips of one size",
            )
        self._size_px = size

    def _measure(self) -> None:
        """Measure the waiting frames and give them to the metrics."""
        if not self._waiting:
            return
        generated = [pair[0] for pair in self._waiting]
        reference = [pair[1] for pair in self._waiting if pair[1] is not None]
        evidence, faces = self._evidence(generated, reference)
        if self._aligned and faces is not None:
            generated, faces = self._brought_onto(generated, reference, faces, evidence)
        chunk = Chunk(self._measured_count, generated, reference, faces)
        seen = {key: probe.measure(chunk) for key, probe in self._probes.items()}
        for name, metric in self._metrics.items():
            if metric.info.needs not in ("pixels", "voice"):
                self._give(name, metric, seen.get(probe_key(metric.info)) or evidence[metric.info.needs])
        if faces is not None:
            for spoken in self._spoken.values():
                spoken.add(self._times_s, generated, faces[0])
        self._keep_worst(evidence)
        self._measured_count += len(generated)
        self._waiting.clear()
        self._times_s.clear()

    def _give(self, name: str, metric: AnyMetric, measured: Measured) -> None:
        """Update a metric; one of frames answers a term for each of them."""
        answer = metric.update(*measured.inputs) if measured.frames.any() else None
        if isinstance(metric, StreamingMetric):
            terms = np.full(len(measured.frames), np.nan)
            if answer is not None:
                terms[measured.frames] = answer
            self._terms[name].extend(terms)

    def _evidence(
        self, generated: list[Rgb], reference: list[Rgb]
    ) -> tuple[dict[Evidence, Measured], tuple[FaceMeasurements, FaceMeasurements] | None]:
        """What metrics compare; those of pixels have been given theirs."""
        evidence: dict[Evidence, Measured] = {}
        faces, alike, start = None, None, self._overlap.start
        if self._likeness:
            alike = start(self._likeness.evidence, self._measured_count, generated, reference)
        if self.mode == "self" and len(reference) == len(generated) and not self._aligned:
            every = np.ones(len(generated), bool)
            evidence["pixels"] = Measured(every, (np.stack(generated), np.stack(reference)))
            start(self._give_pixels, evidence["pixels"])
        try:
            if self._geometry:
                faces = self._geometry.read(generated, reference, self._overlap)
                evidence |= geometry_evidence(*faces, self._geometry.expression_names)
                self._keep_angles(*faces)
        finally:
            self._overlap.finish()
        return evidence | (alike.result() if alike else {}), faces

    def _brought_onto(
        self,
        generated: list[Rgb],
        reference: list[Rgb],
        faces: tuple[FaceMeasurements, FaceMeasurements],
        evidence: dict[Evidence, Measured],
    ) -> tuple[list[Rgb], tuple[FaceMeasurements, FaceMeasurements]]:
        """Generated frames and their faces where the reference's faces are, and the evidence of those."""
        generated, made = brought_onto(generated, reference, *faces)
        faces = made, faces[1]
        evidence |= geometry_evidence(*faces, self._geometry.expression_names if self._geometry else ())
        if self.mode == "self":
            both = faces[0].found & faces[1].found
            sides = ([side[k] for k in np.flatnonzero(both)] for side in (generated, reference))
            evidence["pixels"] = Measured(both, tuple(np.stack(side) for side in sides) if both.any() else ())
            self._give_pixels(evidence["pixels"])
        return generated, faces

    def _give_pixels(self, measured: Measured) -> None:
        for name, metric in self._metrics.items():
            if metric.info.needs == "pixels":
                self._give(name, metric, measured)

    def _keep_angles(self, made: FaceMeasurements, meant: FaceMeasurements) -> None:
        self._angles_deg["generated"].append(np.rad2deg(made.angles_rad))
        self._angles_deg["reference"].append(np.rad2deg(meant.angles_rad))

    def _keep_worst(self, evidence: dict[Evidence, Measured]) -> None:
        badness = np.full(len(self._waiting), -math.inf)
        if "pixels" in evidence and evidence["pixels"].frames.any():
            pixels = evidence["pixels"]
            badness[pixels.frames] = squared_error_update(*pixels.inputs).values
        elif "pose" in evidence:
            pose = evidence["pose"]
            badness[pose.frames] = angle_distance_deg_update(*pose.inputs).values
        self._worst.offer(badness, self._measured_count, self._waiting)


def _listens(metric: AnyMetric) -> bool:
    return metric.info.needs == "voice"

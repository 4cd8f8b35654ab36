"""From pixels to tracks: find the face, fit the head, fill the gaps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import torch
from jaxtyping import Float, UInt8

from vultus.data.track import Track
from vultus.errors import FaceNotFoundError, MediaError
from vultus.face.detectors import DETECTORS, DetectedFace, FaceChoice, FaceDetector, choose_face
from vultus.face.following import FaceFollower, Sighting, TimedPicture
from vultus.face.gaps import HeadState, Moment, fill_gaps
from vultus.face.gaze import gaze
from vultus.face.head_solver import HeadFit, HeadSolver, SolverConfig
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import axis_angle_from_matrix
from vultus.face.steadying import smooth_moments

Array = np.ndarray


@dataclass(frozen=True)
class TrackerConfig:
    """How clips are tracked."""

    identity_frames: int = 12
    """Frames with a face from which the identity of a person is estimated, before it is held."""
    look_ahead_s: float = 1.0
    """Longest gap that is interpolated from both sides, s."""
    least_valid_share: float = 0.05
    """Share of frames with a face below which a clip fails."""
    chunk_frames: int = 16
    """Frames of each part of a streamed track."""
    solver: SolverConfig = field(default_factory=SolverConfig)
    """How a frame is fitted."""


@dataclass
class TrackingSummary:
    """What a stream has met so far; filled in while it runs."""

    frames: int = 0
    """Frames seen."""
    valid_frames: int = 0
    """Frames with a face."""
    faces: int = 0
    """Greatest number of faces among which one was chosen."""
    error_sum: float = 0.0
    """Sum of the landmark errors of all valid frames."""

    @property
    def landmark_error_interocular(self) -> float:
        """Mean distance of fitted from detected landmarks over valid frames, in inter-ocular distances."""
        return self.error_sum / max(self.valid_frames, 1)


@dataclass(frozen=True)
class ImageFit:
    """The fit of a picture and what it rests on."""

    track: Track
    """One frame."""
    face: DetectedFace
    """The face that was fitted."""
    face_count: int
    """How many were found."""
    landmark_error_interocular: float
    """Mean distance of the 68 fitted from the 68 detected landmarks, in inter-ocular distances."""


class Tracker:
    """Makes tracks of pictures and clips with one morphable model.

    Identity comes from the first frames of a person (the median of their fits) and is held; expression,
    pose and gaze come from every frame. Frames without a face are flagged and interpolated; a cut starts a
    new person.

    Args:
        model: Morphable model that tracks are made with.
        detector: Name of a detector, or what builds one given `video` and `face_count`.
        face: Which of several faces is fitted.
        smoothing: "none", "one_euro", "gaussian" or "moving_average"; pictures are not smoothed.
        config: Everything else.
    """

    def __init__(
        self,
        model: MorphableModel,
        detector: str | Callable[..., FaceDetector] = "mediapipe",
        face: FaceChoice = "largest",
        smoothing: str = "none",
        config: TrackerConfig | None = None,
    ) -> None:
        self.model = model
        self.config = config or TrackerConfig()
        self._build_detector = DETECTORS[detector] if isinstance(detector, str) else detector
        self._face = face
        self._smoothing = smoothing
        self._searcher = self._build_detector(video=False)
        self._solver = HeadSolver(model, self.config.solver)

    def fit_image(self, rgb: UInt8[np.ndarray, "h w 3"]) -> Track:
        """The track of a picture, one frame; raises `FaceNotFoundError` where there is no face."""
        return self.inspect_image(rgb).track

    def detect(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[DetectedFace]:
        """All faces of a picture."""
        return self._searcher.detect(rgb)

    def inspect_image(self, rgb: UInt8[np.ndarray, "h w 3"]) -> ImageFit:
        """Fit a picture and say what was found; raises `FaceNotFoundError` where there is no face."""
        faces = self.detect(rgb)
        face = choose_face(faces, self._face)
        fit = self._solver.fit(face.points_image, rounds=6)
        moment = Moment(0.0, self._state(fit, face), True)
        track = self._track([moment], 25.0, (rgb.shape[0], rgb.shape[1]), 0.0)
        return ImageFit(track, face, len(faces), self._solver.error_interocular(fit, face.points_image))

    def stream(
        self, frames: Iterable[TimedPicture], fps: float, summary: TrackingSummary | None = None
    ) -> Iterator[Track]:
        """Track a clip in constant memory.

        Args:
            frames: The clip's frames in order.
            fps: Nominal frame rate, Hz.
            summary: Filled in on the way.

        Yields:
            Parts of the track, in order. The first waits for `identity_frames` faces, later ones for gaps.

        Raises:
            MediaError: There are no frames.
            FaceNotFoundError: There are too few frames with a face; raised when the frames have ended.
        """
        return self.stream_sightings(
            FaceFollower(self._build_detector, self._face).follow(frames), fps, summary
        )

    def stream_sightings(
        self, seen: Iterable[Sighting], fps: float, summary: TrackingSummary | None = None
    ) -> Iterator[Track]:
        """Track a clip whose faces were found before; as `stream` otherwise."""
        summary = summary or TrackingSummary()
        sightings = _counted(seen, summary)
        first = next(sightings, None)
        if first is None:
            raise MediaError("the clip has no frames", remedy="check the file")
        moments = self._moments(chain([first], sightings), summary)
        filled = fill_gaps(moments, max(round(self.config.look_ahead_s * fps), 1))
        steady = smooth_moments(filled, self._smoothing, fps, self.model.unit_mm)
        for part in _chunks(steady, self.config.chunk_frames):
            yield self._track(part, fps, first.size_px, first.time_s)
        self._check(summary)

    def track(self, frames: Iterable[TimedPicture], fps: float) -> Track:
        """The track of a whole clip."""
        return Track.concatenate(list(self.stream(frames, fps)))

    def _moments(self, sightings: Iterable[Sighting], summary: TrackingSummary) -> Iterator[Moment]:
        last: HeadFit | None = None
        for sighting, identity in self._with_identity(sightings):
            if sighting.face is None:
                last = None
                yield Moment(sighting.time_s, None, False)
                continue
            start = last if last is not None and last.identity is identity else None
            last = self._solver.fit_expression(sighting.face.points_image, identity, start)
            summary.error_sum += self._solver.error_interocular(last, sighting.face.points_image)
            yield Moment(sighting.time_s, self._state(last, sighting.face), True)

    def _with_identity(self, sightings: Iterable[Sighting]) -> Iterator[tuple[Sighting, Float[Array, " i"]]]:
        """Every sighting with the identity of its person, a person's first ones when enough are known."""
        identity: Array | None = None
        waiting: list[Sighting] = []
        for sighting in sightings:
            if sighting.anew:
                yield from self._identified(waiting)
                identity, waiting = None, []
            if identity is not None:
                yield sighting, identity
                continue
            waiting.append(sighting)
            if sum(one.face is not None for one in waiting) >= self.config.identity_frames:
                for one, identity in self._identified(waiting):
                    yield one, identity
                waiting = []
        yield from self._identified(waiting)

    def _identified(self, sightings: list[Sighting]) -> Iterator[tuple[Sighting, Float[Array, " i"]]]:
        """Sightings of one person with the median of the identities that each of them shows."""
        fits = [self._solver.fit(one.face.points_image).identity for one in sightings if one.face]
        identity = np.median(fits, axis=0) if fits else np.zeros(self.model.identity_count)
        for sighting in sightings:
            yield sighting, identity

    def _state(self, fit: HeadFit, face: DetectedFace) -> HeadState:
        eyes_rad = gaze(face.points_image, fit.rotation, fit.scale / self.model.unit_mm)
        return HeadState(
            fit.identity,
            fit.expression,
            fit.rotation,
            eyes_rad,
            fit.scale,
            fit.translation_px,
            face.confidence,
        )

    def _track(self, moments: list[Moment], fps: float, size_px: tuple[int, int], start_s: float) -> Track:
        heads = [moment.head for moment in moments if moment.head is not None]

        def stacked(name: str) -> torch.Tensor:
            return torch.from_numpy(np.array([getattr(head, name) for head in heads])).float()

        rotation = torch.from_numpy(np.array([head.rotation for head in heads]))
        return Track(
            identity=stacked("identity"),
            expression=stacked("expression"),
            rotation_rad=axis_angle_from_matrix(rotation).float(),
            jaw_rad=torch.zeros(len(heads), 3),
            eyes_rad=stacked("eyes_rad"),
            scale=stacked("scale"),
            translation_px=stacked("translation_px"),
            valid=torch.tensor([moment.valid for moment in moments]),
            confidence=stacked("confidence"),
            time_s=torch.tensor([moment.time_s - start_s for moment in moments], dtype=torch.float64),
            fps=fps,
            size_px=size_px,
            morphable=self.model.name,
            morphable_digest=self.model.digest,
        )

    def _check(self, summary: TrackingSummary) -> None:
        if summary.valid_frames < max(1, self.config.least_valid_share * summary.frames):
            raise FaceNotFoundError(
                f"a face was found in only {summary.valid_frames} of {summary.frames} frames",
                remedy="use a clip in which the face is seen most of the time",
                metadata={"valid_frames": summary.valid_frames, "frames": summary.frames},
            )


def _counted(sightings: Iterable[Sighting], summary: TrackingSummary) -> Iterator[Sighting]:
    for sighting in sightings:
        summary.frames += 1
        summary.valid_frames += sighting.face is not None
        summary.faces = max(summary.faces, sighting.face_count)
        yield sighting


def _chunks(moments: Iterable[Moment], length: int) -> Iterator[list[Moment]]:
    stream = iter(moments)
    while part := list(islice(stream, length)):
        yield part

"""Trackers by what they were asked for, each made once."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vultus.data.media import Frame, VideoReader, read_picture
from vultus.data.track import Track
from vultus.errors import VultusError
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.tracking import Tracker, TrackingSummary
from vultus_kit.records import FitOptions, FitSummary, MorphableDescription
from vultus_kit.telemetry.metrics import counter


class Trackers:
    """Makes and keeps trackers; a tracker is bound to its options.

    Args:
        morphable_path: File or folder of a published morphable model.
    """

    def __init__(self, morphable_path: Path | None = None) -> None:
        self._morphable_path = morphable_path
        self._made: dict[FitOptions, Tracker] = {}
        self._lock = threading.Lock()

    def model(self, name: str) -> MorphableModel:
        """The morphable model `name`."""
        return load_morphable(name, None if name == "builtin" else self._morphable_path)

    def describe(self, name: str) -> MorphableDescription:
        """What the morphable model `name` is."""
        model = self.model(name)
        return MorphableDescription(
            name=model.name,
            digest=model.digest,
            identity_count=model.identity_count,
            expression_names=model.expression_names,
            vertex_count=len(model.mean),
            triangle_count=len(model.faces),
            landmark_sets=tuple(sorted(model.landmarks)),
            unit_mm=model.unit_mm,
            licence=model.licence,
        )

    def get(self, options: FitOptions) -> Tracker:
        """The tracker for some options."""
        with self._lock:
            if options not in self._made:
                model = self.model(options.morphable)
                self._made[options] = Tracker(model, options.detector, options.face, options.smoothing)
            return self._made[options]

    def fit_images(
        self, batch: Sequence[tuple[bytes, FitOptions]]
    ) -> list[tuple[Track, FitSummary] | Exception]:
        """Fit picture files; one that cannot be fitted answers its error. For one thread alone."""
        return [self._fit_image(*item) for item in batch]

    def _fit_image(self, picture: bytes, options: FitOptions) -> tuple[Track, FitSummary] | Exception:
        try:
            fit = self.get(options).inspect_image(read_picture(picture, "the picture").rgb)
        except VultusError as error:
            return error
        return fit.track, FitSummary(1, 1, fit.face_count, fit.landmark_error_interocular)

    def fit_stream(
        self, frames: Iterable[Frame], fps: float, options: FitOptions
    ) -> Iterator[Track | FitSummary]:
        """Parts of the track of a clip, then its figures."""
        summary = TrackingSummary()
        for part in self.get(options).stream(frames, fps, summary):
            _count(part)
            yield part
        error = summary.landmark_error_interocular if summary.valid_frames else None
        yield FitSummary(summary.frames, summary.valid_frames, summary.faces, error)

    def fit_file(self, path: Path, options: FitOptions) -> Iterator[Track | FitSummary]:
        """The same for a video file."""
        with VideoReader(path) as reader:
            yield from self.fit_stream(reader, reader.info.fps, options)


def _count(part: Track) -> None:
    valid = int(part.valid.sum())
    counter("vultus_frames_total", room="fitting", outcome="fitted").inc(valid)
    counter("vultus_frames_total", room="fitting", outcome="interpolated").inc(len(part) - valid)

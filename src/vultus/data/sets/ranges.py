"""How far heads turn and faces move in a set: histograms that do not grow with it."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Float

from vultus.data.sets.clips import StoredClip
from vultus.data.sets.data_cards import UNASSIGNED, rank
from vultus.data.sets.faults import Fault
from vultus.data.track import Track
from vultus.errors import VultusError
from vultus.face.landmarks import interocular_distance
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle

ANGLES = ("yaw", "pitch", "roll")
ANGLE_EDGES = np.linspace(-90, 90, 181)
"""Degrees."""

COEFFICIENT_EDGES = np.linspace(-4.01, 4.01, 402)
"""Expression coefficients; ARKit's lie within 0 and 1. Bins are centred on multiples of 0.02."""

SIZE_EDGES = np.linspace(0, 512, 513)
"""Inter-ocular distance, px."""


class Histogram:
    """Counts of values of several kinds; those beyond the edges count in the last bins.

    Args:
        edges: Of the bins, rising.
        kinds: How many kinds.

    Example:
        >>> heights = Histogram(np.linspace(0, 10, 11), 1)
        >>> heights.add(np.array([[1.2], [1.4], [7.5]]))
        >>> heights.quantile(0.5).round(1).tolist(), heights.count
        ([1.8], 3)
    """

    def __init__(self, edges: Float[np.ndarray, " n"], kinds: int) -> None:
        self.edges = edges
        self.counts = np.zeros((kinds, len(edges) - 1), np.int64)
        """How many values fell into each bin."""

    def add(self, values: Float[np.ndarray, "t k"]) -> None:
        """Count a value of each kind for each frame."""
        bins = np.clip(np.searchsorted(self.edges, values, side="right") - 1, 0, self.counts.shape[1] - 1)
        np.add.at(self.counts, (np.arange(self.counts.shape[0])[None], bins), 1)

    def merge(self, other: "Histogram") -> None:
        """Count what another one with the same edges has counted."""
        self.counts += other.counts

    @property
    def count(self) -> int:
        """Frames counted."""
        return int(self.counts[0].sum()) if len(self.counts) else 0

    @property
    def shares(self) -> Float[np.ndarray, "k m"]:
        """Share of the frames in each bin."""
        return self.counts / max(1, self.count)

    def quantile(self, share: float) -> Float[np.ndarray, " k"]:
        """The value below which a share of each kind lies, interpolated within its bin."""
        below = np.cumsum(self.counts, axis=1)
        wanted = share * below[:, -1:]  # (k, 1)
        bins = np.minimum((below < wanted).sum(axis=1), self.counts.shape[1] - 1)
        rows = np.arange(len(bins))
        inside = self.counts[rows, bins]
        before = below[rows, bins] - inside
        part = np.where(inside > 0, (wanted[:, 0] - before) / np.maximum(inside, 1), 0.0)
        return self.edges[bins] + part * (self.edges[bins + 1] - self.edges[bins])


class Ranges:
    """Poses, expressions and sizes of the valid frames of some clips.

    Args:
        coefficients: How many expression coefficients the tracks have.
    """

    def __init__(self, coefficients: int) -> None:
        self.angles_deg = Histogram(ANGLE_EDGES, len(ANGLES))
        """Yaw, pitch and roll."""
        self.turns = np.zeros((36, 36), np.int64)
        """Frames by yaw (rows) and pitch (columns), 5° each from -90°."""
        self.expression = Histogram(COEFFICIENT_EDGES, coefficients)
        """Every coefficient."""
        self.sizes_px = Histogram(SIZE_EDGES, 1)
        """Inter-ocular distance of the head seen from the front, px."""
        self.invalid = 0
        """Frames without a face."""

    def add(self, track: Track, eyes_apart: float) -> None:
        """Count the frames of a track.

        Args:
            track: Any.
            eyes_apart: Inter-ocular distance of its morphable model, model units.
        """
        self.invalid += int((~track.valid).sum())
        seen = track[track.valid]
        angles = torch.rad2deg(angles_from_matrix(matrix_from_axis_angle(seen.rotation_rad.double()))).numpy()
        self.angles_deg.add(angles)
        places = np.clip((angles[:, :2] + 90) // 5, 0, 35).astype(int)
        np.add.at(self.turns, (places[:, 0], places[:, 1]), 1)
        self.expression.add(seen.expression.double().numpy())
        self.sizes_px.add(eyes_apart * seen.scale.double().numpy()[:, None])

    def merge(self, other: "Ranges") -> None:
        """Count what another one has counted."""
        self.angles_deg.merge(other.angles_deg)
        self.turns += other.turns
        self.expression.merge(other.expression)
        self.sizes_px.merge(other.sizes_px)
        self.invalid += other.invalid


class Motion:
    """What the tracks of a set say, split by split; all must be of one morphable model."""

    def __init__(self) -> None:
        self.splits: dict[str, Ranges] = {}
        """Ranges of each split that has tracks, in the order of the splits."""
        self.names: tuple[str, ...] = ()
        """Of the expression coefficients."""
        self.morphable = ""
        """Name of the morphable model."""
        self.durations_s: defaultdict[str, list[float]] = defaultdict(list)
        """Of every clip, by split."""
        self.faults: list[Fault] = []
        """Tracks that could not be used."""
        self._model: MorphableModel | None = None
        self._eyes_apart = 0.0

    def add(self, clip: StoredClip) -> None:
        """Count a clip; a track that cannot be used goes to `faults`."""
        split = clip.card.split or UNASSIGNED
        self.durations_s[split].append(clip.card.duration_s)
        if not clip.has("track.npz"):
            return
        try:
            track = clip.track()
            self._require_model(track)
        except VultusError as error:
            self.faults.append(getattr(error, "fault", Fault(clip.id, "track.npz", error.message)))
            return
        if split not in self.splits:
            found = {**self.splits, split: Ranges(len(self.names))}
            self.splits = {name: found[name] for name in sorted(found, key=rank)}
        self.splits[split].add(track, self._eyes_apart)

    def total(self) -> Ranges:
        """Ranges of the whole set."""
        total = Ranges(len(self.names))
        for ranges in self.splits.values():
            total.merge(ranges)
        return total

    def _require_model(self, track: Track) -> None:
        """Raise `VultusError` unless the track is of the first one's morphable model."""
        if self._model is None:
            self._model = load_morphable(track.morphable)
            self.morphable, self.names = self._model.name, self._model.expression_names
            points = self._model.landmarks["ibug68"].on(self._model.mean[None], self._model.faces)
            self._eyes_apart = float(interocular_distance(points, "ibug68"))
        track.check_model(self._model)


def measure(clips: Iterable[StoredClip]) -> Motion:
    """Read the tracks of some clips, one at a time."""
    motion = Motion()
    for clip in clips:
        motion.add(clip)
    return motion

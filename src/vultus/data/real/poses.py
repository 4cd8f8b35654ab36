"""Head poses as six numbers a frame: filtering, centring and normalisation [zhang2021pose, §3]."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float64

from vultus.data.media.atomic import replacing
from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.rotations import (
    angles_from_matrix,
    axis_angle_from_matrix,
    matrix_from_angles,
    matrix_from_axis_angle,
)

POSE_NAMES = ("yaw_rad", "pitch_rad", "roll_rad", "x", "y", "log_scale")
"""What the six numbers are: angles; the head's origin from the picture's middle to the right and down in
model units; the logarithm of the camera's scale, which stands for the distance of the paper."""

_SCHEMA = 1

Poses = Float[np.ndarray, "t k"]
Clips = Sequence[Float[np.ndarray, "_ k"]]
"""Poses of clips of any lengths."""


def track_poses(track: Track) -> Float64[np.ndarray, "t 6"]:
    """The poses of a track, columns as in `POSE_NAMES`."""
    angles = angles_from_matrix(matrix_from_axis_angle(track.rotation_rad.double())).numpy()
    scale = track.scale.double().numpy()
    height, width = track.size_px
    place = (track.translation_px.double().numpy() - (width / 2, height / 2)) / scale[:, None]
    return np.column_stack([angles, place, np.log(scale)])


def with_poses(track: Track, poses: Float[np.ndarray, "t 6"]) -> Track:
    """The track with other poses: inverts `track_poses`."""
    height, width = track.size_px
    scale = np.exp(poses[:, 5])
    place = poses[:, 3:5] * scale[:, None] + (width / 2, height / 2)
    rotation = matrix_from_angles(torch.from_numpy(np.array(poses[:, :3], dtype=np.float64)))
    return track.replace(
        rotation_rad=axis_angle_from_matrix(rotation).float(),
        scale=torch.from_numpy(scale).float(),
        translation_px=torch.from_numpy(place).float(),
    )


@dataclass(frozen=True)
class PoseFilter:
    """Gaussian filter over time, p(i) = Σ_k p(k) F(k - i) with k from i - m to i + m [zhang2021pose, eq. 1].

    The paper names neither δ nor m. The defaults are those of the same author's later code, made for 25 to
    30 frames a second. F is scaled to a sum of one: as printed, it would shrink every pose a little.
    """

    deviation_frames: float = 1.0
    """δ, frames; > 0."""

    radius_frames: int = 3
    """m, frames; half of the window."""

    def __post_init__(self) -> None:
        if not (0 < self.deviation_frames < np.inf and self.radius_frames >= 0):
            raise InputError(
                f"no Gaussian filter has a deviation of {self.deviation_frames:g} and a radius of "
                f"{self.radius_frames} frames",
                remedy="use a deviation above 0 and a radius of at least 0",
                metadata={"deviation": self.deviation_frames, "radius": self.radius_frames},
            )

    @property
    def weights(self) -> Float64[np.ndarray, " w"]:
        """F(-m) to F(m)."""
        x = np.arange(-self.radius_frames, self.radius_frames + 1)
        density = np.exp(-0.5 * (x / self.deviation_frames) ** 2)
        return density / density.sum()

    def __call__(self, poses: Poses) -> Float64[np.ndarray, "t k"]:
        """Poses filtered along time; the first and the last frame's are continued beyond the ends."""
        margin = ((self.radius_frames, self.radius_frames), (0, 0))
        padded = np.pad(np.asarray(poses, dtype=np.float64), margin, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(self.weights), axis=0)
        return np.asarray(windows @ self.weights)

    def track(self, track: Track) -> Track:
        """A clip's track with filtered poses; expression and gaze stay as they are."""
        return with_poses(track, self(track_poses(track)))


@dataclass(frozen=True)
class PoseStatistics:
    """Mean and spread of poses, which a network's input is normalised with; kept beside its weights."""

    mean: tuple[float, ...]
    """Mean of each number."""

    deviation: tuple[float, ...]
    """Standard deviation of each number about `mean`; 1 for one that never changes."""

    frame_count: int
    """Frames that they were computed over."""

    names: tuple[str, ...] = POSE_NAMES
    """What the numbers are."""

    @classmethod
    def of(cls, clips: Clips, names: tuple[str, ...] = POSE_NAMES) -> "PoseStatistics":
        """Statistics over the frames of all clips; raises `InputError` where there is none."""
        frames = [np.asarray(clip, dtype=np.float64) for clip in clips if len(clip)]
        if not frames:
            raise InputError("there are no poses to take statistics of", remedy="give at least one frame")
        every = np.concatenate(frames)
        if not np.isfinite(every).all():
            raise InputError("some poses are not finite", remedy="leave out frames without a face")
        deviation = every.std(axis=0)
        # Rounding leaves a little spread of a number that never changes.
        steady = deviation <= 1e-12 * np.maximum(np.abs(every).max(axis=0), 1.0)
        return cls(
            tuple(every.mean(axis=0).tolist()),
            tuple(np.where(steady, 1.0, deviation).tolist()),
            len(every),
            names,
        )

    def normalise(self, poses: Poses) -> Float64[np.ndarray, "t k"]:
        """(p - mean) / deviation; raises `IncompatibleError` for poses of another number of values."""
        if np.shape(poses)[1] != len(self.mean):
            raise IncompatibleError(
                f"poses of {np.shape(poses)[1]} values cannot be normalised with statistics of"
                f" {len(self.mean)}",
                remedy="compute the statistics of the same poses",
            )
        return (np.asarray(poses, dtype=np.float64) - self.mean) / self.deviation

    def restore(self, normalised: Poses) -> Float64[np.ndarray, "t k"]:
        """Inverts `normalise`."""
        return np.asarray(normalised, dtype=np.float64) * self.deviation + self.mean

    def to_json(self) -> dict[str, object]:
        """Plain values by name."""
        return {
            "schema": _SCHEMA,
            "names": list(self.names),
            "mean": list(self.mean),
            "deviation": list(self.deviation),
            "frame_count": self.frame_count,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "PoseStatistics":
        """What `to_json` gave; raises `InputError` where it is something else."""
        try:
            found = cls(
                _numbers(stored["mean"]),
                _numbers(stored["deviation"]),
                int(str(stored["frame_count"])),
                tuple(str(name) for name in _listed(stored["names"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"these are no pose statistics: {error}", remedy="compute them again") from error
        if stored.get("schema") != _SCHEMA or not found._sound():
            raise InputError("these are no pose statistics that can be used", remedy="compute them again")
        return found

    def save(self, path: Path) -> None:
        """Write JSON to `path`, whole or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(self.to_json(), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "PoseStatistics":
        """Read what `save` wrote; raises `InputError` naming the file."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot read pose statistics {path}: {error}", remedy="check the path"
            ) from error
        if not isinstance(stored, dict):
            raise InputError(f"{path} holds no pose statistics", remedy="compute them again")
        return cls.from_json(stored)

    def _sound(self) -> bool:
        same_length = len(self.mean) == len(self.deviation) == len(self.names)
        finite = bool(np.isfinite([*self.mean, *self.deviation]).all())
        return same_length and finite and min(self.deviation, default=0.0) > 0


def centred(clips: Clips) -> tuple[list[Float64[np.ndarray, "_ k"]], Float64[np.ndarray, " k"]]:
    """Bring the clips of one set under one coordinate system: subtract the mean pose of all their frames.

    A set is what was filmed by one camera in one sitting; the mean stands for the person's rest pose.

    Returns:
        The centred clips and the mean; adding it gives the poses back.

    Raises:
        InputError: There is no frame.
    """
    mean = np.array(PoseStatistics.of(clips).mean)
    return [np.asarray(clip, dtype=np.float64) - mean for clip in clips], mean


def _listed(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return list(value)


def _numbers(value: object) -> tuple[float, ...]:
    return tuple(float(str(number)) for number in _listed(value))

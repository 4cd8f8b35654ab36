"""Smoothing of what is measured in every frame, and a figure for how much it shakes."""

from collections.abc import Callable
from math import pi
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.landmarks import interocular_distance
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_axis_angle

Kind = Literal["none", "one_euro", "gaussian", "moving_average"]

SMOOTHED = ("identity", "expression", "jaw_rad", "eyes_rad", "scale", "translation_px")
"""Fields of a track that are smoothed as they are; rotations go by way of the difference to their mean."""


class OneEuro:
    """One-Euro filter, a frame at a time [casiez2012oneeuro]: what moves faster is held back less.

    Args:
        rate_hz: Frames in a second; 1 when time is counted in frames.
        min_cutoff_hz: Cut-off frequency of a value at rest, in the unit of `rate_hz`.
        beta: How much the cut-off rises for each unit of speed.
        derivative_cutoff_hz: Cut-off frequency of the speed.
    """

    def __init__(
        self,
        rate_hz: float,
        min_cutoff_hz: float = 1.0,
        beta: float = 0.0,
        derivative_cutoff_hz: float = 1.0,
    ) -> None:
        self._rate_hz = rate_hz
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._derivative_weight = _weight(derivative_cutoff_hz, rate_hz)
        self._value: Tensor | None = None
        self._speed: Tensor | None = None

    def __call__(self, value: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        """The smoothed value; the first one passes unchanged."""
        if self._value is None or self._speed is None:
            self._value, self._speed = value, torch.zeros_like(value)
            return value
        speed = (value - self._value) * self._rate_hz
        self._speed = self._speed + self._derivative_weight * (speed - self._speed)
        cutoff_hz = self._min_cutoff_hz + self._beta * self._speed.abs()
        self._value = self._value + _weight(cutoff_hz, self._rate_hz) * (value - self._value)
        return self._value

    def reset(self) -> None:
        """Forget what came before, at a cut for instance."""
        self._value = self._speed = None


def one_euro(
    values: Float[Tensor, "t n"],
    rate_hz: float = 1.0,
    min_cutoff_hz: float = 1.0,
    beta: float = 0.0,
    derivative_cutoff_hz: float = 1.0,
) -> Float[Tensor, "t n"]:
    """Smooth whole sequences by the One-Euro filter; see `OneEuro`."""
    smooth = OneEuro(rate_hz, min_cutoff_hz, beta, derivative_cutoff_hz)
    return torch.stack([smooth(value) for value in values])


def gaussian(values: Float[Tensor, "t n"], deviation_frames: float) -> Float[Tensor, "t n"]:
    """Smooth by a Gaussian window of four deviations to either side; the ends are repeated.

    Args:
        values: One row a frame.
        deviation_frames: σ, frames.
    """
    reach = int(4 * deviation_frames + 0.5)
    offset = torch.arange(-reach, reach + 1).to(values)
    window = torch.exp(-0.5 * (offset / deviation_frames) ** 2)
    return _convolve(values, window / window.sum())


def moving_average(values: Float[Tensor, "t n"], window_frames: int) -> Float[Tensor, "t n"]:
    """Smooth by the mean over a centred window; the ends are repeated.

    Args:
        values: One row a frame.
        window_frames: Odd number of frames.
    """
    return _convolve(values, values.new_full((window_frames,), 1 / window_frames))


def jitter(landmarks: Float[Tensor, "t l d"], landmark_set: str = "mediapipe468") -> float:
    """How much landmarks shake: the mean length of their second differences in inter-ocular distances.

    Args:
        landmarks: Points of the set, any frame and unit; three frames or more, 0 for fewer.
        landmark_set: See `interocular_distance`.

    Example:
        >>> still = torch.rand(68, 2).expand(5, 68, 2)
        >>> jitter(still, "ibug68")
        0.0
    """
    if len(landmarks) < 3:
        return 0.0
    change = landmarks[2:] - 2 * landmarks[1:-1] + landmarks[:-2]  # (t - 2, l, d)
    size = interocular_distance(landmarks[1:-1], landmark_set)
    return float((change.norm(dim=-1).mean(-1) / size).mean())


def smooth_track(track: Track, kind: Kind) -> Track:
    """Smooth identity, expression, joints and cameras of a track.

    One-Euro with a cut-off of 1 Hz that rises with speed, a Gaussian of one frame, or the mean over five
    frames.
    """
    if kind == "none":
        return track
    smooth = _SMOOTHERS[kind]
    changed: dict[str, object] = {}
    for name in SMOOTHED:
        values = getattr(track, name)
        rows = values.flatten(1) if values.dim() > 1 else values[:, None]
        changed[name] = smooth(rows, track.fps).reshape(values.shape)
    return track.replace(**changed, rotation_rad=_smooth_rotations(track.rotation_rad, smooth, track.fps))


Smoother = Callable[[Tensor, float], Tensor]


def _one_euro_default(values: Tensor, rate_hz: float) -> Tensor:
    spread = float(values.std()) if values.numel() > 1 else 0.0
    unit = spread or 1.0  # speeds are counted in the values' own spread, whatever they are
    return one_euro(values / unit, rate_hz, min_cutoff_hz=1.0, beta=1.0) * unit


def _gaussian_default(values: Tensor, rate_hz: float) -> Tensor:
    del rate_hz
    return gaussian(values, 1.0)


def _moving_average_default(values: Tensor, rate_hz: float) -> Tensor:
    del rate_hz
    return moving_average(values, 5)


_SMOOTHERS: dict[str, Smoother] = {
    "one_euro": _one_euro_default,
    "gaussian": _gaussian_default,
    "moving_average": _moving_average_default,
}


def _smooth_rotations(axis_angle_rad: Tensor, smooth: Smoother, rate_hz: float) -> Tensor:
    """Smooth rotations as turns away from the first one, where axis-angle vectors do not jump."""
    rotation = matrix_from_axis_angle(axis_angle_rad)
    turns = axis_angle_from_matrix(rotation[:1].mT @ rotation)
    return axis_angle_from_matrix(rotation[:1] @ matrix_from_axis_angle(smooth(turns, rate_hz)))


def _weight(cutoff_hz: Tensor | float, rate_hz: float) -> Tensor | float:
    """Weight of a new sample in a first-order low-pass filter: 1 / (1 + τ f_s), τ = 1 / (2 π f_c)."""
    return 1 / (1 + rate_hz / (2 * pi * cutoff_hz))


def _convolve(values: Tensor, window: Tensor) -> Tensor:
    """Rows (t, n) weighted by an odd window (k), the ends repeated."""
    reach = len(window) // 2
    first, last = values[:1].expand(reach, -1), values[-1:].expand(reach, -1)
    padded = torch.cat([first, values, last])  # (t + k - 1, n)
    return torch.einsum("tnk,k->tn", padded.unfold(0, len(window), 1), window)

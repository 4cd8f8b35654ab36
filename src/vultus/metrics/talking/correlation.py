"""Whether head motion goes with speech: the correlation test of PoseGAN [zhang2021pose, §5.2, Table 1]."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, Metric, State, Totals, mean_compute

WINDOW_FRAMES = 256
"""Frames of one window."""

NU = 0.1
"""Share of its own samples that the support vector machine may refuse. The paper does not say; its table
lets about this many real pairs go."""

_STEADY = 1e-9
"""Standard deviation relative to the largest value up to which a signal never changes."""

Signals = Float[np.ndarray, "t c"]
Features = Float[np.ndarray, "w d"]


def pearson_features(
    speech: Float[np.ndarray, "t n"],
    poses: Float[np.ndarray, "s k"],
    window_frames: int = WINDOW_FRAMES,
    stride_frames: int | None = None,
) -> Features:
    """Pearson's r between every channel of speech and every value of a pose, window by window.

    F(i, j) = Σ (S_i - mean)(H_j - mean) / (|S_i - mean| |H_j - mean|) [zhang2021pose, eq. 9]; its text swaps
    the ranges of i and j. A channel that never changes within a window correlates with nothing: r = 0.

    Args:
        speech: S, one row a frame.
        poses: H, one row for each of the same frames.
        window_frames: Length of a window.
        stride_frames: Frames from one window to the next; windows do not overlap without it.

    Returns:
        One row a window, n · k values, the poses of one channel together. None where the clip is shorter
        than one window.

    Raises:
        IncompatibleError: Speech and poses are not equally long.
    """
    if len(speech) != len(poses):
        raise IncompatibleError(
            f"{len(speech)} frames of speech cannot go with {len(poses)} poses",
            remedy="sample the features at the moments of the frames",
            metadata={"speech": len(speech), "poses": len(poses)},
        )
    stride = stride_frames or window_frames
    starts = range(0, len(speech) - window_frames + 1, stride)
    rows = [
        _standardised(speech[i : i + window_frames]).T @ _standardised(poses[i : i + window_frames])
        for i in starts
    ]
    return np.array([row.ravel() for row in rows]).reshape(len(rows), speech.shape[1] * poses.shape[1])


def acceptance_update(accepted: Bool[np.ndarray, " w"]) -> FrameTerms:
    """1 for every window that is taken for real, 0 for another."""
    return FrameTerms(np.asarray(accepted, dtype=np.float64))


def acceptance_compute(total: Totals, weight: Totals) -> Totals:
    """Share of accepted windows."""
    return mean_compute(total, weight)


@METRICS.register("acceptance[ocsvm]")
class OneClassAcceptance(Metric):
    """The share of windows that a one-class support vector machine trained on real ones takes for real.

    A radial machine on Pearson features as they are.

    Args:
        real: Features of windows in which speech and motion belong together, at least two.
        nu: Share of them that may be refused.

    Raises:
        InputError: There are fewer than two windows.

    Example:
        >>> random = np.random.default_rng(0)
        >>> metric = OneClassAcceptance(random.normal(size=(200, 6)))
        >>> metric.update(10 + random.normal(size=(50, 6)))
        array([False, False, False, False, False, False, False, False, False,
        ...
        >>> metric.compute()
        0.0
    """

    info = MetricInfo(
        name="acceptance[ocsvm]",
        unit="1",
        protocol="posegan-2021/share of windows accepted by a one-class SVM on Pearson features",
        higher_is_better=True,
        needs="given",
        by_default=False,
    )

    def __init__(self, real: Features, nu: float = NU) -> None:
        if len(real) < 2:
            raise InputError(
                f"{len(real)} windows are too few to tell what is real",
                remedy="give more or longer clips",
                metadata={"windows": len(real)},
            )
        from sklearn.svm import OneClassSVM  # noqa: PLC0415 - slow to import, and metrics are many

        self._machine = OneClassSVM(nu=nu, gamma="scale")
        self._machine.fit(real)
        self.reset()

    def reset(self) -> None:
        """Forget every window; what was learnt stays."""
        self.total, self.weight = 0.0, 0.0

    def update(self, features: Features) -> Bool[np.ndarray, " w"]:
        """Add windows; returns whether each was accepted."""
        accepted = np.asarray(self._machine.predict(features) > 0) if len(features) else np.zeros(0, bool)
        terms = acceptance_update(accepted)
        self.total += float(terms.values.sum())
        self.weight += len(terms.values)
        return accepted

    def state(self) -> State:
        """Sums of accepted and of judged windows; the machine is not part of it."""
        return {"sums": np.array([self.total, self.weight])}

    def add_state(self, state: State) -> None:
        """Add what a metric with the same machine has judged."""
        self.total += float(state["sums"][0])
        self.weight += float(state["sums"][1])

    def compute(self) -> float:
        """Share of accepted windows so far; raises `InputError` when there is none."""
        if not self.weight:
            raise InputError("no window was judged", remedy="update before computing")
        return float(acceptance_compute(np.array([self.total]), np.array([self.weight]))[0])


def shuffled_poses(
    clips: Sequence[Float[np.ndarray, "_ k"]], random: np.random.Generator
) -> list[Float[np.ndarray, "_ k"]]:
    """The poses of the same clips, each at another's place: real motion of the person to foreign speech.

    Every clip goes elsewhere; all are cut to the length of the clip whose place they take, or repeated
    there. Raises `InputError` where there are not two.
    """
    if len(clips) < 2:
        raise InputError("a single clip cannot change places", remedy="give at least two")
    order = random.permutation(len(clips))
    found: list[Float[np.ndarray, "_ k"]] = list(clips)
    for here, there in zip(order, np.roll(order, 1), strict=True):
        found[here] = np.resize(clips[there], clips[here].shape)
    return found


def _standardised(signals: Signals) -> Signals:
    """Columns without mean and of length one; 0 for those that never change."""
    signals = np.asarray(signals, dtype=np.float64)
    about = signals - signals.mean(axis=0)
    length = np.linalg.norm(about, axis=0)
    steady = length <= _STEADY * np.sqrt(len(signals)) * np.maximum(np.abs(signals).max(axis=0), 1e-30)
    return np.where(steady, 0.0, about / np.where(steady, 1.0, length))

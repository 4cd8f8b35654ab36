"""Plots of what a set holds."""

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vultus.data.sets.data_cards import UNASSIGNED
from vultus.data.sets.ranges import ANGLES, Motion, Ranges

COLOURS = {"train": "#0b6fa4", "val": "#d9822b", "test": "#3f8f4f", UNASSIGNED: "#555555"}
"""Of the splits, told apart by colour-blind readers too."""

DPI = 100
MOST_BARS = 64
"""Expression coefficients that are drawn; models with more show those that move most."""

STILL = 0.03
"""Coefficients whose middle 98 % span less than this are not drawn."""


def pose_plot(motion: Motion) -> UInt8[np.ndarray, "h w 3"]:
    """Yaw, pitch and roll of every split, and which yaws and pitches occur together."""
    figure = Figure(figsize=(10, 7.4), layout="constrained", dpi=DPI)
    axes = figure.subplots(2, 2)
    limit = _limit_deg(motion.total())
    for place, angle in enumerate(ANGLES):
        _angle(axes.flat[place], motion.splits, place, angle, limit)
    _coverage(axes.flat[3], motion.total(), limit)
    _legend(figure, motion.splits)
    return _drawn(figure)


def expression_plot(motion: Motion) -> UInt8[np.ndarray, "h w 3"]:
    """How far every expression coefficient moves: the middle 98 % and 50 % of the frames, and the median."""
    total = motion.total().expression
    low, quarter, middle, three, high = (total.quantile(share) for share in (0.01, 0.25, 0.5, 0.75, 0.99))
    order = np.argsort(low - high, kind="stable")
    order = order[(high - low)[order] > STILL][:MOST_BARS][::-1]
    rows = np.arange(len(order))
    figure = Figure(figsize=(10, 1.4 + 0.2 * len(order)), layout="constrained", dpi=DPI)
    axes = figure.subplots()
    axes.barh(rows, (high - low)[order], left=low[order], height=0.35, color="#c9d3da")
    axes.barh(rows, (three - quarter)[order], left=quarter[order], height=0.6, color="#7f97a6")
    axes.plot(middle[order], rows, "|", color="#1c1b1a", markersize=9)
    if len(motion.splits) > 1:
        for split, ranges in motion.splits.items():
            far = ranges.expression.quantile(0.99)[order]
            axes.plot(far, rows, ">", color=_colour(split), markersize=4, alpha=0.8)
        _legend(figure, motion.splits, "99th percentile of ", marker=">")
    axes.set_yticks(rows, [motion.names[place] for place in order], fontsize=7)
    axes.set_ylim(-1, len(order))
    if len(order):
        axes.set_xlim(low[order].min() - 0.05, high[order].max() + 0.1)
    axes.set_xlabel(
        "coefficient: middle 98 % of the frames (pale), middle 50 % (dark), median (stroke);"
        f" {len(motion.names) - len(order)} others do not move"
    )
    axes.grid(axis="x", color="#e2ded7")
    _frame(axes)
    return _drawn(figure)


def size_plot(motion: Motion) -> UInt8[np.ndarray, "h w 3"]:
    """Face sizes of the frames and durations of the clips."""
    figure = Figure(figsize=(10, 3.8), layout="constrained", dpi=DPI)
    faces, lengths = figure.subplots(1, 2)
    most = max((_last(ranges.sizes_px.counts[0]) for ranges in motion.splits.values()), default=1)
    for split, ranges in motion.splits.items():
        edges = ranges.sizes_px.edges
        faces.stairs(100 * ranges.sizes_px.shares[0], edges, color=_colour(split), linewidth=1.6)
        faces.set_xlim(0, edges[min(len(edges) - 1, most + 2)])
    faces.set_xlabel("inter-ocular distance, px")
    faces.set_ylabel("% of the split's frames")
    longest = max((max(values) for values in motion.durations_s.values()), default=1.0)
    bins = np.linspace(0, 1.05 * longest, 22)
    splits = [split for split in COLOURS if motion.durations_s.get(split)]
    lengths.hist(
        [motion.durations_s[split] for split in splits],
        bins.tolist(),
        stacked=True,
        color=[_colour(split) for split in splits],
    )
    lengths.set_xlabel("duration of a clip, s")
    lengths.set_ylabel("clips")
    lengths.yaxis.get_major_locator().set_params(integer=True)
    for axes in (faces, lengths):
        axes.set_ylim(bottom=0)
        _frame(axes)
    _legend(figure, dict.fromkeys(splits))
    return _drawn(figure)


def _angle(axes: Axes, splits: Mapping[str, Ranges], place: int, name: str, limit: float) -> None:
    for split, ranges in splits.items():
        shares = 100 * ranges.angles_deg.shares[place].reshape(-1, 2).sum(axis=1)  # bins of 2°
        axes.stairs(shares, ranges.angles_deg.edges[::2], color=_colour(split), linewidth=1.6)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"{name}, deg")
    axes.set_ylabel("% of the split's frames")
    axes.axvline(0, color="#e2ded7", zorder=0)
    _frame(axes)


def _coverage(axes: Axes, total: Ranges, limit: float) -> None:
    """Where frames are, on a logarithmic scale, so that rare poses are seen."""
    image = axes.imshow(
        np.ma.masked_equal(total.turns.T, 0),
        origin="lower",
        extent=(-90, 90, -90, 90),
        norm=LogNorm(1, max(10, int(total.turns.max()))),
        aspect="auto",
    )
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    axes.set_xlabel("yaw, deg")
    axes.set_ylabel("pitch, deg")
    axes.figure.colorbar(image, ax=axes, label="frames")
    _frame(axes)


def _limit_deg(total: Ranges) -> float:
    """A round angle that 99.8 % of all frames stay within."""
    ends = np.abs([total.angles_deg.quantile(0.001), total.angles_deg.quantile(0.999)])
    return float(np.clip(10 * np.ceil((ends.max() + 2) / 10), 20, 90))


def _last(counts: np.ndarray) -> int:
    """The last bin with something in it."""
    filled = np.flatnonzero(counts)
    return int(filled[-1]) if len(filled) else 1


def _legend(figure: Figure, splits: Iterable[str], before: str = "", marker: str = "") -> None:
    style = {"linestyle": "", "marker": marker} if marker else {"linewidth": 3}
    names = list(splits)
    if names == [UNASSIGNED]:
        return
    lines = [Line2D([], [], color=_colour(split), label=before + split, **style) for split in names]
    figure.legend(handles=lines, loc="outside upper center", ncols=len(lines), frameon=False)


def _colour(split: str) -> str:
    return COLOURS.get(split, "#8a5aa8")


def _frame(axes: Axes) -> None:
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _drawn(figure: Figure) -> UInt8[np.ndarray, "h w 3"]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()

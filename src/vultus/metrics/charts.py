"""Line charts as SVG that a page can hold: they follow its colours and need no script."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from markupsafe import Markup, escape

from vultus.errors import InputError

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 8, 26
_MOST_POINTS = 400


@dataclass(frozen=True)
class Line:
    """One quantity over time."""

    name: str
    """What it is, for the legend."""

    values: Float[np.ndarray, " t"]
    """One value for each frame; the line has a gap where one is not finite."""


@dataclass(frozen=True)
class Chart:
    """Quantities of one unit over the time of a clip."""

    title: str
    """What is shown."""

    unit: str
    """Unit of the values."""

    lines: tuple[Line, ...]
    """At most four; the first is drawn broad and pale, as what the others should follow."""

    fps: float | None = None
    """Frame rate, for an axis in seconds; None counts frames."""

    def __post_init__(self) -> None:
        lengths = {len(line.values) for line in self.lines}
        if len(lengths) != 1 or 0 in lengths:
            raise InputError(
                f"the lines of chart {self.title!r} have lengths {sorted(lengths)}, not one length"
            )

    @property
    def drawable(self) -> bool:
        """Whether any value can be drawn."""
        return any(np.isfinite(line.values).any() for line in self.lines)


def svg(chart: Chart) -> Markup:
    """Draw a chart; the classes of its parts are styled by the page."""
    values = np.concatenate([line.values for line in chart.lines])
    low, high, ticks = _axis(values[np.isfinite(values)])
    end = float(len(chart.lines[0].values) - 1) / (chart.fps or 1.0)
    unit = " s" if chart.fps else ""
    rows = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.title)}">',
        *(_level(tick, _vertical(tick, low, high)) for tick in ticks),
        *(_moment(time, end, unit) for time in _ticks(0.0, end)),
    ]
    for number, line in enumerate(chart.lines):
        rows.append(f'<path class="line line-{number}" d="{_path(line.values, low, high)}"/>')
    return Markup("".join([*rows, "</svg>"]))  # noqa: S704 -- every text above is escaped or a number


def _axis(values: Float[np.ndarray, " n"]) -> tuple[float, float, list[float]]:
    """Ends of the value axis with a little air, and its ticks."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    air = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return low - air, high + air, _ticks(low - air, high + air)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers between two others."""
    if not high > low:
        return [low]
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _vertical(value: float, low: float, high: float) -> float:
    return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _level(tick: float, y: float) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(tick)}</text>'
    )


def _moment(time: float, end: float, unit: str) -> str:
    x = LEFT + (time / end if end else 0.0) * (WIDTH - LEFT - RIGHT)
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_number(time)}{unit}</text>'


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")  # noqa: RUF001 -- a minus, as it is printed


def _path(values: Float[np.ndarray, " t"], low: float, high: float) -> str:
    shown = _thinned(values)
    step = (WIDTH - LEFT - RIGHT) / max(len(values) - 1, 1)
    commands = []
    for run in _runs(shown, values):
        points = [f"{LEFT + k * step:.1f} {_vertical(float(values[k]), low, high):.1f}" for k in run]
        # A lone point is drawn as a line of no length, which round caps make a dot.
        commands.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return "".join(commands)


def _runs(shown: Int[np.ndarray, " k"], values: Float[np.ndarray, " t"]) -> Iterator[Sequence[int]]:
    """The shown frames, cut wherever a value in between is not finite."""
    run: list[int] = []
    breaks = np.cumsum(~np.isfinite(values))
    for k in shown.tolist():
        if run and breaks[k] != breaks[run[-1]]:
            yield run
            run = []
        run.append(k)
    if run:
        yield run


def _thinned(values: Float[np.ndarray, " t"]) -> Int[np.ndarray, " k"]:
    """Frames to draw: all of a short clip, the lowest and the highest of each stretch of a long one."""
    finite = np.flatnonzero(np.isfinite(values))
    if len(finite) <= _MOST_POINTS:
        return finite
    kept = []
    for stretch in np.array_split(finite, _MOST_POINTS // 2):
        kept += [stretch[values[stretch].argmin()], stretch[values[stretch].argmax()]]
    return np.unique(kept)

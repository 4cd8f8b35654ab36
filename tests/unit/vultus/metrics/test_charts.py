"""Charts: well-formed, thinned without losing extremes, with gaps where nothing was measured."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.metrics.charts import HEIGHT, WIDTH, Chart, Line, svg


def draw(*lines):
    named = tuple(Line(str(k), np.asarray(values, float)) for k, values in enumerate(lines))
    return str(svg(Chart("T & <b>", "deg", named, fps=25.0)))


def points(path):
    return [tuple(map(float, pair.split())) for pair in re.split("[ML]", path)[1:]]


def paths(text):
    root = ElementTree.fromstring(text)  # noqa: S314 -- our own text
    return [path.get("d") for path in root.iter("path")]


def test_is_well_formed_and_stays_inside():
    for x, y in points(paths(draw(np.sin(np.arange(90) / 9), np.cos(np.arange(90) / 9)))[0]):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_higher_values_are_drawn_higher():
    (path,) = paths(draw([0, 1, 5]))
    heights = [y for _, y in points(path)]
    assert heights[0] > heights[1] > heights[2]


def test_frames_without_a_value_leave_a_gap():
    (path,) = paths(draw([1, 2, np.nan, 3, np.inf, 4]))
    assert path.count("M") == 3


def test_a_long_clip_is_thinned_but_keeps_its_extremes():
    values = np.random.default_rng(0).normal(size=20_000)
    values[12_345] = 40
    (path,) = paths(draw(values))
    drawn = points(path)
    assert len(drawn) <= 400
    assert min(drawn, key=lambda p: p[1])[0] == pytest.approx(52 + 12_345 / 19_999 * 414, abs=0.1)


@pytest.mark.parametrize("values", [[3], [2, 2, 2], [np.nan, np.nan], [1e-9, 2e-9], [-1e6, 1e6]])
def test_degenerate_values_can_be_drawn(values):
    text = draw(values)
    assert "nan" not in text
    assert "inf" not in text.replace("infinite", "")
    assert paths(text)


def test_lines_of_two_lengths_are_refused():
    with pytest.raises(InputError, match=r"lengths \[1, 2\]"):
        draw([1], [1, 2])

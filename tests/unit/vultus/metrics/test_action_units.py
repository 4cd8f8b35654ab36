"""OpenFace's tables and the Hamming distance of action units."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.face.arkit import ARKIT_52
from vultus.metrics import METRICS
from vultus.metrics.action_units import (
    ARKIT_UNITS,
    INTENSITY_UNITS,
    PRESENCE_UNITS,
    hamming_update,
    presence_from_expressions,
    read_openface,
)


def table(path, rows, blank=" ", extra=()):
    """A file as OpenFace 2 writes it: names after a comma and a blank."""
    names = ["frame", "success", *extra]
    names += [f"AU{u:02d}_r" for u in INTENSITY_UNITS] + [f"AU{u:02d}_c" for u in PRESENCE_UNITS]
    text = f",{blank}".join(names) + "\n" + "\n".join(f",{blank}".join(map(str, row)) for row in rows) + "\n"
    path.write_text(text)
    return path


def row(frame, present, success=1):
    return [frame, success, *[2.5] * 17, *[int(u in present) for u in PRESENCE_UNITS]]


@pytest.mark.parametrize("blank", [" ", ""])
def test_reads_what_openface_writes_with_and_without_blanks(tmp_path, blank):
    units = read_openface(table(tmp_path / "a.csv", [row(1, {12, 28}), row(2, set(), 0)], blank))
    assert [PRESENCE_UNITS[k] for k in np.flatnonzero(units.presence[0])] == [12, 28]
    assert units.found.tolist() == [True, False]
    assert units.intensity.shape == (2, 17)
    assert (units.intensity == 2.5).all()


def test_tables_that_are_something_else_are_refused(tmp_path):
    other = tmp_path / "b.csv"
    other.write_text("frame, gaze\n1, 2\n")
    with pytest.raises(InputError, match="lacks AU01_c"):
        read_openface(other)
    other.write_text("")
    with pytest.raises(InputError, match="0 frames"):
        read_openface(other)
    with pytest.raises(InputError, match="several faces"):
        read_openface(table(tmp_path / "c.csv", [row(1, {1}), row(1, {2})]))
    with pytest.raises(InputError, match="no number"):
        read_openface(table(tmp_path / "d.csv", [["x", *row(1, {1})[1:]]]))
    with pytest.raises(InputError, match=r"different lengths|no action-unit|no number"):
        read_openface(table(tmp_path / "e.csv", [row(1, {1}), row(2, {1})[:-3]]))


def test_the_distance_is_the_share_of_units_that_differ():
    a = np.zeros((2, 18), bool)
    b = a.copy()
    b[0, [1, 5, 7]] = True
    metric = METRICS["au-h[openface-18]"]()
    assert metric.update(a, b).tolist() == [3 / 18, 0]
    assert metric.compute() == pytest.approx(1.5 / 18)
    with pytest.raises(IncompatibleError, match=r"2 frames.*1"):
        hamming_update(a, b[:1])


def test_units_come_from_the_expressions_that_show_them():
    names = tuple(sorted(ARKIT_52))
    coefficients = np.zeros((3, len(names)))
    coefficients[0, names.index("mouthSmileLeft")] = 0.6
    coefficients[1, names.index("jawOpen")] = 0.3
    coefficients[2, names.index("jawOpen")] = 0.7
    presence = presence_from_expressions(coefficients, names)
    shown = [[PRESENCE_UNITS[k] for k in np.flatnonzero(frame)] for frame in presence]
    assert shown == [[12], [25], [25, 26]]


def test_every_unit_has_expressions_that_exist():
    assert tuple(ARKIT_UNITS) == PRESENCE_UNITS
    assert all(set(expressions) <= ARKIT_52 for expressions in ARKIT_UNITS.values())
    assert len(INTENSITY_UNITS) == 17

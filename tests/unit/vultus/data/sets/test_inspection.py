import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from vultus.data.media import read_picture
from vultus.data.sets import ClipSet, open_set
from vultus.data.sets.inspection import inspect_set, spread, write_report
from vultus.data.sets.ranges import Histogram, measure
from vultus.data.sets.splits import assign_by_person


@given(arrays(np.float64, (40, 2), elements=st.floats(-9, 9)), st.sampled_from([0.01, 0.25, 0.5, 0.9, 1.0]))
def test_quantiles_are_within_a_bin_of_the_exact_ones(values, share):
    found = Histogram(np.linspace(-10, 10, 201), 2)
    found.add(values[:15])
    found.add(values[15:])
    expected = np.quantile(values, share, axis=0, method="inverted_cdf")
    np.testing.assert_allclose(found.quantile(share), expected, atol=0.1 + 1e-9)
    assert found.count == 40


def test_values_beyond_the_edges_count_in_the_last_bins():
    found = Histogram(np.linspace(0, 1, 5), 1)
    found.add(np.array([[-7.0], [0.0], [1.0], [9.0]]))
    assert found.counts.tolist() == [[2, 0, 0, 2]]


def test_ranges_are_those_of_the_tracks(stored_once):
    clips = list(open_set(stored_once).clips())
    total = measure(clips).total()
    tracks = [clip.track() for clip in clips]
    turns = Rotation.from_rotvec(
        np.concatenate([track.rotation_rad.numpy() for track in tracks]).astype(float)
    )
    roll, yaw, pitch = np.rad2deg(turns.as_euler("ZYX")).T
    angles = np.stack([-yaw, pitch, roll], 1)  # docs/conventions.md: R = Rz(roll) Ry(-yaw) Rx(pitch)
    expression = np.concatenate([track.expression.numpy() for track in tracks])
    for share in (0.01, 0.5, 0.99):
        exact = np.quantile(angles, share, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(total.angles_deg.quantile(share), exact, atol=1.001)
        exact = np.quantile(expression, share, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(total.expression.quantile(share), exact, atol=0.0201)
    assert total.turns.sum() == 300
    assert total.invalid == 0
    assert 5 < total.sizes_px.quantile(0.5)[0] < 40


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 9)), unique=True), st.integers(1, 12))
def test_a_sheet_shows_as_many_people_as_it_can(pairs, count):
    ids = sorted(f"{person}/{clip}" for person, clip in pairs)
    chosen = spread(ids, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(ids))
    assert set(chosen) <= set(ids)
    people = {clip_id[0] for clip_id in ids}
    shown = Counter(clip_id[0] for clip_id in chosen)
    assert len(shown) == min(count, len(people))
    available = Counter(clip_id[0] for clip_id in ids)
    wanting = [shown[person] for person in shown if shown[person] < available[person]]
    assert max(shown.values(), default=0) <= min(wanting, default=count) + 1
    assert all(number <= available[person] for person, number in shown.items())


def test_the_report_holds_pictures_numbers_and_the_card(stored, tmp_path):
    clip_set = ClipSet.open(stored)
    clip_set.assign(assign_by_person([clip.card for clip in clip_set.clips()], (2, 1, 1)), {})
    page = write_report(inspect_set(clip_set), tmp_path)
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    plots = {"sheet.png", "pose.png", "expression.png", "sizes.png"}
    assert names == {*plots, "card.json", "card.md", "summary.json", "inspection.html"}
    for name in plots:
        rgb = read_picture(tmp_path / name).rgb
        assert rgb.std() > 5, f"{name} is blank"
        assert name in page.read_text()
    assert read_picture(tmp_path / "sheet.png").rgb.shape[1] == 8 * 70 + 6
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert list(summary["splits"]) == ["test", "train", "val"]  # JSON is sorted
    assert sum(part["valid_frames"] for part in summary["splits"].values()) == 300
    assert summary["ranges"]["yaw_deg"]["p1"] < -15
    assert summary["card"]["total"]["clips"] == 10
    assert summary["quality"] == {
        "sharpness": {"least": 0.0, "median": pytest.approx(0.15), "most": pytest.approx(0.3)}
    }


def test_what_cannot_be_used_is_said_and_the_rest_is_shown(stored, tmp_path):
    (stored / "clips" / "ben" / "0.talk" / "track.npz").write_bytes(b"PK")
    (stored / "clips" / "cleo" / "0.talk" / "video.mp4").unlink()
    (stored / "clips" / "dan" / "0.talk" / "clip.json").write_text("[]")
    inspection = inspect_set(ClipSet.open(stored))
    assert {fault.where for fault in inspection.faults} == {"ben/0.talk", "cleo/0.talk", "dan/0.talk"}
    assert len(inspection.shown) == 8
    assert inspection.motion.total().angles_deg.count == 240
    page = write_report(inspection, tmp_path).read_text()
    assert "3 things cannot be used" in page
    assert "cleo/0.talk/video.mp4: missing" in page


@pytest.mark.parametrize("name", ["video.mp4", "track.npz"])
def test_a_set_of_which_nothing_is_left_still_has_a_card(stored, tmp_path, name):
    for path in stored.glob(f"clips/*/*/{name}"):
        path.unlink()
    inspection = inspect_set(ClipSet.open(stored))
    assert (inspection.sheet is None) == (name == "video.mp4")
    assert bool(inspection.motion.splits) == (name == "video.mp4")
    assert write_report(inspection, tmp_path).is_file()
    assert (tmp_path / "pose.png").exists() == (name == "video.mp4")

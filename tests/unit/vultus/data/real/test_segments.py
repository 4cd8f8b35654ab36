import numpy as np
import pytest

from vultus.data.real.observing import Observations, PointFile
from vultus.data.real.policy import Policy
from vultus.data.real.quality import FrameQuality
from vultus.data.real.recipes import Recipe
from vultus.data.real.segments import segment

FPS = 25.0
PLAIN = Recipe(name="plain")


def _seen(frames, lost=(), small=(), cuts=(), boxes=None, people=(), times=None, **look):
    found = np.ones(frames, bool)
    found[list(lost)] = False
    box = np.tile([100.0, 100.0, 200.0, 240.0], (frames, 1)) if boxes is None else np.asarray(boxes, float)
    box[list(small)] = [100, 100, 120, 130]
    cut = np.zeros(frames, bool)
    cut[list(cuts)] = True
    quality = FrameQuality(
        found,
        np.where(found, look.get("confidence", 1.0), 0.0),
        np.where(found[:, None], box, 0.0),
        np.full(frames, look.get("sharpness", 0.1)),
        np.full(frames, look.get("brightness", 0.5)),
    )
    time_s = np.arange(frames) / FPS if times is None else np.asarray(times)
    return Observations(time_s, np.arange(frames), quality, cut, people, (480, 640), PointFile())


def _split(seen, recipe=PLAIN, **policy):
    found = segment(seen, recipe, Policy(**policy))
    reasons = [(one.reason, one.frames) for one in found.rejections]
    return [(clip.first, clip.end) for clip in found.clips], reasons


def test_a_steady_video_is_one_clip():
    assert _split(_seen(100)) == ([(0, 100)], [])


def test_a_short_gap_is_bridged_and_a_long_one_splits():
    assert _split(_seen(100, lost=range(40, 50))) == ([(0, 100)], [])
    assert _split(_seen(100, lost=range(40, 54))) == ([(0, 40), (54, 100)], [("face_lost", 14)])


def test_the_longest_gap_that_is_bridged_is_the_policys_to_the_frame():
    assert _split(_seen(100, lost=range(40, 52)), longest_gap_s=0.48)[0] == [(0, 100)]
    assert _split(_seen(100, lost=range(40, 53)), longest_gap_s=0.48)[0] == [(0, 40), (53, 100)]


def test_ends_without_a_face_are_cut_off_and_named_when_long():
    clips, reasons = _split(_seen(100, lost=[*range(5), *range(70, 100)]))
    assert (clips, reasons) == ([(5, 70)], [("face_lost", 30)])


def test_cuts_split_and_what_is_too_short_is_left_out():
    clips, reasons = _split(_seen(100, cuts=[30, 40]))
    assert (clips, reasons) == ([(0, 30), (40, 100)], [("too_short", 10)])


def test_a_jump_in_time_splits():
    times = np.arange(100) / FPS
    times[60:] += 1.0
    assert _split(_seen(100, times=times))[0] == [(0, 60), (60, 100)]


def test_frames_at_uneven_times_stay_together():
    times = np.cumsum(np.random.default_rng(2).choice([0.02, 0.04, 0.2], 100))
    assert _split(_seen(100, times=times), most_seconds=60.0)[0] == [(0, 100)]


def test_a_change_of_person_splits_where_the_box_jumps():
    boxes = np.tile([100.0, 100.0, 200.0, 240.0], (100, 1))
    boxes[43:] += 10
    looks = tuple((row, np.full(128, float(row >= 43))) for row in (0, 25, 50, 75))
    assert _split(_seen(100, boxes=boxes, people=looks))[0] == [(0, 43), (43, 100)]


def test_a_cut_that_explains_a_change_of_person_is_not_split_again():
    looks = tuple((row, np.full(128, float(row >= 30))) for row in (0, 25, 50, 75))
    assert _split(_seen(100, cuts=[30], people=looks))[0] == [(0, 30), (30, 100)]


def test_long_clips_are_cut_into_equal_parts():
    clips, reasons = _split(_seen(250), most_seconds=4.0)
    assert (clips, reasons) == ([(0, 83), (83, 167), (167, 250)], [])


def test_parts_of_exactly_so_many_frames_drop_the_rest():
    clips, reasons = _split(_seen(120), Recipe(name="a", part_frames=50))
    assert (clips, reasons) == ([(0, 50), (50, 100)], [("too_short", 20)])
    assert segment(_seen(120), Recipe(name="a", part_frames=50), Policy()).clips[1].whole == (0, 120)


def test_least_and_most_frames_of_a_recipe():
    assert _split(_seen(60), Recipe(name="a", least_frames=64)) == ([], [("too_short", 60)])
    assert _split(_seen(60), Recipe(name="a", most_frames=40))[0] == [(0, 30), (30, 60)]


def test_a_face_that_leaves_its_box_begins_a_new_clip():
    boxes = np.array([[100.0 + 2 * row, 100, 200 + 2 * row, 240] for row in range(100)])
    clips, _ = _split(_seen(100, boxes=boxes), Recipe(name="a", least_overlap=0.25))
    # Overlap of equal boxes shifted by d of their width: (100 - d) / (100 + d) < 1/4 from d = 60 on.
    assert clips == [(0, 31), (31, 62), (62, 93)]


@pytest.mark.parametrize("parts", [None, 50])
def test_drift_is_held_against_the_whole_run(parts):
    boxes = np.array([[100.0 + row, 100, 200 + row, 240] for row in range(100)])
    strict = Recipe(name="a", drift_limit=0.35, part_frames=parts)
    loose = strict.replace(drift_limit=0.45)
    assert _split(_seen(100, boxes=boxes), strict) == ([], [("box_drift", 100)])
    assert _split(_seen(100, boxes=boxes), loose)[1] == []


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        ({"brightness": 0.01}, "too_dark"),
        ({"brightness": 0.99}, "too_bright"),
        ({"sharpness": 1e-5}, "too_blurred"),
        ({"confidence": 0.3}, "no_face"),
        ({"lost": range(100)}, "no_face"),
        ({"small": range(100)}, "face_too_small"),
    ],
)
def test_what_cannot_be_used_is_named(look, reason):
    assert _split(_seen(100, **look)) == ([], [(reason, 100)])


def test_too_few_usable_frames_are_named_with_their_share():
    lost = [row for row in range(100) if row % 3]
    found = segment(_seen(100, lost=lost[:-1]), PLAIN, Policy())
    assert [one.reason for one in found.rejections] == ["too_few_valid_frames"]
    assert "%" in found.rejections[0].message


def test_a_still_needs_no_length():
    assert segment(_seen(1), PLAIN, Policy(), still=True).clips[0].end == 1
    assert _split(_seen(1)) == ([], [("too_short", 1)])


def test_every_frame_is_in_a_clip_or_in_a_rejection_or_in_a_trimmed_end():
    rng = np.random.default_rng(5)
    for _ in range(20):
        frames = int(rng.integers(50, 400))
        lost = np.flatnonzero(rng.random(frames) < rng.choice([0.02, 0.3]))
        cuts = rng.integers(1, frames, 3)
        found = segment(_seen(frames, lost=lost, cuts=cuts), PLAIN, Policy())
        covered = np.zeros(frames, int)
        for clip in found.clips:
            covered[clip.first : clip.end] += 1
            assert found.usable[clip.first]
            assert found.usable[clip.end - 1]
        for one in found.rejections:
            first = round(one.start_s * FPS)
            covered[first : first + one.frames] += 1
        assert covered.max() == 1
        assert not (found.usable & (covered == 0)).any()

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vultus.data.sets import SPLITS, ClipCard
from vultus.data.sets.splits import (
    apportion,
    assign_by_clip,
    assign_by_person,
    split_by_person,
    split_by_time,
)
from vultus.errors import InputError

SHARES = st.tuples(*[st.floats(0, 10)] * 3).filter(lambda shares: sum(shares) > 0.1)


def cards(clips_of, duration_s=10.0):
    return [
        ClipCard(
            person=person,
            clip=f"{k:03d}",
            source="world",
            fps=25.0,
            frames=1,
            size_px=(8, 8),
            duration_s=duration_s,
        )
        for person, count in clips_of.items()
        for k in range(count)
    ]


@given(st.integers(0, 300), SHARES)
def test_counts_are_within_one_of_the_shares(count, shares):
    counts = apportion(count, shares)
    assert sum(counts) == count
    if count > 50:
        for found, share in zip(counts, shares, strict=True):
            assert abs(found - count * share / sum(shares)) <= 2 + 1e-9
            assert (found == 0) == (share == 0)


@given(st.lists(st.text("abc", min_size=1, max_size=4)), SHARES, st.integers(0, 5))
def test_everyone_is_in_one_split_whatever_the_order(names, shares, seed):
    found = split_by_person(names, shares, seed)
    assert set(found) == set(names)
    assert found == split_by_person(reversed(names), shares, seed)
    assert set(found.values()) <= set(SPLITS)


def test_seeds_draw_different_people():
    names = [f"p{index}" for index in range(40)]
    found = [split_by_person(names, seed=seed) for seed in range(6)]
    assert len({tuple(split[name] for name in names) for split in found}) == 6
    for split in found:
        assert [list(split.values()).count(name) for name in SPLITS] == [28, 4, 8]


def test_clips_follow_their_person():
    found = assign_by_person(cards({f"p{k}": 1 + k % 3 for k in range(20)}), (7, 1, 2), seed=3)
    homes = {}
    for clip_id, split in found.items():
        homes.setdefault(clip_id.split("/")[0], set()).add(split)
    assert all(len(splits) == 1 for splits in homes.values())
    assert sorted(map(str, [*homes.values()])).count("{'test'}") == 4


def test_one_person_s_clips_are_divided_in_time():
    found = assign_by_clip(cards({"a": 10, "b": 20, "c": 1}))
    assert [found[f"a/{k:03d}"] for k in range(10)] == ["train"] * 7 + ["val"] + ["test"] * 2
    assert [found[f"b/{k:03d}"] for k in range(20)] == ["train"] * 14 + ["val"] * 2 + ["test"] * 4
    assert found["c/000"] == "train"


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30), SHARES)
def test_time_never_goes_back(lengths, shares):
    found = list(split_by_time({str(k): length for k, length in enumerate(lengths)}, shares).values())
    assert found == sorted(found, key=SPLITS.index)


@pytest.mark.parametrize(
    "shares", [(1, 2), (0, 0, 0), (1, -1, 2), (float("nan"), 1, 1), (1, 1, float("inf"))]
)
def test_what_are_no_shares_is_refused(shares):
    with pytest.raises(InputError, match="are no shares of train, val, test"):
        split_by_person(["a"], shares)

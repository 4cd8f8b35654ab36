import json
from itertools import islice

import numpy as np
import pytest

from vultus.data.sets import open_set
from vultus.data.sets.sampling import Pairs, Windows
from vultus.data.sets.shards import plan_shards, write_index, write_shard
from vultus.errors import IncompatibleError, InputError


@pytest.fixture
def tiny(stored_once):
    return open_set(stored_once)


def names(items):
    return [(window.clip.id, window.start, window.stop) for window in items]


@pytest.mark.parametrize(("length", "stride"), [(1, 1), (16, 5), (30, 7), (30, 1)])
def test_an_epoch_gives_every_window_once(tiny, length, stride):
    drawn = names(Windows(tiny, None, length, stride, seed=3))
    expected = [
        (clip_id, start, start + length)
        for clip_id in tiny.ids()
        for start in range(0, 30 - length + 1, stride)
    ]
    assert sorted(drawn) == sorted(expected)
    assert (drawn != expected) == (len(drawn) > 1)


def test_a_window_is_that_part_of_its_clip(tiny):
    window = next(iter(Windows(tiny, None, 6, 5)))
    whole = np.stack(list(window.clip.frames()))
    np.testing.assert_array_equal(window.frames(), whole[window.start : window.stop])
    assert len(window.track()) == 6
    assert window.sound().samples.shape == (1, 6 * 640)


def test_epochs_differ_and_seeds_decide(tiny):
    first, again = Windows(tiny, None, 10, seed=1), Windows(tiny, None, 10, seed=1)
    one, two = names(first), names(first)
    assert (one, two) == (names(again), names(again))
    assert sorted(one) == sorted(two)
    assert len({tuple(one), tuple(two), tuple(names(Windows(tiny, None, 10, seed=2)))}) == 3


@pytest.mark.parametrize(
    "kind", [lambda s: Windows(s, None, 10, seed=4), lambda s: Pairs(s, None, 20, seed=4)]
)
@pytest.mark.parametrize("taken", [0, 7, 20, 33])
def test_a_run_goes_on_where_it_was(tiny, kind, taken):
    def endless(drawer):
        while True:
            yield from drawer

    whole = list(islice(endless(kind(tiny)), taken + 15))
    one = kind(tiny)
    list(islice(endless(one), taken))
    state = json.loads(json.dumps(one.state_dict()))
    other = kind(tiny)
    other.load_state_dict(state)
    rest = list(islice(endless(other), 15))
    key = lambda item: names([item] if hasattr(item, "clip") else [item.source, item.driving])  # noqa: E731
    assert [key(item) for item in rest] == [key(item) for item in whole[taken:]]


def test_another_position_is_refused(tiny):
    state = Windows(tiny, None, 10).state_dict()
    with pytest.raises(IncompatibleError, match="saved with count 210, not 190"):
        Windows(tiny, None, 12).load_state_dict(state)
    with pytest.raises(IncompatibleError, match="seed"):
        Windows(tiny, None, 10, seed=1).load_state_dict(state)


def test_processes_share_an_epoch(tiny):
    parts = [Windows(tiny, None, 10, part=(number, 3)) for number in range(3)]
    assert sum(map(len, parts)) == 210
    drawn = [name for part in parts for name in names(part)]
    assert sorted(drawn) == sorted(names(Windows(tiny, None, 10)))
    with pytest.raises(InputError, match="no part 3 of 3"):
        Windows(tiny, None, 10, part=(3, 3))


@pytest.mark.parametrize("within", ["clip", "person"])
def test_pairs_are_of_one_person_and_people_are_drawn_alike(tiny, within):
    pairs = list(Pairs(tiny, None, 2000, within))
    people = [pair.source.clip.card.person for pair in pairs]
    assert people == [pair.driving.clip.card.person for pair in pairs]
    same = np.mean([pair.source.clip.id == pair.driving.clip.id for pair in pairs])
    assert (same == 1) == (within == "clip")
    for person in set(people):
        assert abs(people.count(person) - 500) < 4 * np.sqrt(2000 * 0.25 * 0.75)
    assert {pair.source.start for pair in pairs} == set(range(30))
    assert pairs[0].driving.frames().shape == (1, 64, 64, 3)


def test_training_does_not_know_which_form_it_is_fed(stored, tmp_path):
    folder = open_set(stored)
    folder.assign(dict.fromkeys(folder.ids()[:5], "train"), {})
    cards = [write_shard(folder, plan, tmp_path) for plan in plan_shards(folder, 0.3)]
    shards = open_set(write_index(folder, cards, tmp_path))
    for one, other in zip(Windows(folder, "train", 29), Windows(shards, "train", 29), strict=True):
        assert one.frames().tobytes() == other.frames().tobytes()
        assert one.track().to_bytes() == other.track().to_bytes()


def test_a_split_without_clips_is_refused(tiny):
    with pytest.raises(InputError, match="set 'tiny' has no clip of 10 frames in train"):
        Windows(tiny, "train", 10)
    with pytest.raises(InputError, match="no clip of 31 frames in any split"):
        Windows(tiny, None, 31)
    with pytest.raises(InputError, match="no clip in val"):
        Pairs(tiny, "val", 10)
    with pytest.raises(InputError, match="'set' cannot be paired"):
        Pairs(tiny, None, 10, "set")

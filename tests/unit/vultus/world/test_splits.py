"""Nobody is ever in two splits."""

from itertools import islice

import pytest

from vultus.errors import InputError
from vultus.world.splits import MOST_PEOPLE, SPLITS, draw_people, person_seeds, split_of


@pytest.mark.parametrize("one", [0, 1, 77])
@pytest.mark.parametrize("other", [0, 2, 77])
def test_no_person_of_any_set_is_in_another_split_of_any_set(one, other):
    for split in SPLITS:
        ours = set(islice(person_seeds(split, one), 200))
        for another in set(SPLITS) - {split}:
            assert ours.isdisjoint(islice(person_seeds(another, other), 200))


def test_the_split_of_a_seed_is_its_last_digit():
    digits = [split_of(seed) for seed in range(1000)]
    assert digits.count("train") == 800
    assert digits.count("val") == digits.count("test") == 100


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 64, 205])
def test_a_set_has_as_many_people_as_asked_and_each_split_from_three_on(count):
    people = draw_people(count, 5)
    assert len(set(people)) == count
    assert ({split_of(seed) for seed in people} == set(SPLITS)) == (count >= 3)
    assert sum(split_of(seed) == "train" for seed in people) >= count * 0.3


def test_sets_of_other_seeds_have_other_people():
    assert set(draw_people(100, 1)).isdisjoint(draw_people(100, 2))
    assert draw_people(100, 1) == draw_people(100, 1)


def test_what_is_no_person_or_no_split_is_refused():
    with pytest.raises(InputError, match="no person has the seed -1"):
        split_of(-1)
    with pytest.raises(InputError, match="no person has the seed"):
        split_of(MOST_PEOPLE)
    with pytest.raises(InputError, match="no split called 'valid'"):
        person_seeds("valid")

"""Which people are for training and which are not: decided by a person's seed alone."""

from collections.abc import Iterator
from itertools import count as count_from
from itertools import islice

from vultus.errors import InputError
from vultus.world.seeds import generator

SPLITS = ("train", "val", "test")
"""Parts of every world set, in this order."""

MOST_PEOPLE = 2**31
"""Seeds of people lie below."""

TEN_PEOPLE = ("train",) * 8 + ("val", "test")
"""Split of each last decimal digit of a seed."""

_SET_SPACE = 10**6


def split_of(person_seed: int) -> str:
    """The split of the person with this seed, whichever set they appear in.

    The last decimal digit decides: 9 is a test person, 8 is for validation, all others are for training. So
    two sets never disagree, whenever and wherever they were made.

    Raises:
        InputError: When the seed is not in 0..`MOST_PEOPLE` - 1.

    Example:
        >>> [split_of(seed) for seed in (0, 7, 8, 9, 19, 1238)]
        ['train', 'train', 'val', 'test', 'test', 'val']
    """
    if not 0 <= person_seed < MOST_PEOPLE:
        raise InputError(
            f"no person has the seed {person_seed}",
            remedy=f"use 0 to {MOST_PEOPLE - 1}",
            metadata={"seed": person_seed},
        )
    return TEN_PEOPLE[person_seed % 10]


def person_seeds(split: str, set_seed: int = 0) -> Iterator[int]:
    """Seeds of people of one split, without end and without repeats.

    Args:
        split: One of `SPLITS`.
        set_seed: Where among all people to begin; sets of other seeds have other people, nearly always.

    Raises:
        InputError: When there is no such split.

    Example:
        >>> from itertools import islice
        >>> [split_of(seed) for seed in islice(person_seeds("val", 4), 3)]
        ['val', 'val', 'val']
    """
    if split not in SPLITS:
        raise InputError(f"no split called {split!r}", remedy=f"use one of {', '.join(SPLITS)}")
    return _of_split(split, _beginning(set_seed))


def draw_people(count: int, set_seed: int = 0) -> list[int]:
    """Seeds of the people of a set: eight of ten for training, at least one of each split from three on.

    Example:
        >>> draw_people(4), len(draw_people(50, 3))
        ([0, 1, 8, 9], 50)
    """
    others = max(1, round(count / 10)) if count >= len(SPLITS) else 0
    counts = {"train": count - 2 * others, "val": others, "test": others}
    return sorted(seed for split in SPLITS for seed in islice(person_seeds(split, set_seed), counts[split]))


def _beginning(set_seed: int) -> int:
    """The first seed of a set, a multiple of ten; 0 for the set 0, so that it is easily found again."""
    if set_seed == 0:
        return 0
    return (
        int(generator(set_seed, "people").integers(1, (MOST_PEOPLE - _SET_SPACE) // _SET_SPACE)) * _SET_SPACE
    )


def _of_split(split: str, first: int) -> Iterator[int]:
    return (seed for seed in count_from(first) if split_of(seed) == split)

"""Who is learned from, who is tuned on, who is measured on."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from vultus.data.sets.cards import SPLITS, ClipCard
from vultus.errors import InputError
from vultus.world.seeds import generator

Shares = Sequence[float | int]
"""Relative sizes of train, val and test."""

SHARES = (7, 1, 2)
"""Of training, validation and test [zhang2021pose, §4.3]."""


def split_by_person(people: Iterable[str], shares: Shares = SHARES, seed: int = 0) -> dict[str, str]:
    """Put people into splits, so that nobody is in two of them.

    Numbers of people are the shares' by largest remainders; a split with a share gets at least one person
    where there are as many people as splits. The result depends on the set of names alone.

    Args:
        people: Names; repeated ones count once.
        shares: Relative sizes of train, val and test.
        seed: Draws who is where.

    Returns:
        The split of each person.

    Example:
        >>> sorted(split_by_person([f"p{index}" for index in range(10)]).values())
        ['test', 'test', 'train', 'train', 'train', 'train', 'train', 'train', 'train', 'val']
    """
    names = sorted(set(people))
    order = generator("split", seed).permutation(len(names))
    counts = apportion(len(names), shares)
    labels = [split for split, count in zip(SPLITS, counts, strict=True) for _ in range(count)]
    return {names[place]: label for place, label in zip(order, labels, strict=True)}


def split_by_time(durations_s: Mapping[str, float], shares: Shares = SHARES) -> dict[str, str]:
    """Put the clips of one person into splits, the earliest ones into training [zhang2021pose, §4.3].

    A clip goes where its middle lies on the person's time line; stretches that follow each other stay
    together, so that test clips are not cut from between training clips.

    Args:
        durations_s: Of each clip, s, in the order of time.
        shares: Relative sizes of train, val and test.

    Returns:
        The split of each clip.

    Example:
        >>> split_by_time({"a": 70.0, "b": 10.0, "c": 20.0})
        {'a': 'train', 'b': 'val', 'c': 'test'}
    """
    ends = np.cumsum(_checked(shares)) / sum(shares)
    lengths = np.fromiter(durations_s.values(), np.float64, len(durations_s))
    middles = (np.cumsum(lengths) - lengths / 2) / max(lengths.sum(), np.finfo(np.float64).tiny)
    places = np.minimum(np.searchsorted(ends, middles, side="right"), len(SPLITS) - 1)
    return {clip: SPLITS[place] for clip, place in zip(durations_s, places, strict=True)}


def assign_by_person(cards: Iterable[ClipCard], shares: Shares = SHARES, seed: int = 0) -> dict[str, str]:
    """The split of each clip by id when people are put into splits; see `split_by_person`."""
    person_of = {card.id: card.person for card in cards}
    splits = split_by_person(person_of.values(), shares, seed)
    return {clip_id: splits[person] for clip_id, person in person_of.items()}


def assign_by_clip(cards: Iterable[ClipCard], shares: Shares = SHARES) -> dict[str, str]:
    """The split of each clip by id when every person's clips are divided; see `split_by_time`.

    The order of time is the order of the clips' names.
    """
    durations_s: dict[str, dict[str, float]] = {}
    for card in sorted(cards, key=lambda card: card.id):
        durations_s.setdefault(card.person, {})[card.id] = card.duration_s
    return {
        clip_id: split
        for clips in durations_s.values()
        for clip_id, split in split_by_time(clips, shares).items()
    }


def apportion(count: int, shares: Shares) -> list[int]:
    """Whole numbers that sum to `count` in proportion to `shares`, by largest remainders.

    A part with a share gets at least one where there are enough.

    Example:
        >>> apportion(10, (7, 1, 2)), apportion(3, (7, 1, 2)), apportion(2, (7, 1, 2))
        ([7, 1, 2], [1, 1, 1], [2, 0, 0])
    """
    exact = count * _checked(shares) / sum(shares)
    counts = np.floor(exact).astype(int)
    most_left = np.argsort(np.round(counts - exact, 9), kind="stable")  # equal remainders: the first split
    counts[most_left[: count - counts.sum()]] += 1
    wanted = [place for place, share in enumerate(shares) if share > 0]
    if count >= len(wanted):
        for place in wanted:
            if counts[place] == 0:
                counts[np.argmax(counts)] -= 1
                counts[place] = 1
    return counts.tolist()


def _checked(shares: Shares) -> np.ndarray:
    values = np.asarray(shares, np.float64)
    with np.errstate(over="ignore"):
        usable = len(values) == len(SPLITS) and (values >= 0).all() and 0 < values.sum() < np.inf
    if not usable:
        raise InputError(
            f"{','.join(f'{share:g}' for share in shares)!r} are no shares of {', '.join(SPLITS)}",
            remedy="give three numbers from 0 on, for instance 7,1,2",
            metadata={"shares": shares},
        )
    return values

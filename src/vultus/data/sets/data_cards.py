"""What a reader should know of a set before using it: how much, of whom, on which terms, what is left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

from vultus.data.sets.cards import SPLITS, ClipCard, SetCard, set_digest
from vultus.data.sets.faults import Fault

UNASSIGNED = "unassigned"
"""Row of the clips that are in no split."""

UNKNOWN = "unknown"
"""Language of clips that do not say."""


def rank(split: str) -> int:
    """Where a split stands among the others: train, val, test, then any other name."""
    return (*SPLITS, split).index(split)


@dataclass(frozen=True)
class Amount:
    """How much there is of something."""

    people: int
    """Different names of people."""

    clips: int
    """Clips."""

    frames: int
    """Frames."""

    hours: float
    """Duration, h."""


@dataclass(frozen=True, kw_only=True)
class DataCard:
    """Counts, terms and origin of a set."""

    name: str
    """What the set is called."""

    source: str
    """Where the clips come from."""

    recipe: str
    """How they were made."""

    recipe_digest: str
    """Of everything that decides how they were made."""

    digest: str
    """Of all clips."""

    total: Amount
    """Of the whole set."""

    splits: Mapping[str, Amount]
    """Of each split."""

    people_in_several: tuple[str, ...]
    """People that more than one split has, sorted; such splits do not measure unseen people."""

    languages: Mapping[str, float]
    """Hours by language."""

    sizes: Mapping[str, int]
    """Clips by frame size, "height x width"."""

    rates: Mapping[str, int]
    """Clips by frame rate, Hz."""

    licences: Mapping[str, int]
    """Clips by licence."""

    rejected: Mapping[str, int] = field(default_factory=dict)
    """Candidates that were left out, by reason."""

    faults: tuple[str, ...] = ()
    """Clips that are stored and cannot be used, and why."""

    def to_json(self) -> dict[str, Any]:
        """Every field by name."""
        return asdict(self)


class Tally:
    """Counts clips one by one."""

    def __init__(self) -> None:
        self._people: defaultdict[str, set[str]] = defaultdict(set)
        self._clips: Counter[str] = Counter()
        self._frames: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()
        self._rates: Counter[str] = Counter()
        self._licences: Counter[str] = Counter()
        self.digests: dict[str, str] = {}
        """Of the clips counted, by id."""

    def add(self, card: ClipCard, digest: str) -> None:
        """Count a clip."""
        split = card.split or UNASSIGNED
        self._people[split].add(card.person)
        self._clips[split] += 1
        self._frames[split] += card.frames
        self._seconds[split] += card.duration_s  # type: ignore[assignment]
        self._languages[card.language or UNKNOWN] += card.duration_s  # type: ignore[assignment]
        self._sizes["{} x {}".format(*card.size_px)] += 1
        self._rates[f"{card.fps:.5g}"] += 1
        self._licences[card.licence] += 1
        self.digests[card.id] = digest

    @property
    def total(self) -> Amount:
        """Of everything."""
        return Amount(
            people=len(set().union(*self._people.values())),
            clips=self._clips.total(),
            frames=self._frames.total(),
            hours=self._seconds.total() / 3600,
        )

    def card(self, set_card: SetCard, faults: Sequence[Fault]) -> DataCard:
        """What was counted, with what is known of the whole."""
        splits = sorted(self._clips, key=rank)
        return DataCard(
            name=set_card.name,
            source=set_card.source,
            recipe=set_card.recipe,
            recipe_digest=set_card.recipe_digest,
            digest=set_digest(self.digests),
            total=self.total,
            splits={name: self._amount(name) for name in splits},
            people_in_several=self._people_in_several(),
            languages={name: seconds / 3600 for name, seconds in sorted(self._languages.items())},
            sizes=dict(sorted(self._sizes.items())),
            rates=dict(sorted(self._rates.items())),
            licences=dict(sorted(self._licences.items())),
            rejected=dict(sorted(set_card.rejected.items())),
            faults=tuple(map(str, faults)),
        )

    def _amount(self, split: str) -> Amount:
        return Amount(
            people=len(self._people[split]),
            clips=self._clips[split],
            frames=self._frames[split],
            hours=self._seconds[split] / 3600,
        )

    def _people_in_several(self) -> tuple[str, ...]:
        homes = Counter(person for people in self._people.values() for person in people)
        return tuple(sorted(person for person, count in homes.items() if count > 1))


@runtime_checkable
class Described(Protocol):
    """A stored set, as far as its card needs it."""

    card: SetCard
    """What is known of the whole."""

    faults: list[Fault]
    """What could not be read."""

    def clips(self, split: str | None = None) -> Iterator[Any]:
        """The clips."""
        ...


def data_card(stored: Described) -> DataCard:
    """Count what is stored; reads every clip's card, no video.

    Args:
        stored: A set in a folder or in shards.
    """
    tally = Tally()
    for clip in stored.clips():
        tally.add(clip.card, clip.digest)
    return tally.card(stored.card, stored.faults)


def markdown(card: DataCard) -> str:
    """The card as a page to read.

    Args:
        card: What was counted.
    """
    total = card.total
    lines = [
        f"# {card.name}",
        "",
        f"{total.clips} clips of {total.people} people, {_hours(total.hours)}, {total.frames} frames.",
        "",
        "| split | people | clips | frames | duration |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {part.people} | {part.clips} | {part.frames} | {_hours(part.hours)} |"
            for name, part in card.splits.items()
        ),
        "",
        overlap(card),
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in facts(card).items()),
        "",
        *(
            ["## Left out", "", *(f"- {reason}: {count}" for reason, count in card.rejected.items()), ""]
            * bool(card.rejected)
        ),
        *(["## Cannot be used", "", *(f"- {fault}" for fault in card.faults), ""] * bool(card.faults)),
    ]
    return "\n".join(lines)


def facts(card: DataCard) -> dict[str, str]:
    """What is not counted by split, as text by name."""
    return {
        "source": card.source,
        "recipe": card.recipe or "not said",
        "recipe digest": card.recipe_digest or "not said",
        "licences": _counted(card.licences, "clips"),
        "languages": ", ".join(f"{name} ({_hours(hours)})" for name, hours in card.languages.items()),
        "frame sizes, px": _counted(card.sizes, "clips"),
        "frame rates, Hz": _counted(card.rates, "clips"),
        "digest": card.digest,
    }


def overlap(card: DataCard) -> str:
    """A sentence on people that are in more than one split."""
    named = [name for name in card.splits if name != UNASSIGNED]
    if len(named) < 2:
        return "The set is not divided into splits."
    if not card.people_in_several:
        return "No person is in two splits."
    shown = ", ".join(card.people_in_several[:5]) + (" …" if len(card.people_in_several) > 5 else "")
    return f"{len(card.people_in_several)} people are in more than one split: {shown}."


def _counted(counts: Mapping[str, int], what: str) -> str:
    return ", ".join(f"{name} ({count} {what})" for name, count in counts.items())


def _hours(hours: float) -> str:
    """A duration in the unit that suits it."""
    if hours >= 1:
        return f"{hours:.2f} h"
    return f"{60 * hours:.1f} min" if hours >= 1 / 60 else f"{3600 * hours:.1f} s"

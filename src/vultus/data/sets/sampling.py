"""Drawing from a set for training: windows of clips, and pairs of frames of one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt8

from vultus.data.media.sound import Sound
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.stored import StoredSet
from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.world.seeds import generator


@dataclass(frozen=True)
class Window:
    """Frames that follow each other in one clip; nothing is read before it is asked for."""

    clip: StoredClip
    """The clip."""

    start: int
    """First frame."""

    stop: int
    """Behind the last frame."""

    def frames(self) -> UInt8[np.ndarray, "t h w 3"]:
        """The frames, sRGB."""
        return np.stack(list(self.clip.frames(self.start, self.stop)))

    def track(self) -> Track:
        """The rows of the track; times are the clip's."""
        return self.clip.track(self.start, self.stop)

    def sound(self) -> Sound:
        """The sound from the first frame's presentation to the end of the last one's."""
        fps = self.clip.card.fps
        return self.clip.sound(self.start / fps, self.stop / fps)


@dataclass(frozen=True)
class Pair:
    """A source and a driver of the same person, a frame each."""

    source: Window
    """Whose appearance is kept."""

    driving: Window
    """Whose motion is taken, and what the result should look like."""


class Drawer:
    """Draws items in an order that its seed decides, epoch after epoch, and remembers where it is.

    Iterating gives the rest of the current epoch and moves on to the next one. Processes that share the work
    have the same seed and different parts: each item is given to one of them.

    Args:
        count: Items in an epoch, all parts together.
        seed: Decides the order.
        part: (number, count) of this process.
    """

    def __init__(self, count: int, seed: int, part: tuple[int, int]) -> None:
        number, parts = part
        if not 0 <= number < parts:
            raise InputError(f"there is no part {number} of {parts}", remedy="count parts from 0")
        self.epoch = 0
        """Epochs that were finished."""
        self.position = 0
        """Items of this epoch that were given, by this part."""
        self._count, self._seed, self._part = count, seed, part

    def __len__(self) -> int:
        """Items that this part gives in an epoch."""
        number, parts = self._part
        return len(range(number, self._count, parts))

    def state_dict(self) -> dict[str, Any]:
        """Where it is, JSON-able; `load_state_dict` goes on from there."""
        return {
            "epoch": self.epoch,
            "position": self.position,
            "count": self._count,
            "seed": self._seed,
            "part": list(self._part),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where another one was; raises `IncompatibleError` when it drew from something else."""
        mine = self.state_dict()
        for name in ("count", "seed", "part"):
            if state[name] != mine[name]:
                raise IncompatibleError(
                    f"the position was saved with {name} {state[name]}, not {mine[name]}",
                    remedy="go on with the same set, seed and number of processes",
                    metadata={"name": name},
                )
        self.epoch, self.position = int(state["epoch"]), int(state["position"])

    def places(self) -> Iterator[int]:
        """Numbers of the items of the rest of the epoch, in the order in which they are drawn."""
        number, parts = self._part
        order = generator("drawer", self._seed, self.epoch).permutation(self._count)[number::parts]
        while self.position < len(order):
            place = int(order[self.position])
            self.position += 1  # before it is used, so that a state saved meanwhile is of what follows
            yield place
        self.epoch, self.position = self.epoch + 1, 0


class Windows(Drawer):
    """Every window of the clips of a split, once an epoch, in a drawn order.

    Args:
        stored: A set in a folder or in shards.
        split: "train", "val", "test", or None for all clips.
        length: Frames of a window; shorter clips give none.
        stride: Frames from the start of one window to that of the next.
        seed: Decides the order.
        part: (number, count) of this process.

    Raises:
        InputError: When no clip is long enough.
    """

    def __init__(
        self,
        stored: StoredSet,
        split: str | None,
        length: int,
        stride: int = 1,
        seed: int = 0,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        if length < 1 or stride < 1:
            raise ValueError(f"no windows have length {length} and stride {stride}")
        self._clips = [clip for clip in stored.clips(split) if len(clip) >= length]
        self._length, self._stride = length, stride
        counts = [(len(clip) - length) // stride + 1 for clip in self._clips]
        self._ends = np.cumsum(counts, dtype=np.int64)
        if not counts:
            raise _nothing(stored, split, f"clip of {length} frames")
        super().__init__(int(self._ends[-1]), seed, part)

    def __getitem__(self, place: int) -> Window:
        """A window by its number, clip by clip."""
        if not 0 <= place < self._ends[-1]:
            raise IndexError(place)
        row = int(np.searchsorted(self._ends, place, side="right"))
        before = int(self._ends[row - 1]) if row else 0
        start = (place - before) * self._stride
        return Window(self._clips[row], start, start + self._length)

    def __iter__(self) -> Iterator[Window]:
        """The rest of this epoch."""
        for place in self.places():
            yield self[place]


class Pairs(Drawer):
    """Source and driving frames of one clip or of one person, every person equally often.

    Pair number n of an epoch depends on the seed, the epoch and n alone.

    Args:
        stored: A set in a folder or in shards.
        split: "train", "val", "test", or None for all clips.
        count: Pairs in an epoch.
        within: Both frames from one clip, or from any clips of the person.
        seed: Decides what is drawn.
        part: (number, count) of this process.

    Raises:
        InputError: When there is no clip.
    """

    def __init__(
        self,
        stored: StoredSet,
        split: str | None,
        count: int,
        within: str = "clip",
        seed: int = 0,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        if within not in ("clip", "person"):
            raise InputError(f"frames of one {within!r} cannot be paired", remedy="known: clip, person")
        people: dict[str, list[StoredClip]] = {}
        for clip in stored.clips(split):
            people.setdefault(clip.card.person, []).append(clip)
        if not people:
            raise _nothing(stored, split, "clip")
        self._people = list(people.values())
        self._within = within
        super().__init__(count, seed, part)

    def __iter__(self) -> Iterator[Pair]:
        """The rest of this epoch."""
        epoch = self.epoch
        for place in self.places():
            yield self._pair(generator("pair", self._seed, epoch, place))

    def _pair(self, rng: np.random.Generator) -> Pair:
        clips = self._people[rng.integers(len(self._people))]
        source = clips[rng.integers(len(clips))]
        driving = source if self._within == "clip" else clips[rng.integers(len(clips))]
        return Pair(_frame(source, rng), _frame(driving, rng))


def _frame(clip: StoredClip, rng: np.random.Generator) -> Window:
    start = int(rng.integers(len(clip)))
    return Window(clip, start, start + 1)


def _nothing(stored: StoredSet, split: str | None, what: str) -> InputError:
    return InputError(
        f"the set {stored.card.name!r} has no {what} in {split or 'any split'}",
        remedy="see `vultus data inspect`; divide it with `vultus data split`",
        metadata={"set": stored.card.name, "split": split},
    )

"""The data set of one person's head motion: filtered, centred, split in time [zhang2021pose, §3, §4.3]."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from vultus.data.real.poses import PoseFilter, PoseStatistics, centred, track_poses
from vultus.data.sets import ClipSet, StoredClip
from vultus.data.sets.splits import SHARES, Shares, split_by_time
from vultus.errors import IncompatibleError, InputError

FPS_TOLERANCE = 0.01
"""Relative difference of frame rates that are taken for the same."""


@dataclass(frozen=True)
class PersonClip:
    """One clip's head motion."""

    id: str
    """The stored clip's."""

    split: str
    """"train", "val" or "test"."""

    sitting: str
    """What was filmed in one go by one camera: the clip's file, or the clip itself."""

    poses: Float64[np.ndarray, "t 6"]
    """Filtered, less the mean pose of the sitting; columns as in `POSE_NAMES`."""


@dataclass(frozen=True)
class PersonSet:
    """All clips of one person, ready to learn how that person moves."""

    person: str
    """Name in the set."""

    fps: float
    """Frame rate of every clip, Hz."""

    clips: tuple[PersonClip, ...]
    """In the order of time."""

    rest: Mapping[str, Float64[np.ndarray, " 6"]]
    """The mean pose of every sitting, which was subtracted from its clips."""

    statistics: PoseStatistics
    """Of the centred poses of the training clips, to normalise all of them with."""

    def split(self, name: str) -> list[PersonClip]:
        """The clips of one split."""
        return [clip for clip in self.clips if clip.split == name]


def assemble(
    clips: ClipSet, person: str, pose_filter: PoseFilter | None = None, shares: Shares = SHARES
) -> PersonSet:
    """Bring all clips of a person together.

    Every clip is filtered by itself [zhang2021pose, eq. 1]; the clips of one sitting share a mean pose, which
    is taken off; the earliest stretches of time train, the latest test.

    Args:
        clips: A stored set, world or real.
        person: Whose clips.
        pose_filter: Filter over time; by default the paper's.
        shares: Relative sizes of train, val and test.

    Raises:
        InputError: The set has no clip of that person, or none to train on.
        IncompatibleError: The clips' frame rates differ.
    """
    smooth = pose_filter or PoseFilter()
    stored = [clip for clip in clips.clips() if clip.card.person == person]
    fps = _common_fps(stored, person)
    splits = split_by_time({clip.id: clip.card.duration_s for clip in stored}, shares)
    sittings: dict[str, list[StoredClip]] = {}
    for clip in stored:
        sittings.setdefault(str(clip.card.extra.get("file", clip.card.clip)), []).append(clip)
    rest, made = {}, {}
    for sitting, members in sittings.items():
        poses, rest[sitting] = centred([smooth(track_poses(clip.track())) for clip in members])
        for clip, centred_poses in zip(members, poses, strict=True):
            made[clip.id] = PersonClip(clip.id, splits[clip.id], sitting, centred_poses)
    ordered = tuple(made[clip.id] for clip in stored)
    return PersonSet(person, fps, ordered, rest, _statistics(ordered, person))


def _common_fps(stored: list[StoredClip], person: str) -> float:
    if not stored:
        raise InputError(f"the set has no clip of {person!r}", remedy="see `vultus data inspect`")
    rates = [clip.card.fps for clip in stored]
    if max(rates) > (1 + FPS_TOLERANCE) * min(rates):
        raise IncompatibleError(
            f"the clips of {person!r} have {min(rates):g} to {max(rates):g} frames a second",
            remedy="build the set from videos of one rate",
            metadata={"person": person, "least_fps": min(rates), "most_fps": max(rates)},
        )
    return float(np.median(rates))


def _statistics(clips: Iterable[PersonClip], person: str) -> PoseStatistics:
    train = [clip.poses for clip in clips if clip.split == "train"]
    if not train:
        raise InputError(
            f"no clip of {person!r} is left to train on", remedy="cut clips shorter, with --max-seconds"
        )
    return PoseStatistics.of(train)

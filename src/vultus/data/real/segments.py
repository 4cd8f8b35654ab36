"""Which frames of a video become clips, and why the others do not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Bool

from vultus.data.real.boxes import drift, overlaps
from vultus.data.real.observing import Observations
from vultus.data.real.outcomes import Rejection
from vultus.data.real.people import changes
from vultus.data.real.policy import Policy, Reason
from vultus.data.real.recipes import Recipe

Run = tuple[int, int]
"""First frame and the one after the last."""


@dataclass(frozen=True)
class ClipRun:
    """The frames of one clip."""

    first: int
    """First row of the observations."""

    end: int
    """The row after the last."""

    whole: Run
    """The steady run that the clip is a part of: what one box for a whole video rests on."""


@dataclass
class Segmentation:
    """What becomes of the frames of an item."""

    usable: Bool[np.ndarray, " t"]
    """Which frames have a face that the policy accepts."""

    clips: list[ClipRun] = field(default_factory=list)
    """In the order of time; they do not overlap."""

    rejections: list[Rejection] = field(default_factory=list)
    """What was left out, in the order of time."""


def usable_frames(seen: Observations, policy: Policy) -> Bool[np.ndarray, " t"]:
    """Frames whose face was found, is large enough and lies in the picture."""
    quality = seen.quality
    return (
        quality.found
        & (quality.confidence >= policy.least_confidence)
        & (quality.face_px >= policy.least_face_px)
    )


def segment(seen: Observations, recipe: Recipe, policy: Policy, *, still: bool = False) -> Segmentation:
    """Split a video into clips of one person with a steady face, and say what is left out.

    In this order: where the camera cuts, time jumps or the person changes; where the face is away for too
    long; where the recipe wants a new box; by length. What is left is held against the policy's limits.

    Args:
        seen: What was seen in every frame.
        recipe: How clips are cut out; some bring limits of their own.
        policy: Limits.
        still: Whether the item is a picture, which has no length.
    """
    result = Segmentation(usable_frames(seen, policy))
    judge = _Judge(seen, recipe, policy, result, still)
    for run in _between_breaks(seen, policy):
        for part in judge.with_a_face(run):
            for steady in _by_overlap(seen, part, result.usable, recipe):
                judge.take(steady)
    result.rejections.sort(key=lambda one: one.start_s or 0.0)
    return result


def _between_breaks(seen: Observations, policy: Policy) -> Iterator[Run]:
    """Runs of frames with no cut, no jump in time and no change of person between them."""
    breaks = {0, len(seen)}
    breaks.update(int(row) for row in np.flatnonzero(seen.cut))
    breaks.update(int(row) + 1 for row in np.flatnonzero(np.diff(seen.time_s) > policy.longest_step_s))
    for before, after in changes(seen.people, policy.most_identity_distance):
        if not any(before < row <= after for row in breaks):
            breaks.add(_likeliest_change(seen, before, after))
    edges = sorted(breaks)
    yield from pairwise(edges)


def _likeliest_change(seen: Observations, before: int, after: int) -> int:
    """The frame after `before` whose box differs most from the last one's."""
    steps = np.abs(np.diff(seen.quality.box_px[before : after + 1], axis=0)).max(axis=1)
    return before + 1 + int(np.argmax(steps))


def _by_overlap(
    seen: Observations, run: Run, usable: Bool[np.ndarray, " t"], recipe: Recipe
) -> Iterator[Run]:
    """The run, split where the face has left the box in which it began by more than the recipe allows."""
    first, end = run
    while recipe.least_overlap is not None and first < end:
        rows = first + np.flatnonzero(usable[first:end])
        boxes = seen.quality.box_px[rows]
        away = np.flatnonzero(overlaps(boxes[0], boxes) < recipe.least_overlap)
        if not len(away):
            break
        yield first, int(rows[away[0]])
        first = int(rows[away[0]])
    yield first, end


class _Judge:
    """Cuts runs to length and sorts them into clips and rejections."""

    def __init__(
        self, seen: Observations, recipe: Recipe, policy: Policy, result: Segmentation, still: bool
    ) -> None:
        self._seen, self._recipe, self._policy = seen, recipe, policy
        self._result, self._still = result, still

    def with_a_face(self, run: Run) -> Iterator[Run]:
        """Parts of a run that begin and end with a usable face and have no long gap; the rest is rejected."""
        first, end = run
        rows = first + np.flatnonzero(self._result.usable[first:end])
        if not len(rows):
            self._reject(run, *self._why_no_face(run))
            return
        time_s = self._seen.time_s
        gaps = np.flatnonzero(time_s[rows[1:]] - time_s[rows[:-1]] > self._longest_away_s())
        starts = [int(rows[0]), *(int(row) for row in rows[gaps + 1])]
        ends = [*(int(row) + 1 for row in rows[gaps]), int(rows[-1]) + 1]
        for edge, after in zip([first, *ends], [*starts, end], strict=True):
            if after > edge and time_s[after - 1] - time_s[edge] > self._policy.longest_gap_s:
                self._reject((edge, after), "face_lost", "no usable face was seen for {seconds:.2f} s")
        yield from zip(starts, ends, strict=True)

    def take(self, run: Run) -> None:
        """Cut a run to length and keep what the limits allow."""
        verdict = self._drifted(run) if self._recipe.part_frames is not None else None
        if verdict is not None:
            self._reject(run, *verdict)
            return
        for part in self._parts(run):
            verdict = self._fault(part)
            if verdict is None:
                self._result.clips.append(ClipRun(*part, whole=run))
            else:
                self._reject(part, *verdict)

    def _longest_away_s(self) -> float:
        """From one usable face to the next, s: the longest gap and the frame that ends it."""
        return self._policy.longest_gap_s + self._step_s() + 1e-6

    def _step_s(self) -> float:
        steps = np.diff(self._seen.time_s)
        return float(np.median(steps)) if len(steps) else 0.0

    def _parts(self, run: Run) -> Iterable[Run]:
        """Parts of exactly the recipe's length, or equal ones that are not too long."""
        first, end = run
        length = self._recipe.part_frames
        if length is not None and not self._still:
            count = max((end - first) // length, 1)
            edges = [first + k * length for k in range(count + 1)]
            edges[-1] = min(edges[-1], end)
            rest = [(edges[-1], end)] if edges[-1] < end else []
            return [*pairwise(edges), *rest]
        seconds = self._duration_s(run)
        count = int(np.ceil(seconds / self._policy.most_seconds - 1e-9))
        if self._recipe.most_frames is not None:
            count = max(count, -(-(end - first) // self._recipe.most_frames))
        edges = np.linspace(first, end, max(count, 1) + 1).round().astype(int).tolist()
        return pairwise(edges)

    def _duration_s(self, run: Run) -> float:
        first, end = run
        return float(self._seen.time_s[end - 1] - self._seen.time_s[first]) + self._step_s()

    def _why_no_face(self, run: Run) -> tuple[Reason, str]:
        quality = self._seen.quality[run[0] : run[1]]
        if not quality.found.any():
            return "no_face", "no face was found in any frame"
        largest = float(quality.face_px.max())
        if largest < self._policy.least_face_px:
            return "face_too_small", f"the face is at most {largest:.0f} px, not {self._policy.least_face_px}"
        return "no_face", "no face lies far enough in the picture in any frame"

    def _fault(self, run: Run) -> tuple[Reason, str] | None:
        """Why a part cannot be a clip, or None."""
        first, end = run
        if fault := self._too_short(run):
            return "too_short", fault
        usable = self._result.usable[first:end]
        share = float(usable.mean())
        if share < self._policy.least_valid_share:
            return (
                "too_few_valid_frames",
                f"a usable face is in only {100 * share:.0f} % of {{frames}} frames",
            )
        good = self._seen.quality[first:end][usable]
        return self._drifted(run) or self._bad_look(
            float(np.median(good.brightness)), float(np.median(good.sharpness))
        )

    def _too_short(self, run: Run) -> str:
        if self._still:
            return ""
        frames, wanted = run[1] - run[0], self._recipe.part_frames or self._recipe.least_frames
        if frames < wanted:
            return f"{{frames}} frames are fewer than {wanted}"
        seconds, least = self._duration_s(run), self._policy.least_seconds
        if self._recipe.part_frames is None and seconds < least - 1e-6:
            return f"{{seconds:.2f}} s are shorter than {least} s"
        return ""

    def _drifted(self, run: Run) -> tuple[Reason, str] | None:
        first, end = run
        limit = self._recipe.drift_limit if self._policy.most_drift is None else self._policy.most_drift
        moved = float(drift(self._seen.quality.box_px[first:end][self._result.usable[first:end]]).max())
        if limit is None or moved <= limit:
            return None
        return "box_drift", f"the face's box drifts by {moved:.2f} of its size, more than {limit}"

    def _bad_look(self, brightness: float, sharpness: float) -> tuple[Reason, str] | None:
        policy = self._policy
        if brightness < policy.least_brightness:
            return "too_dark", f"the face's brightness is {brightness:.3f}, not {policy.least_brightness}"
        if brightness > policy.most_brightness:
            return "too_bright", f"the face's brightness is {brightness:.3f}, not {policy.most_brightness}"
        if sharpness < policy.least_sharpness:
            return "too_blurred", f"the face's sharpness is {sharpness:.2g}, not {policy.least_sharpness}"
        return None

    def _reject(self, run: Run, reason: Reason, message: str) -> None:
        """Note a rejection; `message` may name {frames} and {seconds}."""
        first, end = run
        start_s, seconds = float(self._seen.time_s[first]), self._duration_s(run)
        text = message.format(frames=end - first, seconds=seconds)
        self._result.rejections.append(
            Rejection(reason, text, round(start_s, 4), round(start_s + seconds, 4), end - first)
        )

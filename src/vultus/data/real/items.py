"""From one item of a source to stored clips and a record of what became of it."""

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from threadpoolctl import threadpool_limits

from vultus.data.media import Frame, VideoWriter
from vultus.data.real.failing import is_disk_full
from vultus.data.real.framing import cut_out
from vultus.data.real.making import Making
from vultus.data.real.observing import Observations, Observer
from vultus.data.real.opening import OpenItem, open_item
from vultus.data.real.outcomes import Outcome, Rejection
from vultus.data.real.people import PersonSampler, build_embedder
from vultus.data.real.placing import moved_to_crop, place
from vultus.data.real.policy import Reason
from vultus.data.real.quality import FrameQuality, summary
from vultus.data.real.segments import ClipRun, Segmentation, segment
from vultus.data.real.sounds import RATE_HZ, SoundWindows
from vultus.data.real.sources import SourceItem
from vultus.data.sets import ClipCard, ClipSet, ClipWriter
from vultus.data.track import Track
from vultus.errors import InputError, MediaError
from vultus.face.crop import SquareCrop
from vultus.face.detectors import DETECTORS
from vultus.face.identity import IdentityEmbedder
from vultus.face.models import load_morphable
from vultus.face.tracking import Tracker, TrackingSummary

QUALITY_FILE = "quality.npz"
"""Measurements on every frame of a stored clip, by the names of `FrameQuality`; boxes in px of the source."""


@dataclass(frozen=True)
class PlannedClip:
    """A clip that only its pixels are missing from."""

    card: ClipCard
    """As it is stored, without the digests of files."""

    run: ClipRun
    """Its rows among the item's frames."""

    start_s: float
    """Where it begins in the file, s."""

    steady: bool
    """Whether frame i is shown at i / fps."""

    track: Track
    """In the crop's pixels."""

    crops: list[SquareCrop]
    """What is cut out of every frame."""

    quality: FrameQuality
    """Of its frames."""


class ItemBuilder:
    """Brings items into the set's form, one after the other.

    Args:
        making: How.
        clips: Where clips go.
    """

    def __init__(self, making: Making, clips: ClipSet) -> None:
        self.making = making
        self._clips = clips

    def build(self, item: SourceItem) -> Outcome:
        """Make the clips of an item; whatever is wrong with it becomes a rejection."""
        digest = self.making.input_digest(item)
        try:
            # Sums in another order would give other last digits, and so other digests.
            with threadpool_limits(1), closing(open_item(item)) as opened:
                return self._made(opened, digest)
        except (InputError, OSError) as error:
            reason: Reason = "disk_full" if is_disk_full(error) else "unreadable"
            return Outcome(item.id, digest, (), (Rejection(reason, str(error)),))

    def _made(self, opened: OpenItem, digest: str) -> Outcome:
        seen = self._observed(opened)
        with closing(seen.points):
            found = segment(seen, self.making.recipe, self.making.policy, still=opened.still)
            planned, refused = self._planned(opened, seen, found, digest)
        notes = opened.notes()
        if planned:
            notes += self._write(opened, planned)
        rejections = sorted((*found.rejections, *refused), key=lambda one: one.start_s or 0.0)
        return Outcome(
            id=opened.item.id,
            input_digest=digest,
            clips=tuple(clip.card.id for clip in planned),
            rejections=tuple(rejections),
            notes=tuple(notes),
            frames=len(seen),
            kept_frames=sum(clip.card.frames for clip in planned),
            kept_s=round(math.fsum(clip.card.duration_s for clip in planned), 6),
        )

    def _observed(self, opened: OpenItem) -> Observations:
        people = PersonSampler(self._embedder) if self._embedder is not None else None
        detector = DETECTORS[self.making.detector]
        seen = Observer(detector, people, self._clips.root, opened.region()).observe(opened)
        if not len(seen):
            start_s, end_s = opened.item.start_s, opened.item.end_s
            seen.points.close()
            raise MediaError(
                f"{str(opened.item.path)!r} has no frames from {start_s} to {end_s or 'its end'} s",
                remedy="check that it is the video that the source means",
            )
        return seen

    @cached_property
    def _embedder(self) -> IdentityEmbedder | None:
        return build_embedder()

    @cached_property
    def _tracker(self) -> Tracker:
        return Tracker(load_morphable(self.making.morphable), self.making.detector)

    def _planned(
        self, opened: OpenItem, seen: Observations, found: Segmentation, digest: str
    ) -> tuple[list[PlannedClip], list[Rejection]]:
        planned: list[PlannedClip] = []
        refused: list[Rejection] = []
        for run in found.clips:
            clip = self._plan(opened, seen, found, run, digest, number=len(planned))
            if isinstance(clip, Rejection):
                refused.append(clip)
            else:
                planned.append(clip)
        return planned, refused

    def _plan(
        self,
        opened: OpenItem,
        seen: Observations,
        found: Segmentation,
        run: ClipRun,
        digest: str,
        number: int,
    ) -> PlannedClip | Rejection:
        """Track and place one clip."""
        recipe, rows = self.making.recipe, slice(run.first, run.end)
        usable, times = found.usable[rows], seen.time_s[rows]
        duration_s = float(times[-1] - times[0]) + 1 / opened.fps
        crops = self._place(seen, found, run)
        side = float(np.median([crop.side_px for crop in crops]))
        if side < recipe.least_side_px:
            message = f"the crop's side is {side:.0f} px, not {recipe.least_side_px}"
            ends = round(float(times[0]), 4), round(float(times[0]) + duration_s, 4)
            return Rejection("crop_too_small", message, *ends, run.end - run.first)
        counts = TrackingSummary()
        sightings = seen.sightings(run.first, run.end, found.usable)
        track = Track.concatenate(list(self._tracker.stream_sightings(sightings, opened.fps, counts)))
        quality = seen.quality[rows]
        card = ClipCard(
            person=opened.item.person,
            clip=f"{opened.item.id.partition('/')[2]}.{number:03d}",
            source=self.making.source,
            fps=opened.fps,
            frames=run.end - run.first,
            size_px=(recipe.size_px, recipe.size_px),
            duration_s=duration_s,
            split=opened.item.split,
            licence=opened.item.licence,
            recipe=f"{recipe.name} {recipe.version}",
            recipe_digest=self.making.digest,
            language=opened.item.language,
            quality=summary(quality, usable, track, counts.landmark_error_interocular),
            extra=_extra(opened, seen, run, crops, digest),
        )
        moved = moved_to_crop(track, crops, recipe.size_px)
        off_s = float(np.abs(times - times[0] - np.arange(len(times)) / opened.fps).max())
        return PlannedClip(card, run, float(times[0]), off_s < 0.5 / opened.fps, moved, crops, quality)

    def _place(self, seen: Observations, found: Segmentation, run: ClipRun) -> list[SquareCrop]:
        recipe = self.making.recipe
        whole = None
        if recipe.part_frames is not None:
            first, end = run.whole
            whole = seen.quality.box_px[first:end][found.usable[first:end]]
        points = seen.points.rows(run.first, run.end)
        return place(recipe, points, found.usable[run.first : run.end], seen.size_px, whole)

    def _write(self, opened: OpenItem, planned: list[PlannedClip]) -> list[str]:
        """The second reading: cut the frames of all clips out; returns notes."""
        frames = iter(enumerate(opened))
        sound = None if opened.still else SoundWindows(opened.item.path)
        try:
            for clip in planned:
                self._discard_older(clip.card)
                if not self._clips.has(clip.card.person, clip.card.clip):
                    self._store(clip, frames, sound)
        finally:
            if sound is not None:
                sound.close()
        return [] if sound is None or sound.present else ["there is no sound"]

    def _discard_older(self, card: ClipCard) -> None:
        """Remove a clip of this name that was made of something else."""
        if self._clips.has(card.person, card.clip):
            stored = self._clips.clip(card.id).card
            if stored.extra.get("input_digest") != card.extra["input_digest"]:
                self._clips.discard(card.person, card.clip)

    def _store(
        self, clip: PlannedClip, frames: Iterator[tuple[int, Frame]], sound: SoundWindows | None
    ) -> None:
        with self._clips.writer(clip.card.person, clip.card.clip) as writer:
            with writer.video(clip.card.size_px, clip.card.fps, crf=self.making.crf) as video:
                self._copy(clip, frames, video)
            writer.track(clip.track)
            _write_quality(writer, clip.quality)
            if sound is not None and sound.present:
                samples = sound.cut(clip.start_s, clip.start_s + clip.card.duration_s)
                writer.sound(samples[None], RATE_HZ)
            writer.describe(clip.card)

    def _copy(self, clip: PlannedClip, frames: Iterator[tuple[int, Frame]], video: VideoWriter) -> None:
        recipe = self.making.recipe
        for row, frame in frames:
            if row >= clip.run.first:
                moment_s = None if clip.steady else frame.time_s - clip.start_s
                video.write(cut_out(frame.rgb, clip.crops[row - clip.run.first], recipe), moment_s)
            if row == clip.run.end - 1:
                return
        raise MediaError(
            f"{clip.card.id} has fewer frames when it is read again",
            remedy="copy the file to a disk that can be read reliably",
        )


def _extra(
    opened: OpenItem, seen: Observations, run: ClipRun, crops: list[SquareCrop], digest: str
) -> dict[str, object]:
    """What a card says of where the clip comes from."""
    squares = [[crop.left_px, crop.top_px, crop.side_px] for crop in crops]
    steady = all(square == squares[0] for square in squares)
    return {
        "file": opened.item.path.name,
        "first_frame": int(seen.index[run.first]),
        "start_s": round(float(seen.time_s[run.first]), 6),
        "source_size_px": list(opened.size_px),
        "crop_left_top_side_px": squares[:1] if steady else squares,
        "still": opened.still,
        "variable_rate": opened.reader is not None and opened.reader.info.variable_rate,
        "input_digest": digest,
        "source": dict(opened.item.extra),
    }


def _write_quality(writer: ClipWriter, quality: FrameQuality) -> None:
    arrays = {
        "found": quality.found,
        "confidence": quality.confidence.astype(np.float32),
        "box_px": quality.box_px.astype(np.float32),
        "sharpness": quality.sharpness.astype(np.float32),
        "relative_sharpness": quality.relative_sharpness.astype(np.float32),
        "brightness": quality.brightness.astype(np.float32),
    }
    np.savez_compressed(writer.path(QUALITY_FILE), allow_pickle=False, **arrays)

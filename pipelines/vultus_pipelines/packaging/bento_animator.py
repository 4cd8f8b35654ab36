"""One method over files: what a Bento does, without HTTP."""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from vultus_fitting.trackers import Trackers
from vultus_generation.avatars import AvatarCache, Prepared
from vultus_generation.models import Models, Morphables
from vultus_generation.studio import Frames, Studio

from vultus.data.media import VideoReader, VideoWriter, read_sound, synthetic_note
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.motion import motion_clip
from vultus.methods.streams import voice_for
from vultus_kit.records import AvatarSpec, FitOptions, FitSummary, Mode, PoseEdit, Smoothing
from vultus_kit.rpc.batching import BatchingConfig, BatchingQueue
from vultus_kit.rpc.streams import in_thread
from vultus_pipelines.packaging.bento_records import BentoSettings, KeptModel

MIB = 1 << 20
MOTION_FPS = 25.0
"""Frame rate of built-in motions, Hz."""
PART_FRAMES = 8
"""Frames of a track that are rendered together."""
FITS_KEPT = 64
"""Fits of portraits that are remembered; each takes a few KiB."""


@dataclass(frozen=True)
class Layout:
    """How frames are laid out."""

    side_px: int = 256
    """Side of the square frame around the head, px; not used with `paste_back`."""
    paste_back: bool = False
    """Whether frames are the whole portrait."""


@dataclass(frozen=True)
class Drive:
    """What moves a portrait: a video, a track or a built-in motion; sound alone means the motion "talk"."""

    video: Path | None = None
    """Clip whose motion and sound are taken."""
    track: Path | None = None
    """Track file."""
    motion: str = ""
    """Name of a built-in motion; as long as the sound, where there is one."""
    audio: Path | None = None
    """Sound of the result, in the video's place."""
    mode: Mode = "relative"
    """How the motion reaches the portrait."""
    smoothing: Smoothing = "gaussian"
    """Of the video's track."""


@dataclass(frozen=True)
class Progress:
    """How far an animation is."""

    frame_count: int
    """Frames that are written."""
    of_frame_count: int | None
    """Where known."""


@dataclass(frozen=True)
class _Motion:
    """A drive, opened."""

    parts: AsyncGenerator[Track, None]
    mode: Mode
    fps: float
    frame_count: int | None
    audio_from: Path | None


@dataclass
class _Fits:
    """Fits of the portraits that came last, by digest."""

    kept: OrderedDict[str, Track] = field(default_factory=OrderedDict)

    def add(self, name: str, track: Track) -> Track:
        self.kept[name] = track
        if len(self.kept) > FITS_KEPT:
            self.kept.popitem(last=False)
        return track


class Animator:
    """Fits portraits and drivers, renders and writes, with one version of one method.

    It is the rooms' own studio and trackers, in one process.

    Args:
        kept: The model.
        settings: Memory, threads and limits.
    """

    def __init__(self, kept: KeptModel, settings: BentoSettings) -> None:
        self.kept = kept
        self._settings = settings
        self._workers = ThreadPoolExecutor(settings.worker_count, "animator")
        # Apart from the workers: a fit holds its thread while it waits for them.
        self._fitters = ThreadPoolExecutor(settings.worker_count, "fitter")
        self._trackers = Trackers()
        self._fits = _Fits()
        morphables = Morphables()
        pinned = {} if kept.folder is None else {kept.method: (kept.folder, kept.version)}
        gathering = BatchingConfig(settings.batch_size, settings.batch_wait_s, settings.queue_capacity)
        self._portraits = BatchingQueue("bento", "portraits", self._trackers.fit_images, gathering)
        models = Models(morphables, pinned=pinned)
        self._studio = Studio(
            AvatarCache(settings.cache_mib * MIB), self._workers, gathering, models, morphables
        )

    def load(self) -> None:
        """Load every model and use each once, so that no request is the first."""
        self._rehearse()
        self._trackers.get(FitOptions())

    def close(self) -> None:
        """End every thread."""
        self._portraits.close()
        self._studio.close()
        for threads in (self._fitters, self._workers):
            threads.shutdown(cancel_futures=True)

    async def rehearse(self) -> None:
        """Render a frame of nobody; raises where that does not work."""
        await self._studio.in_worker(self._rehearse)

    async def render(self, portrait: bytes, edit: PoseEdit, layout: Layout) -> bytes:
        """The PNG file of an edited portrait."""
        png, _ = await self._studio.picture(await self._prepared(portrait, layout), edit)
        return png

    async def animate(
        self, portrait: bytes, drive: Drive, layout: Layout, out: Path
    ) -> AsyncGenerator[Progress, None]:
        """Write the video of a driven portrait, whole or not at all; say how far it is after each part."""
        prepared = await self._prepared(portrait, layout)
        voice = await self._studio.in_worker(voice_for, prepared.avatar, drive.audio or drive.video)
        motion = await self._studio.in_worker(self._open, drive, prepared.source)
        note = synthetic_note(f"method {self.kept.method} {self.kept.version}")
        written = 0
        with VideoWriter(
            out, prepared.avatar.size_px, motion.fps, audio_from=motion.audio_from, metadata=note
        ) as writer:
            rendered = self._studio.animate(prepared, motion.parts, motion.mode, voice)
            async with aclosing(motion.parts), aclosing(rendered):
                async for frames, shown in rendered:
                    written += len(frames)
                    self._check_length(written)
                    await self._studio.in_worker(_write, writer, frames, shown)
                    yield Progress(written, motion.frame_count)
            if not written:
                raise InputError("the driver has no frames", remedy="give a longer one")

    def _rehearse(self) -> None:
        with self._studio.models.lease(self.kept.method) as lease:
            self._studio.models.rehearse(lease.value)

    async def _prepared(self, portrait: bytes, layout: Layout) -> Prepared:
        source = await self._fit(portrait)
        spec = AvatarSpec(portrait, source, self.kept.method, layout.side_px, layout.paste_back)
        return await self._studio.prepare(spec)

    async def _fit(self, portrait: bytes) -> Track:
        name = hashlib.sha256(portrait).hexdigest()
        if name in self._fits.kept:
            return self._fits.kept[name]
        track, _ = await self._portraits.submit((portrait, FitOptions()))
        return self._fits.add(name, track)

    def _open(self, drive: Drive, source: Track) -> _Motion:
        motion = drive.motion or ("talk" if drive.audio else "")
        if sum(map(bool, (drive.video, drive.track, motion))) != 1:
            raise InputError(
                "the request needs one of driving, track and motion",
                remedy="send one of them; audio alone moves the head as it talks",
            )
        if drive.video is not None:
            return self._of_video(drive.video, drive)
        if drive.track is not None:
            track = Track.load(drive.track)
            self._check_length(len(track))
            return self._of_track(track, drive.mode, drive.audio)
        duration_s = read_sound(drive.audio).duration_s if drive.audio else None
        if duration_s is not None:
            self._check_length(round(duration_s * MOTION_FPS))
        track = motion_clip(motion, source, MOTION_FPS, duration_s)
        return self._of_track(track, "none", drive.audio)

    def _of_video(self, path: Path, drive: Drive) -> _Motion:
        reader = VideoReader(path)
        self._check_length(reader.info.frame_count or 0)

        def fitted() -> Iterator[Track | FitSummary]:
            with reader:
                yield from self._trackers.fit_stream(reader, reader.info.fps, options)

        options = FitOptions(smoothing=drive.smoothing)
        info = reader.info
        return _Motion(
            _tracks(in_thread(fitted, self._fitters)),
            drive.mode,
            info.fps,
            info.frame_count,
            drive.audio or path,
        )

    def _of_track(self, track: Track, mode: Mode, audio: Path | None) -> _Motion:
        async def parts() -> AsyncGenerator[Track, None]:
            for part in track.parts(PART_FRAMES):
                yield part

        return _Motion(parts(), mode, track.fps, len(track), audio)

    def _check_length(self, frame_count: int) -> None:
        limit = self._settings.frame_limit
        if frame_count > limit:
            raise InputError(
                f"the driver has {frame_count} frames or more; at most {limit} are taken",
                remedy="cut it into shorter ones, or raise VULTUS_BENTO_FRAME_LIMIT",
                metadata={"frame_limit": limit},
            )


async def _tracks(parts: AsyncGenerator[Track | FitSummary, None]) -> AsyncGenerator[Track, None]:
    async with aclosing(parts) as fitted:
        async for part in fitted:
            if isinstance(part, Track):
                yield part


def _write(writer: VideoWriter, frames: Frames, shown: Track) -> None:
    for rgb, time_s in zip(frames, shown.time_s.tolist(), strict=True):
        writer.write(rgb, time_s)

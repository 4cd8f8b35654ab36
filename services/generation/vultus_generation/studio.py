"""Makes avatars and frames; knows methods, queues and the cache, but no wire."""

import asyncio
import io
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from itertools import groupby
from typing import Literal, TypeVar

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from vultus.data.media import read_picture
from vultus.data.track import Track
from vultus.errors import IncompatibleError
from vultus.face.editing import FaceEdit, edit_face
from vultus.face.morphable import MorphableModel
from vultus.face.motion import MotionTransfer, edit_pose
from vultus.methods.base import Avatar, AvatarOptions, Context, ContextualAvatar, Portrait
from vultus.methods.streams import Lookback, render_part
from vultus.speech.voice import Voice
from vultus_generation.avatars import AvatarCache, Prepared, content_address
from vultus_generation.models import Models, Morphables, ServedMethod
from vultus_kit.records import AvatarSpec, MethodDescription, Mode, PoseEdit
from vultus_kit.rpc.batching import BatchingConfig, BatchingQueue
from vultus_kit.rpc.streams import in_order
from vultus_kit.serving.leases import Lease
from vultus_kit.telemetry.metrics import counter

T = TypeVar("T")
STILL = Context()
Frames = UInt8[np.ndarray, "t h w 3"]
Work = tuple[Avatar, Track, Context]


class Studio:
    """Everything that the generation room does.

    Args:
        cache: Where avatars are kept.
        workers: Threads that make avatars.
        gathering: How each method's queue gathers work.
        models: The methods.
        morphables: Where morphable models come from.
    """

    def __init__(
        self,
        cache: AvatarCache,
        workers: ThreadPoolExecutor,
        gathering: BatchingConfig,
        models: Models,
        morphables: Morphables,
    ) -> None:
        self.cache = cache
        self.models = models
        self._workers = workers
        self._gathering = gathering
        self._morphables = morphables
        self._queues: dict[str, BatchingQueue[Work, Frames]] = {}
        self._making: dict[str, Future[Prepared]] = {}
        self._lock = threading.Lock()

    def describe(self) -> list[MethodDescription]:
        """Every method, its version, and what is to be said of it."""
        return self.models.describe()

    async def prepare(self, spec: AvatarSpec) -> Prepared:
        """The avatar of a spec, by the version of now: from memory, or made; two calls make it once."""
        lease = await asyncio.to_thread(self.models.lease, spec.method)
        avatar_id = await asyncio.to_thread(content_address, spec, lease.version)
        with self._lock:
            if avatar_id in self.cache:
                return self.cache.get(avatar_id)
            making = self._making.get(avatar_id)
            if making is None:
                making = self._workers.submit(self._make, spec, avatar_id, lease)
                self._making[avatar_id] = making
                making.add_done_callback(lambda _: self._making.pop(avatar_id, None))
        # Shielded: a caller that gives up must not fail the others that wait for the same avatar.
        return await asyncio.shield(asyncio.wrap_future(making))

    async def render(
        self, prepared: Prepared, requested: Track, context: Context = STILL, *, wait: bool
    ) -> Frames:
        """Frames of an avatar.

        Args:
            prepared: The avatar.
            requested: What to show, in the portrait's pixels.
            context: What comes before it in its stream.
            wait: Wait while the method's queue is full instead of raising `OverloadedError`.
        """
        queue = self._queue(prepared.method)
        frames = await queue.submit((prepared.avatar, requested, context), wait=wait)
        counter("vultus_frames_total", room="generation", outcome="rendered").inc(len(frames))
        made_by = {"method": prepared.method, "version": prepared.version}
        counter("vultus_model_frames_total", room="generation", **made_by).inc(len(frames))
        return frames

    async def animate(
        self,
        prepared: Prepared,
        driving: AsyncIterator[Track],
        mode: Mode,
        voice: Voice | None = None,
    ) -> AsyncGenerator[tuple[Frames, Track], None]:
        """Frames of an avatar and what they show, part by part, while the driving track comes.

        Args:
            prepared: The avatar.
            driving: Parts of one track.
            mode: How the motion reaches the source; "none" takes the samples as they are.
            voice: The driver's, as `Lookback` takes it.
        """
        transfer = None if mode == "none" else await self.in_worker(self.transfer, prepared, mode)
        lookback = Lookback(prepared.avatar, voice)

        def asked(part: Track) -> tuple[Track, Context]:
            moved = part if transfer is None else transfer.apply(part)
            return moved, lookback.context(moved)

        async def requested() -> AsyncGenerator[tuple[Track, Context], None]:
            async for part in driving:
                check_driving(part, prepared.source)
                yield await self.in_worker(asked, part)

        async def render(work: tuple[Track, Context]) -> tuple[Frames, Track]:
            part, context = work
            return await self.render(prepared, part, context, wait=True), part

        async with aclosing(in_order(requested(), render)) as rendered:
            async for result in rendered:
                yield result

    async def picture(self, prepared: Prepared, edit: PoseEdit) -> tuple[bytes, Track]:
        """The PNG file of an edited avatar, and what it shows."""
        requested = await self.in_worker(self.edited, prepared, edit)
        frames = await self.render(prepared, requested, wait=False)
        return await self.in_worker(encode_png, frames[0]), requested

    async def in_worker(self, work: Callable[..., T], *arguments: object) -> T:
        """What `work` answers, worked out in a thread of the studio."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *arguments)

    def transfer(self, prepared: Prepared, mode: Literal["relative", "absolute"]) -> MotionTransfer:
        """What moves an avatar as a driver moves."""
        return MotionTransfer(prepared.source, mode, self.model(prepared.source.morphable))

    def edited(self, prepared: Prepared, edit: PoseEdit) -> Track:
        """The sample of an avatar's edited source."""
        model = self.model(prepared.source.morphable)
        face = FaceEdit(edit.frontal, edit.gaze_yaw_rad, edit.gaze_pitch_rad, edit.shape)
        source = edit_face(prepared.source, face)
        return edit_pose(source, edit.yaw_rad, edit.pitch_rad, edit.roll_rad, edit.expressions, model)

    def model(self, name: str) -> MorphableModel:
        """The morphable model `name`."""
        return self._morphables.named(name)

    def close(self) -> None:
        """End the queues' threads, and follow no more."""
        self.models.close()
        for queue in self._queues.values():
            queue.close()

    def _make(self, spec: AvatarSpec, avatar_id: str, lease: Lease[ServedMethod]) -> Prepared:
        picture = read_picture(spec.picture, "the portrait").rgb
        if picture.shape[:2] != spec.source.size_px:
            raise IncompatibleError(
                f"the sample is for a picture of {spec.source.size_px[1]}x{spec.source.size_px[0]} px, "
                f"the portrait has {picture.shape[1]}x{picture.shape[0]}",
                remedy="fit the portrait itself",
                metadata={"source_size_px": spec.source.size_px, "portrait_size_px": picture.shape[:2]},
            )
        model = self.model(spec.source.morphable)
        spec.source.check_model(model)
        method = lease.value.made_for(model)
        options = AvatarOptions(side_px=spec.side_px, paste_back=spec.paste_back)
        avatar = method.create_avatar(Portrait(picture, spec.source), options)
        prepared = Prepared(avatar_id, avatar, spec.source, spec.method, lease.version, lease)
        self.cache.add(prepared)
        return prepared

    def _queue(self, method: str) -> BatchingQueue[Work, Frames]:
        with self._lock:
            if method not in self._queues:
                self._queues[method] = BatchingQueue("generation", method, render_together, self._gathering)
            return self._queues[method]


def check_driving(driving: Track, source: Track) -> None:
    """Raise `IncompatibleError` where the samples of a driver are of another model than the source's."""
    ours, theirs = ((track.identity.shape[1], track.expression.shape[1]) for track in (source, driving))
    if driving.morphable_digest != source.morphable_digest or ours != theirs:
        raise IncompatibleError(
            f"the driver's track is of morphable model {driving.morphable!r} with {theirs} coefficients, "
            f"the source's of {source.morphable!r} with {ours}, or of another version of it",
            remedy="fit both with the same model",
            metadata={"driver_model": driving.morphable, "source_model": source.morphable},
        )


def encode_png(rgb: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """The PNG file of a picture."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG", compress_level=4)
    return buffer.getvalue()


def render_together(batch: Sequence[Work]) -> list[Frames | Exception]:
    """Frames of each piece of work; neighbours of one avatar are rendered in one go.

    Not so those of an avatar that looks back: each stream has a past of its own.
    """
    results: list[Frames | Exception] = []
    for _, group in groupby(batch, key=lambda work: id(work[0])):
        works = list(group)
        alone = isinstance(works[0][0], ContextualAvatar)
        for together in [[work] for work in works] if alone else [works]:
            results += _rendered(together)
    return results


def _rendered(works: Sequence[Work]) -> list[Frames | Exception]:
    """Frames of each piece of work on one avatar."""
    avatar, _, context = works[0]
    tracks = [track for _, track, _ in works]
    try:
        frames = render_part(avatar, tracks[0] if len(tracks) == 1 else Track.concatenate(tracks), context)
    except Exception as error:  # noqa: BLE001 - fails the works of this avatar, not the whole batch
        return [error] * len(works)
    return list(np.split(frames, np.cumsum([len(track) for track in tracks])[:-1]))

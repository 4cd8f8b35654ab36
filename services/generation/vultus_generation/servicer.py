"""The generation service: decode, delegate, encode."""
# ruff: noqa: N802 - the contract names the methods

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import grpc
from vultus_api.generation.v1 import generation_service_pb2 as pb
from vultus_api.generation.v1 import generation_service_pb2_grpc as rpc

from vultus.methods.streams import hears
from vultus_generation import codec
from vultus_generation.avatars import AvatarCache, Prepared
from vultus_generation.models import Models, Morphables, VersionSource
from vultus_generation.settings import Settings
from vultus_generation.studio import Studio
from vultus_kit.records import AvatarInfo, AvatarSpec
from vultus_kit.rpc.batching import BatchingConfig
from vultus_kit.rpc.server import Room
from vultus_kit.telemetry.logs import log_event

MIB = 1 << 20
LOGGER = logging.getLogger("vultus.generation")


class GenerationServicer(rpc.GenerationServiceServicer):
    """Answers the calls of the generation room."""

    def __init__(self, studio: Studio, batch_frames: int) -> None:
        self._studio = studio
        self._batch_frames = batch_frames

    async def DescribeMethods(
        self, request: pb.DescribeMethodsRequest, context: grpc.aio.ServicerContext
    ) -> pb.DescribeMethodsResponse:
        """Describe the methods."""
        return codec.methods_to_wire(await asyncio.to_thread(self._studio.describe))

    async def CreateAvatar(
        self, request: pb.CreateAvatarRequest, context: grpc.aio.ServicerContext
    ) -> pb.CreateAvatarResponse:
        """Prepare a portrait."""
        prepared = await self._studio.prepare(codec.spec_from_wire(request.spec))
        avatar = prepared.avatar
        made = AvatarInfo(
            prepared.avatar_id, avatar.size_px, avatar.memory_bytes, prepared.version, hears(avatar)
        )
        return codec.avatar_to_wire(made)

    async def StreamAnimate(
        self, requests: AsyncIterator[pb.StreamAnimateRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.StreamAnimateResponse]:
        """Animate with samples as they arrive."""
        reader = codec.DrivingReader(requests, self._batch_frames)
        avatar_id, mode = await reader.begin()
        prepared = self._studio.cache.get(avatar_id)
        voice = await reader.voice(heard=hears(prepared.avatar))
        writer = codec.FrameWriter(prepared.version)
        async with aclosing(self._studio.animate(prepared, reader.parts(), mode, voice)) as animated:
            async for frames, shown in animated:
                for message in writer.messages(frames, shown):
                    yield message

    async def RenderImage(
        self, request: pb.RenderImageRequest, context: grpc.aio.ServicerContext
    ) -> pb.RenderImageResponse:
        """Render one edited picture."""
        subject, edit = codec.subject_from_wire(request), codec.edit_from_wire(request.edit)
        prepared = await self._prepared(subject)
        png, requested = await self._studio.picture(prepared, edit)
        return codec.image_to_wire(png, requested, prepared.avatar_id, prepared.version)

    async def DeleteAvatar(
        self, request: pb.DeleteAvatarRequest, context: grpc.aio.ServicerContext
    ) -> pb.DeleteAvatarResponse:
        """Forget an avatar."""
        return codec.deletion_to_wire(self._studio.cache.delete(codec.avatar_id_from_wire(request)))

    async def _prepared(self, subject: str | AvatarSpec) -> Prepared:
        return (
            self._studio.cache.get(subject)
            if isinstance(subject, str)
            else await self._studio.prepare(subject)
        )


def build(settings: Settings, registry: VersionSource | None = None) -> Room:
    """The room with its cache, threads and queues; `registry` is MLflow by default, where one is followed."""
    workers = ThreadPoolExecutor(settings.worker_count, "generation")
    gathering = BatchingConfig(max_batch=settings.batch_streams, capacity=settings.queue_capacity)
    morphables = Morphables(settings.morphable_path)
    models = Models(morphables, settings.follow_plan(registry))

    def outdated(prepared: Prepared) -> bool:
        return not models.serves(prepared.method, prepared.version)

    cache = AvatarCache(settings.cache_mib * MIB, outdated, settings.follow_keep_s)
    studio = Studio(cache, workers, gathering, models, morphables)
    servicer = GenerationServicer(studio, settings.batch_frames)

    def load() -> None:
        for fault in models.start():
            log_event(LOGGER, "model missing", level=logging.WARNING, room="generation", error=str(fault))
        if settings.preload:
            with models.lease("warp") as lease:
                lease.value.made_for(morphables.named("builtin"))

    def close() -> None:
        studio.close()
        workers.shutdown(cancel_futures=True)

    return Room(
        name="generation",
        service=pb.DESCRIPTOR.services_by_name["GenerationService"].full_name,
        attach=lambda server: rpc.add_GenerationServiceServicer_to_server(servicer, server),
        settings=settings,
        load=load,
        close=close,
    )

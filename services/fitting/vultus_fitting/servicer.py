"""The fitting service: decode, delegate, encode."""
# ruff: noqa: N802 - the contract names the methods

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TypeAlias

import grpc
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus_fitting import codec
from vultus_fitting.settings import Settings
from vultus_fitting.trackers import Trackers
from vultus_kit.records import FitOptions, FitSummary
from vultus_kit.rpc.batching import BatchingConfig, BatchingQueue
from vultus_kit.rpc.server import Room
from vultus_kit.rpc.streams import in_thread, through_thread
from vultus_kit.store import Artifact, ArtifactStore, FolderStore

ImageQueue: TypeAlias = BatchingQueue[tuple[bytes, FitOptions], tuple[Track, FitSummary]]


class FittingServicer(rpc.FittingServiceServicer):
    """Answers the calls of the fitting room."""

    def __init__(
        self, trackers: Trackers, images: ImageQueue, workers: ThreadPoolExecutor, store: ArtifactStore
    ) -> None:
        self._trackers = trackers
        self._store = store
        self._images = images
        self._workers = workers

    async def DescribeMorphable(
        self, request: pb.DescribeMorphableRequest, context: grpc.aio.ServicerContext
    ) -> pb.DescribeMorphableResponse:
        """Describe a morphable model."""
        name = codec.morphable_from_wire(request)
        loop = asyncio.get_running_loop()
        return codec.description_to_wire(
            await loop.run_in_executor(self._workers, self._trackers.describe, name)
        )

    async def FitImage(
        self, request: pb.FitImageRequest, context: grpc.aio.ServicerContext
    ) -> pb.FitImageResponse:
        """Fit one picture."""
        track, summary = await self._images.submit(codec.image_from_wire(request))
        return codec.image_to_wire(track, summary)

    async def StreamFit(
        self, requests: AsyncIterator[pb.StreamFitRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.StreamFitResponse]:
        """Fit frames as they arrive."""
        fps, options = await codec.stream_header_from_wire(requests)

        def work(frames: Iterator[Frame]) -> Iterator[Track | FitSummary]:
            return self._trackers.fit_stream(frames, fps, options)

        writer = codec.TrackWriter()
        async with aclosing(through_thread(work, codec.frames_from_wire(requests), self._workers)) as parts:
            async for part in parts:
                yield writer.end(part) if isinstance(part, FitSummary) else writer.part(part)

    async def FitClip(
        self, request: pb.FitClipRequest, context: grpc.aio.ServicerContext
    ) -> pb.FitClipResponse:
        """Fit a stored clip."""
        clip, options = codec.clip_from_wire(request)

        def work() -> Iterator[Track | FitSummary]:
            return self._trackers.fit_file(self._store.verify(clip), options)

        parts: list[Track] = []
        summary = FitSummary(0, 0)
        async with aclosing(in_thread(work, self._workers)) as results:
            async for result in results:
                if isinstance(result, FitSummary):
                    summary = result
                else:
                    parts.append(result)
        loop = asyncio.get_running_loop()
        track = await loop.run_in_executor(self._workers, self._keep, parts)
        return codec.clip_to_wire(track, summary)

    def _keep(self, parts: list[Track]) -> Artifact:
        return self._store.put_bytes(Track.concatenate(parts).to_bytes(), ".npz")


def build(settings: Settings) -> Room:
    """The room with its models, threads and queues."""
    trackers = Trackers(settings.morphable_path)
    workers = ThreadPoolExecutor(settings.worker_count, "fitting")
    gathering = BatchingConfig(max_batch=settings.image_batch, capacity=settings.image_capacity)
    images: ImageQueue = BatchingQueue("fitting", "images", trackers.fit_images, gathering)
    servicer = FittingServicer(trackers, images, workers, FolderStore(settings.store))

    def load() -> None:
        if settings.preload:
            trackers.get(FitOptions())

    def close() -> None:
        images.close()
        workers.shutdown(cancel_futures=True)

    return Room(
        name="fitting",
        service=pb.DESCRIPTOR.services_by_name["FittingService"].full_name,
        attach=lambda server: rpc.add_FittingServiceServicer_to_server(servicer, server),
        settings=settings,
        load=load,
        close=close,
    )

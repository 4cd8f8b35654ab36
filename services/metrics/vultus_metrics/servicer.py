"""The metrics service: decode, delegate, encode."""
# ruff: noqa: N802 - the contract names the methods

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import grpc
from vultus_api.metrics.v1 import metrics_service_pb2 as pb
from vultus_api.metrics.v1 import metrics_service_pb2_grpc as rpc

from vultus_kit.records import Report
from vultus_kit.rpc.server import Room
from vultus_kit.rpc.streams import in_thread, through_thread
from vultus_kit.store import ArtifactStore, FolderStore
from vultus_metrics import codec
from vultus_metrics.scoring import describe, score, score_files, sound_of
from vultus_metrics.settings import Settings


class MetricsServicer(rpc.MetricsServiceServicer):
    """Answers the calls of the metrics room."""

    def __init__(self, workers: ThreadPoolExecutor, progress_every: int, store: ArtifactStore) -> None:
        self._workers = workers
        self._store = store
        self._progress_every = progress_every

    async def DescribeMetrics(
        self, request: pb.DescribeMetricsRequest, context: grpc.aio.ServicerContext
    ) -> pb.DescribeMetricsResponse:
        """Describe the metrics."""
        loop = asyncio.get_running_loop()
        return codec.descriptions_to_wire(await loop.run_in_executor(self._workers, describe))

    async def StreamEvaluate(
        self, requests: AsyncIterator[pb.StreamEvaluateRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.StreamEvaluateResponse]:
        """Score pairs of frames as they arrive."""
        options, messages = await codec.beginning_from_wire(requests)

        def work(pairs: Iterator[codec.Pair]) -> Iterator[int | Report]:
            return score(pairs, options, self._progress_every)

        async with aclosing(through_thread(work, codec.pairs_from_wire(messages), self._workers)) as parts:
            async for part in parts:
                yield codec.end_to_wire(part) if isinstance(part, Report) else codec.progress_to_wire(part)

    async def EvaluateClips(
        self, request: pb.EvaluateClipsRequest, context: grpc.aio.ServicerContext
    ) -> pb.EvaluateClipsResponse:
        """Score stored clips."""
        clips = codec.clips_from_wire(request)

        def work() -> Iterator[int | Report]:
            verify = self._store.verify
            generated = verify(clips.generated)
            chosen = dataclasses.replace(
                clips.options,
                source_picture=b"" if clips.source is None else verify(clips.source).read_bytes(),
                sound=sound_of(generated if clips.sound is None else verify(clips.sound)),
            )
            return score_files(generated, verify(clips.reference), chosen, self._progress_every)

        async with aclosing(in_thread(work, self._workers)) as parts:
            async for part in parts:
                if isinstance(part, Report):
                    return codec.clips_to_wire(part)
        raise AssertionError("scoring ends with a report")


def build(settings: Settings) -> Room:
    """The room with its threads."""
    workers = ThreadPoolExecutor(settings.worker_count, "metrics")
    servicer = MetricsServicer(workers, settings.progress_every, FolderStore(settings.store))
    return Room(
        name="metrics",
        service=pb.DESCRIPTOR.services_by_name["MetricsService"].full_name,
        attach=lambda server: rpc.add_MetricsServiceServicer_to_server(servicer, server),
        settings=settings,
        close=lambda: workers.shutdown(cancel_futures=True),
    )

"""A small room whose calls do what their request names, to test what surrounds calls."""

import asyncio
import time

import pytest
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.errors import FaceNotFoundError
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.rpc.server import Room
from vultus_kit.settings import RoomSettings

SERVICE = pb.DESCRIPTOR.services_by_name["FittingService"].full_name


class SmallServicer(rpc.FittingServiceServicer):
    """Answers, fails, waits or streams; remembers which waits were ended early."""

    def __init__(self):
        self.begun = []
        self.ended = []
        self.stopped = []

    async def DescribeMorphable(self, request, context):
        name = request.morphable
        self.begun.append(name)
        if name == "bug":
            raise RuntimeError("a secret that stays here")
        if name == "no face":
            raise FaceNotFoundError("no face in frame 3", remedy="look up", metadata={"frame": 3})
        if name.startswith("wait"):
            try:
                await asyncio.sleep(float(name.split()[1]))
            except asyncio.CancelledError:
                self.stopped.append(name)
                raise
        self.ended.append(name)
        return pb.DescribeMorphableResponse(morphable=name)

    async def FitImage(self, request, context):
        return pb.FitImageResponse(summary=pb.FitSummary(frame_count=len(request.picture)))

    async def StreamFit(self, requests, context):
        try:
            async for request in requests:
                yield pb.StreamFitResponse(header={"morphable": "x" * request.ByteSize()})
        finally:
            self.stopped.append(time.monotonic())


@pytest.fixture
def small():
    return SmallServicer()


@pytest.fixture
def serve(small):
    """Opens a context with the small room, served with the given settings."""

    def opened(**settings):
        def room():
            return Room(
                name="fitting",
                service=SERVICE,
                attach=lambda server: rpc.add_FittingServiceServicer_to_server(small, server),
                settings=RoomSettings(**settings),
            )

        return EmbeddedRooms([room], wait=True)

    return opened

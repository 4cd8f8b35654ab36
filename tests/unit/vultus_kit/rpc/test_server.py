"""What surrounds every call, over a real channel on loopback."""

import asyncio
import socket
import threading
import time

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.errors import FaceNotFoundError, InputError, ServiceUnavailableError, VultusError
from vultus_kit.clients.channel import open_channel, our_errors, stream
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.rpc.background import run_in_background
from vultus_kit.rpc.errors import OverloadedError
from vultus_kit.rpc.options import MAX_MESSAGE_BYTES
from vultus_kit.rpc.server import Room, RoomServer
from vultus_kit.settings import RoomSettings

SERVICE = pb.DESCRIPTOR.services_by_name["FittingService"].full_name
SERVING, NOT_SERVING = 1, 2
UNLIMITED = [("grpc.max_send_message_length", -1)]


def describe(stub, name, **options):
    with our_errors("fitting"):
        return stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable=name), **options)


def wait_for(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def stub(serve):
    with serve() as rooms:
        yield rpc.FittingServiceStub(rooms.channel("fitting"))


def test_health_by_service_and_in_all(serve):
    with serve() as rooms:
        health = health_pb2_grpc.HealthStub(rooms.channel("fitting"))
        for name in ("", SERVICE):
            assert health.Check(health_pb2.HealthCheckRequest(service=name)).status == SERVING
        with pytest.raises(grpc.RpcError) as unknown:
            health.Check(health_pb2.HealthCheckRequest(service="vultus_api.cooking.v1.CookingService"))
        assert unknown.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_room_that_loads_is_not_serving_but_answers_health(small):
    loaded = threading.Event()

    def room():
        return Room(
            "fitting",
            SERVICE,
            lambda server: rpc.add_FittingServiceServicer_to_server(small, server),
            RoomSettings(),
            load=lambda: loaded.wait(5) and None,
        )

    with EmbeddedRooms([room]) as rooms:
        health = health_pb2_grpc.HealthStub(rooms.channel("fitting"))
        request = health_pb2.HealthCheckRequest(service=SERVICE)
        assert health.Check(request).status == NOT_SERVING
        loaded.set()
        wait_for(lambda: health.Check(request).status == SERVING)


def test_reflection_lists_the_service(serve):
    with serve() as rooms:
        reflect = reflection_pb2_grpc.ServerReflectionStub(rooms.channel("fitting"))
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        (answer,) = reflect.ServerReflectionInfo(iter([request]))
        names = {service.name for service in answer.list_services_response.service}
        assert {SERVICE, "grpc.health.v1.Health"} <= names


def test_reflection_can_be_off(serve):
    with serve(reflection=False) as rooms:
        reflect = reflection_pb2_grpc.ServerReflectionStub(rooms.channel("fitting"))
        with pytest.raises(grpc.RpcError) as off:
            list(reflect.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest()])))
        assert off.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_our_errors_cross_whole(stub):
    with pytest.raises(FaceNotFoundError, match="no face in frame 3; look up") as raised:
        describe(stub, "no face")
    assert raised.value.metadata == {"frame": "3"}
    assert raised.value.__cause__.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_a_bug_is_internal_with_an_id_and_without_its_details(stub, caplog):
    with pytest.raises(VultusError) as raised:
        describe(stub, "bug", metadata=(("x-request-id", "call-17"),))
    error = raised.value.__cause__
    assert error.code() is grpc.StatusCode.INTERNAL
    assert raised.value.exit_code == 1
    assert raised.value.metadata["id"] == "call-17"
    status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert len(status.details) == 1
    assert status.details[0].Unpack(info)
    assert info.reason == "INTERNAL"
    assert "secret" not in str(status)
    assert "a secret that stays here" in caplog.text


def test_a_deadline_stops_the_work(stub, small):
    with pytest.raises(ServiceUnavailableError, match="did not answer in time"):
        describe(stub, "wait 30", timeout=0.1)
    wait_for(lambda: small.stopped == ["wait 30"])
    assert small.ended == []


def test_a_cancelled_call_stops_the_work(stub, small):
    call = stub.DescribeMorphable.future(pb.DescribeMorphableRequest(morphable="wait 30"))
    wait_for(lambda: small.begun)
    call.cancel()
    wait_for(lambda: small.stopped == ["wait 30"])


def test_leaving_a_stream_stops_the_work(stub, small):
    def endless():
        while True:
            yield pb.StreamFitRequest()

    responses = stream("fitting", stub.StreamFit, endless())
    next(responses)
    responses.close()
    wait_for(lambda: small.stopped)


def test_an_error_of_the_requests_is_raised_where_responses_are_read(stub):
    def broken():
        yield pb.StreamFitRequest()
        raise InputError("the video is broken")

    with pytest.raises(InputError, match="the video is broken"):
        list(stream("fitting", stub.StreamFit, broken()))


def test_a_reader_that_waits_stops_the_sender(serve, small):
    """The room answers each request with as many bytes, so that nobody's memory grows while nobody reads."""
    sent = []

    def requests():
        for number in range(400):
            sent.append(number)
            yield pb.StreamFitRequest(frames=[{"rgb": bytes(1 << 18)}])

    with serve() as rooms:
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        responses = stream("fitting", stub.StreamFit, requests())
        next(responses)
        time.sleep(0.5)
        ahead = len(sent)
        assert sum(1 for _ in responses) == 399
    assert ahead < 200


def test_a_message_that_is_too_large_is_refused_by_either_side(serve):
    size = MAX_MESSAGE_BYTES + 1024
    with serve() as rooms:
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        with pytest.raises(InputError, match="too large"), our_errors("fitting"):
            stub.FitImage(pb.FitImageRequest(picture=bytes(size)))
        with grpc.insecure_channel(
            rooms.endpoint("fitting"), [("grpc.max_send_message_length", -1)]
        ) as channel:
            generous = rpc.FittingServiceStub(channel)
            with pytest.raises(grpc.RpcError) as refused:
                generous.FitImage(pb.FitImageRequest(picture=bytes(size)))
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        fits = stub.FitImage(pb.FitImageRequest(picture=bytes(30 << 20)))
        assert fits.summary.frame_count == 30 << 20


def test_calls_above_the_limit_are_refused_and_health_is_not(serve, small):
    with serve(call_limit=2) as rooms:
        channel = rooms.channel("fitting")
        stub = rpc.FittingServiceStub(channel)
        waiting = [
            stub.DescribeMorphable.future(pb.DescribeMorphableRequest(morphable="wait 0.5")) for _ in range(2)
        ]
        wait_for(lambda: len(small.begun) == 2)
        with pytest.raises(OverloadedError, match="answers 2 calls already"):
            describe(stub, "x")
        assert health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest()).status == SERVING
        assert [call.result().morphable for call in waiting] == ["wait 0.5"] * 2
        assert describe(stub, "x").morphable == "x"


def test_streams_run_at_the_same_time(serve, small):
    barrier = threading.Barrier(4, timeout=5)

    def requests():
        yield pb.StreamFitRequest()
        barrier.wait()  # passes only when four streams are open together
        yield pb.StreamFitRequest()

    with serve() as rooms:
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        counts = []

        def run():
            counts.append(len(list(stream("fitting", stub.StreamFit, requests()))))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert counts == [2] * 4


def room_of(small, **settings):
    return Room(
        "fitting",
        SERVICE,
        lambda server: rpc.add_FittingServiceServicer_to_server(small, server),
        RoomSettings(**settings),
    )


def test_a_drain_lets_calls_finish_and_refuses_new_ones(small):
    async def scenario():
        server = RoomServer(room_of(small, drain_delay_s=0.2, grace_s=5))
        port = await server.start()
        await server.loaded()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = rpc.FittingServiceStub(channel)
            health = health_pb2_grpc.HealthStub(channel)
            long = asyncio.ensure_future(
                stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="wait 0.7"))
            )
            while not small.begun:
                await asyncio.sleep(0.005)
            stopping = asyncio.create_task(server.stop())
            await asyncio.sleep(0.05)
            state = (await health.Check(health_pb2.HealthCheckRequest(service=SERVICE))).status
            early = await stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="early"))
            await asyncio.sleep(0.3)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="late"))
            answer = await long
            await stopping
        return state, early.morphable, refused.value, answer.morphable

    state, early, refused, answer = run_in_background(scenario())
    assert state == NOT_SERVING
    assert early == "early"
    assert refused.code() is grpc.StatusCode.UNAVAILABLE
    assert "the fitting room is stopping" in refused.details()
    assert answer == "wait 0.7"
    assert small.ended == ["early", "wait 0.7"]


def test_a_drain_ends_what_outlasts_the_grace(small):
    async def scenario():
        server = RoomServer(room_of(small, grace_s=0.1))
        port = await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = rpc.FittingServiceStub(channel)
            call = asyncio.ensure_future(
                stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="wait 30"))
            )
            while not small.begun:
                await asyncio.sleep(0.005)
            started = time.monotonic()
            await server.stop()
            took_s = time.monotonic() - started
            with pytest.raises(grpc.aio.AioRpcError):
                await call
        return took_s

    assert run_in_background(scenario()) < 3
    assert small.stopped == ["wait 30"]


def test_a_taken_port_is_said_so(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(ServiceUnavailableError, match=f"cannot listen on 127.0.0.1:{port}"),
            serve(port=port),
        ):
            pass


def test_nobody_there_is_a_missing_service():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open_channel(f"127.0.0.1:{port}") as channel, pytest.raises(ServiceUnavailableError) as raised:
        describe(rpc.FittingServiceStub(channel), "x")
    assert raised.value.exit_code == 3
    assert "is it running?" in raised.value.remedy

import threading
import time

import grpc
import pytest
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.errors import InputError
from vultus_kit.embedded import EmbeddedRooms, find_room


def test_a_room_starts_answers_and_ends(serve):
    threads = threading.active_count()
    started = time.perf_counter()
    with serve() as rooms:
        assert time.perf_counter() - started < 2
        assert rooms.endpoint("fitting") == f"127.0.0.1:{rooms.ports['fitting']}"
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        assert stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="x")).morphable == "x"
        assert rooms.channel("fitting") is rooms.channel("fitting")
    assert threading.active_count() <= threads + 8  # the loop, its pool and gRPC's own threads stay


def test_leaving_does_not_wait_for_calls_that_nobody_wants(serve, small):
    with serve(grace_s=30) as rooms:
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        call = stub.DescribeMorphable.future(pb.DescribeMorphableRequest(morphable="wait 30"))
        while not small.begun:
            time.sleep(0.005)
        started = time.perf_counter()
    assert time.perf_counter() - started < 3
    assert call.code() is grpc.StatusCode.CANCELLED
    assert small.stopped == ["wait 30"]


def test_what_a_room_raises_when_it_starts_is_raised_here():
    def broken():
        raise InputError("no such colour")

    with pytest.raises(InputError, match="no such colour"), EmbeddedRooms([broken]):
        pass


def test_rooms_are_found_by_name():
    assert find_room("fitting").__module__ == "vultus_fitting"
    assert find_room("vultus_metrics:room").__module__ == "vultus_metrics"


@pytest.mark.parametrize("name", ["cooking", "vultus_fitting:kitchen"])
def test_an_unknown_room_is_an_input_error(name):
    with pytest.raises(InputError):
        find_room(name)


def test_a_room_that_is_not_started_has_no_endpoint():
    with EmbeddedRooms([]) as rooms, pytest.raises(InputError, match="the fitting room is not started"):
        rooms.endpoint("fitting")

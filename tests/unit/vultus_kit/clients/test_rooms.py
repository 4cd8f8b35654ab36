import threading
import time

import pytest

from vultus.errors import InputError
from vultus_kit.clients.channel import stream
from vultus_kit.clients.rooms import Endpoints, Rooms


def test_a_configured_endpoint_is_used(serve, small, monkeypatch):
    with serve() as started:
        monkeypatch.setenv("VULTUS_ENDPOINT_FITTING", started.endpoint("fitting"))
        with Rooms() as rooms:
            assert rooms.fitting.describe_morphable("x").name == "x"
            assert rooms.embedded == []
    assert small.begun == ["x"]


def test_a_room_without_endpoint_is_started_here_once():
    with Rooms(Endpoints()) as rooms:
        assert rooms.metrics.describe_metrics()
        assert rooms.metrics is rooms.metrics
        assert rooms.embedded == ["metrics"]


def test_an_endpoint_of_no_room_is_an_error(monkeypatch):
    monkeypatch.setenv("VULTUS_ENDPOINT_FITING", "localhost:1")
    with pytest.raises(InputError, match="did you mean VULTUS_ENDPOINT_FITTING"):
        Rooms()


def test_requests_end_before_a_failed_call_is_reported():
    running = threading.Event()

    def requests():
        yield b"1"
        running.set()
        time.sleep(0.2)
        yield b"2"

    class Refused:
        """A call that fails while its second request is being made."""

        def __init__(self, messages, timeout):
            threading.Thread(target=lambda: list(messages), daemon=True).start()

        def __iter__(self):
            assert running.wait(5)
            raise ValueError("refused")

        def cancel(self):
            """Nothing to stop."""

    source = requests()
    with pytest.raises(ValueError, match="refused"):
        list(stream("fitting", Refused, source))
    source.close()
    assert source.gi_frame is None

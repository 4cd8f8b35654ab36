"""Channels to rooms, and calls whose failures are our errors."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc

from vultus.errors import InputError
from vultus_kit.rpc.errors import from_rpc_error
from vultus_kit.rpc.options import MAX_PICTURE_BYTES, OPTIONS

T = TypeVar("T")
LONGEST_REQUEST_S = 10.0
"""How long the end of a call waits for a request that is being made, s."""


def open_channel(target: str) -> grpc.Channel:
    """A channel to `target`, "host:port", without transport security."""
    return grpc.insecure_channel(target, options=OPTIONS)


@contextmanager
def our_errors(room: str) -> Iterator[None]:
    """Raise our errors instead of gRPC's."""
    try:
        yield
    except grpc.RpcError as error:
        raise from_rpc_error(error, f"the {room} room") from error


def check_picture(picture: bytes) -> None:
    """Raise `InputError` where a picture file does not fit into one message."""
    if len(picture) > MAX_PICTURE_BYTES:
        raise InputError(
            f"the picture file has {len(picture) / (1 << 20):.0f} MiB, more than {MAX_PICTURE_BYTES >> 20}",
            remedy="save it as JPEG, or make it smaller",
            metadata={"bytes": len(picture), "limit_bytes": MAX_PICTURE_BYTES},
        )


class _Guarded:
    """Requests that remember why they ended: gRPC itself only logs what an iterator of requests raises."""

    def __init__(self, requests: Iterable[Any]) -> None:
        self._requests = requests
        self._turn = threading.Lock()
        self._ended = False
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[Any]:
        """The requests, taken by a thread of gRPC; an error ends them."""
        try:
            requests = iter(self._requests)
            while True:
                with self._turn:
                    if self._ended:
                        return
                    request = next(requests, None)
                if request is None:
                    return
                yield request
        except Exception as error:  # noqa: BLE001 - raised again in the thread that reads the responses
            self.failure = error

    def end(self) -> None:
        """Take no more requests, and wait for the one that is being made: then its source can be closed."""
        self._ended = True
        if self._turn.acquire(timeout=LONGEST_REQUEST_S):
            self._turn.release()


def stream(room: str, method: Any, requests: Iterable[T], timeout_s: float | None = None) -> Iterator[Any]:
    """The responses of a bidirectional call.

    gRPC takes a request only when the one before has been sent, and sends only while the other side reads, so
    nothing piles up. An error that `requests` raises is raised here. Closing the generator cancels the call.
    """
    guarded = _Guarded(requests)
    call = method(iter(guarded), timeout=timeout_s)
    try:
        with our_errors(room):
            for response in call:
                if guarded.failure is not None:
                    break
                yield response
    except Exception:
        if guarded.failure is None:
            raise
    finally:
        call.cancel()
        guarded.end()
    if guarded.failure is not None:
        raise guarded.failure

"""One event loop in the background of this process, for everything of gRPC that is asynchronous and embedded.

gRPC's poller wakes all loops of a process through one socket. With loops that come and go, an event (say a
deadline) can go to a closed loop and be lost; so there is one loop, and it lives as long as the process.
"""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def background_loop() -> asyncio.AbstractEventLoop:
    """The loop, started in a daemon thread when first asked for."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="rooms", daemon=True).start()
    return loop


def run_in_background(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, run in the background loop; not to be called from there."""
    return asyncio.run_coroutine_threadsafe(work, background_loop()).result()

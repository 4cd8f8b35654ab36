"""`vultus up`: the embedded platform, every room on its own loopback port."""

import importlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import click

from vultus.errors import InputError, ServiceUnavailableError
from vultus_cli.output import say
from vultus_kit.embedded import EmbeddedRooms, find_room
from vultus_kit.rpc.server import Room
from vultus_kit.telemetry.metrics import serve_metrics

ROOMS = ("fitting", "generation", "metrics")
METRICS_PORT_OFFSET = 100


@click.command("up")
@click.option("--rooms", "names", default=",".join(ROOMS), show_default=True, help="Comma-separated.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=50051, show_default=True, type=click.IntRange(1024, 65000), help="Of the first room."
)
def command(names: str, host: str, port: int) -> None:
    """Start rooms on consecutive ports and serve until interrupted; /metrics is 100 ports above the first."""
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in chosen if name not in ROOMS]:
        raise InputError(f"no room called {unknown[0]!r}", remedy=f"known: {', '.join(ROOMS)}")
    if not chosen or len(set(chosen)) != len(chosen):
        raise InputError(f"--rooms cannot be {names!r}", remedy=f"name each room once: {', '.join(ROOMS)}")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    factories = [_factory(name, host, port + k) for k, name in enumerate(chosen)]
    with _metrics(host, port + METRICS_PORT_OFFSET), EmbeddedRooms(factories, wait=True) as rooms:
        for name in chosen:
            print(f"{name}: {host}:{rooms.ports[name]}", flush=True)
        print(f"metrics of all rooms: http://{host}:{port + METRICS_PORT_OFFSET}/metrics", flush=True)
        say("serving; Ctrl-C ends it")
        stopped.wait()
        say("letting calls finish ...")


@contextmanager
def _metrics(host: str, port: int) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(serve_metrics(host, port))
        except OSError as error:
            raise ServiceUnavailableError(
                f"cannot listen on {host}:{port} for metrics: {error.strerror}",
                remedy="choose another port, or stop what uses it",
                metadata={"host": host, "port": port},
            ) from error
        yield


def _factory(name: str, host: str, port: int) -> Callable[[], Room]:
    factory: Callable[..., Room] = find_room(name)
    settings = importlib.import_module(f"vultus_{name}.settings").ServerSettings
    return partial(factory, settings.load(host=host, port=port))

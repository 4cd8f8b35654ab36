"""Metrics of this process, made from the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)

from vultus_kit.telemetry.schema import SCHEMA, MetricSpec

T = TypeVar("T", Counter, Gauge, Histogram)

REGISTRY = CollectorRegistry()
"""What /metrics shows."""


# Without this every counter brings a second series, `…_created`, that no schema names.
disable_created_metrics()


def _make(spec: MetricSpec) -> Counter | Gauge | Histogram:
    if spec.kind == "counter":
        return Counter(spec.name, spec.description, spec.labels, registry=REGISTRY)
    if spec.kind == "gauge":
        return Gauge(spec.name, spec.description, spec.labels, registry=REGISTRY)
    return Histogram(spec.name, spec.description, spec.labels, registry=REGISTRY, buckets=spec.buckets)


_METRICS = {spec.name: _make(spec) for spec in SCHEMA}


def counter(name: str, **labels: str) -> Counter:
    """The counter `name` of the schema for these labels."""
    return _child(name, Counter, labels)


def gauge(name: str, **labels: str) -> Gauge:
    """The gauge `name` of the schema for these labels."""
    return _child(name, Gauge, labels)


def histogram(name: str, **labels: str) -> Histogram:
    """The histogram `name` of the schema for these labels."""
    return _child(name, Histogram, labels)


def _child(name: str, kind: type[T], labels: dict[str, str]) -> T:
    metric = _METRICS[name]
    if not isinstance(metric, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return metric.labels(**labels)


@contextmanager
def serve_metrics(host: str, port: int | None) -> Iterator[int | None]:
    """Serve /metrics over HTTP meanwhile; yields the port, or None where `port` is None."""
    if port is None:
        yield None
        return
    server, thread = start_http_server(port, addr=host, registry=REGISTRY)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

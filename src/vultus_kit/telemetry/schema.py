"""Every metric that Vultus exports, and the only place where their names are written."""

from dataclasses import dataclass
from typing import Literal

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Bounds of duration buckets, s."""

COUNTS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Bounds of size buckets."""

CALL = ("room", "grpc_type", "grpc_service", "grpc_method")
"""Labels of one RPC; `grpc_type` is unary, client_stream, server_stream or bidi_stream."""

MODEL = ("room", "model", "version")
"""Labels of a version of something that is followed; `model` is the alias."""


@dataclass(frozen=True)
class MetricSpec:
    """One exported metric."""

    name: str
    """Full name with its unit."""
    kind: Literal["counter", "gauge", "histogram"]
    """How it moves."""
    description: str
    """One sentence."""
    labels: tuple[str, ...] = ("room",)
    """Labels; never ids."""
    buckets: tuple[float, ...] = ()
    """Upper bounds, of a histogram."""


SCHEMA: tuple[MetricSpec, ...] = (
    MetricSpec("grpc_server_started_total", "counter", "Calls that began.", CALL),
    MetricSpec(
        "grpc_server_handled_total", "counter", "Calls that ended, by status code.", (*CALL, "grpc_code")
    ),
    MetricSpec("grpc_server_msg_received_total", "counter", "Messages that arrived.", CALL),
    MetricSpec("grpc_server_msg_sent_total", "counter", "Messages that were sent.", CALL),
    MetricSpec("grpc_server_handling_seconds", "histogram", "How long calls took.", CALL, SECONDS),
    MetricSpec("vultus_calls_in_flight", "gauge", "Calls that are being answered."),
    MetricSpec("vultus_batch_size", "histogram", "Items in each batch.", ("room", "queue"), COUNTS),
    MetricSpec("vultus_batch_seconds", "histogram", "How long batches took.", ("room", "queue"), SECONDS),
    MetricSpec("vultus_batch_queue_depth", "gauge", "Items that wait for a batch.", ("room", "queue")),
    MetricSpec("vultus_frames_total", "counter", "Frames that were worked on.", ("room", "outcome")),
    MetricSpec("vultus_avatar_cache_bytes", "gauge", "Memory that cached avatars take."),
    MetricSpec("vultus_avatar_cache_avatars", "gauge", "Avatars in memory."),
    MetricSpec("vultus_avatar_cache_evictions_total", "counter", "Avatars dropped to make room."),
    MetricSpec(
        "vultus_model_frames_total",
        "counter",
        "Frames by the model that made them.",
        ("room", "method", "version"),
    ),
    MetricSpec(
        "vultus_model_served", "gauge", "1 for the version that is served, 0 before and after.", MODEL
    ),
    MetricSpec("vultus_model_leases", "gauge", "Requests and avatars that hold a version.", MODEL),
    MetricSpec(
        "vultus_model_polls_total",
        "counter",
        "Looks at the registry, by what came of them.",
        ("room", "model", "outcome"),
    ),
    MetricSpec(
        "vultus_model_load_seconds",
        "histogram",
        "Loading and warming of a version.",
        ("room", "model"),
        SECONDS,
    ),
)
"""Every metric, in the order of the docs."""

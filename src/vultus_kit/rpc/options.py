"""Channel options that both ends agree on."""

MAX_MESSAGE_BYTES = 32 << 20
"""Largest message; larger ones fail with RESOURCE_EXHAUSTED."""

MAX_PICTURE_BYTES = 30 << 20
"""Largest picture file in one message; the rest of the message needs some room."""

CHUNK_BYTES = 256 << 10
"""Bytes of a frame in one message: the fastest size on loopback."""

KEEPALIVE_MS = 30_000

OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", KEEPALIVE_MS),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
)
"""Of clients and servers."""

SERVER_OPTIONS: tuple[tuple[str, int], ...] = (
    *OPTIONS,
    # Clients ping each KEEPALIVE_MS; a server that expects fewer pings drops them as "too many pings".
    ("grpc.http2.min_ping_interval_without_data_ms", KEEPALIVE_MS // 2),
    ("grpc.so_reuseport", 0),
)
"""Of servers."""

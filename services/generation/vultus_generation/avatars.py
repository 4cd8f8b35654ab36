"""Avatars in memory: the least recently used go when there are too many bytes."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from vultus.data.track import Track
from vultus.methods.base import Avatar
from vultus_generation.models import ServedMethod
from vultus_kit.records import AvatarSpec
from vultus_kit.rpc.errors import AvatarNotFoundError
from vultus_kit.serving.leases import Lease
from vultus_kit.telemetry.metrics import counter, gauge


@dataclass(frozen=True)
class Prepared:
    """An avatar and what it was made of."""

    avatar_id: str
    """Content address."""
    avatar: Avatar
    """The portrait, prepared."""
    source: Track
    """Fit of the head in it."""
    method: str
    """Name of the method."""
    version: str = "builtin"
    """Version of the method that made it, and that renders it for as long as it is kept."""
    lease: Lease[ServedMethod] | None = None
    """Keeps that version in memory; gone with the avatar."""


def content_address(spec: AvatarSpec, version: str) -> str:
    """The id of a spec's avatar: the same inputs and the same version of the method give the same id."""
    state = hashlib.sha256()
    options = {
        "method": spec.method,
        "version": version,
        "side_px": spec.side_px,
        "paste_back": spec.paste_back,
    }
    source = {
        "fps": spec.source.fps,
        "size_px": list(spec.source.size_px),
        "morphable_digest": spec.source.morphable_digest,
    }
    for part in (json.dumps(options).encode(), json.dumps(source).encode(), *_bytes(spec.source)):
        state.update(len(part).to_bytes(8, "big") + part)
    state.update(spec.picture)
    return f"avatar:{state.hexdigest()}"


def _bytes(track: Track) -> list[bytes]:
    return [getattr(track, name).numpy().tobytes() for name in track.tensor_names()]


class AvatarCache:
    """Avatars by id, in at most so much memory.

    A stream keeps the avatar that it began with, also when that is dropped from here meanwhile.

    Args:
        capacity_bytes: Most memory; an avatar that is larger than that is kept alone.
        outdated: Whether an avatar is of a version that makes no new ones.
        keep_outdated_s: How long such an avatar is kept after its last use, s.
    """

    def __init__(
        self,
        capacity_bytes: int,
        outdated: Callable[[Prepared], bool] = lambda prepared: False,
        keep_outdated_s: float = float("inf"),
    ) -> None:
        self._capacity_bytes = capacity_bytes
        self._outdated = outdated
        self._keep_outdated_s = keep_outdated_s
        self._avatars: OrderedDict[str, Prepared] = OrderedDict()
        self._used_s: dict[str, float] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        self._report()

    def __len__(self) -> int:
        """Number of avatars."""
        return len(self._avatars)

    @property
    def memory_bytes(self) -> int:
        """What the avatars take."""
        return self._bytes

    def get(self, avatar_id: str) -> Prepared:
        """The avatar, now the most recently used; raises `AvatarNotFoundError`."""
        with self._lock:
            self._drop_outdated()
            if avatar_id not in self._avatars:
                raise AvatarNotFoundError(
                    f"no avatar {avatar_id!r} in memory",
                    remedy="create it again: it was never there, was deleted, or made room for others",
                    metadata={"avatar_id": avatar_id},
                )
            self._avatars.move_to_end(avatar_id)
            self._used_s[avatar_id] = time.monotonic()
            return self._avatars[avatar_id]

    def __contains__(self, avatar_id: str) -> bool:
        """Whether the avatar is in memory."""
        return avatar_id in self._avatars

    def add(self, prepared: Prepared) -> None:
        """Keep an avatar and drop others for it."""
        with self._lock:
            self._drop(prepared.avatar_id)
            self._drop_outdated()
            self._avatars[prepared.avatar_id] = prepared
            self._used_s[prepared.avatar_id] = time.monotonic()
            self._bytes += prepared.avatar.memory_bytes
            while self._bytes > self._capacity_bytes and len(self._avatars) > 1:
                self._evict(next(iter(self._avatars)))
            self._report()

    def delete(self, avatar_id: str) -> bool:
        """Forget an avatar; answers whether it was there."""
        with self._lock:
            existed = self._drop(avatar_id)
            self._report()
            return existed

    def _drop_outdated(self) -> None:
        before_s = time.monotonic() - self._keep_outdated_s
        idle = [name for name, used_s in self._used_s.items() if used_s < before_s]
        for name in idle:
            if self._outdated(self._avatars[name]):
                self._evict(name)

    def _evict(self, avatar_id: str) -> None:
        self._drop(avatar_id)
        counter("vultus_avatar_cache_evictions_total", room="generation").inc()

    def _drop(self, avatar_id: str) -> bool:
        prepared = self._avatars.pop(avatar_id, None)
        if prepared is None:
            return False
        del self._used_s[avatar_id]
        self._bytes -= prepared.avatar.memory_bytes
        return True

    def _report(self) -> None:
        gauge("vultus_avatar_cache_bytes", room="generation").set(self._bytes)
        gauge("vultus_avatar_cache_avatars", room="generation").set(len(self._avatars))

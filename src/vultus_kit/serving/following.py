"""Follows an alias of the registry: what it names is loaded beside what is served, then takes its place."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from vultus.errors import InputError, ServiceUnavailableError, VultusError
from vultus_kit.serving.leases import Lease, Served
from vultus_kit.telemetry.logs import log_event
from vultus_kit.telemetry.metrics import counter, gauge, histogram
from vultus_kit.tracking.records import RegisteredVersion

T = TypeVar("T")
LOGGER = logging.getLogger("vultus.serving")

UNCHANGED, SWITCHED, REFUSED = "unchanged", "switched", "refused"
UNRESOLVED, UNDOWNLOADED, UNUSABLE = "unresolved", "undownloaded", "unusable"
"""Outcomes of one look at the registry. Refused: the alias still names a version that could not be used."""

FAILURES = (UNRESOLVED, UNDOWNLOADED, UNUSABLE)


@dataclass(frozen=True)
class FollowConfig:
    """How often to look, and how patiently."""

    poll_s: float = 30.0
    """Pause between two looks at the registry, s."""
    backoff_s: float = 1.0
    """Pause after the first failure, s; doubles with each that follows."""
    longest_backoff_s: float = 300.0
    """Longest pause after failures, s."""
    attempts: int = 3
    """How often a version is tried before it is given up; a damaged one (`InputError`) is tried once."""
    first_wait_s: float = 20.0
    """How long the start waits for the registry before it goes on with the starter, s."""


@dataclass(frozen=True)
class Source(Generic[T]):
    """Where versions come from, and what is made of them."""

    reference: str
    """What is followed, for instance "models:/vultus-gdpw@champion"."""
    resolve: Callable[[], RegisteredVersion]
    """The version that the reference names now."""
    download: Callable[[RegisteredVersion], Path]
    """The folder of a version, whole and checked."""
    load: Callable[[Path], T]
    """What is served of a folder."""
    warm: Callable[[T], None]
    """Uses it once, so that no request is the first; raises where it does not work."""
    starter: Callable[[], tuple[str, T]]
    """Version and value to serve while the registry has given nothing; raises where there is none."""
    release: Callable[[T], None] = lambda value: None
    """Called with a value that nobody holds any more."""


class Followed(Generic[T]):
    """The version that an alias names, kept up to date by a thread; requests lease it.

    A request keeps the version that it began with. Whatever fails on the way to a new version, the old one is
    served on. With no version yet, the starter is served, and `note` says so.

    Args:
        room: Label.
        source: Where versions come from.
        config: How often to look.
    """

    def __init__(self, room: str, source: Source[T], config: FollowConfig | None = None) -> None:
        self.reference = source.reference
        self._room = room
        self._source = source
        self._config = config or FollowConfig()
        self._labels = {"room": room, "model": source.reference}
        self._current: Served[T] | None = None
        self._alive: dict[object, Served[T]] = {}
        self._given_up: dict[object, str] = {}
        self._attempts: dict[object, int] = {}
        self._failure_count = 0
        self._lock = threading.RLock()
        self._starting = threading.Lock()
        self._looked = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._patient_until_s = 0.0
        self.note = "the registry has not answered yet"
        """Why it does not serve what the alias names; "" where it does."""

    @property
    def version(self) -> str:
        """What is served; "" before anything is."""
        return self._current.version if self._current else ""

    def start(self) -> None:
        """Begin to follow, and wait for a first version, or for the starter in its place.

        Raises:
            ServiceUnavailableError: The registry gave nothing in time, and there is no starter.
        """
        with self._starting:
            if self._thread is None:
                self._patient_until_s = time.monotonic() + self._config.first_wait_s
                self._thread = threading.Thread(
                    target=self._run, name=f"follow-{self.reference}", daemon=True
                )
                self._thread.start()
            self._looked.wait(max(0.0, self._patient_until_s - time.monotonic()))
            if self._current is None:
                self._serve_starter()

    def lease(self) -> Lease[T]:
        """Hold the version of now; starts where nobody did, and raises what `start` raises."""
        if self._current is None:
            self.start()
        with self._lock:
            if self._current is None:
                raise ServiceUnavailableError(f"nothing is served of {self.reference}", remedy="try again")
            return self._current.lease()

    def close(self) -> None:
        """Stop to follow; what is leased stays usable."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)  # a download may take longer; it then changes nothing any more

    def poll(self) -> str:
        """Look once; answers the outcome. The thread does this, and tests."""
        outcome = self._look()
        counter("vultus_model_polls_total", **self._labels, outcome=outcome).inc()
        self._failure_count = self._failure_count + 1 if outcome in FAILURES else 0
        return outcome

    def pause_s(self) -> float:
        """How long to wait before the next look, s."""
        if not self._failure_count:
            return self._config.poll_s
        # Bounded exponent: a registry that is away for days must not overflow a float.
        doubled = self._config.backoff_s * 2.0 ** min(self._failure_count - 1, 30)
        return min(doubled, self._config.longest_backoff_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.poll()
            self._looked.set()
            self._stopping.wait(self.pause_s())

    def _look(self) -> str:
        try:
            version = self._source.resolve()
        except Exception as error:  # noqa: BLE001 - whatever it is, what is served goes on
            return self._failed(UNRESOLVED, error)
        key = (version.name, version.version, version.digest)
        if self._current is not None and self._current.key == key:
            self.note = ""
            return UNCHANGED
        if key in self._given_up:
            self.note = f"{self._given_up[key]}; it is not tried again"
            return REFUSED
        return self._take(version, key)

    def _take(self, version: RegisteredVersion, key: object) -> str:
        if self._revived(key):
            return SWITCHED
        try:
            folder = self._source.download(version)
        except InputError as error:
            return self._unusable(version, key, error)
        except Exception as error:  # noqa: BLE001
            return self._failed(UNDOWNLOADED, error, version)
        started = time.perf_counter()
        try:
            value = self._source.load(folder)
            self._source.warm(value)
        except Exception as error:  # noqa: BLE001
            return self._unusable(version, key, error)
        histogram("vultus_model_load_seconds", **self._labels).observe(time.perf_counter() - started)
        self._switch(self._served(value, f"{version.name}/{version.version}", key))
        return SWITCHED

    def _unusable(self, version: RegisteredVersion, key: object, error: Exception) -> str:
        outcome = self._failed(UNUSABLE, error, version)
        self._attempts[key] = self._attempts.get(key, 0) + 1
        if isinstance(error, InputError) or self._attempts[key] >= self._config.attempts:
            self._given_up[key] = self.note
        return outcome

    def _served(self, value: T, version: str, key: object) -> Served[T]:
        leases = gauge("vultus_model_leases", **self._labels, version=version)

        def release(value: T) -> None:
            if self._alive.get(key) is served:
                del self._alive[key]
            log_event(LOGGER, "model released", room=self._room, model=self.reference, version=version)
            self._source.release(value)

        served = Served(value, version, key, release, leases.set)
        return served

    def _revived(self, key: object) -> bool:
        """Whether a version that avatars still hold could be taken again; after a roll-back it often can."""
        served = self._alive.get(key)
        if served is None or not served.revive():
            return False
        self._switch(served)
        return True

    def _switch(self, served: Served[T]) -> None:
        with self._lock:
            if self._stopping.is_set():
                served.retire()
                return
            before, self._current = self._current, served
            self._alive[served.key] = served
        self.note = ""
        self._say(served, before)

    def _serve_starter(self) -> None:
        try:
            version, value = self._source.starter()
        except VultusError as error:
            raise ServiceUnavailableError(
                f"there is nothing to serve of {self.reference} yet ({self.note}), and {error.message}",
                remedy="wait for the registry, or give the room a starter",
                metadata={"model": self.reference},
            ) from error
        self._source.warm(value)
        with self._lock:
            if self._current is not None:
                self._source.release(value)
                return
            self._current = served = self._served(value, version, None)
        self._say(served, None)

    def _say(self, served: Served[T], before: Served[T] | None) -> None:
        """Tell what is served now, and let go of what was."""
        if before is not None:
            gauge("vultus_model_served", **self._labels, version=before.version).set(0)
            before.retire()
        gauge("vultus_model_served", **self._labels, version=served.version).set(1)
        previous = before.version if before else ""
        log_event(
            LOGGER,
            "model served",
            room=self._room,
            model=self.reference,
            version=served.version,
            previous=previous,
        )

    def _failed(self, outcome: str, error: Exception, version: RegisteredVersion | None = None) -> str:
        named = f"{version.name}/{version.version}" if version else self.reference
        self.note = f"{named} is {outcome}: {' '.join(str(error).split())[:200]}"
        log_event(
            LOGGER,
            "model not taken",
            level=logging.WARNING,
            room=self._room,
            model=self.reference,
            outcome=outcome,
            version=named,
            error=f"{type(error).__name__}: {error}"[:500],
            serving=self.version,
        )
        return outcome

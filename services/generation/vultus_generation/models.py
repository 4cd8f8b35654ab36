"""The methods that a room animates with, each in the version of now."""

import inspect
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from vultus.errors import IncompatibleError, InputError, VultusError
from vultus.face.models import MORPHABLES, load_morphable
from vultus.face.morphable import MorphableModel
from vultus.methods.base import METHODS, Method
from vultus.methods.rehearsal import rehearse
from vultus.methods.trained import TRAINED, TrainedModel, open_trained, starter
from vultus_kit.records import MethodDescription
from vultus_kit.serving.following import FollowConfig, Followed, Source
from vultus_kit.serving.leases import Lease, Served
from vultus_kit.tracking.records import RegisteredVersion

PREFIX = "vultus-"
"""What registered names of methods begin with."""


@runtime_checkable
class VersionSource(Protocol):
    """What a room asks for versions, for instance `vultus_kit.tracking.registry.ModelRegistry`."""

    def resolve(self, reference: str) -> RegisteredVersion:
        """The version that a reference names now."""
        ...

    def download(self, version: RegisteredVersion, into: Path) -> Path:
        """The model folder of a version, kept in `into`."""
        ...


@dataclass
class ServedMethod:
    """One version of a method, made once for each morphable model."""

    name: str
    """Name of the method."""
    build: Callable[[MorphableModel], Method]
    """Makes it for a morphable model."""
    morphable_digest: str = ""
    """Digest of the only morphable model that it can be made for; "" for any."""
    _made: dict[str, Method] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def made_for(self, model: MorphableModel) -> Method:
        """The method for a morphable model."""
        with self._lock:
            if model.digest not in self._made:
                self._made[model.digest] = self.build(model)
            return self._made[model.digest]


class Morphables:
    """The morphable models that a room can load.

    Args:
        path: File or folder of a published one.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def named(self, name: str) -> MorphableModel:
        """The model called `name`."""
        return load_morphable(name, None if name == "builtin" else self._path)

    def with_digest(self, digest: str) -> MorphableModel:
        """The model with a digest, the built-in one for ""; raises `IncompatibleError` for one not here."""
        for name in ("builtin", *MORPHABLES) if self._path else ("builtin",):
            try:
                model = self.named(name)
            except VultusError:
                continue  # the file is that of another one
            if digest in ("", model.digest):
                return model
        raise IncompatibleError(
            f"the model learned with a morphable model that is not here ({digest[:19]}…)",
            remedy="give the room that morphable model, or train with the one that it has",
            metadata={"morphable_digest": digest},
        )


def served(trained: TrainedModel) -> ServedMethod:
    """The method of a model folder."""
    return ServedMethod(trained.method, trained.build, str(trained.config["morphable_digest"]))


def method_of(reference: str) -> str:
    """The method that a reference such as "models:/vultus-gdpw@champion" names; raises `InputError`."""
    name = reference.removeprefix("models:/").partition("@")[0]
    if not reference.startswith("models:/") or "@" not in reference or not name.startswith(PREFIX):
        raise InputError(
            f"{reference!r} cannot be followed",
            remedy=f"write models:/{PREFIX}<method>@<alias>, for instance models:/{PREFIX}gdpw@champion",
            metadata={"reference": reference},
        )
    method = name.removeprefix(PREFIX)
    if method not in TRAINED:
        raise InputError(
            f"{reference!r} cannot be followed: no trained method is called {method!r}",
            remedy=f"known: {', '.join(TRAINED)}",
            metadata={"reference": reference},
        )
    return method


@dataclass(frozen=True)
class FollowPlan:
    """What to follow, and where."""

    references: tuple[str, ...] = ()
    """For instance "models:/vultus-gdpw@champion"."""
    registry: VersionSource | None = None
    """Where versions are; needed where anything is followed."""
    folder: Path = Path()
    """Where model folders are kept."""
    config: FollowConfig = field(default_factory=FollowConfig)
    """How often to look."""


class Models:
    """Every method in the version of now; work leases it.

    Args:
        morphables: Where morphable models come from.
        plan: What follows the registry; other methods are what the installation holds.
        pinned: Model folders that are served for good, and what answers call their version, by method.
    """

    def __init__(
        self,
        morphables: Morphables,
        plan: FollowPlan | None = None,
        pinned: Mapping[str, tuple[Path, str]] | None = None,
    ) -> None:
        self._morphables = morphables
        self._pinned = pinned or {}
        self._installed: dict[str, Served[ServedMethod]] = {}
        self._lock = threading.Lock()
        self._followed = self._follow(plan or FollowPlan())

    def start(self) -> list[VultusError]:
        """Begin to follow; answers what could not be served yet."""
        faults = []
        for followed in self._followed.values():
            try:
                followed.start()
            except VultusError as error:
                faults.append(error)
        return faults

    def close(self) -> None:
        """Stop to follow."""
        for followed in self._followed.values():
            followed.close()

    def lease(self, method: str) -> Lease[ServedMethod]:
        """The method `method` in the version of now; raises `InputError` for one that is not known."""
        if method in self._followed:
            return self._followed[method].lease()
        with self._lock:
            if method not in self._installed:
                version, value = self._of_installation(method)
                self._installed[method] = Served(value, version)
            return self._installed[method].lease()

    def serves(self, method: str, version: str) -> bool:
        """Whether new work on a method is done by that version."""
        return method not in self._followed or self._followed[method].version == version

    def describe(self) -> list[MethodDescription]:
        """Every method, with the first sentence that it says of itself."""
        return [self._description(name) for name in METHODS]

    def rehearse(self, value: ServedMethod) -> None:
        """Animate once; raises where it does not work here."""
        model = self._morphables.with_digest(value.morphable_digest)
        rehearse(value.made_for(model), model)

    def _description(self, name: str) -> MethodDescription:
        text = (inspect.getdoc(METHODS[name]) or "").split("\n", 1)[0]
        followed = self._followed.get(name)
        if followed is not None:
            return MethodDescription(name, text, followed.version, followed.reference, followed.note)
        try:
            with self.lease(name) as lease:
                return MethodDescription(name, text, lease.version)
        except VultusError as error:
            return MethodDescription(name, text, note=str(error))

    def _of_installation(self, method: str) -> tuple[str, ServedMethod]:
        if method in self._pinned:
            folder, version = self._pinned[method]
            return version, served(open_trained(folder))
        if method in TRAINED:
            return self._starter(method)
        make = METHODS[method]
        return getattr(make, "version", "builtin"), ServedMethod(method, make)

    def _starter(self, method: str) -> tuple[str, ServedMethod]:
        trained = starter(method)
        return f"starter/{trained.version}", served(trained)

    def _follow(self, plan: FollowPlan) -> dict[str, Followed[ServedMethod]]:
        followed: dict[str, Followed[ServedMethod]] = {}
        for reference in plan.references:
            method = method_of(reference)
            if method in followed:
                raise InputError(f"two references name the method {method!r}", remedy="follow one of them")
            followed[method] = Followed("generation", self._source(method, reference, plan), plan.config)
        return followed

    def _source(self, method: str, reference: str, plan: FollowPlan) -> Source[ServedMethod]:
        registry = plan.registry
        if registry is None:
            raise InputError(f"{reference!r} is followed without a registry", remedy="name one")

        def load(folder: Path) -> ServedMethod:
            trained = open_trained(folder)
            if trained.method != method:
                raise IncompatibleError(
                    f"the registry has a model of {trained.method!r} under {reference!r}",
                    remedy="register it under the name of its own method",
                    metadata={"reference": reference, "method": trained.method},
                )
            return served(trained)

        return Source(
            reference=reference,
            resolve=partial(registry.resolve, reference),
            download=partial(registry.download, into=plan.folder),
            load=load,
            warm=self.rehearse,
            starter=partial(self._starter, method),
        )


def references(text: str) -> tuple[str, ...]:
    """References between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())

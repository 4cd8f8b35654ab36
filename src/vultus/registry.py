"""Named things that can be looked up, and that outsiders can add by entry point."""

import difflib
import importlib
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from vultus.errors import InputError

T = TypeVar("T")


class Registry(Generic[T]):
    """A table of things of one kind by name.

    Args:
        kind: What the things are called in messages, for instance "method".
        group: Entry-point group that outsiders register in; "" for none.
        modules: Our own modules that register things, imported when the first thing is looked up.

    Example:
        >>> shapes: Registry[type] = Registry("shape")
        >>> @shapes.register("ball")
        ... class Ball: ...
        >>> shapes["ball"].__name__
        'Ball'
        >>> shapes["bal"]
        Traceback (most recent call last):
        ...
        vultus.errors.InputError: no shape called 'bal'; did you mean 'ball'?
    """

    def __init__(self, kind: str, group: str = "", modules: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self._group = group
        self._modules = modules
        self._things: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Enter the decorated thing under `name`; a name can be taken once."""

        def enter(thing: T) -> T:
            if name in self._things:
                raise ValueError(f"two {self.kind}s are called {name!r}")
            self._things[name] = thing
            return thing

        return enter

    def __getitem__(self, name: str) -> T:
        """The thing called `name`; an unknown name raises `InputError` with the nearest ones."""
        if name not in self._things:
            self._load()
        if name not in self._things:
            near = difflib.get_close_matches(name, self._things, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self) or 'none'}"
            raise InputError(f"no {self.kind} called {name!r}", remedy=remedy, metadata={self.kind: name})
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        """The names, sorted."""
        self._load()
        return iter(sorted(self._things))

    def __contains__(self, name: object) -> bool:
        """Whether `name` is taken."""
        return name in list(self)

    def _load(self) -> None:
        for module in self._modules:
            importlib.import_module(module)
        for point in entry_points(group=self._group) if self._group else ():
            if point.name not in self._things:
                self._things[point.name] = point.load()

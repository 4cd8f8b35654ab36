"""Who is champion: one alias that is moved, and what has to be known before it is."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from vultus.errors import InputError
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.faults import UnknownModelError
from vultus_kit.tracking.records import CHALLENGER, CHAMPION, Promotion

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

BEFORE = "champions_before"
"""Tag of a champion: the champions before it, the last one first, as JSON."""

_MOST_BEFORE = 50


class ChampionMovedError(InputError):
    """Another version became champion while this one was judged."""

    reason = "CHAMPION_MOVED"


class Champions:
    """Moves the alias "champion".

    The alias is moved by one request, which a server does wholly or not at all. Everything that a roll-back
    needs is written to the version before that, where it means nothing until the alias points there.

    Args:
        connection: Where.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self, name: str) -> int | None:
        """The champion's version; None for none.

        Raises:
            UnknownModelError: There is no such model.
        """
        with self._connection.answering(f"model {name!r}"):
            aliases: Mapping[str, Any] = self._connection.client.get_registered_model(name).aliases
            return int(aliases[CHAMPION]) if CHAMPION in aliases else None

    def promote(self, name: str, version: int, instead_of: int | Literal["any"] | None = "any") -> Promotion:
        """Make a version the champion, and remember the one before.

        Raises:
            ChampionMovedError: The champion is another one than `instead_of`.
        """
        now = self.current(name)
        if instead_of not in ("any", now):
            raise ChampionMovedError(
                f"version {version} of {name} was judged against champion {_said(instead_of)}, "
                f"which is {_said(now)} by now",
                remedy="compare it with the champion of today",
                metadata={"name": name, "version": version, "champion": now},
            )
        if now == version:
            return Promotion(name, version, now)
        before = [] if now is None else [now, *self._before(name, now)]
        self._point(name, version, before)
        return Promotion(name, version, now)

    def roll_back(self, name: str) -> Promotion:
        """Give the place back to the champion before; versions that were deleted since are passed over.

        Raises:
            InputError: There is no champion, or none before it.
        """
        now = self.current(name)
        if now is None:
            raise InputError(f"{name} has no champion", remedy=f"promote one: vultus model promote {name}/1")
        before = self._before(name, now)
        while before:
            version, *before = before
            with suppress(UnknownModelError):
                self._point(name, version, before)
                return Promotion(name, version, now)
        raise InputError(
            f"{name} has no champion before version {now}",
            remedy=f"promote another version: vultus model promote {name}/VERSION",
            metadata={"name": name, "champion": now},
        )

    def _point(self, name: str, version: int, before: list[int]) -> None:
        client = self._connection.client
        with self._connection.answering(f"version {version} of model {name!r}"):
            found = client.get_model_version(name, str(version))
            client.set_model_version_tag(name, str(version), BEFORE, json.dumps(before[:_MOST_BEFORE]))
            client.set_registered_model_alias(name, CHAMPION, str(version))  # from here on it is done
            if CHALLENGER in _aliases(found):
                client.delete_registered_model_alias(name, CHALLENGER)

    def _before(self, name: str, version: int) -> list[int]:
        with self._connection.answering(f"version {version} of model {name!r}"):
            tags = self._connection.client.get_model_version(name, str(version)).tags
        try:
            return [int(one) for one in json.loads(tags.get(BEFORE, "[]"))]
        except (TypeError, ValueError):  # somebody's hand wrote the tag
            return []


def _aliases(version: "ModelVersion") -> list[str]:
    return list(version.aliases or [])


def _said(version: object) -> str:
    return "none" if version is None else f"version {version}"

"""Settings of a room, read once from the environment when it starts."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from vultus.errors import InputError


class StrictSettings(BaseSettings):
    """Settings that know every variable with their prefix."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **overrides: object) -> Self:
        """Read the environment.

        Args:
            environment: Variables; `os.environ` by default.
            overrides: Values that win over the environment.

        Raises:
            InputError: A variable with the prefix is unknown, or a value cannot be used.
        """
        variables = os.environ if environment is None else environment
        prefix = cls.model_config.get("env_prefix", "")
        found = {
            name[len(prefix) :].lower(): value for name, value in variables.items() if name.startswith(prefix)
        }
        for name in found:
            cls._check_known(prefix, name)
        try:
            return cls(**{**found, **overrides})
        except ValidationError as error:
            first = error.errors()[0]
            name = prefix + ".".join(str(part) for part in first["loc"]).upper()
            raise InputError(
                f"{name} cannot be {first['input']!r}: {first['msg']}",
                remedy="change the variable or unset it",
                metadata={"variable": name},
            ) from error

    @classmethod
    def _check_known(cls, prefix: str, name: str) -> None:
        if name in cls.model_fields:
            return
        near = difflib.get_close_matches(name, cls.model_fields, n=1)
        known = ", ".join(f"{prefix}{field.upper()}" for field in cls.model_fields)
        raise InputError(
            f"no setting called {prefix}{name.upper()}",
            remedy=f"did you mean {prefix}{near[0].upper()}?" if near else f"known: {known}",
            metadata={"variable": f"{prefix}{name.upper()}"},
        )


def default_store() -> Path:
    """The folder of artifacts where none is named."""
    return Path.home() / ".cache" / "vultus" / "artifacts"


class RoomSettings(StrictSettings):
    """What every room can be told."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(0, ge=0, le=65535)
    """Port to listen on; 0 lets the system choose."""
    metrics_port: int | None = Field(None, ge=0, le=65535)
    """Port of the HTTP endpoint /metrics; none by default."""
    call_limit: int = Field(32, ge=1)
    """Calls at the same time; more are refused with RESOURCE_EXHAUSTED."""
    store: Path = Field(default_factory=default_store)
    """Folder of artifacts."""
    worker_count: int = Field(4, ge=1)
    """Threads for streams and other work."""
    thread_count: int | None = Field(None, ge=1)
    """Threads of torch and numba inside one piece of work; theirs to choose by default."""
    reflection: bool = True
    """Whether the server describes its protos."""
    drain_delay_s: float = Field(0.0, ge=0)
    """Time between NOT_SERVING and the first refused call, s."""
    grace_s: float = Field(30.0, ge=0)
    """Time that calls get to finish when the room stops, s."""
    log_level: str = "INFO"
    """Least severe event that is logged."""

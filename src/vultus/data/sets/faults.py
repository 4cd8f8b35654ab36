"""What is wrong with stored clips, by name."""

from dataclasses import asdict, dataclass

from vultus.errors import InputError


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a stored set; the rest can be used."""

    where: str
    """Id of the clip, or name of the shard."""

    file: str
    """Name of the file in it; "" where the whole is meant."""

    message: str
    """What is wrong, with the values."""

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}{'/' if self.file else ''}{self.file}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """The fields by name."""
        return asdict(self)


class ClipDamagedError(InputError):
    """A stored file is not the one that was written; `fault` names it."""

    reason = "CLIP_DAMAGED"

    def __init__(self, fault: Fault) -> None:
        super().__init__(
            f"cannot use {fault}",
            remedy="make the clip again, or leave it out",
            metadata=fault.to_json(),
        )
        self.fault = fault

"""Every error that Vultus raises on purpose.

VultusError
├── InputError                  the user's input or options are wrong (exit code 2)
│   ├── MediaError              a picture, video or sound that cannot be used
│   ├── FaceNotFoundError       no usable face where one is needed
│   └── IncompatibleError       records that do not belong together
└── MissingError                a needed asset or service is absent (exit code 3)
    ├── AssetMissingError       weights, a model file or a package
    └── ServiceUnavailableError a room that does not answer
"""

from collections.abc import Mapping


class VultusError(Exception):
    """What is wrong and what to do about it.

    Args:
        message: What is wrong, with the value, on one line.
        remedy: What the reader can do, on one line.
        metadata: Every value that the message mentions, by name.
    """

    reason: str = "VULTUS"
    """Stable UPPER_SNAKE name that programs can test."""

    exit_code: int = 1
    """What the command line exits with."""

    def __init__(
        self, message: str, *, remedy: str = "", metadata: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.metadata = {key: str(value) for key, value in (metadata or {}).items()}

    def __str__(self) -> str:
        """Message and remedy on one line."""
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


class InputError(VultusError):
    """The input or an option is wrong."""

    reason = "INPUT_INVALID"
    exit_code = 2


class MediaError(InputError):
    """A picture, video or sound cannot be used."""

    reason = "MEDIA_UNUSABLE"


class FaceNotFoundError(InputError):
    """No usable face where one is needed."""

    reason = "FACE_NOT_FOUND"


class IncompatibleError(InputError):
    """Two records do not belong together, for instance a track and another morphable model."""

    reason = "INCOMPATIBLE"


class MissingError(VultusError):
    """Something that is needed is absent."""

    reason = "MISSING"
    exit_code = 3


class AssetMissingError(MissingError):
    """A weight file, a model file or a package is absent."""

    reason = "ASSET_MISSING"


class ServiceUnavailableError(MissingError):
    """A room does not answer."""

    reason = "SERVICE_UNAVAILABLE"

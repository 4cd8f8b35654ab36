"""Our errors as statuses, and back.

Each status carries exactly one `ErrorInfo(reason, domain="vultus", metadata)`; the remedy is in the metadata.

VultusError
└── MissingError
    ├── AvatarNotFoundError     an avatar that is not in memory
    └── ServiceUnavailableError
        └── OverloadedError     a room that has too much to do
"""

import grpc
from google.rpc import error_details_pb2, status_pb2

from vultus.errors import (
    AssetMissingError,
    FaceNotFoundError,
    IncompatibleError,
    InputError,
    MissingError,
    ServiceUnavailableError,
    VultusError,
)

DOMAIN = "vultus"
DETAILS_KEY = "grpc-status-details-bin"
LONGEST_VALUE = 512
"""Longest metadata value on the wire, characters: trailers above 8 KiB are dropped by proxies."""


class AvatarNotFoundError(MissingError):
    """An avatar is not in memory, or not any more."""

    reason = "AVATAR_NOT_FOUND"


class OverloadedError(ServiceUnavailableError):
    """A room has too much to do."""

    reason = "OVERLOADED"


_CODES: tuple[tuple[type[VultusError], grpc.StatusCode], ...] = (
    (OverloadedError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (ServiceUnavailableError, grpc.StatusCode.UNAVAILABLE),
    (AssetMissingError, grpc.StatusCode.FAILED_PRECONDITION),
    (MissingError, grpc.StatusCode.NOT_FOUND),
    (FaceNotFoundError, grpc.StatusCode.FAILED_PRECONDITION),
    (IncompatibleError, grpc.StatusCode.FAILED_PRECONDITION),
    (InputError, grpc.StatusCode.INVALID_ARGUMENT),
    (VultusError, grpc.StatusCode.INTERNAL),
)
"""The first class that fits decides."""

_CLASSES: dict[grpc.StatusCode, type[VultusError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InputError,
    grpc.StatusCode.OUT_OF_RANGE: InputError,
    grpc.StatusCode.FAILED_PRECONDITION: InputError,
    grpc.StatusCode.NOT_FOUND: MissingError,
    grpc.StatusCode.UNIMPLEMENTED: MissingError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: ServiceUnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: ServiceUnavailableError,
    grpc.StatusCode.CANCELLED: ServiceUnavailableError,
}
"""What a status without a reason that we know becomes."""


def status_code(error: VultusError) -> grpc.StatusCode:
    """The canonical code of an error."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def to_status(error: VultusError) -> status_pb2.Status:
    """The status that carries an error."""
    metadata = {key: value[:LONGEST_VALUE] for key, value in error.metadata.items()}
    if error.remedy:
        metadata["remedy"] = error.remedy[:LONGEST_VALUE]
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)
    code = status_code(error).value[0]
    status = status_pb2.Status(code=code, message=error.message[: 4 * LONGEST_VALUE])
    status.details.add().Pack(info)
    return status


def from_rpc_error(error: grpc.RpcError, target: str = "the room") -> VultusError:
    """The error that a failed call carries, of the class that was raised in the room.

    Args:
        error: What a sync or async stub raised; it is also a call.
        target: What to call the other side in messages.
    """
    info = _error_info(error)
    code, details = error.code(), error.details() or ""
    if info is None:
        return _without_info(code, details, target)
    metadata = dict(info.metadata)
    remedy = metadata.pop("remedy", "")
    kind = _class_of(info.reason) or _CLASSES.get(code, VultusError)
    mapped = kind(details, remedy=remedy, metadata=metadata)
    mapped.reason = info.reason
    return mapped


def _error_info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo | None:
    for key, value in error.trailing_metadata() or ():
        if key != DETAILS_KEY:
            continue
        for detail in status_pb2.Status.FromString(value).details:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info) and info.domain == DOMAIN:
                return info
    return None


def _without_info(code: grpc.StatusCode, details: str, target: str) -> VultusError:
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in details:
        return InputError(
            f"a message to {target} is too large ({details})", remedy="send a smaller picture, at most 30 MiB"
        )
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return ServiceUnavailableError(
            f"{target} did not answer in time", remedy="give it more time, or less to do"
        )
    kind = _CLASSES.get(code, VultusError)
    remedy = "is it running? check its address" if code is grpc.StatusCode.UNAVAILABLE else ""
    return kind(f"{target} answered {code.name}: {details}", remedy=remedy, metadata={"code": code.name})


def _class_of(reason: str, base: type[VultusError] = VultusError) -> type[VultusError] | None:
    if base.reason == reason:
        return base
    return next((found for sub in base.__subclasses__() if (found := _class_of(reason, sub))), None)

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from vultus.errors import (
    AssetMissingError,
    FaceNotFoundError,
    IncompatibleError,
    InputError,
    MediaError,
    MissingError,
    ServiceUnavailableError,
    VultusError,
)
from vultus_kit.rpc.errors import (
    DETAILS_KEY,
    AvatarNotFoundError,
    OverloadedError,
    from_rpc_error,
    status_code,
    to_status,
)

CODES = {
    InputError: "INVALID_ARGUMENT",
    MediaError: "INVALID_ARGUMENT",
    FaceNotFoundError: "FAILED_PRECONDITION",
    IncompatibleError: "FAILED_PRECONDITION",
    MissingError: "NOT_FOUND",
    AvatarNotFoundError: "NOT_FOUND",
    AssetMissingError: "FAILED_PRECONDITION",
    ServiceUnavailableError: "UNAVAILABLE",
    OverloadedError: "RESOURCE_EXHAUSTED",
    VultusError: "INTERNAL",
}


def failed(code, details, trailers=()):
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), details=details)


@pytest.mark.parametrize(("kind", "code"), CODES.items(), ids=lambda value: getattr(value, "__name__", value))
def test_an_error_survives_the_wire(kind, code):
    error = kind("what is wrong", remedy="what to do", metadata={"frame": 3})
    status = to_status(error)
    carried = failed(status_code(error), status.message, [(DETAILS_KEY, status.SerializeToString())])
    mapped = from_rpc_error(carried)
    assert status_code(error).name == code
    assert type(mapped) is kind
    assert (str(mapped), mapped.reason, mapped.metadata) == (str(error), error.reason, {"frame": "3"})


def test_there_is_exactly_one_error_info_of_our_domain():
    status = to_status(InputError("wrong", remedy="right", metadata={"value": 7}))
    assert len(status.details) == 1
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.domain, info.reason) == ("vultus", "INPUT_INVALID")
    assert dict(info.metadata) == {"value": "7", "remedy": "right"}


def test_long_values_do_not_burst_the_trailers():
    status = to_status(InputError("m" * 10_000, metadata={"value": "v" * 10_000}))
    assert status.ByteSize() < 4096


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [
        (grpc.StatusCode.UNAVAILABLE, ServiceUnavailableError, 3),
        (grpc.StatusCode.DEADLINE_EXCEEDED, ServiceUnavailableError, 3),
        (grpc.StatusCode.INVALID_ARGUMENT, InputError, 2),
        (grpc.StatusCode.INTERNAL, VultusError, 1),
        (grpc.StatusCode.DATA_LOSS, VultusError, 1),
    ],
)
def test_a_status_of_somebody_else_becomes_the_nearest_error(code, kind, exit_code):
    mapped = from_rpc_error(failed(code, "hm"), "the fitting room")
    assert type(mapped) is kind
    assert mapped.exit_code == exit_code
    assert "the fitting room" in str(mapped)


def test_a_reason_of_a_newer_room_is_kept():
    status = status_pb2.Status(code=5, message="no voice")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="VOICE_NOT_FOUND", domain="vultus"))
    mapped = from_rpc_error(
        failed(grpc.StatusCode.NOT_FOUND, "no voice", [(DETAILS_KEY, status.SerializeToString())])
    )
    assert type(mapped) is MissingError
    assert mapped.reason == "VOICE_NOT_FOUND"

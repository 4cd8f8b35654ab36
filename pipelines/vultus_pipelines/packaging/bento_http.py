"""What surrounds every HTTP call of a Bento: bounded uploads, no foreign addresses, errors of one form."""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from pathlib import PurePath
from typing import Any, ParamSpec

from starlette.datastructures import MutableHeaders, UploadFile
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vultus.errors import (
    AssetMissingError,
    FaceNotFoundError,
    IncompatibleError,
    InputError,
    MissingError,
    ServiceUnavailableError,
    VultusError,
)
from vultus_kit.rpc.errors import OverloadedError

P = ParamSpec("P")
LOGGER = logging.getLogger("vultus.bento")
VERSION_HEADER = "X-Vultus-Version"
LONGEST_SUFFIX = 10
"""Longest ending of an uploaded file's name that is kept, characters."""

_STATUSES: tuple[tuple[type[VultusError], int], ...] = (
    (OverloadedError, 429),
    (ServiceUnavailableError, 503),
    (AssetMissingError, 503),
    (MissingError, 404),
    (FaceNotFoundError, 422),
    (IncompatibleError, 422),
    (InputError, 400),
    (VultusError, 500),
)
"""The first class that fits decides."""

_REASONS = {
    400: ("INPUT_INVALID", "see /docs.json for what the call takes"),
    404: ("NOT_FOUND", "see /docs.json for the calls"),
    405: ("INPUT_INVALID", "calls are POST"),
    413: ("INPUT_INVALID", "send less"),
    415: ("INPUT_INVALID", "send multipart/form-data or application/json"),
}
"""Reason and remedy of what BentoML answers by itself, by status."""


def error_body(error: VultusError) -> dict[str, dict[str, str]]:
    """The body that an error is answered with."""
    return {"error": {"reason": error.reason, "message": error.message, "remedy": error.remedy}}


def status_of(error: VultusError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in _STATUSES if isinstance(error, kind))


def bug(error: Exception) -> VultusError:
    """What a caller is told of a bug; its traceback goes to the log under an id."""
    number = uuid.uuid4().hex
    LOGGER.error("bug %s", number, exc_info=error)
    told = VultusError("something went wrong inside", remedy=f"the log has the details under id {number}")
    told.reason = "INTERNAL"
    return told


def answers_errors(
    call: Callable[P, Awaitable[Response]],
) -> Callable[P, Coroutine[Any, Any, Response]]:
    """Turn errors of a call into statuses with reason, message and remedy."""

    @wraps(call)
    async def answer(*arguments: P.args, **named: P.kwargs) -> Response:
        try:
            return await call(*arguments, **named)
        except VultusError as error:
            return JSONResponse(error_body(error), status_of(error))
        except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a status
            return JSONResponse(error_body(bug(error)), 500)

    return answer


async def accept_file(value: object) -> UploadFile:
    """The file of a form's field, with nothing left of its name but the ending.

    BentoML would fetch an address in a file's place, and make a file with the name that a stranger gave.
    """
    if not isinstance(value, UploadFile):
        raise InputError(
            "a field that is a file holds text", remedy="send the file; addresses are not fetched"
        )
    suffix = PurePath(value.filename or "").suffix
    kept = suffix if len(suffix) <= LONGEST_SUFFIX and suffix.isascii() else ""
    return UploadFile(value.file, size=value.size, filename=f"upload{kept}", headers=value.headers)


class Door:
    """Every request passes here: uploads are bounded, and answers say the version and errors one form.

    Args:
        app: What answers.
        upload_bytes: Largest request body.
        version: Version of the model.
    """

    def __init__(self, app: ASGIApp, upload_bytes: int, version: str) -> None:
        self._app = app
        self._upload_bytes = upload_bytes
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        marked = self._marked(send)
        refusal = self._refusal(dict(scope["headers"]))
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        await self._app(scope, receive, _Answer(marked))

    def _refusal(self, headers: dict[bytes, bytes]) -> JSONResponse | None:
        """The answer to a request that is not let in: servers hold bodies to the length that is announced."""
        if b"transfer-encoding" in headers:
            error = InputError("the request does not say its length", remedy="send Content-Length")
            return JSONResponse(error_body(error), 411)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            error = InputError("the request's length is no number", remedy="send Content-Length")
            return JSONResponse(error_body(error), 400)
        if int(length) <= self._upload_bytes:
            return None
        error = InputError(
            f"the request is larger than {self._upload_bytes >> 20} MiB",
            remedy="send smaller files, or raise VULTUS_BENTO_UPLOAD_MIB",
        )
        return JSONResponse(error_body(error), 413)

    def _marked(self, send: Send) -> Send:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[VERSION_HEADER] = self._version
            await send(message)

        return marked


class _Answer:
    """Sends an answer; an error that is not of our form yet is put into it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400:
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_error(self._start)

    async def _send_error(self, start: Message) -> None:
        body = formed(start["status"], self._body)
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers["content-type"] = "application/json"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def formed(status: int, body: bytes) -> bytes:
    """The body of an error in our form, whatever form it has."""
    try:
        content = json.loads(body)
    except ValueError:
        content = {"error": body.decode(errors="replace")}
    # BentoML wraps some of its own into a list.
    content = content[0] if isinstance(content, list) and content else content
    error = content.get("error") if isinstance(content, dict) else str(content)
    if isinstance(error, dict) and "reason" in error:
        return body
    reason, remedy = _REASONS.get(
        status, ("INTERNAL" if status >= 500 else "INPUT_INVALID", "try again later")
    )
    message = "; ".join([str(error), *_details(content)])
    return json.dumps({"error": {"reason": reason, "message": message, "remedy": remedy}}).encode()


def _details(content: object) -> list[str]:
    """What a validation found, one line for each field."""
    details = content.get("detail", []) if isinstance(content, dict) else []
    if not isinstance(details, list):
        return [str(details)]
    return [
        f"{'.'.join(map(str, detail.get('loc', ())))}: {detail.get('msg', '')}"
        for detail in details
        if isinstance(detail, dict)
    ]

"""What goes wrong at MLflow, as errors of ours."""

import re
from typing import Any

from vultus.errors import InputError, ServiceUnavailableError
from vultus_kit.tracking.values import redacted

_REFUSED = frozenset({"UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED"})
_UNKNOWN = frozenset({"RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"})
_WRONG = frozenset({"INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"})
_CAUSE = re.compile(r"Caused by (\w+)")
"""How urllib3 says why."""


class CredentialsRefusedError(InputError):
    """A server does not accept who we say we are."""

    reason = "CREDENTIALS_REFUSED"


class UnknownModelError(InputError):
    """No registered model, version, alias or run has this name."""

    reason = "MODEL_UNKNOWN"


def translated(error: Exception, uri: str, what: str) -> Exception:
    """What to raise for an error of MLflow, requests or SQLAlchemy; itself when it is a bug of ours.

    Args:
        error: As caught.
        uri: Server or data base.
        what: What was looked for.
    """
    uri = redacted(uri)
    said = redacted(" ".join(str(getattr(error, "message", "") or error).split()))[:300]
    about: dict[str, Any] = {"metadata": {"uri": uri, "said": said}}
    if isinstance(error, OSError) and not _of_network(error):
        return InputError(
            f"cannot read or write {error.filename or 'a file'}: {error.strerror or said}",
            remedy="free space or choose another folder",
            **about,
        )
    if (refusal := _refusal(_code(error), said, uri, what, about)) is not None:
        return refusal
    if _code(error) is None and not _of_network(error):
        return error
    remedy = "start it, or set MLFLOW_TRACKING_URI to one that runs"
    short = cause[1] if (cause := _CAUSE.search(said)) else said[:200]
    return ServiceUnavailableError(f"{uri} does not answer ({short})", remedy=remedy, **about)


def _refusal(code: str | None, said: str, uri: str, what: str, about: dict[str, Any]) -> InputError | None:
    """What a server that answers has against the request; None where it is none of that."""
    if "Invalid Host header" in said:
        remedy = f"start the server with --allowed-hosts naming the host of {uri}"
        return InputError(f"{uri} does not answer to this host name", remedy=remedy, **about)
    if code in _REFUSED:
        remedy = "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
        return CredentialsRefusedError(f"{uri} refuses these credentials: {said}", remedy=remedy, **about)
    if code in _UNKNOWN:
        remedy = "see `vultus model list`"
        return UnknownModelError(f"{uri} has no {what or 'such entry'}", remedy=remedy, **about)
    if code in _WRONG:
        return InputError(f"{uri} refuses this: {said}", remedy="change what is named", **about)
    return None


def _code(error: Exception) -> str | None:
    """MLflow's name for what went wrong; None for an error that is not MLflow's."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - heavy, as below

    if getattr(getattr(error, "response", None), "status_code", None) in (401, 403):
        return "PERMISSION_DENIED"
    return str(error.error_code) if isinstance(error, MlflowException) else None


def _of_network(error: Exception) -> bool:
    from requests.exceptions import RequestException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    return isinstance(error, RequestException | SQLAlchemyError | ConnectionError | TimeoutError)

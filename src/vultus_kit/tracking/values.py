"""Settings and scores as MLflow takes them: flat, named within its rules, and without secrets."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_VALUE, LONGEST_NAME = 6000, 250
"""Characters of a value and of a name."""

_SECRET = re.compile(
    r"(^|[_.\-])(passw(or)?d|passphrase|secrets?|tokens?|credentials?|authorization"
    r"|(api|access|private|secret)_?key)($|[_.\-])"
)
_USER = re.compile(r"(?<=://)[^/@\s]+@")
_SIGNED = re.compile(r"(?i)([?&](?:[a-z0-9-]*(?:signature|credential|token)|sig)=)[^&\s]+")
_REFUSED = re.compile(r"[^\w.\-/ :]")


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings as texts by dotted names, secrets replaced by "***".

    Example:
        >>> flattened({"plan": {"steps": 5, "rates": [0, 0.1]}, "api_key": "abc"})
        {'plan.steps': '5', 'plan.rates': '[0, 0.1]', 'api_key': '***'}
    """
    return dict(_flat(values, prefix))


def redacted(text: str) -> str:
    """A text without the user and password, or the signature, of a URL in it.

    Example:
        >>> redacted("s3 at https://me:word@host/a?X-Amz-Signature=ab1&b=2")
        's3 at https://***@host/a?X-Amz-Signature=***&b=2'
    """
    return _SIGNED.sub(r"\1***", _USER.sub("***@", text))


def metric_name(name: str) -> str:
    """A metric's name within MLflow's rules: it takes no brackets.

    Example:
        >>> metric_name("l1[0..255]"), metric_name("self/au-h[arkit-coefficients]")
        ('l1:0..255', 'self/au-h:arkit-coefficients')
    """
    return param_name(name.replace("[", ":").replace("]", ""))


def param_name(name: str) -> str:
    """A name within MLflow's rules."""
    return _REFUSED.sub("_", name)[:LONGEST_NAME].strip("/") or "_"


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if _SECRET.search(str(key).lower()):
            yield param_name(name), "***"
        elif isinstance(value, Mapping) and value:
            yield from _flat(value, f"{name}.")
        else:
            yield param_name(name), redacted(_text(value))[:LONGEST_VALUE]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)

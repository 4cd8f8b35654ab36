"""How a network runs where it only infers."""

from dataclasses import dataclass
from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What may be traded for time."""

    precision: Precision = "auto"
    """Of convolutions; "auto" is bfloat16 where the processor has instructions for it."""


DEFAULT = Speed()

"""What a person of the world looks like, as records that survive JSON; colours are linear albedo."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from types import GenericAlias, UnionType
from typing import Any, TypeVar, get_args, get_origin

from vultus.errors import InputError

Rgb = tuple[float, float, float]
"""Linear RGB, [0, 1]."""

HAIR_STYLES = (
    "bald",
    "buzz",
    "crop",
    "side_part",
    "quiff",
    "receding",
    "curls",
    "afro",
    "bob",
    "long_straight",
    "long_wavy",
    "ponytail",
    "bun",
    "cap",
)
BEARD_STYLES = ("none", "stubble", "moustache", "goatee", "full")
GLASSES_STYLES = ("round", "oval", "rectangular", "square")
CLOTHES_STYLES = ("t_shirt", "shirt", "jumper", "jacket")
PATTERNS = ("plain", "stripes", "hoops", "check")
BACKDROP_KINDS = ("plain", "gradient", "room", "bokeh", "outdoors")


@dataclass(frozen=True)
class Complexion:
    """Skin, lips, brows and eyes."""

    skin: Rgb
    """Albedo of the cheek without blush."""

    lips: Rgb
    """Albedo of the lips' red."""

    brow: Rgb
    """Albedo of the brows' hair."""

    iris: Rgb
    """Albedo of the iris."""

    sclera: Rgb
    """Albedo of the eyeball's white."""

    blush: float
    """Redness of cheeks, nose and ears, [0, 1]."""

    mottling: float
    """Strength of uneven pigment, [0, 1]."""

    freckles: float
    """Density of freckles, [0, 1]."""

    shadow_under_eyes: float
    """Darkness under the lower lids, [0, 1]."""

    brow_thickness_mm: float
    """Height of a brow at its middle."""

    brow_arch_mm: float
    """How far the brow's outer third rises above its line."""

    brow_density: float
    """How much of the skin a brow hides, [0, 1]."""

    gloss: float
    """Of the skin, [0, 1]."""

    age: float
    """0 young to 1 old: folds beside nose and mouth, greyer hair."""


@dataclass(frozen=True)
class Hair:
    """What grows on the head, or a cap on it."""

    style: str
    """One of `HAIR_STYLES`."""

    colour: Rgb
    """Albedo of the lengths."""

    volume: float
    """Thickness of the coat against the style's own, about 0.7 to 1.4."""

    length: float
    """Length of what hangs against the style's own, about 0.8 to 1.25."""

    parting: float
    """Where the hair parts, from -1 the subject's right to 1 the left."""

    waviness: float
    """How far locks leave their line, [0, 1]."""

    hairline_mm: float
    """How far the hairline at the forehead is above the usual one."""

    cloth: Rgb
    """Albedo of a cap."""


@dataclass(frozen=True)
class Beard:
    """What grows on the lower face."""

    style: str
    """One of `BEARD_STYLES`."""

    colour: Rgb
    """Albedo."""

    length_mm: float
    """How far it stands off the skin."""

    density: float
    """How much of the skin it hides, [0, 1]."""


@dataclass(frozen=True)
class Glasses:
    """A frame with two rims and two temples."""

    style: str
    """One of `GLASSES_STYLES`."""

    colour: Rgb
    """Albedo of the frame."""

    rim_mm: float
    """Thickness of the rims."""

    size: float
    """Of the lenses against the usual, about 0.88 to 1.12."""


@dataclass(frozen=True)
class Clothes:
    """What covers the shoulders, and how broad they are."""

    style: str
    """One of `CLOTHES_STYLES`."""

    colour: Rgb
    """Albedo of the main cloth."""

    second: Rgb
    """Albedo of the pattern, or of what is worn below a jacket."""

    pattern: str
    """One of `PATTERNS`."""

    breadth: float
    """Of the shoulders against the usual, about 0.85 to 1.15."""


@dataclass(frozen=True)
class Backdrop:
    """What is behind the person."""

    kind: str
    """One of `BACKDROP_KINDS`."""

    colours: tuple[Rgb, Rgb, Rgb]
    """Linear light of its main surface, of a second and of what is bright or small in it."""

    blur: float
    """How far out of focus it is, [0, 1]."""

    seed: int
    """Names what it shows."""


Record = TypeVar("Record")


def to_values(record: Any) -> dict[str, Any]:
    """The fields of a record, and of records in it, as JSON values."""
    return asdict(record)


def from_values(kind: type[Record], values: Any) -> Record:
    """What `to_values` gave, before or after a passage through a JSON file.

    Raises `InputError` where a field is missing, unknown or of another type.
    """
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if not isinstance(values, Mapping) or set(values) != names:
        wrong = sorted(set(values) ^ names) if isinstance(values, Mapping) else ["all"]
        raise _unreadable(kind, f"missing or unknown fields: {', '.join(wrong)}")
    types = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _typed(kind, name, types[name], value) for name, value in values.items()})


def _typed(kind: type, name: str, wanted: Any, value: Any) -> Any:
    """A field's value with tuples for lists; raises `InputError` where it is no such thing."""
    if isinstance(wanted, UnionType):
        return None if value is None else _typed(kind, name, get_args(wanted)[0], value)
    if is_dataclass(wanted):
        return wanted.from_json(value) if hasattr(wanted, "from_json") else from_values(wanted, value)  # type: ignore[arg-type]
    if get_origin(wanted) is tuple and isinstance(value, list | tuple):
        inner = get_args(wanted)
        inner = (inner[0],) * len(value) if inner[-1] is Ellipsis else inner
        if len(inner) == len(value):
            return tuple(_typed(kind, name, part, item) for part, item in zip(inner, value, strict=True))
    elif wanted is float:
        if isinstance(value, int | float) and math.isfinite(value):
            return float(value)
    elif not isinstance(wanted, GenericAlias) and isinstance(value, wanted):
        return value
    raise _unreadable(kind, f"{name} is {value!r}")


def _unreadable(kind: type, fault: str) -> InputError:
    return InputError(
        f"a {kind.__name__.lower()} cannot be read, {fault}",
        remedy="draw the person again",
        metadata={"record": kind.__name__, "fault": fault},
    )

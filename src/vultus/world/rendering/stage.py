"""Where a clip is taken: lens, light and film, as records that survive JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Rgb = tuple[float, float, float]
"""Linear light; 1 is what a white surface sends back in the light that film is balanced for."""


@dataclass(frozen=True)
class Lens:
    """How points come into the picture."""

    distance_heads: float | None = None
    """From the camera to the middle of the head, in head sizes (0.24 m); None: affine."""


@dataclass(frozen=True)
class Light:
    """Light from all round, which has no edges, and one lamp whose shadows have."""

    harmonics: tuple[Rgb, ...]
    """Second-order spherical harmonics of the light that arrives, 9 x RGB, view frame: 1, y, z, x, xy, yz,
    3z² - 1, xz, x² - y² [ramamoorthi2001irradiance]."""

    key_direction: tuple[float, float, float]
    """Unit vector from the head to the key lamp, view frame."""

    key_colour: Rgb
    """What a white surface that faces the key lamp sends back."""

    key_softness: float = 0.5
    """Width of the shadows' edges, [0, 1]."""


@dataclass(frozen=True)
class Film:
    """From linear light to the picture's bytes."""

    exposure_ev: float = 0.0
    """Stops above (brighter) or below what the meter says."""

    metering: float = 0.6
    """How far the meter makes up for how dark or light the skin is, [0, 1]."""

    white_balance: Rgb = (1.0, 1.0, 1.0)
    """Gain of each channel."""

    contrast: float = 0.5
    """Of the tone curve: 0 is sRGB's own, 1 has a strong shoulder and toe."""

    noise: float = 0.01
    """Standard deviation at middle grey, share of white, of a sensor with 256 rows; pictures with fewer rows
    average more of it away."""

    blur_px: float = 0.3
    """Standard deviation of the blur, px of a picture with 256 rows."""

    quality: int = 92
    """Of the JPEG compression, 1 to 100; 100 leaves the picture as it is."""


@dataclass(frozen=True)
class Stage:
    """Everything about a clip's pictures that is neither the person nor their motion."""

    seed: int
    """Names the film's noise."""

    lens: Lens
    """Projection."""

    light: Light
    """Illumination."""

    film: Film
    """Development."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Stage":
        """What `to_json` wrote, before or after a passage through a JSON file.

        Example:
            >>> white = (1.0, 1.0, 1.0)
            >>> stage = Stage(1, Lens(), Light((white,) * 9, (0.0, 0.0, 1.0), white), Film())
            >>> Stage.from_json(stage.to_json()) == stage
            True
        """
        light = {key: _frozen(value) for key, value in values["light"].items()}
        film = {key: _frozen(value) for key, value in values["film"].items()}
        return cls(int(values["seed"]), Lens(**values["lens"]), Light(**light), Film(**film))


def _frozen(value: Any) -> Any:
    """Lists, at any depth, as tuples."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value

"""A sheet of the mouths that a language's sounds make."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.sheets import contact_sheet
from vultus.face.cameras import Camera
from vultus.face.morphable import MorphableModel
from vultus.render.shading import shaded_preview
from vultus.render.turntable import framing_camera, preview_colours
from vultus.world.speech.articulation import articulate
from vultus.world.speech.languages import Language
from vultus.world.speech.phonemes import Number, phoneme
from vultus.world.speech.utterance import Phone

_LIPS_AND_CHIN = (61, 291, 2, 152, 13, 14, 17, 50, 280)
_FILLED = 0.8


def mouth_sheet(
    model: MorphableModel, language: Language, yaw_deg: float = 0.0, side_px: int = 112, columns: int = 10
) -> UInt8[np.ndarray, "h w 3"]:
    """Show the mean head's mouth in the middle of each sound, consonants between open vowels.

    Captions give the gap between the lips and the mouth's width, mm.

    Args:
        model: A head with the landmark set "mediapipe468".
        language: Whose sounds are shown.
        yaw_deg: As seen from there.
        side_px: Side of each mouth's picture.
        columns: Mouths beside each other.
    """
    symbols = sorted(language.inventory, key=_order)
    coefficients = np.concatenate([_in_the_middle(symbol, model) for symbol in symbols])
    people = torch.zeros(len(symbols), model.identity_count)
    vertices = model.pose(people, torch.from_numpy(coefficients))
    points = model.landmarks["mediapipe468"].on(vertices, model.faces) * model.unit_mm
    gaps, widths = points[:, 13, 1] - points[:, 14, 1], points[:, 291, 0] - points[:, 61, 0]
    captions = [
        f"{symbol}  {gap:.0f} by {width:.0f}"
        for symbol, gap, width in zip(symbols, gaps.abs().tolist(), widths.tolist(), strict=True)
    ]
    camera = _mouth_camera(model, yaw_deg, side_px)
    return contact_sheet([_picture(model, head, camera, side_px) for head in vertices], columns, captions)


def _order(symbol: str) -> tuple[int, str, Number, str]:
    """Vowels from close to open, then consonants by place."""
    sound = phoneme(symbol)
    vowel = sound.kind == "vowel"
    return (0 if vowel else 1, sound.place, sound.formants_hz[0] if vowel else 0, symbol)


def _in_the_middle(symbol: str, model: MorphableModel) -> Float[np.ndarray, "1 e"]:
    beside, length_s = ("t", 0.15) if phoneme(symbol).kind == "vowel" else ("a", 0.1)
    phones = (
        Phone(beside, 0.0, 0.12, 1.0),
        Phone(symbol, 0.12, 0.12 + length_s, 1.0),
        Phone(beside, 0.12 + length_s, 0.24 + length_s, 1.0),
    )
    return articulate(phones, np.array([0.12 + 0.4 * length_s]), model.expression_names)


def _mouth_camera(model: MorphableModel, yaw_deg: float, side_px: int) -> Camera:
    points = model.landmarks["mediapipe468"].on(model.mean[None], model.faces)[0, list(_LIPS_AND_CHIN)]
    angles_rad = torch.tensor([[np.radians(yaw_deg), 0.0, 0.0]], dtype=torch.float32)
    return framing_camera(points, angles_rad, (side_px, side_px), _FILLED)


def _picture(
    model: MorphableModel, head: Float[Tensor, "v 3"], camera: Camera, side_px: int
) -> UInt8[np.ndarray, "h w 3"]:
    points = camera.project(head[None]).float()
    picture = shaded_preview(points, model.faces, (side_px, side_px), preview_colours(model))[0]
    return (picture.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()

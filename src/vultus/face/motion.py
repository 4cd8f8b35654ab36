"""Move a portrait's head: by another track, by a built-in clip, or by numbers."""

import difflib
import math
from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face import motion_talk  # noqa: F401  it enters itself into MOTIONS
from vultus.face.arkit import ARKIT_52
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.motion_clips import Motion, motion_of
from vultus.face.rotations import (
    angles_from_matrix,
    axis_angle_from_matrix,
    matrix_from_angles,
    matrix_from_axis_angle,
)

_EYE_LIMIT_RAD = 0.6
_TURN_LIMIT_RAD = math.radians(75)
_EDIT_RANGE = (-0.5, 1.5)
_LIPS_APART_MM = 3.0
_CLOSES_LIPS_AGAINST = ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel")


class MotionTransfer:
    """Moves a source as a driver moves, chunk by chunk; the source keeps its identity.

    Relative: what has changed since the driver's first frame is added to the source,
    R = R_d(t) R_d(0)ᵀ R_s, e = e_s + e_d(t) - e_d(0), within the range of a coefficient or as far outside
    as the source itself is. Lids are an exception: shut eyes of the driver shut the source's, however far
    both were open at first.
    Absolute: the driver's rotation, expression and gaze as they are. In both, the camera moves from the
    source's: s = s_s s_d(t) / s_d(0), t = t_s + (s_s / s_d(0)) (t_d(t) - t_d(0)).

    Args:
        source: One frame; its camera and size are those of the result.
        mode: "relative" or "absolute".
        model: The morphable model of both tracks; looked up by name where it is not given.
    """

    def __init__(self, source: Track, mode: str = "relative", model: MorphableModel | None = None) -> None:
        if mode not in ("relative", "absolute"):
            raise InputError(
                f"no motion transfer called {mode!r}",
                remedy="known: absolute, relative",
                metadata={"mode": mode},
            )
        self._source = source[:1]
        self._mode = mode
        self._names = _model_of(source, model).expression_names
        self._first: Track | None = None

    def apply(self, chunk: Track) -> Track:
        """The source moved as in the driver's next frames."""
        if chunk.morphable_digest != self._source.morphable_digest:
            raise IncompatibleError(
                f"the driver's track is of morphable model {chunk.morphable!r}, "
                f"the source's of {self._source.morphable!r}, or of another version of it",
                remedy="fit both with the same model",
                metadata={"driver_model": chunk.morphable, "source_model": self._source.morphable},
            )
        if self._first is None:
            self._first = chunk[:1]
        moved = self._relative(chunk, self._first) if self._mode == "relative" else self._absolute(chunk)
        source, first = self._source, self._first
        ratio = source.scale / first.scale  # (1,)
        count = len(chunk)
        return chunk.replace(
            identity=source.identity.expand(count, -1),
            scale=source.scale * (chunk.scale / first.scale),
            translation_px=source.translation_px
            + ratio[:, None] * (chunk.translation_px - first.translation_px),
            size_px=source.size_px,
            **moved,
        )

    def _absolute(self, chunk: Track) -> dict[str, Tensor]:
        return {name: getattr(chunk, name) for name in ("rotation_rad", "expression", "jaw_rad", "eyes_rad")}

    def _relative(self, chunk: Track, first: Track) -> dict[str, Tensor]:
        source = self._source
        eyes = source.eyes_rad + (chunk.eyes_rad - first.eyes_rad)
        widest = source.eyes_rad.abs().clamp_min(_EYE_LIMIT_RAD)
        return {
            "rotation_rad": self._turned(chunk, first),
            "expression": self._expression(chunk.expression, first.expression),
            "jaw_rad": source.jaw_rad + (chunk.jaw_rad - first.jaw_rad),
            "eyes_rad": eyes.clamp(-widest, widest),
        }

    def _turned(self, chunk: Track, first: Track) -> Float[Tensor, "t 3"]:
        now, then, source = (
            matrix_from_axis_angle(track.rotation_rad.double()) for track in (chunk, first, self._source)
        )
        turned = axis_angle_from_matrix(now @ then.mT @ source).float()
        # A driver that has not moved leaves the source as it is, to the last bit.
        still = (chunk.rotation_rad == first.rotation_rad).all(dim=-1, keepdim=True)
        return torch.where(still, self._source.rotation_rad, turned)

    def _expression(self, now: Float[Tensor, "t e"], then: Float[Tensor, "1 e"]) -> Float[Tensor, "t e"]:
        source = self._source.expression
        moved = source + (now - then) * self._lid_gain(then)
        if ARKIT_52.isdisjoint(self._names):
            return moved
        return moved.clamp(source.clamp_max(0.0), source.clamp_min(1.0))

    def _lid_gain(self, then: Float[Tensor, "1 e"]) -> Float[Tensor, "1 e"]:
        """What takes the source's lids to shut while the driver's go there; 1 for other expressions."""
        remaining = (1 - self._source.expression) / (1 - then).clamp_min(0.2)
        return torch.where(_named(self._names, "eyeBlink"), remaining.clamp(0.5, 2.0), torch.ones_like(then))


def motion_clip(
    name: str,
    source: Track,
    fps: float = 25.0,
    duration_s: float | None = None,
    model: MorphableModel | None = None,
) -> Track:
    """Make a built-in motion of a source: turn, nod, talk, blink or look-around.

    The same arguments always give the same track. It begins at the source and can be repeated without a seam.

    Args:
        name: A name of `vultus.face.motion_clips.MOTIONS`.
        source: One frame; angles and expressions are added to its own.
        fps: Frame rate, Hz.
        duration_s: Length, s; the motion is repeated to fill it. One natural length without it.
        model: The source's morphable model; looked up by name where it is not given.
    """
    model = _model_of(source, model)
    motion = motion_of(name, fps, duration_s)
    count = len(motion.angles_rad)
    head = source[:1]
    still = {
        key: getattr(head, key).expand(count, *getattr(head, key).shape[1:]) for key in Track.tensor_names()
    }
    eyes = still["eyes_rad"] + torch.from_numpy(motion.eyes_rad).float()[:, None]
    return head.replace(
        **still
        | {
            "rotation_rad": _turn(still["rotation_rad"], torch.from_numpy(motion.angles_rad)),
            "expression": _express(head, motion, model),
            "eyes_rad": eyes.clamp(-_EYE_LIMIT_RAD, _EYE_LIMIT_RAD),
            "time_s": torch.arange(count, dtype=torch.float64) / fps,
            "fps": fps,
        }
    )


def edit_pose(
    source: Track,
    yaw_rad: float = 0.0,
    pitch_rad: float = 0.0,
    roll_rad: float = 0.0,
    expression: Mapping[str, float] | None = None,
    model: MorphableModel | None = None,
) -> Track:
    """Turn a source's head by angles and set some of its expressions.

    Args:
        source: One frame.
        yaw_rad: Added to the source's own; > 0 turns the nose to the image's left.
        pitch_rad: Added; > 0 lowers the chin.
        roll_rad: Added; > 0 raises the subject's left eye.
        expression: Coefficients by name, [-0.5, 1.5], in the place of the source's own.
        model: The source's morphable model; looked up by name where it is not given.

    Raises:
        InputError: An angle or coefficient is out of range, or an expression is not known.
    """
    names = _model_of(source, model).expression_names
    angles = {"yaw": yaw_rad, "pitch": pitch_rad, "roll": roll_rad}
    for name, angle in angles.items():
        if not abs(angle) <= _TURN_LIMIT_RAD:
            raise InputError(
                f"{name} of {math.degrees(angle):.0f}° is too much",
                remedy="use -75° to 75°",
                metadata={name: angle},
            )
    coefficients = source.expression.clone()
    for name, value in (expression or {}).items():
        coefficients[:, _expression_index(name, value, names)] = value
    turn = torch.tensor([[yaw_rad, pitch_rad, roll_rad]], dtype=torch.float64)
    turned = _turn(source.rotation_rad, turn) if turn.any() else source.rotation_rad
    return source.replace(expression=coefficients, rotation_rad=turned)


def _turn(rotation_rad: Float[Tensor, "t 3"], angles_rad: Float[Tensor, "#t 3"]) -> Float[Tensor, "t 3"]:
    """Add yaw, pitch and roll to those of rotations."""
    own = angles_from_matrix(matrix_from_axis_angle(rotation_rad.double()))
    return axis_angle_from_matrix(matrix_from_angles(own + angles_rad)).float()


def _express(source: Track, motion: Motion, model: MorphableModel) -> Float[Tensor, "t e"]:
    """The source's expression with a motion's; names that the model lacks are left out."""
    names, rest = model.expression_names, source.expression
    moved = rest.repeat(len(motion.angles_rad), 1)
    lips_shut = torch.from_numpy(motion.lips_shut).float()[:, None] * _lips_open(source, model)
    moved = torch.where(_named(names, *_CLOSES_LIPS_AGAINST), moved * (1 - lips_shut), moved)
    for name, curve in motion.expression.items():
        # Some models have one coefficient where others have a left and a right.
        for known in {name, f"{name}Left", f"{name}Right"}.intersection(names):
            index, values = names.index(known), torch.from_numpy(curve).float()
            room = 1 - moved[:, index] if name.startswith("eyeBlink") else 1.0
            moved[:, index] += values * room
    return moved.clamp(rest.clamp_max(0.0), rest.clamp_min(1.0))


def _lips_open(source: Track, model: MorphableModel) -> float:
    """Whether a source's lips are apart: 0 where they touch, 1 from 3 mm on."""
    if "ibug68" not in model.landmarks:
        return 0.0
    points = model.landmarks["ibug68"].on(model.shape(source.identity, source.expression), model.faces)[0]
    gap_mm = (points[[61, 62, 63]] - points[[67, 66, 65]]).norm(dim=-1).mean() * model.unit_mm
    return float((gap_mm / _LIPS_APART_MM).clamp(0, 1))


def _expression_index(name: str, value: float, names: tuple[str, ...]) -> int:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        raise InputError(
            f"no expression called {name!r}",
            remedy=f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(names)}",
            metadata={"expression": name},
        )
    least, greatest = _EDIT_RANGE
    if not least <= value <= greatest:
        raise InputError(
            f"expression {name} of {value:g} is out of range",
            remedy=f"use {least} to {greatest}; 0 is at rest, 1 in full",
            metadata={"expression": name, "value": value},
        )
    return names.index(name)


def _named(names: tuple[str, ...], *beginnings: str) -> Bool[Tensor, " e"]:
    return torch.tensor([name.startswith(beginnings) for name in names], dtype=torch.bool)


def _model_of(source: Track, model: MorphableModel | None) -> MorphableModel:
    model = model or load_morphable(source.morphable)
    source.check_model(model)
    return model

"""Tracks of people: held poses, and one person's motion for another."""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.morphable import MorphableModel
from vultus.world.anatomy import anatomy_of
from vultus.world.motion.manner import Manner
from vultus.world.motion.placing import Framing, Placement, place
from vultus.world.speech import Voice


@runtime_checkable
class Performer(Protocol):
    """What motion needs to know of a person."""

    @property
    def identity(self) -> tuple[float, ...]:
        """p_id."""

    @property
    def morphable(self) -> str:
        """Name of the morphable model."""

    @property
    def manner(self) -> Manner:
        """Style of motion."""

    @property
    def voice(self) -> Voice:
        """Says how wide the mouth opens."""


def hold(
    person: Performer,
    angles_rad: Float[np.ndarray, "t 3"],
    model: MorphableModel,
    size_px: tuple[int, int],
    expression: Float[np.ndarray, "t e"] | None = None,
    framing: Framing | None = None,
    fps: float = 25.0,
) -> Track:
    """A person in given poses, one a frame: the head turns on the neck, the eyes look straight ahead.

    Args:
        person: Who.
        angles_rad: Yaw, pitch, roll.
        model: The person's morphable model.
        size_px: (height, width).
        expression: Coefficients; neutral where there are none.
        framing: Where the head is in the picture.
        fps: Frame rate, Hz.

    Raises:
        InputError: There is no pose, or the picture has no size.
        IncompatibleError: The person is made for another morphable model.
    """
    check_person(person, model)
    if not len(angles_rad):
        raise InputError("a track needs at least one pose", remedy="give one")
    anatomy = anatomy_of(person.identity, model)
    placement = place(anatomy, framing or Framing(), angles_rad, (0.0, 0.0, 0.0), size_px)
    neutral = np.zeros((len(angles_rad), model.expression_count))
    still = np.zeros((len(angles_rad), 3))
    return track_of(
        person, model, placement, neutral if expression is None else expression, still, fps, size_px
    )


def retarget(track: Track, person: Performer, model: MorphableModel) -> Track:
    """The same pose, expression, gaze and camera, frame by frame, of another person.

    The camera is the same to the last bit, so the two faces differ by identity alone.

    Raises:
        IncompatibleError: Track or person are made for another morphable model.
    """
    track.check_model(model)
    check_person(person, model)
    return track.replace(identity=torch.tensor([person.identity]).repeat(len(track), 1))


def check_person(person: Performer, model: MorphableModel) -> None:
    """Raise `IncompatibleError` unless the person is made for the model."""
    if person.morphable != model.name or len(person.identity) != model.identity_count:
        raise IncompatibleError(
            f"the person has {len(person.identity)} coefficients of identity of {person.morphable!r}, "
            f"{model.name!r} has {model.identity_count}",
            remedy="draw the person for this morphable model",
            metadata={"person": person.morphable, "model": model.name},
        )


def track_of(
    person: Performer,
    model: MorphableModel,
    placement: Placement,
    expression: Float[np.ndarray, "t e"],
    eyes_rad: Float[np.ndarray, "t 3"],
    fps: float,
    size_px: tuple[int, int],
) -> Track:
    """A track of what is known of every frame; both eyes turn alike."""
    count = len(expression)
    return Track(
        identity=torch.tensor([person.identity]).repeat(count, 1),
        expression=torch.from_numpy(expression).float(),
        rotation_rad=placement.rotation_rad,
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=torch.from_numpy(eyes_rad).float()[:, None].repeat(1, 2, 1),
        scale=placement.scale,
        translation_px=placement.translation_px,
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / fps,
        fps=fps,
        size_px=size_px,
        morphable=model.name,
        morphable_digest=model.digest,
    )

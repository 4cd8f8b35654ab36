"""Clips of the world: a person who speaks, seen by a camera, with everything that is true of it."""

import dataclasses
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float32

from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.world.bodies import Body, build_body
from vultus.world.monologues import say_long
from vultus.world.motion import perform, retarget
from vultus.world.people import Person, draw_person, paint_backdrop
from vultus.world.rendering import Stage, WorldFrame, WorldRenderer, draw_stage, optical_flow
from vultus.world.rendering.flow import flow_between
from vultus.world.rendering.materials import SurfaceArrays, surface_arrays
from vultus.world.seeds import generator
from vultus.world.specs import WORLD_VERSION, ClipSpec
from vultus.world.speech import Utterance
from vultus.world.speech.utterance import RATE_HZ
from vultus.world.views import FRONTAL, SeenFrom, View, seen_stage, seen_track

__all__ = ["WORLD_VERSION", "ClipSpec", "WorldClip"]


class WorldClip:
    """A clip of the world, made from its specification part by part, as it is asked for.

    Frames come one at a time and are not kept, so a long clip needs no more memory than a short one, but for
    its track and sound.

    Args:
        spec: What decides everything.

    Example:
        >>> clip = WorldClip(ClipSpec(person_seed=3, duration_s=1.0, size_px=(64, 64)))
        >>> len(clip), len(clip.sound), next(clip.frames()).rgb.shape
        (25, 16000, (64, 64, 3))
    """

    def __init__(self, spec: ClipSpec) -> None:
        self.spec = spec

    def __len__(self) -> int:
        """Number of frames."""
        return self.spec.frame_count

    @property
    def model(self) -> MorphableModel:
        """The morphable model."""
        return load_morphable(self.spec.morphable)

    @property
    def person(self) -> Person:
        """Who is seen."""
        return _cast(self.spec.person_seed, self.spec.morphable).person

    @property
    def body(self) -> Body:
        """The person's mesh, placed as the frontal camera sees it."""
        return _cast(self.spec.person_seed, self.spec.morphable).body

    @cached_property
    def stage(self) -> Stage:
        """Lens, light and film of this camera."""
        spec = self.spec
        seed = clip_seed(spec.person_seed, spec.clip, "stage") if spec.stage_seed is None else spec.stage_seed
        return seen_stage(draw_stage(seed), spec.view)

    @property
    def utterance(self) -> Utterance | None:
        """What is said; None for somebody who listens."""
        return _performance(_performed(self.spec)).utterance

    @property
    def sound(self) -> Float32[np.ndarray, " n"]:
        """Mono, 16 kHz, [-1, 1], as long as the clip; sample 0 belongs to the moment of frame 0."""
        if self.utterance is not None:
            return self.utterance.sound
        return np.zeros(round(self.spec.duration_s * RATE_HZ), np.float32)

    @cached_property
    def frontal_track(self) -> Track:
        """The person's track for the frontal camera, whichever camera the clip has."""
        track = _performance(_performed(self.spec)).track
        return track if self.spec.performer_seed is None else retarget(track, self.person, self.model)

    @cached_property
    def track(self) -> Track:
        """Pose, expression, gaze and camera of every frame, for this clip's camera."""
        return seen_track(self.frontal_track, self.spec.view, self.model)

    @cached_property
    def renderer(self) -> WorldRenderer:
        """Draws the clip's frames."""
        cast, spec = _cast(self.spec.person_seed, self.spec.morphable), self.spec
        backdrop = paint_backdrop(cast.person.backdrop, spec.size_px)
        body = cast.body if spec.view == FRONTAL else SeenFrom(cast.body, self.frontal_track, spec.view)
        return WorldRenderer(body, self.stage, backdrop, spec.size_px, cast.surface)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[WorldFrame]:
        """Frames [start, stop), one at a time; the same whichever part is asked for."""
        return self.renderer.render(self.track[slice(start, stop)])

    def truth(self, index: int) -> WorldFrame:
        """All layers of one frame."""
        return next(self.frames(index, index + 1))

    def flow(self, i: int, j: int) -> tuple[Float32[np.ndarray, "h w 2"], Bool[np.ndarray, "h w"]]:
        """How far what frame i shows at each pixel has moved in frame j, px, and whether it is seen there.

        The background does not move.
        """
        return optical_flow(self.renderer, self.track, i, j)

    def flows(self) -> Iterator[tuple[Float32[np.ndarray, "h w 2"], Bool[np.ndarray, "h w"]]]:
        """`flow(i, i + 1)` of every frame but the last, one at a time."""
        for here, there in pairwise(self.renderer.pose(self.track)):
            yield flow_between(self.renderer, here, there)

    def retargeted(self, person_seed: int) -> "WorldClip":
        """Another person in the same words, pose, expression, gaze and camera, frame by frame."""
        return WorldClip(self.spec.replace(person_seed=person_seed, performer_seed=self.spec.performer))

    def seen_from(self, view: View) -> "WorldClip":
        """The same moments, seen by another camera; the light stays where it is in the room."""
        return WorldClip(self.spec.replace(view=view, stage_seed=self.spec.stage_seed))


def clip_seed(person_seed: int, clip: int, what: str) -> int:
    """The seed of something that every clip of every person has of its own."""
    return int(generator(person_seed, "clip", clip, what).integers(2**31))


@dataclasses.dataclass(frozen=True)
class _Cast:
    """A person and what is made of them once."""

    person: Person
    body: Body
    surface: SurfaceArrays


@dataclasses.dataclass(frozen=True, eq=False)
class _Performance:
    """What a performer says and does in a clip."""

    utterance: Utterance | None
    track: Track


@lru_cache(maxsize=2)
def _cast(person_seed: int, morphable: str) -> _Cast:
    person = draw_person(person_seed, morphable)
    body = build_body(person, load_morphable(morphable))
    return _Cast(person, body, surface_arrays(body))


def _performed(spec: ClipSpec) -> ClipSpec:
    """The performer's own clip, as the frontal camera sees it on a stage that does not matter."""
    return spec.replace(person_seed=spec.performer, performer_seed=None, stage_seed=0, view=FRONTAL)


@lru_cache(maxsize=1)
def _performance(spec: ClipSpec) -> _Performance:
    person, model = draw_person(spec.person_seed, spec.morphable), load_morphable(spec.morphable)
    utterance = None
    if spec.language is not None:
        words = clip_seed(spec.person_seed, spec.clip, "words")
        utterance = say_long(person.voice, spec.language, spec.duration_s, words)
    motion = clip_seed(spec.person_seed, spec.clip, "motion")
    track = perform(person, utterance, spec.fps, spec.duration_s, motion, model, spec.size_px)
    return _Performance(utterance, track)

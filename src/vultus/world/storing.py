"""One world clip into a set."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from vultus.data.sets import ClipCard, ClipSet, ClipWriter
from vultus.registry import Registry
from vultus.world.clips import WorldClip
from vultus.world.rendering import WorldFrame
from vultus.world.specs import WORLD_VERSION, ClipSpec
from vultus.world.speech import Utterance
from vultus.world.speech.utterance import RATE_HZ

RECIPE = f"world-{WORLD_VERSION}"
"""Name and version of how clips are made."""

LICENCE = "Apache-2.0; synthetic, shows nobody"
"""Of the clips: made by this program alone."""

SPEECH_FILE = "speech.json"
"""What is said and when: text, phones and phrases."""

LAYERS: Registry[Callable[[WorldFrame], np.ndarray]] = Registry("layer of truth")
"""What can be stored beside the frames, by name; "flow" comes from pairs of frames."""


@LAYERS.register("depth")
def _depth(frame: WorldFrame) -> np.ndarray:
    """Float16 (h, w), px, 0 at the head's origin; +inf for the background."""
    return frame.depth.astype(np.float16)


@LAYERS.register("parts")
def _parts(frame: WorldFrame) -> np.ndarray:
    """Uint8 (h, w), index into `vultus.world.bodies.parts.PARTS`."""
    return frame.part


@LAYERS.register("landmarks")
def _landmarks(frame: WorldFrame) -> np.ndarray:
    """Float32 (478, 3), image frame, px."""
    return frame.points_image


@LAYERS.register("flow")
def _flow(frame: WorldFrame) -> np.ndarray:
    """Float16 (h, w, 2), px, to the next frame; NaN where that does not show the point; NaN for the last."""
    return np.full((*frame.part.shape, 2), np.nan, np.float16)


def store_clip(
    clips: ClipSet, spec: ClipSpec, truth: Sequence[str] = (), tick: Callable[[], None] = lambda: None
) -> None:
    """Make a clip and store it, whole or not at all; frames are not kept.

    Args:
        clips: Where.
        spec: What.
        truth: Names of `LAYERS`.
        tick: Called after every frame.

    Raises:
        InputError: When it cannot be stored; it names the clip.
    """
    clip = WorldClip(spec)
    with clips.writer(spec.person_name, spec.clip_name) as writer:
        writer.track(clip.track)
        writer.sound(clip.sound[None], RATE_HZ)
        if clip.utterance is not None:
            writer.path(SPEECH_FILE).write_text(_speech(clip.utterance), encoding="utf-8")
        _store_frames(writer, clip, [name for name in truth if name != "flow"], tick)
        if "flow" in truth:
            _store_flow(writer, clip)
        writer.describe(describe(clip))


def describe(clip: WorldClip) -> ClipCard:
    """What the clip's card says: it can be made again from `extra["spec"]`."""
    spec = clip.spec
    return ClipCard(
        person=spec.person_name,
        clip=spec.clip_name,
        source="world",
        fps=spec.fps,
        frames=len(clip),
        size_px=spec.size_px,
        duration_s=len(clip) / spec.fps,
        split=spec.split,
        licence=LICENCE,
        recipe=RECIPE,
        recipe_digest=spec.digest,
        language=spec.language,
        extra={"spec": spec.to_json(), "synthetic": True, "name": clip.person.name},
    )


def _store_frames(
    writer: ClipWriter, clip: WorldClip, layers: Sequence[str], tick: Callable[[], None]
) -> None:
    files = {name: writer.layer(name) for name in layers}
    with writer.video(clip.spec.size_px, clip.spec.fps) as video:
        for frame in clip.frames():
            video.write(frame.rgb)
            for name, file in files.items():
                file.write(LAYERS[name](frame))
            tick()


def _store_flow(writer: ClipWriter, clip: WorldClip) -> None:
    file = writer.layer("flow")
    for flow, visible in clip.flows():
        file.write(np.where(visible[..., None], flow, np.nan).astype(np.float16))
    file.write(LAYERS["flow"](clip.truth(len(clip) - 1)))


def _speech(utterance: Utterance) -> str:
    values = {
        "language": utterance.language,
        "text": utterance.text,
        "phones": [asdict(phone) for phone in utterance.phones],
        "phrases": [asdict(phrase) for phrase in utterance.phrases],
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"

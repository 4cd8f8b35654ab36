"""What the starters reach on clips of the frozen benchmark: whole, about the mouth, and with sound."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from harness import Bench
from jaxtyping import Float, Int, UInt8

from vultus.data.sets import StoredClip
from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.face.motion import MotionTransfer
from vultus.face.tracking import Tracker
from vultus.methods.base import METHODS, AvatarOptions, Portrait
from vultus.methods.streams import render_stream
from vultus.metrics.leaderboard.drivers import read_driver
from vultus.speech.voice import voice_of
from vultus.world.benchmark import Pair, benchmark

PAIRS, QUICK_PAIRS = 4, 1
CONTESTANTS = {
    "warp": ("warp", True),
    "gdpw": ("gdpw", True),
    "headgan": ("headgan", True),
    "headgan_silent": ("headgan", False),
}
"""Method, and whether it is given the driver's sound."""

MOUTH_SHARE = 0.25
"""Side of the square about the mouth, in the frame's."""

LIPS = slice(48, 68)
"""Of the 68 landmarks."""


def main(bench: Bench) -> None:
    """Let each drive the clip's own first frame with the whole clip, as `vultus leaderboard` does."""
    split = benchmark()
    pairs = split.self_pairs[: QUICK_PAIRS if bench.quick else PAIRS]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTESTANTS}
    with tempfile.TemporaryDirectory() as folder:
        clips = split.build(Path(folder) / "clips", only={pair.source for pair in pairs})
        for pair in pairs:
            clip = clips.clip(pair.source)
            track = read_driver(clip, Path(folder)).track
            mouth = _mouth(track)
            for name, (method, audible) in CONTESTANTS.items():
                found[name].append(_errors(_rendered(method, pair, clip, track, audible), clip, mouth))
    for name, errors in found.items():
        whole, mouths = np.array(errors).T
        _record(bench, f"{name}.l1", f"{name}: mean absolute difference to the driver, pairs", whole)
        _record(bench, f"{name}.mouth_l1", f"{name}: the same about the mouth", mouths)
    sounding, silent = (np.array(found[name])[:, 1] for name in ("headgan", "headgan_silent"))
    _record(bench, "sound", "what sound takes from HeadGAN's difference about the mouth", silent - sounding)


def _record(bench: Bench, name: str, what: str, values: Float[np.ndarray, " n"]) -> None:
    bench.record(f"starters.{name}", what, values.tolist(), unit="grey levels")


def _rendered(
    method: str, pair: Pair, clip: StoredClip, track: Track, audible: bool
) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    model = load_morphable()
    rgb = next(clip.frames(pair.source_frame, pair.source_frame + 1))
    portrait = Portrait(rgb, Tracker(model).fit_image(rgb))
    avatar = METHODS[method](model).create_avatar(portrait, AvatarOptions(paste_back=True))
    transfer = MotionTransfer(portrait.track, "relative", model)
    transfer.apply(track[pair.source_frame : pair.source_frame + 1])
    moved = (transfer.apply(part) for part in track.parts(16))
    return render_stream(avatar, moved, voice_of(clip.sound()) if audible else None)


def _errors(
    frames: Iterator[UInt8[np.ndarray, "h w 3"]], clip: StoredClip, mouth: Int[np.ndarray, "t 2"]
) -> tuple[float, float]:
    """Means over frames of the absolute difference, whole and about the mouth."""
    whole, near = [], []
    for frame, truth, (x, y) in zip(frames, clip.frames(), mouth, strict=True):
        difference = np.abs(frame.astype(int) - truth)
        half = round(MOUTH_SHARE * len(frame)) // 2
        whole.append(difference.mean())
        near.append(difference[max(y - half, 0) : y + half, max(x - half, 0) : x + half].mean())
    return float(np.mean(whole)), float(np.mean(near))


def _mouth(track: Track) -> Int[np.ndarray, "t 2"]:
    """Middle of the lips in each frame, px."""
    model = load_morphable()
    with torch.inference_mode():
        points = track.camera.project(track.vertices(model))
        lips = model.landmarks["ibug68"].on(points, model.faces)[:, LIPS, :2]
    return lips.median(dim=1).values.round().long().numpy()

"""Rendering the world: a dressed person on a stage, frame by frame, on one core."""

import cv2
import numpy as np
import torch
from harness import Bench

from vultus.data.track import Track
from vultus.face.builtin import build_head
from vultus.world.bodies import build_body
from vultus.world.people import draw_person, paint_backdrop
from vultus.world.rendering import WorldRenderer, draw_stage, optical_flow
from vultus.world.rendering.film import develop
from vultus.world.rendering.materials import surface_arrays

FRAMES = 16
BARS_MS = {64: None, 128: 12.0, 256: 35.0, 512: None}
"""Of one core for each frame, with posing and film; the whole pipeline has 33 ms and 80 ms."""

PERSON = 5


def main(bench: Bench) -> None:
    """Time what a person costs once, then frames of every size, and what they are made of."""
    cv2.setNumThreads(1)
    model, person = build_head(), draw_person(PERSON)
    body = build_body(person, model)
    triangles = f"{len(body.faces):,} triangles"
    bench.time("world.surface", f"Prepare a body, {triangles}", lambda: surface_arrays(body), repeats=5)
    surface = surface_arrays(body)
    for side, bar in BARS_MS.items():
        backdrop = paint_backdrop(person.backdrop, (side, side))
        renderer = WorldRenderer(body, draw_stage(PERSON), backdrop, (side, side), surface)
        track = nodding(body.identity, side)
        bench.time(
            f"world.render_{side}",
            f"Render a frame, {side} px square, {triangles}",
            lambda renderer=renderer, track=track: list(renderer.render(track)),  # type: ignore[misc]
            repeats=8,
            warm_up=2,
            per=FRAMES,
            bar=bar,
        )
    parts(bench, renderer, track)


def parts(bench: Bench, renderer: WorldRenderer, track: Track) -> None:
    """What a frame of 512 px is made of, and flow."""
    posed = next(renderer.pose(track))
    linear = np.full((*renderer.size_px, 3), 0.2, np.float32)
    film = renderer.stage.film
    bench.time("world.pose", "Pose a body", lambda: list(renderer.pose(track)), per=FRAMES)
    bench.time(
        "world.visible_512", "Samples of 512 px square", lambda: renderer.visible(posed, 2), repeats=20
    )
    bench.time(
        "world.film_512", "Develop 512 px square", lambda: develop(linear, film, 1.0, (0,)), repeats=20
    )
    bench.time(
        "world.flow_512", "Flow at 512 px square", lambda: optical_flow(renderer, track, 0, 9), repeats=8
    )


def nodding(identity: torch.Tensor, side_px: int) -> Track:
    """Frames in which the head turns, nods and speaks."""
    model, phase = build_head(), torch.linspace(0, 6.28, FRAMES)
    expression = torch.zeros(FRAMES, model.expression_count)
    expression[:, model.expression_names.index("jawOpen")] = 0.25 + 0.25 * phase.sin()
    still = torch.zeros(FRAMES)
    return Track(
        identity=identity.expand(FRAMES, -1).clone(),
        expression=expression,
        rotation_rad=torch.stack([0.1 * phase.cos(), 0.4 * phase.sin(), still], -1),
        jaw_rad=torch.zeros(FRAMES, 3),
        eyes_rad=torch.zeros(FRAMES, 2, 3),
        scale=torch.full((FRAMES,), side_px / 310),
        translation_px=torch.full((FRAMES, 2), side_px / 2),
        valid=torch.ones(FRAMES, dtype=torch.bool),
        confidence=torch.ones(FRAMES),
        time_s=torch.arange(FRAMES, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(side_px, side_px),
        morphable=model.name,
        morphable_digest=model.digest,
    )

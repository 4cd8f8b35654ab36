"""A tiny data set that the tests of sets and of the commands on them share."""

import shutil
from pathlib import Path

import numpy as np
import pytest

SIDE_PX, FRAMES, FPS, RATE_HZ = 64, 30, 25.0, 16_000
PEOPLE = ("ada", "ben", "cleo", "dan")


def _track(head, motion, shift_px):
    import torch  # noqa: PLC0415 - most tests need neither

    from vultus.data.track import Track  # noqa: PLC0415
    from vultus.face.motion import motion_clip  # noqa: PLC0415

    extent = (head.mean.amax(0) - head.mean.amin(0))[1]
    middle = (head.mean.amax(0) + head.mean.amin(0)) / 2
    scale = 0.8 * SIDE_PX / extent
    at_rest = Track(
        identity=torch.zeros(1, head.identity_count),
        expression=torch.zeros(1, head.expression_count),
        rotation_rad=torch.zeros(1, 3),
        jaw_rad=torch.zeros(1, 3),
        eyes_rad=torch.zeros(1, 2, 3),
        scale=scale.reshape(1).float(),
        translation_px=torch.stack(
            [SIDE_PX / 2 - scale * middle[0] + shift_px, SIDE_PX / 2 + scale * middle[1]]
        )[None].float(),
        valid=torch.ones(1, dtype=torch.bool),
        confidence=torch.ones(1),
        time_s=torch.zeros(1, dtype=torch.float64),
        fps=FPS,
        size_px=(SIDE_PX, SIDE_PX),
        morphable=head.name,
        morphable_digest=head.digest,
    )
    return motion_clip(motion, at_rest, FPS, FRAMES / FPS, head)


def _frames(head, track):
    from vultus.render.guides import nmfc_image  # noqa: PLC0415

    points = track.camera.project(track.vertices(head))
    images = nmfc_image(head, points, (SIDE_PX, SIDE_PX))
    return (images.permute(0, 2, 3, 1).numpy() * 255).round().astype(np.uint8)


@pytest.fixture(scope="session")
def stored_once(tmp_path_factory) -> Path:
    """A finished set of four people with two or three clips each; not to be written to."""
    from vultus.data.sets import ClipCard, ClipSet, SetCard  # noqa: PLC0415
    from vultus.face.models import load_morphable  # noqa: PLC0415

    head = load_morphable("builtin")
    root = tmp_path_factory.mktemp("sets") / "tiny"
    made = ClipSet.create(root, SetCard(name="tiny", source="world", licence="CC0-1.0", recipe="tiny-1"))
    for place, person in enumerate(PEOPLE):
        for number, motion in enumerate(("talk", "turn", "nod")[: 2 + place % 2]):
            track = _track(head, motion, float(place))
            frames = _frames(head, track)
            with made.writer(person, f"{number}.{motion}") as writer:
                with writer.video((SIDE_PX, SIDE_PX), FPS) as video:
                    depth = writer.layer("depth")
                    for frame in frames:
                        video.write(frame)
                        depth.write(frame[..., 2].astype(np.float32))
                tone = np.sin(2 * np.pi * (200 + 50 * place) * np.arange(RATE_HZ * FRAMES / FPS) / RATE_HZ)
                writer.sound(0.5 * tone[None], RATE_HZ)
                writer.track(track)
                writer.describe(
                    ClipCard(
                        person=person,
                        clip=f"{number}.{motion}",
                        source="world",
                        licence="CC0-1.0",
                        fps=FPS,
                        frames=FRAMES,
                        size_px=(SIDE_PX, SIDE_PX),
                        duration_s=FRAMES / FPS,
                        language="en" if place else None,
                        quality={"sharpness": 0.1 * place, "face_px": [1, 2], "checked": True},
                    )
                )
    made.finish(rejected={"blurred": 2})
    return root


@pytest.fixture
def stored(stored_once, tmp_path) -> Path:
    """A copy of the tiny set."""
    return Path(shutil.copytree(stored_once, tmp_path / "tiny"))

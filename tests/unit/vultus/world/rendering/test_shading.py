import numpy as np
import pytest

from vultus.world.bodies.parts import PART_INDEX, PARTS
from vultus.world.rendering import WorldRenderer, draw_stage, reference
from vultus.world.rendering.shading import lamp_share, shade


@pytest.fixture(scope="module")
def scene(body, surface, make_track):
    renderer = WorldRenderer(body, draw_stage(3), np.zeros((96, 96, 3)), (96, 96), surface)
    posed = next(renderer.pose(make_track([(20, 5, 3)])))
    return renderer._scene(posed)._replace(px_per_mm=1.4), *renderer._moving(posed)


@pytest.mark.parametrize("part", PARTS[1:])
def test_the_loop_does_what_the_arrays_do(part, scene, surface):
    scene, moving, shadow = scene
    rng = np.random.default_rng(PART_INDEX[part])
    chosen = rng.choice(len(moving), 400, replace=False)
    if part == "eyes":
        centres = scene.eyes[rng.integers(0, 2, 400)]
        direction = rng.normal(size=(400, 3)) * [0.5, 0.5, 1]
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    points = np.concatenate([surface.fixed, moving], 1)[chosen].astype(np.float64)
    if part == "eyes":
        points[:, 4:7] = centres + 12 * direction
    expected = reference.shade(points, PART_INDEX[part], scene, shadow)
    actual = [shade(point, PART_INDEX[part], scene, shadow) for point in points]
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-9)
    assert (expected >= 0).all()


def test_a_lamp_is_seen_before_the_edge_of_a_shadow_and_not_behind():
    shadow = np.full((20, 20), np.inf, np.float32)
    shadow[:, 10:] = 5.0
    across = [lamp_share(shadow, x, 10.0, 50.0, 0.0, 0.0, 1.0) for x in np.linspace(4, 16, 49)]
    assert across[0] == 1.0
    assert across[-1] == 0.0
    assert (np.diff(across) <= 1e-12).all()
    assert lamp_share(shadow, 15.0, 10.0, 5.5, 0.0, 0.0, 1.0) == 1.0


def test_a_tilted_plane_casts_no_shadow_on_itself():
    columns = np.arange(20) + 0.5
    shadow = np.tile((3 * columns)[None], (20, 1)).astype(np.float32)
    shares = [lamp_share(shadow, x, 9.3, 3 * x, 3.0, 0.0, 0.01) for x in np.linspace(4, 16, 30)]
    np.testing.assert_allclose(shares, 1.0)

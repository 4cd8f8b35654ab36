import numpy as np

from vultus.world.rendering import draw_stage
from vultus.world.rendering.harmonics import reflected

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def test_stages_depend_on_their_seed_alone():
    assert draw_stage(7) == draw_stage(7)
    assert len({draw_stage(seed).light.key_direction for seed in range(50)}) == 50


def test_a_face_towards_the_camera_is_never_lost_in_the_dark_nor_burnt():
    for seed in range(300):
        stage = draw_stage(seed)
        normals = np.array([[-0.6, 0.0, 0.8], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8]])
        cosine = (normals @ np.array(stage.light.key_direction)).clip(0)
        key = cosine[:, None] * np.array(stage.light.key_colour)
        sent = (reflected(np.array(stage.light.harmonics), normals) + key) @ LUMINANCE
        sent *= 2**stage.film.exposure_ev
        assert sent.min() > 0.12
        assert 0.4 < sent[1] < 2.0


def test_lenses_are_both_affine_and_near():
    distances = [draw_stage(seed).lens.distance_heads for seed in range(100)]
    near = [distance for distance in distances if distance is not None]
    assert 0 < len(near) < 100
    assert 2.5 < min(near) < max(near) <= 12

from dataclasses import replace

import numpy as np
import pytest
import torch

from vultus.render.raster import rasterise
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.rendering import Lens, WorldRenderer, draw_stage, reference
from vultus.world.rendering.renderer import samples_across
from vultus.world.rendering.resolving import resolve


@pytest.fixture(scope="module")
def renderer(body, surface):
    return WorldRenderer(body, draw_stage(3), np.full((96, 96, 3), 0.2), (96, 96), surface)


def test_frames_do_not_depend_on_what_is_rendered_beside_them(renderer, make_track):
    track = make_track([(3 * i, i, 0) for i in range(12)], jawOpen=[i / 12 for i in range(12)])
    whole = list(renderer.render(track))
    assert [frame.number for frame in whole] == list(range(12))
    for part in (slice(0, 5), slice(5, 12), slice(7, 8)):
        for one, other in zip(whole[part], renderer.render(track[part]), strict=True):
            assert one.number == other.number
            for name in ("rgb", "depth", "part", "points_image"):
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_the_truth_layers_agree_with_each_other(renderer, make_track, body):
    track = make_track([(25, -8, 4)], jawOpen=[0.6])
    frame = next(renderer.render(track))
    background = frame.mask("background")
    np.testing.assert_array_equal(np.isinf(frame.depth), background)
    assert 0.3 < background.mean() < 0.8
    assert not (frame.mask("face") & frame.mask("hair")).any()
    posed = next(renderer.pose(track))
    seen = rasterise(posed.bent[None], body.faces, (96, 96))
    part = np.where(seen.mask[0], body.part[seen.face_index[0].clamp_min(0)], 0)
    assert (part == frame.part).mean() > 0.985
    both = seen.mask[0].numpy() & ~background & (part == frame.part)
    assert np.median(np.abs(seen.depth[0].numpy()[both] - frame.depth[both])) < 0.1


def test_landmarks_are_projected_like_the_surface(body, surface, make_track):
    track = make_track([(0, 0, 0), (30, 10, -5)])
    affine = replace(draw_stage(1), lens=Lens())
    frames = list(WorldRenderer(body, affine, np.zeros((96, 96, 3)), (96, 96), surface).render(track))
    expected = body.model.landmarks["mediapipe468"].on(body.place(track), body.faces).numpy()
    for frame, points in zip(frames, expected, strict=True):
        np.testing.assert_allclose(frame.points_image[:468], points, atol=1e-3)
        assert frame.ibug68.shape == (68, 3)
    near = replace(affine, lens=Lens(3.0))
    bent = next(WorldRenderer(body, near, np.zeros((96, 96, 3)), (96, 96), surface).render(track))
    nose, ears = [1], [234, 454]
    width = [np.ptp(points[ears, 0]) for points in (frames[0].points_image, bent.points_image)]
    assert width[1] < width[0]
    centre = track.translation_px[0].numpy()
    assert np.linalg.norm(bent.points_image[nose, :2] - centre) > np.linalg.norm(
        frames[0].points_image[nose, :2] - centre
    )


@pytest.mark.parametrize("side", [64, 128, 200])
def test_any_size_shows_the_same(body, surface, make_track, side):
    track = make_track([(10, 0, 0)])
    stage = draw_stage(2)
    small = next(WorldRenderer(body, stage, np.full((96, 96, 3), 0.2), (96, 96), surface).render(track))
    other = next(
        WorldRenderer(body, stage, np.full((side, side, 3), 0.2), (side, side), surface).render(track)
    )
    assert other.rgb.shape == (side, side, 3)
    np.testing.assert_allclose(other.points_image / side, small.points_image / 96, atol=1e-4)
    faces = [frame.rgb[frame.mask("face")].mean(0) for frame in (small, other)]
    np.testing.assert_allclose(*faces, atol=4)


def test_even_light_shows_the_albedo(body, surface, make_track, even_stage):
    renderer = WorldRenderer(body, even_stage, np.zeros((96, 96, 3)), (96, 96), surface)
    posed = next(renderer.pose(make_track([(0, 0, 0)])))
    moving, shadow = renderer._moving(posed)
    moving[:, 3] = 1.0
    points = np.concatenate([surface.fixed, moving], 1).astype(np.float64)
    points[:, 3] = 0.0
    sent = reference.shade(points, PART_INDEX["glasses"], renderer._scene(posed), shadow)
    np.testing.assert_allclose(sent, points[:, :3], rtol=1e-5)


def test_a_pixel_is_the_mean_of_its_points(renderer, make_track):
    posed = next(renderer.pose(make_track([(15, 0, 0)], jawOpen=[0.7])))
    seen = renderer.visible(posed, 2)
    moving, shadow = renderer._moving(posed)
    scene, arrays = renderer._scene(posed), renderer.surface
    linear, backdrop = np.full((96, 96, 3), 0.2, np.float32), 0.2
    depth, part = np.empty((96, 96), np.float32), np.empty((96, 96), np.uint8)
    samples = (seen.face_index[0].numpy(), seen.barycentric[0].numpy(), seen.depth[0].numpy())
    resolve(samples, (arrays.faces, arrays.part, arrays.fixed, moving), scene, shadow, (linear, depth, part))
    faces, weights = samples[0], samples[1]
    rows = np.concatenate([arrays.fixed, moving], 1)
    points = np.einsum("hwkx,hwk->hwx", rows[arrays.faces[faces.clip(0)]], weights).astype(np.float64)
    colours = np.full((192, 192, 3), backdrop)
    shown = np.where(faces < 0, 0, arrays.part[faces.clip(0)])
    for which in np.unique(shown[faces >= 0]):
        colours[shown == which] = reference.shade(points[shown == which], int(which), scene, shadow)
    mean = colours.reshape(96, 2, 96, 2, 3).mean((1, 3))
    error = np.abs(linear - mean).mean(-1)
    assert np.median(error[part > 0]) < 0.01
    assert np.quantile(error, 0.98) < 0.12
    assert (linear[(faces < 0).reshape(96, 2, 96, 2).all((1, 3))] == np.float32(backdrop)).all()


def test_no_face_is_black(body, surface, make_track):
    track = make_track([(0, 0, 0), (35, 0, 0), (-35, 0, 0)])
    for seed in range(12):
        stage = draw_stage(seed)
        renderer = WorldRenderer(body, stage, np.full((96, 96, 3), 0.2), (96, 96), surface)
        for frame in renderer.render(track):
            face = frame.rgb[frame.mask("face")].astype(float)
            assert 70 < face.mean() < 225
            assert (face.max(-1) > 250).mean() < 0.1


def test_more_samples_where_there_are_few_pixels():
    assert [samples_across(side) for side in (64, 128, 256, 512)] == [4, 3, 2, 2]


def test_torch_threads_change_nothing(renderer, make_track):
    track = make_track([(5, 5, 5)])
    before = torch.get_num_threads()
    try:
        pictures = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            pictures.append(next(renderer.render(track)).rgb)
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(*pictures)

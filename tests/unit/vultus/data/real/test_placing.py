import numpy as np
import pytest
import torch

from vultus.data.real.placing import _five_points_mm, moved_to_crop, place
from vultus.data.real.recipes import RECIPES, Recipe
from vultus.data.track import Track
from vultus.face.crop import SquareCrop
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE

SIZE = (1000, 1200)


def _face(centre, width, height):
    """Landmarks of one frame that fill a box."""
    points = np.zeros((478, 3))
    points[:, 0], points[:, 1] = centre
    points[IBUG68_FROM_MEDIAPIPE[0], :2] = centre[0] - width / 2, centre[1] - height / 2
    points[IBUG68_FROM_MEDIAPIPE[16], :2] = centre[0] + width / 2, centre[1] + height / 2
    return points


def _clip(centres, width=100.0, height=140.0):
    return np.stack([_face(centre, width, height) for centre in centres])


def _all(points):
    return np.ones(len(points), dtype=bool)


def test_directions_square_is_the_published_arithmetic():
    points = _clip([(600.0, 500.0)], width=120.0, height=90.0)
    (crop,) = place(RECIPES["directions-fan"], points, _all(points), SIZE)
    size = 120
    centre_y = 500 - size // 6
    assert (crop.left_px, crop.top_px, crop.side_px) == (600 - size, centre_y - size, 2 * size)


def test_gdpw_square_lies_three_fifths_above_the_box():
    points = _clip([(600.0, 500.0)])
    (crop,) = place(RECIPES["gdpw-256"], points, _all(points), SIZE)
    side = (100 + 140) / 2 * 1.1 * 1.35
    assert crop.side_px == round(side)
    assert 500 - crop.top_px == pytest.approx(0.6 * side, abs=1)


def test_fomm_square_holds_every_box():
    points = _clip([(400.0 + 3 * index, 500.0) for index in range(20)])
    crop, *others = place(RECIPES["fomm-256"], points, _all(points), SIZE)
    assert all(other == crop for other in others)
    assert crop.left_px <= 350
    assert crop.left_px + crop.side_px >= 507


def test_headgan_square_is_the_median_box_with_the_margin_of_facenet():
    points = _clip([(400.0, 500.0)] * 3 + [(480.0, 500.0)])
    crop, *_ = place(RECIPES["headgan-median"], points, _all(points), SIZE)
    # A margin of 100 px of 256 leaves 156 px for the box.
    assert crop.side_px == round(140 * 256 / 156)
    assert crop.left_px + crop.side_px / 2 == pytest.approx(400, abs=1)


def test_one_box_can_be_shared_by_the_parts_of_a_video():
    points = _clip([(400.0, 500.0)] * 3)
    whole = np.array([[550.0, 430.0, 650.0, 570.0]])
    crop, *_ = place(RECIPES["headgan-median"], points, _all(points), SIZE, whole)
    assert crop.left_px + crop.side_px / 2 == pytest.approx(600, abs=1)


def test_a_jerk_does_not_move_the_steady_square():
    still = _clip([(600.0, 500.0)] * 60)
    jerk = np.concatenate([still, _clip([(900.0, 500.0)])])
    steady = place(RECIPES["vultus-256"], still, _all(still), SIZE)
    assert place(RECIPES["vultus-256"], jerk, _all(jerk), SIZE)[0] == steady[0]


def test_rows_without_a_face_are_not_looked_at_but_get_a_square():
    points = _clip([(400.0, 500.0), (0.0, 0.0), (440.0, 500.0)])
    points[1] = 0.0
    crops = place(RECIPES["gdpw-256"], points, np.array([True, False, True]), SIZE)
    assert [crop.left_px - crops[0].left_px for crop in crops] == [0, 20, 40]


def test_squares_are_moved_into_the_picture_and_shrunk_before_they_reach_beyond():
    recipe = Recipe(name="a", factor=2.0, border="inside")
    points = _clip([(60.0, 60.0)])
    (crop,) = place(recipe, points, _all(points), SIZE)
    assert (crop.left_px, crop.top_px, crop.side_px) == (0, 0, 280)
    (crop,) = place(recipe, points, _all(points), (250, 400))
    assert (crop.top_px, crop.side_px) == (0, 250)
    (crop,) = place(recipe, points, _all(points), (200, 400))
    assert (crop.top_px, crop.side_px) == (-12, 224)


def test_five_points_seen_by_a_camera_give_that_camera_back():
    recipe = RECIPES["goha-eg3d"]
    five = _five_points_mm()
    scale, middle = 2.0, np.array([700.0, 400.0])
    points = np.zeros((1, 478, 3))
    seen = scale * five[:, :2] + middle
    groups = (range(36, 42), range(42, 48), (30,), (48,), (54,))
    for group, place_px in zip(groups, seen, strict=True):
        for index in group:
            points[0, IBUG68_FROM_MEDIAPIPE[index], :2] = place_px
    (crop,) = place(recipe, points, _all(points), SIZE)
    assert crop.side_px == round(scale * recipe.span_mm)
    assert crop.left_px + crop.side_px / 2 == pytest.approx(700, abs=1)
    assert crop.top_px + crop.side_px / 2 == pytest.approx(400, abs=1)


def test_a_track_moves_with_the_pixels():
    crops = [SquareCrop(10, 20, 100), SquareCrop(14, 18, 200)]
    track = _track()
    moved = moved_to_crop(track, crops, 50)
    vertex = torch.tensor([[[0.1, -0.2, 0.3]]]).expand(2, 1, 3)
    before, after = track.camera.project(vertex)[:, 0, :2], moved.camera.project(vertex)[:, 0, :2]
    for index, crop in enumerate(crops):
        expected = crop.to_crop(50) @ [*before[index].tolist(), 1.0]
        np.testing.assert_allclose(after[index], expected, rtol=1e-5)
    assert moved.size_px == (50, 50)


def _track():
    return Track(
        identity=torch.zeros(2, 1),
        expression=torch.zeros(2, 1),
        rotation_rad=torch.tensor([[0.1, 0.2, 0.3], [0.0, 0.0, 0.1]]),
        jaw_rad=torch.zeros(2, 3),
        eyes_rad=torch.zeros(2, 2, 3),
        scale=torch.tensor([100.0, 150.0]),
        translation_px=torch.tensor([[60.0, 70.0], [90.0, 80.0]]),
        valid=torch.ones(2, dtype=torch.bool),
        confidence=torch.ones(2),
        time_s=torch.tensor([0.0, 0.04], dtype=torch.float64),
        fps=25.0,
        size_px=(200, 200),
        morphable="builtin",
        morphable_digest="sha256:0",
    )

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from scipy.spatial import Delaunay
from skimage.draw import polygon

from vultus.render import device, reference
from vultus.render.fragments import Fragments
from vultus.render.raster import rasterise


def random_scene(seed: int, dtype: torch.dtype = torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    """Triangles partly outside, half of the vertices on pixel centres and corners, some not usable."""
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(2, 40, 3, generator=generator, dtype=dtype) * 30 - 4
    points[:, ::2] = (points[:, ::2] * 2).round() / 2
    points[0, 0, 0], points[0, 1, 2], points[1, 2, 1] = torch.nan, torch.inf, -torch.inf
    points[1, 3] = 3000.0
    faces = torch.randint(0, 40, (40, 3), generator=generator)  # repeats make triangles without area
    return points, faces


def assert_same(one: Fragments, other: Fragments, tolerance: float = 0.0) -> None:
    assert torch.equal(one.face_index, other.face_index)
    torch.testing.assert_close(one.barycentric, other.barycentric, rtol=0, atol=tolerance)
    torch.testing.assert_close(one.depth, other.depth, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("cull_back", [False, True])
@pytest.mark.parametrize(("seed", "dtype"), [(0, torch.float32), (1, torch.float32), (2, torch.float64)])
def test_three_implementations_agree_on_random_triangles(seed, dtype, cull_back):
    points, faces = random_scene(seed, dtype)
    compiled = rasterise(points, faces, (20, 23), cull_back)
    assert 0.2 < compiled.mask.float().mean() < 1
    assert_same(compiled, device.rasterise_vectorised(points, faces, (20, 23), cull_back))
    assert_same(compiled, reference.rasterise(points, faces, (20, 23), cull_back), 1e-5)


@pytest.mark.parametrize("far", [1e9, 1e30, 1e38])
def test_corners_far_outside_do_no_harm(far):
    points = torch.tensor([[[8.0, 8.0, 0.0], [9.0, far, 0.0], [-far, 3.0, 0.0], [far, far, 0.0]]])
    faces = torch.tensor([[0, 1, 2], [0, 1, 3], [1, 2, 3]])
    assert_same(rasterise(points, faces, (16, 16)), device.rasterise_vectorised(points, faces, (16, 16)))


@pytest.mark.parametrize("cull_back", [False, True])
def test_compiled_and_vectorised_agree_on_a_head(ict_mesh, cull_back):
    points, faces = ict_mesh
    compiled = rasterise(points, faces, (256, 256), cull_back)
    assert 0.2 < compiled.mask.float().mean() < 0.6
    assert_same(compiled, device.rasterise_vectorised(points, faces, (256, 256), cull_back))


def test_reference_agrees_on_a_head(ball):
    points = (ball.mean * torch.tensor([1.3, -1.3, -1.3]) + torch.tensor([15.0, 14.0, 0.0]))[None]
    assert_same(
        rasterise(points, ball.faces, (28, 30)), reference.rasterise(points, ball.faces, (28, 30)), 1e-6
    )


@pytest.mark.parametrize("seed", range(20))
def test_covers_what_scikit_image_fills(seed):
    corners = np.random.default_rng(seed).uniform(-3, 25, (3, 2)).astype(np.float32)
    points = torch.tensor(np.column_stack([corners, np.zeros(3, np.float32)]))[None]
    expected = np.zeros((20, 22), bool)
    expected[polygon(corners[:, 1] - 0.5, corners[:, 0] - 0.5, expected.shape)] = (
        True  # integer pixel centres
    )
    np.testing.assert_array_equal(rasterise(points, torch.tensor([[0, 1, 2]]), (20, 22)).mask[0], expected)


@pytest.mark.parametrize("on_lattice", [False, True])
def test_a_triangulated_square_is_covered_once_everywhere(on_lattice):
    sites = np.random.default_rng(3).uniform(0, 16, (60, 2))
    if on_lattice:  # corners and edges through pixel centres
        sites = np.unique(np.floor(sites) + 0.5, axis=0)
    sites = np.concatenate([sites, [[0, 0], [16, 0], [16, 16], [0, 16]]])
    points = torch.tensor(np.column_stack([sites, np.zeros(len(sites))]))[None]
    triangles = torch.tensor(Delaunay(sites).simplices.astype(np.int64))
    hits = sum(rasterise(points, triangle[None], (16, 16)).mask.long() for triangle in triangles)
    assert torch.equal(hits, torch.ones(1, 16, 16, dtype=torch.long))


def test_top_and_left_edges_belong_to_the_triangle():
    square = torch.tensor([[[1.5, 1.5, 0.0], [4.5, 1.5, 0.0], [4.5, 4.5, 0.0], [1.5, 4.5, 0.0]]])
    drawn = rasterise(square, torch.tensor([[0, 2, 1], [0, 3, 2]]), (6, 6)).mask[0]
    expected = torch.zeros(6, 6, dtype=torch.bool)
    expected[1:4, 1:4] = True  # centres from 1.5 to 3.5; those at 4.5 lie on the right and bottom edges
    assert torch.equal(drawn, expected)


def test_nearest_wins_and_the_first_among_equals():
    flat = torch.tensor([[0.0, 0.0], [0.0, 8.0], [8.0, 0.0]])
    layers = torch.stack([torch.nn.functional.pad(flat, (0, 1), value=z) for z in (3.0, -2.0, -2.0)])
    fragments = rasterise(layers.reshape(1, 9, 3), torch.arange(9).reshape(3, 3), (8, 8))
    assert set(fragments.face_index.unique().tolist()) == {-1, 1}
    assert set(fragments.depth[fragments.mask].tolist()) == {-2.0}


def test_depth_is_interpolated_and_infinite_outside():
    slope = torch.tensor([[[0.0, 0.0, 0.0], [0.0, 8.0, 0.0], [8.0, 0.0, 16.0]]])  # z = 2 x
    fragments = rasterise(slope, torch.tensor([[0, 1, 2]]), (8, 8))
    columns = (torch.arange(8) + 0.5).expand(1, 8, 8)
    torch.testing.assert_close(fragments.depth[fragments.mask], 2 * columns[fragments.mask])
    assert torch.isinf(fragments.depth[~fragments.mask]).all()


def test_only_triangles_counter_clockwise_in_the_view_survive_culling():
    front = torch.tensor([[[1.0, 7.0, 0.0], [7.0, 7.0, 0.0], [4.0, 1.0, 0.0]]])  # left, right, up
    kept = rasterise(front, torch.tensor([[0, 1, 2]]), (8, 8), cull_back=True)
    gone = rasterise(front, torch.tensor([[0, 2, 1]]), (8, 8), cull_back=True)
    assert kept.mask.any()
    assert not gone.mask.any()


def test_culling_changes_nothing_on_a_closed_surface(ball):
    points = (ball.mean * torch.tensor([1.0, -1.0, -1.0]) + torch.tensor([12.0, 12.0, 0.0]))[None]
    assert_same(rasterise(points, ball.faces, (24, 24)), rasterise(points, ball.faces, (24, 24), True))


def test_barycentric_coordinates_lead_back_to_the_pixel_centre():
    points, faces = random_scene(5, torch.float64)
    fragments = rasterise(points, faces, (20, 23))
    frame, row, column = fragments.mask.nonzero(as_tuple=True)
    corners = points[frame[:, None], faces[fragments.face_index[frame, row, column]], :2]
    weights = fragments.barycentric[frame, row, column]
    torch.testing.assert_close(
        (weights[..., None] * corners).sum(1), torch.stack([column, row], -1) + 0.5, check_dtype=False
    )
    assert (weights >= 0).all()
    assert (fragments.barycentric[~fragments.mask] == 0).all()


def test_moving_by_whole_pixels_moves_the_picture():
    points, faces = random_scene(6, torch.float64)
    moved = rasterise(points + torch.tensor([3.0, 2.0, 0.0]), faces, (20, 23))
    still = rasterise(points, faces, (20, 23))
    assert torch.equal(moved.face_index[:, 2:, 3:], still.face_index[:, :-2, :-3])


def test_frames_do_not_depend_on_each_other():
    points, faces = random_scene(7)
    together = rasterise(points, faces, (20, 23))
    for frame in range(2):
        alone = rasterise(points[frame : frame + 1], faces, (20, 23))
        assert torch.equal(alone.face_index[0], together.face_index[frame])


def test_threads_may_draw_at_once():
    scenes = [random_scene(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda scene: rasterise(*scene, (20, 23)), scenes))
    for fragments, scene in zip(drawn, scenes, strict=True):
        assert torch.equal(fragments.face_index, rasterise(*scene, (20, 23)).face_index)


@pytest.mark.parametrize("draw", [rasterise, device.rasterise_vectorised, reference.rasterise])
def test_nothing_to_draw_gives_background(draw):
    fragments = draw(torch.zeros(2, 3, 3), torch.zeros(0, 3, dtype=torch.long), (4, 5))
    assert (fragments.face_index == -1).all()
    assert fragments.barycentric.shape == (2, 4, 5, 3)


def test_follows_the_points_type_and_takes_small_indices():
    points, faces = random_scene(8)
    fragments = rasterise(points, faces.int(), (20, 23))
    assert fragments.barycentric.dtype == fragments.depth.dtype == torch.float32
    assert torch.equal(fragments.face_index, rasterise(points, faces, (20, 23)).face_index)


def test_a_wrong_shape_is_caught():
    with pytest.raises(TypeCheckError, match="points_image"):
        rasterise(torch.zeros(1, 3, 2), torch.tensor([[0, 1, 2]]), (4, 4))

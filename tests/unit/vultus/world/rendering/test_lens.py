import torch

from vultus.world.rendering import Lens
from vultus.world.rendering.lens import bend


def test_it_is_a_pinhole_camera_in_front_of_the_head():
    points = torch.randn(2, 50, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 20
    centre, head_px = (
        torch.tensor([[100.0, 80.0], [30.0, 40.0]]).double(),
        torch.tensor([60.0, 70.0]).double(),
    )
    points[..., :2] += centre[:, None]
    bent = bend(points, centre, head_px, Lens(4.0))
    for frame in range(2):
        focal = distance = float(4 * head_px[frame])
        intrinsics = torch.tensor([[focal, 0, centre[frame, 0]], [0, focal, centre[frame, 1]], [0, 0, 1]])
        camera = points[frame] - torch.tensor([*centre[frame], -distance])
        pixels = camera @ intrinsics.double().mT
        torch.testing.assert_close(bent[frame, :, :2], pixels[:, :2] / pixels[:, 2:], rtol=1e-6, atol=1e-4)
    torch.testing.assert_close(bent[..., 2], points[..., 2])


def test_an_affine_lens_and_one_far_away_change_nothing():
    points = torch.randn(1, 20, 3) * 30
    centre, head_px = torch.zeros(1, 2), torch.tensor([80.0])
    assert bend(points, centre, head_px, Lens()) is points
    torch.testing.assert_close(bend(points, centre, head_px, Lens(1e6)), points, atol=1e-3, rtol=0)


def test_what_is_behind_the_camera_stays_finite_and_on_its_side():
    behind = torch.tensor([[[10.0, 0.0, -1000.0]]])
    bent = bend(behind, torch.zeros(1, 2), torch.tensor([50.0]), Lens(3.0))
    assert bent.isfinite().all()
    assert bent[0, 0, 0] > 0

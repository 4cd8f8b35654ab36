import torch

from vultus.render.reference import rasterise


def test_draws_a_triangle_by_hand():
    points = torch.tensor([[[0.0, 0.0, 1.0], [0.0, 3.0, 1.0], [3.0, 0.0, 1.0]]])
    fragments = rasterise(points, torch.tensor([[0, 1, 2]]), (3, 4))
    # Centres on the slanted bottom-right edge, x + y = 3, are left out.
    expected = torch.tensor([[0, 0, -1, -1], [0, -1, -1, -1], [-1, -1, -1, -1]])
    assert torch.equal(fragments.face_index[0], expected)
    torch.testing.assert_close(fragments.barycentric[0, 0, 0], torch.tensor([4.0, 1.0, 1.0]) / 6)

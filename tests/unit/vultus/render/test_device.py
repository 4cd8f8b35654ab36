import pytest
import torch

from vultus.render import device
from vultus.render.raster import rasterise


def test_chunks_change_nothing(monkeypatch, ball):
    points = (ball.mean * torch.tensor([2.0, -2.0, -2.0]) + torch.tensor([24.0, 24.0, 0.0]))[None]
    whole = device.rasterise_vectorised(points, ball.faces, (48, 48))
    monkeypatch.setattr(device, "CANDIDATES_AT_ONCE", 50)
    assert torch.equal(device.rasterise_vectorised(points, ball.faces, (48, 48)).face_index, whole.face_index)


def test_negative_and_positive_depths_keep_their_order():
    flat = torch.tensor([[0.0, 0.0], [0.0, 8.0], [8.0, 0.0]])
    for far, near in ((-1.0, -2.0), (1.0, -1.0), (0.0, -0.5), (2.0, 1.0), (1e-30, -1e-30)):
        layers = torch.stack([torch.nn.functional.pad(flat, (0, 1), value=z) for z in (far, near)])
        drawn = device.rasterise_vectorised(layers.reshape(1, 6, 3), torch.arange(6).reshape(2, 3), (8, 8))
        assert set(drawn.face_index.unique().tolist()) == {-1, 1}


@pytest.mark.gpu
def test_the_accelerator_draws_what_the_cpu_draws(ball):
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    points = (ball.mean * torch.tensor([2.0, -2.0, -2.0]) + torch.tensor([24.0, 24.0, 0.0])).repeat(3, 1, 1)
    here, there = (
        rasterise(points, ball.faces, (48, 48)),
        rasterise(points.cuda(), ball.faces.cuda(), (48, 48)),
    )
    assert torch.equal(here.face_index, there.face_index.cpu())
    torch.testing.assert_close(here.barycentric, there.barycentric.cpu())

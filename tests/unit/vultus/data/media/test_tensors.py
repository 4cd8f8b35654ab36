import numpy as np
import torch

from vultus.data.media.tensors import to_picture, to_pictures, to_tensor, to_tensors


def test_every_byte_survives():
    rgb = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    tensor = to_tensor(rgb)
    assert tensor.shape == (3, 16, 16)
    assert tensor.dtype == torch.float32
    assert 0 <= tensor.min() <= tensor.max() <= 1
    np.testing.assert_array_equal(to_picture(tensor), rgb)
    np.testing.assert_array_equal(to_pictures(to_tensors(rgb[None])), rgb[None])


def test_channels_come_first():
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[1, 2] = (255, 0, 51)
    torch.testing.assert_close(to_tensor(rgb)[:, 1, 2], torch.tensor([1.0, 0.0, 0.2]))


def test_what_is_out_of_range_is_clipped():
    tensor = torch.tensor([-1.0, 0.5, 2.0], dtype=torch.float64).reshape(3, 1, 1).requires_grad_()
    assert to_picture(tensor).ravel().tolist() == [0, 128, 255]


def test_views_are_read_as_they_look():
    rgb = np.random.default_rng(0).integers(0, 255, (4, 6, 3), dtype=np.uint8)
    np.testing.assert_array_equal(to_picture(to_tensor(rgb[::-1, ::2])), rgb[::-1, ::2])

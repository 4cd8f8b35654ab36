import torch

from vultus.losses.masked import face_mask, masked_l1


def test_only_the_face_counts_and_all_pixels_divide():
    nmfc = torch.zeros(1, 3, 4, 4)
    nmfc[:, 1, :2] = 0.5
    generated, real = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    torch.testing.assert_close(masked_l1(generated, real, nmfc), torch.tensor(0.5))
    assert face_mask(nmfc).sum() == 8


def test_nothing_to_pay_without_a_face():
    pictures = torch.rand(2, 1, 3, 4, 4)
    assert masked_l1(*pictures, torch.full((1, 3, 4, 4), 0.003)) == 0

import torch

from vultus.nets.patches import grown, means


def test_means_are_of_squares():
    assert means(torch.arange(16.0).reshape(1, 1, 4, 4), 2).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_growing_a_ramp_keeps_its_places():
    ramp = (torch.arange(8.0) + 0.5).expand(1, 1, 8, 8)
    larger = grown(ramp, 2)[0, 0, 4] * 2
    torch.testing.assert_close(larger[1:-1], torch.arange(1.0, 15.0) + 0.5)


def test_a_factor_of_one_changes_nothing():
    picture = torch.rand(1, 2, 3, 3)
    assert means(picture, 1) is picture
    assert grown(picture, 1) is picture

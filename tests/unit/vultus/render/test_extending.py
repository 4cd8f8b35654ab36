import torch

from vultus.render.extending import extend


def test_what_is_known_all_around_stays():
    field = torch.randn(2, 2, 16, 16, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(extend(field, torch.ones(2, 16, 16, dtype=torch.bool)), field)


def test_a_constant_is_carried_everywhere():
    known = torch.zeros(1, 13, 9, dtype=torch.bool)
    known[:, 4:6, 3:5] = True
    field = torch.where(known, 2.5, 99.0)[:, None]  # what lies outside does not matter
    torch.testing.assert_close(extend(field, known), torch.full((1, 1, 13, 9), 2.5))


def test_what_is_known_keeps_its_values_and_the_rest_stays_between_them():
    known = torch.zeros(1, 32, 32, dtype=torch.bool)
    known[:, 8:24, 8:24] = True
    field = torch.rand(1, 2, 32, 32, generator=torch.Generator().manual_seed(0))
    extended = extend(field, known)
    torch.testing.assert_close(extended[..., 8:24, 8:24], field[..., 8:24, 8:24])
    assert extended.min() >= field[..., 8:24, 8:24].min() - 1e-6
    assert extended.max() <= field[..., 8:24, 8:24].max() + 1e-6


def test_nothing_known_is_nothing_anywhere():
    field = torch.ones(1, 2, 8, 8)
    assert not extend(field, torch.zeros(1, 8, 8, dtype=torch.bool)).any()


def test_pictures_do_not_touch_each_other():
    known = torch.zeros(2, 8, 8, dtype=torch.bool)
    known[:, 2, 2] = True
    field = torch.tensor([1.0, 7.0])[:, None, None, None].expand(2, 1, 8, 8)
    torch.testing.assert_close(extend(field, known), field)

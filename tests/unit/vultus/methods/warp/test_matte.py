import numpy as np

from vultus.methods.warp.matte import grab_cut, person_matte


def _scene():
    """A red person, of whom the head is known, before green."""
    rgb = np.zeros((120, 120, 3), np.uint8)
    noise = np.random.default_rng(0).integers(-8, 8, rgb.shape)
    rgb[:] = (40, 160, 60)
    rows, columns = np.mgrid[0:120, 0:120]
    head = np.hypot(rows - 45, columns - 60) < 22
    person = head | (np.hypot((rows - 110) / 1.2, columns - 60) < 35)
    rgb[person] = (190, 60, 50)
    return (rgb + noise).clip(0, 255).astype(np.uint8), head, person


def test_colours_tell_the_person_from_the_background():
    rgb, head, person = _scene()
    found = grab_cut(rgb, head) > 0.5
    assert (found == person).mean() > 0.95


def test_the_head_always_belongs_to_the_person():
    rgb, head, _ = _scene()
    assert person_matte(rgb, head)[head].mean() > 0.9


def test_a_head_that_fills_the_picture_is_all_person():
    rgb, _, _ = _scene()
    assert (grab_cut(rgb, np.ones((120, 120), bool)) == 1).all()


def test_others_do_not_belong_to_the_person():
    rgb, head, _ = _scene()
    rgb[5:25, 95:115] = (190, 60, 50)
    assert not person_matte(rgb, head)[8:20, 98:110].any()

import numpy as np

from vultus.methods.warp.twin import counterparts, twin_patch


def test_counterparts_of_counterparts_are_the_vertices_themselves(head):
    rest = head.mean.numpy()
    other = counterparts(rest)
    same = np.linalg.norm(rest[other[other]] - rest, axis=1)
    assert (same < 0.05).mean() > 0.99
    np.testing.assert_allclose(rest[other][:, 0], -rest[:, 0], atol=0.05)


def test_a_patch_brings_pixels_of_the_other_side_with_their_light_matched():
    picture = np.full((32, 32, 3), 100, np.uint8)
    picture[:, 16:] = 200
    mirrored = np.zeros((32, 32, 4), np.float32)
    mirrored[10:20, 4:12] = (16, 0, 1, 0.5)
    patch = twin_patch(mirrored, picture)
    assert patch is not None
    row, column = 15 - patch.top, 8 - patch.left
    np.testing.assert_allclose(patch.colour[row, column], 100, atol=1)
    assert patch.opacity[row, column] == 1


def test_nothing_stands_in_where_nothing_is_hidden():
    assert twin_patch(np.zeros((32, 32, 4), np.float32), np.zeros((32, 32, 3), np.uint8)) is None

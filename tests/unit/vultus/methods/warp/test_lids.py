import numpy as np

from vultus.methods.warp.lids import Eyeball, without_lids
from vultus.methods.warp.tint import Tint


def _eye():
    """An eye of radius 16 px with a blue iris, of which a slit is seen; around it skin."""
    rows, columns = np.mgrid[0:64, 0:64]
    distance = np.hypot(rows + 0.5 - 32, columns + 0.5 - 32)
    whole = np.where(distance[..., None] < 0.48 * 16, (40, 80, 200), (230, 228, 225))
    seen = (np.abs(rows + 0.5 - 32) < 5) & (distance < 15)
    return np.where(seen[..., None], whole, (180, 130, 110)).astype(np.uint8), seen, whole, distance


def test_the_iris_is_completed_and_what_is_seen_is_kept():
    picture, seen, whole, distance = _eye()
    centre = np.array([32.0, 32.0])
    bare = without_lids(picture, seen, [Eyeball(centre, centre, 16.0)], Tint(1.0, 1.0))
    inner = (np.abs(np.mgrid[0:64, 0:64][0] + 0.5 - 32) < 3) & (distance < 12)
    np.testing.assert_array_equal(bare[inner], picture[inner])
    iris = distance < 6
    assert np.abs(bare[iris].astype(int) - whole[iris]).max() < 20
    white = (distance > 10) & (distance < 14)
    assert np.abs(bare[white].astype(int) - whole[white]).max() < 25


def test_a_shut_eye_gets_the_models_colours():
    picture = np.full((64, 64, 3), 150, np.uint8)
    centre = np.array([32.0, 32.0])
    eyes = [Eyeball(centre, centre, 16.0)]
    bare = without_lids(picture, np.zeros((64, 64), bool), eyes, Tint(1.0, 1.0))
    assert bare[32, 32].max() < 40
    assert bare[32, 43].min() > 180


def test_without_eyes_the_picture_stays():
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    np.testing.assert_array_equal(
        without_lids(picture, np.zeros((16, 16), bool), [], Tint(1.0, 1.0)), picture
    )

import numpy as np
import pytest

from vultus.world.people.sheet import people_sheet


@pytest.mark.slow
def test_a_sheet_shows_one_picture_for_each_person():
    sheet = people_sheet(range(2), side_px=48, columns=2)
    assert sheet.shape[1] >= 96
    assert np.unique(sheet.reshape(-1, 3), axis=0).shape[0] > 500

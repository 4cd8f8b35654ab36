import numpy as np
import pytest
from skimage.color import rgb2xyz

from vultus.world.people.palette import SKIN_TONES, blended, linear


@pytest.mark.parametrize("code", ["000000", "ffffff", "c68863", "0a0b0c"])
def test_linear_light_agrees_with_skimage(code):
    srgb = np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    luminance = np.array(linear(code)) @ [0.2126, 0.7152, 0.0722]
    assert luminance == pytest.approx(rgb2xyz(srgb[None, None])[0, 0, 1], abs=2e-4)


def test_blends_reach_the_ends_and_pass_through_the_tones():
    assert blended(SKIN_TONES, -1.0) == pytest.approx(SKIN_TONES[0])
    assert blended(SKIN_TONES, 1.0) == pytest.approx(SKIN_TONES[-1])
    assert blended(SKIN_TONES, 0.5) == pytest.approx(SKIN_TONES[4])

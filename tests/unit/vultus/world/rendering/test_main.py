import sys

import numpy as np
import pytest
from PIL import Image

from vultus.world.rendering import __main__ as command


@pytest.mark.parametrize("name", ["sheet.png", "sheet.jpg"])
def test_it_writes_the_chosen_sheet(tmp_path, monkeypatch, name):
    gradient = np.tile(np.arange(64, dtype=np.uint8)[None, :, None], (32, 1, 3))
    monkeypatch.setitem(command.SHEETS, "views", lambda: gradient)
    monkeypatch.setattr(sys, "argv", ["rendering", str(tmp_path / name), "--sheet", "views"])
    command.main()
    written = np.asarray(Image.open(tmp_path / name)).astype(int)
    assert written.shape == (32, 64, 3)
    assert np.abs(written - gradient).max() < 6

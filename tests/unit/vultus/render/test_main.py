import sys

import pytest
from PIL import Image

from vultus.errors import InputError
from vultus.render.__main__ import main


@pytest.mark.slow
def test_writes_a_picture(tmp_path, monkeypatch, shared):
    model, out = shared / "ict" / "ict_facekit.npz", tmp_path / "head.png"
    if not model.is_file():
        pytest.skip("needs ../shared")
    monkeypatch.setattr(sys, "argv", ["render", str(out), "--morphable", "ict", "--path", str(model)])
    main()
    with Image.open(out) as picture:
        assert picture.width > 1000
        assert picture.getextrema()[0][0] < 100


def test_an_unknown_model_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["render", str(tmp_path / "head.png"), "--morphable", "itc"])
    with pytest.raises(InputError, match="did you mean 'ict'"):
        main()

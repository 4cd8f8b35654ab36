# ruff: noqa: RUF001 - IPA letters look like others
from dataclasses import replace

import numpy as np

from vultus.face.builtin import build_head
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.sheets import mouth_sheet


def test_a_sheet_shows_every_sound_and_mouths_differ():
    few = replace(LANGUAGES["ja"], onsets="m k", nuclei="a i ɯ", codas="-")
    sheet = mouth_sheet(build_head(), few, side_px=48, columns=5)
    assert sheet.dtype == np.uint8
    cells = [sheet[6:54, 6 + index * 54 : 54 + index * 54].astype(int) for index in range(5)]
    for index, cell in enumerate(cells):
        assert all(np.abs(cell - other).max() > 40 for other in cells[:index])

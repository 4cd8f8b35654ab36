import numpy as np
import pytest

from vultus.world.rendering import WorldRenderer, draw_stage
from vultus.world.rendering.sheets import (
    depth_picture,
    flow_picture,
    landmark_picture,
    mask_picture,
    part_picture,
    people_sheet,
    stages_sheet,
)


@pytest.fixture(scope="module")
def frame(body, surface, make_track):
    renderer = WorldRenderer(body, draw_stage(3), np.full((96, 96, 3), 0.2), (96, 96), surface)
    return next(renderer.render(make_track([(10, 0, 0)])))


def test_layers_become_pictures(frame):
    background = frame.mask("background")
    depth = depth_picture(frame)
    assert (depth[background] == 0).all()
    row, column = np.floor(frame.points_image[1, [1, 0]]).astype(int)
    assert depth[row, column, 0] > depth[~background].mean()
    parts = part_picture(frame)
    assert len(np.unique(parts[~background], axis=0)) == len(np.unique(frame.part[~background]))
    assert (mask_picture(frame)[frame.mask("eyes")] == 255).all()
    assert (landmark_picture(frame) != frame.rgb // 2).any(-1).mean() > 0.05


def test_flow_has_a_hue_for_each_direction():
    flow = np.zeros((2, 2, 2), np.float32)
    flow[0, 0], flow[0, 1] = (9, 0), (-9, 0)
    picture = flow_picture(flow, np.array([[True, True], [True, False]]))
    assert picture[0, 0, 0] > picture[0, 0, 2]
    assert picture[0, 1, 2] >= picture[0, 1, 0]
    assert picture[1, 0].tolist() == [255, 255, 255]
    assert picture[1, 1].tolist() == [0, 0, 0]


@pytest.mark.slow
def test_sheets_show_people():
    people = people_sheet(count=3, side_px=64, columns=3)
    assert people.shape[1] > 3 * 64
    assert people.std() > 20
    assert stages_sheet(person_seed=4, side_px=64, count=2).shape[1] > 2 * 64

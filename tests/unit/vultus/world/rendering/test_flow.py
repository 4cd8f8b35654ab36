from dataclasses import replace

import cv2
import numpy as np
import pytest

from vultus.world.rendering import Lens, WorldRenderer, optical_flow

SIDE = 160


@pytest.fixture(scope="module")
def clip(body, surface, make_track, even_stage):
    track = make_track([(0, 0, 0), (22, 6, 4), (-70, 0, 0)], SIDE, jawOpen=[0.0, 0.5, 0.0])
    stage = replace(even_stage, lens=Lens(4.0))
    renderer = WorldRenderer(body, stage, np.full((SIDE, SIDE, 3), 0.1), (SIDE, SIDE), surface)
    return renderer, track, list(renderer.render(track))


def warped(frame, flow):
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), -1).astype(np.float32) + flow
    return cv2.remap(frame.rgb, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR)


def test_warping_the_other_frame_gives_this_one(clip):
    renderer, track, frames = clip
    for i, j in ((0, 1), (1, 0)):
        flow, visible = optical_flow(renderer, track, i, j)
        body = visible & (frames[i].part > 0)
        assert body.mean() > 0.3
        difference = np.abs(warped(frames[j], flow).astype(int) - frames[i].rgb).mean(-1)
        assert np.median(difference[body]) < 2.5
        moved = np.linalg.norm(flow[body], axis=-1)
        unmoved = np.abs(frames[j].rgb.astype(int) - frames[i].rgb).mean(-1)
        assert moved.max() > 10
        assert difference[body].mean() < 0.45 * unmoved[body].mean()


def test_flow_is_the_path_of_points_of_the_surface(clip):
    renderer, track, frames = clip
    flow, visible = optical_flow(renderer, track, 0, 1)
    checked = 0
    for here, there in zip(frames[0].points_image, frames[1].points_image, strict=True):
        column, row = np.floor(here[:2]).astype(int)
        if not visible[row, column] or abs(frames[0].depth[row, column] - here[2]) > 0.5:
            continue
        neighbours = flow[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 2)
        wanted = there[:2] - here[:2]
        assert (neighbours.min(0) - 0.6 <= wanted).all()
        assert (wanted <= neighbours.max(0) + 0.6).all()
        checked += 1
    assert checked > 200


def test_nothing_moves_between_a_frame_and_itself(clip):
    renderer, track, _ = clip
    flow, visible = optical_flow(renderer, track, 1, 1)
    np.testing.assert_allclose(flow, 0, atol=2e-4)
    assert visible.mean() > 0.98


def test_the_far_side_of_the_face_is_hidden(clip):
    renderer, track, frames = clip
    _, visible = optical_flow(renderer, track, 0, 2)
    cheeks = [np.floor(frames[0].points_image[index, :2]).astype(int) for index in (50, 280)]
    seen = [visible[row - 2 : row + 3, column - 2 : column + 3].mean() for column, row in cheeks]
    assert sorted(seen) == [0, 1]


def test_the_background_stands_still(clip):
    renderer, track, frames = clip
    flow, visible = optical_flow(renderer, track, 0, 1)
    empty = cv2.erode(np.isinf(frames[0].depth).astype(np.uint8), np.ones((3, 3))) > 0
    background = empty & visible
    assert (flow[background] == 0).all()
    assert np.isinf(frames[1].depth[background]).mean() > 0.97

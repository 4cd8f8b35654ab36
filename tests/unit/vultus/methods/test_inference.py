"""The methods that learned, as methods."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vultus.data.media.tensors import to_pictures
from vultus.data.sets.stored import open_set
from vultus.data.track import Track
from vultus.errors import AssetMissingError, IncompatibleError, InputError
from vultus.face.crop import SquareCrop
from vultus.face.editing import FaceEdit, edit_face
from vultus.face.motion import edit_pose
from vultus.methods.base import METHODS, AvatarOptions, Context, ContextualAvatar, Method
from vultus.methods.faces import projected
from vultus.methods.framing import HeadFrame
from vultus.methods.streams import Lookback, render_part
from vultus.methods.trained import TRAINED
from vultus.nets.speed import Speed
from vultus.train.face_pairs import FacePairs, seen_fragments
from vultus.train.frame_bank import build_bank
from vultus.world.seeds import generator

EXACT = Speed(precision="float32")


@pytest.fixture(scope="module", params=TRAINED)
def method(request, untrained, head):
    return untrained[request.param].build(head, EXACT)


@pytest.fixture(scope="module")
def avatar(method, portrait):
    return method.create_avatar(portrait, AvatarOptions(side_px=96))


@pytest.fixture(scope="module")
def nodding(portrait, head):
    """Eleven frames, each in another pose."""
    angles = torch.linspace(-0.3, 0.3, 11).tolist()
    frames = [edit_pose(portrait.track, yaw_rad=a, pitch_rad=a / 2, model=head) for a in angles]
    times = torch.arange(11, dtype=torch.float64) / 25
    return Track.concatenate(frames).replace(time_s=times)


def test_it_is_a_method_with_a_version(method, untrained):
    assert isinstance(method, Method)
    assert method.version == untrained[method.name].version


def test_starters_are_registered(head, monkeypatch, tmp_path):
    monkeypatch.setattr("vultus.methods.trained.FOLDER", tmp_path)
    for name in TRAINED:
        assert name in METHODS
        assert METHODS[name].__doc__
        with pytest.raises(AssetMissingError, match=f"vultus train {name}"):
            METHODS[name](head)


def test_frames_have_the_size_that_was_asked_for(avatar, nodding):
    frames = avatar.render(nodding)
    assert avatar.size_px == (96, 96)
    assert frames.shape == (11, 96, 96, 3)
    assert frames.dtype == np.uint8
    assert avatar.render(nodding[:0]).shape == (0, 96, 96, 3)


def test_frames_depend_on_the_pose(avatar, nodding):
    frames = avatar.render(nodding).astype(int)
    assert np.abs(frames[0] - frames[-1]).mean() > 1


def test_frames_show_the_shape_that_is_asked_for(avatar, portrait):
    wider = edit_face(portrait.track, FaceEdit(shape={0: 3.0, 1: -3.0}))
    difference = avatar.render(wider).astype(int) - avatar.render(portrait.track)
    assert np.abs(difference).max() > 5


def test_a_stream_in_parts_equals_one_render(avatar, nodding):
    lookback, parts = Lookback(avatar), []
    for start, stop in ((0, 1), (1, 2), (2, 7), (7, 7), (7, 11)):
        part = nodding[start:stop]
        parts.append(render_part(avatar, part, lookback.context(part)))
    difference = np.concatenate(parts).astype(int) - avatar.render(nodding)
    assert np.abs(difference).max() <= 1


def test_it_says_what_it_keeps(avatar, method, portrait):
    small = method.create_avatar(portrait, AvatarOptions(side_px=64))
    tensors = [small.source, *small.encoded, small.face.points]
    kept = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    assert small.memory_bytes >= kept + 96 * 96 * 3  # the square with what lies around it
    assert avatar.memory_bytes >= small.memory_bytes + 96 * 96 * 3  # and in the frames' size
    pasting = method.create_avatar(portrait, AvatarOptions(paste_back=True))
    assert pasting.memory_bytes > avatar.memory_bytes + portrait.rgb.nbytes


def test_pasting_changes_nothing_outside_the_square(method, portrait, nodding):
    avatar = method.create_avatar(portrait, AvatarOptions(paste_back=True))
    assert avatar.size_px == portrait.rgb.shape[:2]
    rows, columns = avatar.face.frame.crop.inside(avatar.size_px)
    outside = np.ones(avatar.size_px, bool)
    outside[rows, columns] = False
    frame = avatar.render(nodding[:1])[0]
    assert outside.any()
    np.testing.assert_array_equal(frame[outside], portrait.rgb[outside])
    assert np.abs(frame.astype(int) - portrait.rgb).mean() > 1


def test_a_track_of_another_head_is_refused(avatar, nodding):
    with pytest.raises(IncompatibleError):
        avatar.render(nodding.replace(morphable_digest="sha256:1"))


def test_the_network_sees_what_training_feeds(method, portrait, head, stored_once, tmp_path):
    bank = build_bank(open_set(stored_once), None, 64, tmp_path)
    past = getattr(method.network.config, "past_frames", 0)
    batch = FacePairs(bank, head, past, seed=7).batch(0, 1)
    draws = generator(7, "pairs", 0, 0)
    clip = int(draws.choice(range(len(bank.clips))))
    source, driving = (int(frame) for frame in draws.choice(bank.valid(clip), 2, replace=False))
    rgb = to_pictures(bank.frames(clip, [source]))[0]
    avatar = method.create_avatar(
        replace(portrait, rgb=rgb, track=bank.track(clip, [source])), AvatarOptions()
    )
    avatar.face = replace(avatar.face, frame=HeadFrame(SquareCrop(0, 0, 64), 64, 1e6))
    points = projected(avatar.face.moved(bank.track(clip, [source])), head)
    avatar.face = replace(avatar.face, points=points)
    window = bank.track(clip, [max(driving - back, 0) for back in range(past, -1, -1)])
    window = window.replace(time_s=torch.arange(past + 1, dtype=torch.float64))
    seen = seen_fragments(
        batch["driving_face_index"].flatten(0, 1), batch["driving_barycentric"].flatten(0, 1)
    )
    if method.name == "gdpw":
        expected, guide = method.network.guide(seen, batch["carried"]), avatar.guide(window)
    else:
        expected, (guide, carried) = method.network.nmfc(seen).flatten(0, 1)[None], avatar.guide(window)
        torch.testing.assert_close(carried, batch["carried"], rtol=0, atol=1e-6)
    torch.testing.assert_close(guide, expected, rtol=0, atol=1e-6)
    assert torch.equal(batch["source"], torch.from_numpy(rgb / np.float32(255)).permute(2, 0, 1)[None])


@pytest.fixture(scope="module")
def headgan(untrained, head, portrait):
    return untrained["headgan"].build(head, EXACT).create_avatar(portrait, AvatarOptions(side_px=64))


def test_headgan_looks_back_and_hears(headgan):
    assert isinstance(headgan, ContextualAvatar)
    assert headgan.past_frames == 2
    assert headgan.hears


def test_headgan_sees_the_past(headgan, nodding):
    with_past = headgan.render_within(nodding[5:6], Context(past=nodding[:5])).astype(int)
    assert np.abs(with_past - headgan.render(nodding[5:6])).max() > 0
    np.testing.assert_allclose(with_past[0], headgan.render(nodding[3:6])[2], atol=1)


def test_headgan_hears_sound(headgan, nodding):
    loud = Context(heard=torch.randn(2, 300))
    changed = headgan.render_within(nodding[:2], loud).astype(int) - headgan.render(nodding[:2])
    assert np.abs(changed).max() > 0
    with pytest.raises(InputError, match=r"\(1, 300\)"):
        headgan.render_within(nodding[:1], loud)

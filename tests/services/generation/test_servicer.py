import io
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from vultus_generation.avatars import AvatarCache, Prepared, content_address

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError, MediaError
from vultus.face.editing import FaceEdit, edit_face
from vultus.face.models import load_morphable
from vultus.face.motion import MotionTransfer, edit_pose
from vultus.methods.base import METHODS, AvatarOptions, Portrait
from vultus_kit.records import AvatarSpec, PoseEdit
from vultus_kit.rpc.errors import AvatarNotFoundError
from vultus_kit.telemetry.metrics import REGISTRY

SIDE = 96


@pytest.fixture(scope="module")
def spec(portrait_png, source):
    return AvatarSpec(portrait_png, source, side_px=SIDE)


@pytest.fixture(scope="module")
def avatar(portrait, source):
    """The same avatar, made in this process without a room."""
    method = METHODS["warp"](load_morphable("builtin"))
    return method.create_avatar(Portrait(portrait, source), AvatarOptions(side_px=SIDE))


def test_methods_are_described(generation):
    methods = {method.name: method for method in generation.describe_methods()}
    assert methods["warp"].description.endswith(".")
    assert (methods["warp"].version, methods["warp"].follows, methods["warp"].note) == ("builtin", "", "")


def test_the_same_inputs_give_the_same_avatar(generation, spec):
    info = generation.create_avatar(spec)
    assert info == generation.create_avatar(spec)
    assert (info.avatar_id, info.version) == (content_address(spec, "builtin"), "builtin")
    assert info.size_px == (SIDE, SIDE)
    assert info.memory_bytes > 0
    assert generation.create_avatar(replace(spec, side_px=SIDE + 2)).avatar_id != info.avatar_id


def test_avatars_that_cannot_be_made(generation, spec):
    with pytest.raises(InputError, match="no method called 'wrap'; did you mean 'warp'"):
        generation.create_avatar(replace(spec, method="wrap"))
    with pytest.raises(MediaError):
        generation.create_avatar(replace(spec, picture=b"no picture"))
    with pytest.raises(IncompatibleError, match="fit the portrait itself"):
        generation.create_avatar(replace(spec, source=spec.source.replace(size_px=(64, 64))))
    with pytest.raises(IncompatibleError):
        generation.create_avatar(replace(spec, source=spec.source.replace(morphable_digest="sha256:1")))


@pytest.mark.parametrize("mode", ["relative", "absolute", "none"])
def test_frames_are_those_of_the_method_in_process(generation, spec, avatar, source, driving, mode):
    avatar_id = generation.create_avatar(spec).avatar_id
    answered = list(generation.stream_animate(avatar_id, [driving[:7], driving[7:]], mode))
    requested = driving if mode == "none" else MotionTransfer(source, mode).apply(driving)
    expected = avatar.render(requested)
    assert [one.frame.index for one in answered] == list(range(len(driving)))
    for one, frame, index in zip(answered, expected, range(len(driving)), strict=True):
        np.testing.assert_array_equal(one.frame.rgb, frame)
        shown = requested[index : index + 1]
        np.testing.assert_allclose(one.requested.rotation_rad, shown.rotation_rad, atol=1e-6)
        assert one.requested.size_px == source.size_px
        assert one.version == "builtin"


def test_a_frame_comes_before_the_next_sample_is_sent(generation, spec, driving):
    avatar_id = generation.create_avatar(spec).avatar_id
    seen = threading.Semaphore(1)

    def one_by_one():
        for index in range(4):
            assert seen.acquire(timeout=10)
            yield driving[index : index + 1]

    indices = []
    for one in generation.stream_animate(avatar_id, one_by_one()):
        indices.append(one.frame.index)
        seen.release()
    assert indices == [0, 1, 2, 3]


def test_several_streams_at_once_do_not_mix(generation, spec, driving):
    ids = [generation.create_avatar(replace(spec, side_px=side)).avatar_id for side in (64, 80, 96)]
    alone = {
        one: [each.frame.rgb for each in generation.stream_animate(one, [driving], "none")] for one in ids
    }
    together = {}

    def run(one):
        together[one] = [each.frame.rgb for each in generation.stream_animate(one, [driving], "none")]

    threads = [threading.Thread(target=run, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for one in ids:
        np.testing.assert_array_equal(np.stack(together[one]), np.stack(alone[one]))


def frames_rendered():
    return (
        REGISTRY.get_sample_value("vultus_frames_total", {"room": "generation", "outcome": "rendered"}) or 0
    )


def test_leaving_a_stream_stops_the_work(generation, spec, driving):
    avatar_id = generation.create_avatar(spec).avatar_id
    long = Track.concatenate([driving] * 50)
    before = frames_rendered()
    frames = generation.stream_animate(avatar_id, [long], "none")
    next(frames)
    frames.close()
    list(generation.stream_animate(avatar_id, [driving[:1]], "none"))  # comes after what was begun
    assert frames_rendered() - before < 200


def test_an_avatar_that_is_not_there(generation, spec, driving):
    avatar_id = generation.create_avatar(spec).avatar_id
    assert generation.delete_avatar(avatar_id)
    assert not generation.delete_avatar(avatar_id)
    with pytest.raises(AvatarNotFoundError, match="create it again"):
        list(generation.stream_animate(avatar_id, [driving]))
    with pytest.raises(AvatarNotFoundError):
        generation.render_image(avatar_id)


def test_a_track_of_another_model_is_refused(generation, spec, driving):
    avatar_id = generation.create_avatar(spec).avatar_id
    other = driving.replace(morphable="ict", morphable_digest="sha256:1")
    with pytest.raises(IncompatibleError):
        list(generation.stream_animate(avatar_id, [other]))


def test_an_edited_picture(generation, spec, avatar, source):
    rendered = generation.render_image(spec, PoseEdit(yaw_rad=0.2, expressions={"jawOpen": 0.5}))
    expected = edit_pose(source, 0.2, expression={"jawOpen": 0.5})
    picture = np.asarray(Image.open(io.BytesIO(rendered.png)))
    np.testing.assert_array_equal(picture, avatar.render(expected)[0])
    np.testing.assert_allclose(rendered.requested.rotation_rad, expected.rotation_rad, atol=1e-6)
    assert rendered.version == "builtin"
    with pytest.raises(InputError, match="jawOpen"):
        generation.render_image(spec, PoseEdit(expressions={"jawOpn": 0.5}))


def test_a_picture_with_another_gaze_from_the_front(generation, spec, avatar, source):
    edit = PoseEdit(yaw_rad=0.1, frontal=True, gaze_yaw_rad=0.2, gaze_pitch_rad=-0.1, shape={0: 1.0})
    rendered = generation.render_image(spec, edit)
    face = FaceEdit(frontal=True, gaze_yaw_rad=0.2, gaze_pitch_rad=-0.1, shape={0: 1.0})
    expected = edit_pose(edit_face(source, face), 0.1)
    for name in ("rotation_rad", "eyes_rad", "identity"):
        np.testing.assert_allclose(getattr(rendered.requested, name), getattr(expected, name), atol=1e-6)
    picture = np.asarray(Image.open(io.BytesIO(rendered.png)))
    np.testing.assert_array_equal(picture, avatar.render(expected)[0])


def entry(avatar, name):
    return Prepared(name, avatar, None, "warp")


def test_the_cache_is_bounded_in_memory_and_drops_the_least_recent(avatar):
    size = avatar.memory_bytes
    cache = AvatarCache(int(2.5 * size))
    cache.add(entry(avatar, "a"))
    cache.add(entry(avatar, "b"))
    cache.get("a")
    cache.add(entry(avatar, "c"))
    assert ("a" in cache, "b" in cache, "c" in cache) == (True, False, True)
    assert cache.memory_bytes == 2 * size
    assert REGISTRY.get_sample_value("vultus_avatar_cache_bytes", {"room": "generation"}) == 2 * size
    cache.add(entry(avatar, "c"))
    assert cache.memory_bytes == 2 * size
    cache.delete("a")
    assert (len(cache), cache.memory_bytes) == (1, size)


def test_an_avatar_larger_than_the_cache_is_kept_alone(avatar):
    cache = AvatarCache(1)
    cache.add(entry(avatar, "a"))
    cache.add(entry(avatar, "b"))
    assert (len(cache), "b" in cache) == (1, True)


def test_many_threads_keep_the_count(avatar):
    cache = AvatarCache(4 * avatar.memory_bytes)

    def work(number):
        for turn in range(200):
            cache.add(entry(avatar, str((number * 7 + turn) % 11)))
            cache.delete(str(turn % 11))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.memory_bytes == len(cache) * avatar.memory_bytes
    assert len(cache) <= 4

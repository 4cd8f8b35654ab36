import numpy as np
import pytest
from PIL import Image

from vultus.data.media import Frame, VideoWriter
from vultus.data.track import Track
from vultus.errors import AssetMissingError, FaceNotFoundError, InputError, MediaError
from vultus.face.models import load_morphable
from vultus.face.tracking import Tracker
from vultus_kit.records import FitOptions
from vultus_kit.store import Artifact


def finish(generator):
    """Everything that a generator yields, and what it returns."""
    items = []
    while True:
        try:
            items.append(next(generator))
        except StopIteration as end:
            return items, end.value


def test_the_default_model_is_described(fitting):
    description = fitting.describe_morphable()
    model = load_morphable("builtin")
    assert (description.name, description.digest) == ("builtin", model.digest)
    assert description.expression_names == model.expression_names
    assert (description.vertex_count, description.triangle_count) == (len(model.mean), len(model.faces))


def test_a_model_without_its_file_is_a_missing_asset(fitting):
    with pytest.raises(AssetMissingError) as raised:
        fitting.describe_morphable("flame2020")
    assert raised.value.exit_code == 3


def test_an_unknown_model_is_suggested(fitting):
    with pytest.raises(InputError, match="builtin"):
        fitting.describe_morphable("bultin")


def test_a_picture_is_fitted_as_it_is_in_process(fitting, portrait, portrait_png, source):
    here = Tracker(load_morphable("builtin")).fit_image(portrait)
    for name in Track.tensor_names():
        np.testing.assert_array_equal(getattr(source, name).numpy(), getattr(here, name).numpy())
    _, summary = fitting.fit_image(portrait_png)
    assert (summary.frame_count, summary.valid_frame_count, summary.face_count) == (1, 1, 1)
    assert 0 < summary.landmark_error_interocular < 0.04


def test_pictures_that_cannot_be_fitted(fitting, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("RGB", (128, 128), "grey").save(path)
    with pytest.raises(FaceNotFoundError):
        fitting.fit_image(path.read_bytes())
    with pytest.raises(MediaError):
        fitting.fit_image(b"no picture")
    with pytest.raises(InputError, match="no picture"):
        fitting.fit_image(b"")
    with pytest.raises(InputError, match="31 MiB, more than 30"):
        fitting.fit_image(bytes(31 << 20))


def test_a_stream_gives_a_sample_for_each_frame(fitting, clip):
    parts, summary = finish(fitting.stream_fit(iter(clip), 25.0))
    track = Track.concatenate(parts)
    assert len(track) == len(clip)
    assert (summary.frame_count, summary.valid_frame_count) == (24, int(track.valid.sum()))
    assert summary.valid_frame_count >= 23
    np.testing.assert_allclose(track.time_s.numpy(), np.arange(24) / 25)
    moved_px = (track.translation_px[-1, 0] - track.translation_px[0, 0]).item()
    assert moved_px == pytest.approx(46, abs=4)


def test_a_stream_without_faces_fails_at_its_end(fitting):
    blank = [Frame(np.zeros((96, 96, 3), np.uint8), index / 25, index) for index in range(5)]
    with pytest.raises(FaceNotFoundError, match="0 of 5 frames"):
        finish(fitting.stream_fit(iter(blank), 25.0))


def test_a_rate_that_cannot_be_is_refused(fitting, clip):
    with pytest.raises(InputError, match="frames a second"):
        finish(fitting.stream_fit(iter(clip), 0.0))


def test_the_video_that_breaks_while_it_is_read_is_the_error(fitting, clip):
    def broken():
        yield from clip[:3]
        raise MediaError("frame 3 is damaged")

    with pytest.raises(MediaError, match="frame 3 is damaged"):
        finish(fitting.stream_fit(broken(), 25.0))


def test_leaving_a_stream_stops_the_reading(fitting, clip):
    taken = []

    def endless():
        index = 0
        while True:
            taken.append(index)
            yield Frame(clip[index % 24].rgb, index / 25, index)
            index += 1

    parts = fitting.stream_fit(endless(), 25.0)
    next(parts)
    parts.close()
    count = len(taken)
    fitting.describe_morphable()
    assert len(taken) <= count + 2


def test_a_stored_clip_becomes_a_stored_track(fitting, store, clip, tmp_path):
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, clip[0].rgb.shape[:2], 25.0) as writer:
        for frame in clip:
            writer.write(frame.rgb, frame.time_s)
    kept = store.put_file(path)
    artifact, summary = fitting.fit_clip(kept)
    track = Track.load(store.verify(artifact))
    assert len(track) == summary.frame_count == len(clip)
    assert fitting.fit_clip(kept)[0] == artifact


def test_a_file_outside_the_store_is_refused(fitting):
    with pytest.raises(InputError):
        fitting.fit_clip(Artifact("file:///etc/passwd", ""), FitOptions())

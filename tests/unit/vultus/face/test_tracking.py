import json
from dataclasses import dataclass
from itertools import islice

import av
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.spatial.transform import Rotation
from skimage.data import astronaut

from vultus.data.track import Track
from vultus.errors import AssetMissingError, FaceNotFoundError, InputError, MediaError
from vultus.face.detectors import choose_face
from vultus.face.landmarks import ibug68
from vultus.face.models import load_morphable
from vultus.face.rotations import angles_from_matrix
from vultus.face.tracking import Tracker, TrackerConfig, TrackingSummary


@dataclass
class Frame:
    rgb: np.ndarray
    time_s: float


def read(path, count=None, step=1):
    with av.open(str(path)) as clip:
        for frame in islice(clip.decode(video=0), 0, count, step):
            yield Frame(frame.to_ndarray(format="rgb24"), float(frame.time))


def angles_deg(track):
    return np.degrees(angles_from_matrix(track.camera.rotation).numpy())


@pytest.fixture(scope="module")
def head():
    return load_morphable("builtin")


@pytest.fixture(scope="module")
def tracker(head):
    return Tracker(head)


def still_clip(count, blank=()):
    """A clip of a photograph that goes slowly to the left, with some black frames."""
    rgb = astronaut()[:300, 100:400]
    for index in range(count):
        moved = np.roll(rgb, -index, axis=1)
        yield Frame(np.zeros_like(moved) if index in blank else moved, 10 + index / 25)


def test_a_picture_gives_one_frame(tracker, head):
    fit = tracker.inspect_image(astronaut())
    track = fit.track
    track.check_model(head)
    assert (len(track), track.size_px, track.morphable) == (1, (512, 512), "builtin")
    assert (bool(track.valid[0]), fit.face_count) == (True, 1)
    assert fit.landmark_error_interocular < 0.04
    assert track.scale.dtype == torch.float32
    assert track.time_s.dtype == torch.float64


def test_the_stated_error_is_that_of_the_track(tracker, head):
    fit = tracker.inspect_image(astronaut())
    on_head = head.landmarks["ibug68"].on(head.shape(fit.track.identity, fit.track.expression), head.faces)
    fitted = fit.track.camera.project(on_head)[0, :, :2].numpy()
    detected = ibug68(torch.from_numpy(fit.face.points_image))[:, :2].numpy()
    error = np.linalg.norm(fitted - detected, axis=1).mean() / np.linalg.norm(detected[36] - detected[45])
    assert fit.landmark_error_interocular == pytest.approx(error, abs=1e-4)


def test_a_mirrored_picture_gives_a_mirrored_pose(tracker):
    rgb = astronaut()
    here, there = (angles_deg(tracker.fit_image(picture))[0] for picture in (rgb, rgb[:, ::-1]))
    np.testing.assert_allclose(there, here * [-1, 1, -1], atol=4)


def test_no_face_is_an_error(tracker):
    with pytest.raises(FaceNotFoundError, match="no face"):
        tracker.fit_image(np.zeros((64, 64, 3), np.uint8))


def test_parts_arrive_in_order_with_every_frame(head):
    tracker = Tracker(head, config=TrackerConfig(identity_frames=3, chunk_frames=4))
    summary = TrackingSummary()
    parts = list(tracker.stream(still_clip(10), 25.0, summary))
    track = Track.concatenate(parts)
    assert [len(part) for part in parts] == [4, 4, 2]
    np.testing.assert_allclose(track.time_s, np.arange(10) / 25, atol=1e-9)
    assert (summary.frames, summary.valid_frames, summary.faces) == (10, 10, 1)
    assert summary.landmark_error_interocular < 0.04
    assert (track.identity == track.identity[0]).all()
    shift = track.translation_px[:, 0] - track.translation_px[0, 0]
    np.testing.assert_allclose(shift, -np.arange(10), atol=1.5)


def test_the_length_of_parts_changes_nothing(head):
    tracks = [
        Tracker(head, config=TrackerConfig(chunk_frames=length)).track(still_clip(8), 25.0)
        for length in (1, 5)
    ]
    for name in Track.tensor_names():
        assert torch.equal(getattr(tracks[0], name), getattr(tracks[1], name)), name


def test_frames_without_a_face_are_flagged_and_interpolated(tracker):
    track = tracker.track(still_clip(12, blank=(0, 5, 6, 11)), 25.0)
    assert track.valid.tolist() == [index not in (0, 5, 6, 11) for index in range(12)]
    assert (track.confidence[~track.valid] == 0).all()
    before, after = track.translation_px[4], track.translation_px[7]
    torch.testing.assert_close(track.translation_px[5], (2 * before + after) / 3, atol=1e-3, rtol=0)
    assert torch.equal(track.expression[0], track.expression[1])
    assert torch.equal(track.expression[11], track.expression[10])


def test_too_few_faces_fail_and_say_how_many(tracker):
    with pytest.raises(FaceNotFoundError, match="in only 0 of 4 frames"):
        tracker.track(still_clip(4, blank=range(4)), 25.0)


def test_a_clip_without_frames_is_refused(tracker):
    with pytest.raises(MediaError, match="no frames"):
        tracker.track([], 25.0)


@pytest.mark.parametrize("smoothing", ["one_euro", "gaussian", "moving_average"])
def test_smoothing_keeps_every_frame(head, smoothing):
    track = Tracker(head, smoothing=smoothing).track(still_clip(7), 25.0)
    assert len(track) == 7
    turned = track.camera.rotation.double()
    torch.testing.assert_close(turned @ turned.mT, torch.eye(3).double().expand(7, 3, 3), atol=1e-5, rtol=0)


def test_unknown_names_are_refused(head):
    with pytest.raises(InputError, match="no detector"):
        Tracker(head, detector="eyes")
    with pytest.raises(InputError, match="no smoothing called 'soft'"):
        Tracker(head, smoothing="soft").track(still_clip(1), 25.0)
    with pytest.raises(AssetMissingError):
        Tracker(head, detector="insightface")


def test_portraits_are_met_within_the_bar(shared, tracker):
    items = json.loads((shared / "media" / "reference.json").read_text())["items"]
    for item in [item for item in items if item["frame"] is None]:
        fit = tracker.inspect_image(np.array(Image.open(shared / "media" / item["file"]).convert("RGB")))
        centre = np.mean(np.reshape(fit.face.box_px, (2, 2)), axis=0)
        pose = min(
            item["tddfa"], key=lambda one: np.linalg.norm(np.mean(np.reshape(one["box"], (2, 2)), 0) - centre)
        )
        wanted = np.array([pose["yaw_deg"], pose["pitch_deg"], pose["roll_deg"]])
        off = np.abs(angles_deg(fit.track)[0] - wanted)
        assert fit.landmark_error_interocular < 0.04, item["file"]
        assert off.mean() < 6, item["file"]
        assert off.max() < 15, item["file"]


def test_of_two_people_the_largest_or_the_named_is_fitted(shared, head):
    rgb = np.array(Image.open(shared / "media" / "portraits" / "p2_two_people.jpg").convert("RGB"))
    places = {face: Tracker(head, face=face).inspect_image(rgb) for face in ("largest", 0, 1)}
    x = {face: float(fit.track.translation_px[0, 0]) for face, fit in places.items()}
    assert all(fit.face_count == 2 for fit in places.values())
    assert x[0] < rgb.shape[1] / 2 < x[1]
    assert x["largest"] in (x[0], x[1])
    with pytest.raises(InputError, match="face 2 was asked for, but only 2"):
        Tracker(head, face=2).fit_image(rgb)


def test_a_face_that_leaves_is_bridged(shared, tracker):
    track = tracker.track(read(shared / "media" / "hostile" / "face_leaves_1s.mp4"), 30.0)
    assert len(track) == 105
    assert not track.valid[30:60].any()
    assert track.valid[:20].all()
    assert track.valid[70:].all()
    step = track.translation_px.diff(dim=0).norm(dim=1)
    assert step.max() < 60  # px; from one edge of 320 to the other within the blend


def test_a_cut_changes_the_person(shared, tracker):
    track = tracker.track(read(shared / "media" / "hostile" / "cut_to_other_person.mp4"), 30.0)
    assert track.valid.all()
    assert (track.identity[:30] == track.identity[0]).all()
    assert (track.identity[30:] == track.identity[30]).all()
    assert (track.identity[29] - track.identity[30]).norm() > 1


@pytest.mark.parametrize("name", ["no_face_texture.jpg", "animal_cat.jpg", "one_pixel.png"])
def test_pictures_without_people_have_no_face(shared, tracker, name):
    rgb = np.array(Image.open(shared / "media" / "hostile" / name).convert("RGB"))
    with pytest.raises(FaceNotFoundError):
        tracker.fit_image(rgb)


@pytest.mark.slow
def test_lids_and_lips_follow_the_landmarks(shared, head):
    """Openings on the fitted head against those of the detected landmarks, both in mm."""
    pairs = {"lids": ((159, 145), (386, 374)), "lips": ((13, 14),)}
    clip = list(read(shared / "media" / "driving" / "v1_25fps_silent.mp4"))
    tracker = Tracker(head)
    track = tracker.track(clip, 25.0)
    fitted = head.landmarks["mediapipe468"].on(track.vertices(head), head.faces).numpy()
    detected = (
        np.array([choose_face(tracker.detect(frame.rgb)).points_image for frame in clip])
        / track.scale.numpy()[:, None, None]
    )
    for edges in pairs.values():
        gaps = [
            sum(np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in edges)
            for points in (fitted, detected)
        ]
        assert np.corrcoef(*gaps)[0, 1] > 0.95


def test_rotation_is_a_rotation(tracker):
    track = tracker.fit_image(astronaut())
    expected = Rotation.from_rotvec(track.rotation_rad[0].numpy()).as_matrix()
    np.testing.assert_allclose(track.camera.rotation[0].numpy(), expected, atol=1e-6)

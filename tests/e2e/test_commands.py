"""Whole commands on real pictures and clips, rooms and all."""

import json

import numpy as np
import pytest

from vultus.data.media import VideoReader, read_picture
from vultus.data.track import Track
from vultus_cli.main import run

SIDE_PX = 128


@pytest.fixture
def answer_of(capsys):
    """Run a command with --json and return its object."""

    def call(*words: object) -> dict:
        code = run([*map(str, words), "--json"])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        return json.loads(captured.out)

    return call


@pytest.fixture(scope="module")
def driver(portrait, tmp_path_factory):
    """A clip of the portrait that talks, made by the program."""
    path = tmp_path_factory.mktemp("driver") / "talk.mp4"
    assert run(["animate", str(portrait), "--motion", "turn", "--out", str(path), "--size", "256"]) == 0
    return path


def test_fit_keeps_its_contract(answer_of, portrait, tmp_path):
    found = answer_of("fit", portrait, "--out", tmp_path / "a.npz")
    assert (found["frames"], found["valid_frames"], found["faces"]) == (1, 1, 1)
    assert found["landmark_error_interocular"] < 0.04
    assert abs(found["yaw_deg"]) < 10
    assert Track.load(tmp_path / "a.npz").size_px == (512, 512)


def test_a_driver_gives_frames_rate_and_length(answer_of, portrait, driver, tmp_path):
    made = answer_of(
        "animate",
        portrait,
        "--driving",
        driver,
        "--out",
        tmp_path / "b.mp4",
        "--size",
        SIDE_PX,
        "--save-track",
        tmp_path / "asked.npz",
    )
    with VideoReader(driver) as reader, VideoReader(tmp_path / "b.mp4") as written:
        assert made["frames"] == reader.info.frame_count == sum(1 for _ in written)
        assert written.info.fps == pytest.approx(reader.info.fps)
        assert abs(written.info.duration_s - reader.info.duration_s) <= 1 / reader.info.fps
        assert written.info.size_px == (SIDE_PX, SIDE_PX)
    assert {
        "output",
        "method",
        "fps",
        "duration_s",
        "audio",
        "invalid_frames",
        "elapsed_s",
        "frames_per_s",
    } <= set(made)
    assert len(Track.load(tmp_path / "asked.npz")) == made["frames"]


def test_the_result_turns_as_it_was_asked_to(answer_of, portrait, driver, tmp_path):
    answer_of(
        "animate",
        portrait,
        "--driving",
        driver,
        "--out",
        tmp_path / "c.mp4",
        "--size",
        256,
        "--save-track",
        tmp_path / "asked.npz",
    )
    answer_of("fit", tmp_path / "c.mp4", "--out", tmp_path / "found.npz")
    asked, found = (
        Track.load(tmp_path / name).rotation_rad[:, 1].numpy() for name in ("asked.npz", "found.npz")
    )
    assert np.degrees(np.ptp(asked)) > 30
    assert np.corrcoef(asked, found)[0, 1] > 0.95


def test_a_track_drives_too(answer_of, portrait, driver, tmp_path):
    answer_of("fit", driver, "--out", tmp_path / "d.npz")
    made = answer_of(
        "animate", portrait, "--track", tmp_path / "d.npz", "--out", tmp_path / "d.mp4", "--size", SIDE_PX
    )
    assert made["frames"] == len(Track.load(tmp_path / "d.npz"))
    assert made["audio"] is False


def test_a_picture_driven_by_itself_is_itself(answer_of, portrait, tmp_path):
    answer_of("fit", portrait, "--out", tmp_path / "e.npz")
    answer_of("animate", portrait, "--track", tmp_path / "e.npz", "--out", tmp_path / "e.mp4", "--paste-back")
    with VideoReader(tmp_path / "e.mp4") as reader:
        frame = next(iter(reader)).rgb.astype(float)
    error = np.mean((frame - read_picture(portrait).rgb.astype(float)) ** 2)
    assert 10 * np.log10(255**2 / error) > 30


def test_an_edit_turns_the_head(answer_of, portrait, tmp_path):
    before = answer_of("fit", portrait, "--out", tmp_path / "f.npz")
    made = answer_of("edit", portrait, "--yaw", 15, "--out", tmp_path / "f.png")
    after = answer_of("fit", tmp_path / "f.png", "--out", tmp_path / "f2.npz")
    assert (made["width"], made["height"]) == (512, 512)
    assert after["yaw_deg"] - before["yaw_deg"] == pytest.approx(15, abs=5)


def test_evaluate_writes_units_protocols_and_intervals(answer_of, portrait, driver, tmp_path):
    report = answer_of(
        "evaluate",
        driver,
        "--reference",
        driver,
        "--metrics",
        "l1[0..255],psnr[frame-mean]",
        "--out",
        tmp_path / "g.csv",
    )
    l1 = report["metrics"]["l1[0..255]"]
    assert l1["value"] == 0
    assert l1["unit"]
    assert l1["protocol"]
    assert (tmp_path / "g.csv").read_text().startswith("metric,value,unit")


def test_clips_of_different_length_are_refused(capsys, portrait, driver):
    assert run(["evaluate", str(driver), "--reference", str(portrait)]) == 2
    assert "talk.mp4 has 120 frames" in capsys.readouterr().err


HOSTILE_PICTURES = {
    "animal_cat.jpg": "face",
    "no_face_texture.jpg": "face",
    "one_pixel.png": "",
    "text_named.png": "",
    "empty.png": "empty",
    "bomb_claims_60000x60000.png": "",
    "bomb_valid_12000x12000_1bit.png": "",
    "truncated.jpg": "",
}
USUAL_PICTURES = (
    "base_rgb.png",
    "gray8.png",
    "gray16.png",
    "rgb16.png",
    "rgba.png",
    "palette.png",
    "cmyk.jpg",
    "webp.webp",
    "exif_orientation6.jpg",
    "exif_orientation5_mirrored.jpg",
    "jpeg_named.png",
    "animal_dog.jpg",
)
HOSTILE_CLIPS = ("audio_only.mp4", "empty.mp4", "truncated_no_index.mp4")
USUAL_CLIPS = {
    "animated.gif": 20,
    "cut_to_other_person.mp4": 60,
    "face_leaves_1s.mp4": 105,
    "odd_255x257_h264_yuv444.mp4": 50,
    "odd_255x257_mpeg4.mp4": 50,
    "one_frame.mp4": 1,
    "rotation_flag_90.mp4": 60,
    "truncated_index_first.mp4": 37,
    "variable_frame_rate.mp4": 75,
}


@pytest.mark.parametrize(("name", "word"), HOSTILE_PICTURES.items())
def test_a_hostile_portrait_is_one_line(shared, name, word, capsys, tmp_path):
    path = shared / "media" / "hostile" / name
    assert run(["animate", str(path), "--motion", "blink", "--out", str(tmp_path / "h.mp4")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.startswith("error: ") for line in said].count(True) == 1
    assert word in said[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", USUAL_PICTURES)
def test_an_unusual_portrait_is_animated(shared, name, answer_of, tmp_path):
    path = shared / "media" / "hostile" / name
    made = answer_of("edit", path, "--yaw", 5, "--out", tmp_path / "i.png")
    assert (made["height"], made["width"]) == read_picture(path).rgb.shape[:2]


@pytest.mark.parametrize("name", HOSTILE_CLIPS)
def test_a_hostile_driver_is_one_line(shared, name, portrait, capsys, tmp_path):
    path = shared / "media" / "hostile" / name
    assert run(["animate", str(portrait), "--driving", str(path), "--out", str(tmp_path / "j.mp4")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert name in said[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "frames"), USUAL_CLIPS.items())
def test_an_unusual_driver_drives(shared, name, frames, portrait, answer_of, tmp_path):
    path = shared / "media" / "hostile" / name
    made = answer_of("animate", portrait, "--driving", path, "--out", tmp_path / "k.mp4", "--size", SIDE_PX)
    with VideoReader(path) as reader, VideoReader(tmp_path / "k.mp4") as written:
        assert made["frames"] == frames == sum(1 for _ in written)
        # A truncated file promises more frames than it has.
        expected_s = frames / reader.info.fps if reader.info.truncated else reader.info.duration_s
        assert abs(written.info.duration_s - expected_s) <= 1.5 / reader.info.fps


def test_frames_without_a_face_are_counted(shared, portrait, answer_of, tmp_path):
    path = shared / "media" / "hostile" / "face_leaves_1s.mp4"
    made = answer_of("animate", portrait, "--driving", path, "--out", tmp_path / "l.mp4", "--size", SIDE_PX)
    assert 25 <= made["invalid_frames"] <= 60


def test_the_driver_s_sound_comes_over(shared, portrait, answer_of, tmp_path):
    path = shared / "media" / "driving" / "v4_25fps_mp4v_aac.mp4"
    made = answer_of("animate", portrait, "--driving", path, "--out", tmp_path / "m.mp4", "--size", SIDE_PX)
    assert made["audio"] is True
    with VideoReader(path) as reader, VideoReader(tmp_path / "m.mp4") as written:
        assert written.info.has_audio
        assert abs(written.info.duration_s - reader.info.duration_s) <= 1 / reader.info.fps

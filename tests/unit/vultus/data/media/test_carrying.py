import av
import numpy as np
import pytest
from scipy.signal import correlate

from vultus.data.media import VideoReader, VideoWriter, read_sound


def with_sound(path, picture, sound, frame_count=25, metadata=None):
    with VideoWriter(path, (48, 64), 25, audio_from=sound, metadata=metadata) as writer:
        for index in range(frame_count):
            writer.write(picture(index))
        return writer.audio


def shift_s(found, expected):
    """How much later the found sound is, s."""
    rate_hz = expected.rate_hz
    assert found.rate_hz == rate_hz
    a, b = found.samples.mean(axis=0), expected.samples.mean(axis=0)
    return (int(np.argmax(correlate(a, b, mode="full", method="fft"))) - (b.size - 1)) / rate_hz


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("tone.m4a", "aac", "copied"),
        ("tone.aac", "aac", "copied"),
        ("tone.mp3", "libmp3lame", "copied"),
        ("tone.wav", "pcm_s16le", "encoded"),
        ("tone.flac", "flac", "encoded"),
        ("tone.wav", "pcm_f32le", "encoded"),
        ("tone.wav", "pcm_u8", "encoded"),
    ],
)
def test_sound_keeps_its_place_and_level(tmp_path, picture, tone, name, codec, kind):
    sound = tone(name, codec)
    assert with_sound(tmp_path / "out.mp4", picture, sound) == kind
    found, expected = read_sound(tmp_path / "out.mp4"), read_sound(sound)
    # A bare stream of AAC or MP3 frames has no place for what its decoder skips at the start.
    assert abs(shift_s(found, expected)) < (0.07 if name in ("tone.aac", "tone.mp3") else 0.001)
    assert np.sqrt(np.mean(found.samples**2)) == pytest.approx(
        np.sqrt(np.mean(expected.samples**2)), rel=0.05
    )


@pytest.mark.parametrize(("layout", "kept"), [("mono", 1), ("stereo", 2), ("5.1", 6), ("quad", 1)])
def test_channels(tmp_path, picture, tone, layout, kept):
    with_sound(tmp_path / "out.mp4", picture, tone("tone.wav", "pcm_s16le", layout=layout))
    assert read_sound(tmp_path / "out.mp4").samples.shape[0] == kept


@pytest.mark.parametrize(
    ("rate_hz", "kept_hz"), [(8000, 8000), (12345, 16000), (48000, 48000), (192000, 96000)]
)
def test_rates_that_aac_does_not_know(tmp_path, picture, tone, rate_hz, kept_hz):
    with_sound(tmp_path / "out.mp4", picture, tone("tone.wav", "pcm_s16le", rate_hz=rate_hz))
    found = read_sound(tmp_path / "out.mp4")
    assert found.rate_hz == kept_hz
    assert found.duration_s == pytest.approx(1, abs=0.2)


def test_sound_alone_ends_with_the_pictures(tmp_path, picture, tone):
    with_sound(tmp_path / "out.mp4", picture, tone("tone.wav", "pcm_s16le", duration_s=3.0), frame_count=10)
    assert read_sound(tmp_path / "out.mp4").duration_s == pytest.approx(0.4, abs=0.1)


def test_short_sound_does_not_shorten_the_pictures(tmp_path, picture, tone):
    with_sound(tmp_path / "out.mp4", picture, tone("tone.wav", "pcm_s16le", duration_s=0.2), frame_count=50)
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert reader.info.duration_s == pytest.approx(2)
        assert reader.info.has_audio


def test_a_second_generation_is_as_long_as_the_first(tmp_path, picture, tone):
    """The driver's sound is longer than its pictures, and still comes over whole."""
    driver, out = tmp_path / "driver.mp4", tmp_path / "out.mp4"
    with_sound(driver, picture, tone("tone.wav", "pcm_s16le", duration_s=1.5))
    for source, target in ((driver, out), (out, tmp_path / "third.mp4")):
        assert with_sound(target, picture, source) == "copied"
        found, expected = read_sound(target), read_sound(source)
        assert found.samples.shape == expected.samples.shape
        np.testing.assert_array_equal(found.samples, expected.samples)


def test_fewer_pictures_than_the_driver_has_cut_its_sound(tmp_path, picture, tone):
    driver = tmp_path / "driver.mp4"
    with_sound(driver, picture, tone("tone.wav", "pcm_s16le", duration_s=2.0), frame_count=50)
    with_sound(tmp_path / "out.mp4", picture, driver, frame_count=10)
    assert read_sound(tmp_path / "out.mp4").duration_s == pytest.approx(0.4, abs=0.1)


def test_pictures_that_start_late_keep_their_distance_to_the_sound(tmp_path, picture, tone):
    """Copied to start 0.4 s after the sound, the first picture is moment 0 again in what we write."""
    driver, late = tmp_path / "driver.mp4", tmp_path / "late.mkv"
    with_sound(driver, picture, tone("tone.wav", "pcm_s16le"))
    with av.open(str(driver)) as source, av.open(str(late), "w") as output:
        copies = {stream: output.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.stream.type == "video":
                delay = round(0.4 / packet.time_base)
                packet.pts, packet.dts = packet.pts + delay, packet.dts + delay
            packet.stream = copies[packet.stream]
            output.mux(packet)
    with_sound(tmp_path / "out.mp4", picture, late)
    assert read_sound(late).start_s == pytest.approx(-0.4, abs=0.07)
    assert shift_s(read_sound(tmp_path / "out.mp4"), read_sound(driver)) == pytest.approx(-0.4, abs=0.07)


def test_a_silent_driver_adds_nothing(tmp_path, picture, stored):
    assert with_sound(tmp_path / "out.mp4", picture, stored()) is None
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert not reader.info.has_audio


def test_unusable_samples_do_not_stop_the_encoder(tmp_path, picture):
    samples = np.sin(np.arange(16000) / 20).astype(np.float32)
    samples[100:200], samples[300], samples[301] = np.nan, np.inf, 5.0
    with av.open(str(tmp_path / "nan.wav"), "w") as output:
        stream = output.add_stream("pcm_f32le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = 16000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert with_sound(tmp_path / "out.mp4", picture, tmp_path / "nan.wav") == "encoded"
    assert read_sound(tmp_path / "out.mp4").replaced_count == 0

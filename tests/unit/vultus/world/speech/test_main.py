import subprocess
import sys
import wave

import numpy as np
import pytest

from vultus.world.speech import draw_voice, say
from vultus.world.speech.__main__ import main, write_wave


def test_a_wave_file_holds_the_samples(tmp_path):
    utterance = say(draw_voice(1), "en", 1.0, 1)
    write_wave(utterance, tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav"), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16000, 1, 16000)
        samples = np.frombuffer(file.readframes(16000), "<i2") / 32767
    np.testing.assert_allclose(samples, utterance.sound, atol=1 / 32767)


def test_the_command_writes_a_sample_and_says_what_is_said(tmp_path, monkeypatch, capsys):
    asked = [str(tmp_path / "a.wav"), "--language", "de", "--seed", "3", "--duration", "1.5"]
    monkeypatch.setattr(sys, "argv", ["speech", *asked])
    assert main() == 0
    assert capsys.readouterr().out.strip()
    assert (tmp_path / "a.wav").stat().st_size == 44 + 2 * 24000


@pytest.mark.parametrize("options", [("--text", "%"), ("--language", "xx"), ("--duration", "0")])
def test_bad_options_exit_with_2_and_write_nothing(tmp_path, monkeypatch, capsys, options):
    monkeypatch.setattr(sys, "argv", ["speech", str(tmp_path / "a.wav"), *options])
    assert main() == 2
    assert capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_module_runs(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "vultus.world.speech", tmp_path / "a.wav", "--mouths", tmp_path / "a.png"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"a.wav", "a.png"}

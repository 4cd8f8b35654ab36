"""`python -m vultus.world.speech OUT.wav` lets a voice of the synthetic world say something."""

import argparse
import sys
import wave
from pathlib import Path

import numpy as np

from vultus.data.media.atomic import replacing
from vultus.data.media.pictures import write_picture
from vultus.errors import VultusError
from vultus.face.builtin import build_head
from vultus.world.speech import LANGUAGES, Utterance, draw_voice, say, speak
from vultus.world.speech.sheets import mouth_sheet


def write_wave(utterance: Utterance, path: Path) -> None:
    """Write 16-bit mono, whole or not at all."""
    with replacing(path) as unfinished, wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(utterance.rate_hz)
        file.writeframes(np.round(utterance.sound * 32767).astype("<i2").tobytes())


def main() -> int:
    """Write the sample and print what is said."""
    parser = argparse.ArgumentParser(prog="python -m vultus.world.speech", description=__doc__)
    parser.add_argument("out", type=Path, help="WAV to write")
    parser.add_argument("--language", default="en", help=f"one of {', '.join(LANGUAGES)}")
    parser.add_argument("--seed", type=int, default=0, help="who speaks, and what is invented")
    parser.add_argument("--duration", type=float, default=8.0, help="seconds of invented sentences")
    parser.add_argument("--text", help="say this instead")
    parser.add_argument("--mouths", type=Path, help="also draw the mouth of every sound, PNG")
    asked = parser.parse_args()
    voice = draw_voice(asked.seed)
    try:
        if asked.text is not None:
            utterance = speak(asked.text, voice, asked.language, asked.seed)
        else:
            utterance = say(voice, asked.language, asked.duration, asked.seed)
        write_wave(utterance, asked.out)
        if asked.mouths:
            write_picture(asked.mouths, mouth_sheet(build_head(), LANGUAGES[asked.language]))
    except VultusError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{utterance.text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

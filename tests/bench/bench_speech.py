"""Speech of the synthetic world: synthesis and articulation."""

import numpy as np
from harness import Bench

from vultus.face.builtin.expressions import EXPRESSION_NAMES
from vultus.world.speech import articulate, draw_voice, say

DURATION_S = 10.0


def main(bench: Bench) -> None:
    """Seconds of speech made in a second, and mouths for frames."""
    voice = draw_voice(bench.seed)
    for language in ("en", "zh"):
        bench.time(
            f"speech.say_{language}",
            f"seconds of speech ({language}) synthesised in a second",
            lambda language=language: say(voice, language, DURATION_S, bench.seed),
            per=round(DURATION_S),
            unit="s of speech/s",
            bar=30.0,
        )
    utterance = say(voice, "en", DURATION_S, bench.seed)
    times_s = np.arange(0, DURATION_S, 1 / 25)
    bench.time(
        "speech.articulate",
        "mouths of 250 frames from phones",
        lambda: articulate(utterance.phones, times_s, EXPRESSION_NAMES),
        per=len(times_s),
        unit="frames/s",
    )

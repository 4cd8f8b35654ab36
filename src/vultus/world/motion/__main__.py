"""`python -m vultus.world.motion OUT.png` plots how some people move while they speak."""

import argparse
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus.world.motion.curves import CURVE_HZ
from vultus.world.motion.performance import perform
from vultus.world.motion.prosody import Prosody, prosody_of
from vultus.world.people import Person, draw_person
from vultus.world.speech import say

_FPS = 30.0
_COLOURS = ("#1f5fa8", "#c8442a", "#3a8a4a")


def motion_figure(seeds: list[int], duration_s: float, language: str) -> Figure:
    """Two panels for each person: angles with phrases and blinks, and what the voice does."""
    figure = Figure(figsize=(13, 3.1 * len(seeds)), layout="constrained")
    rows = figure.subplots(2 * len(seeds), 1, sharex=True, squeeze=False, height_ratios=[2, 1] * len(seeds))
    for index, seed in enumerate(seeds):
        person = draw_person(seed)
        model = load_morphable(person.morphable)
        utterance = say(person.voice, language, duration_s, seed)
        track = perform(person, utterance, _FPS, duration_s, seed, model, (256, 256))
        prosody = prosody_of(utterance, round(duration_s * CURVE_HZ))
        _plot_angles(rows[2 * index, 0], person, track, model, prosody)
        _plot_voice(rows[2 * index + 1, 0], prosody)
    rows[-1, 0].set_xlabel("s")
    rows[-1, 0].set_xlim(0, duration_s)
    return figure


def _plot_angles(axes: Axes, person: Person, track: Track, model: MorphableModel, prosody: Prosody) -> None:
    angles = np.degrees(angles_from_matrix(matrix_from_axis_angle(track.rotation_rad.double())).numpy())
    for name, colour, values in zip(("yaw", "pitch", "roll"), _COLOURS, angles.T, strict=True):
        axes.plot(track.time_s, values, color=colour, label=name, linewidth=1.3)
    shut = track.expression[:, model.expression_names.index("eyeBlinkLeft")].numpy() > 0.8
    begins = track.time_s.numpy()[np.flatnonzero(np.diff(shut.astype(int), prepend=0) > 0)]
    axes.plot(begins, np.full(len(begins), 0.03), "v", color="black", label="blink", markersize=5,
              transform=axes.get_xaxis_transform())  # fmt: skip
    for start_s, end_s in prosody.phrases_s:
        axes.axvspan(start_s, end_s, color="#eeeeee", zorder=0)
    manner = person.manner
    axes.set_title(
        f"{person.name}: nod {np.degrees(manner.nod_rad):+.1f}°, "
        f"pitch {np.degrees(manner.pitch_per_octave_rad):+.1f}° and yaw "
        f"{np.degrees(manner.yaw_per_octave_rad):+.1f}° an octave, turn {np.degrees(manner.turn_rad):+.1f}°, "
        f"spring {manner.stiffness_hz:.1f} Hz",
        loc="left",
        fontsize=9,
    )
    axes.set_ylabel("angle, °")
    _legend_above(axes)


def _plot_voice(axes: Axes, prosody: Prosody) -> None:
    time_s = np.arange(len(prosody.octaves)) / CURVE_HZ
    axes.plot(time_s, prosody.octaves, color="#7a3fa0", label="f0, octaves", linewidth=1.1)
    axes.plot(
        time_s,
        0.3 * prosody.loudness,
        color="#999999",
        label="loudness (0.3 is one std)",
        linewidth=0.8,
    )
    axes.fill_between(time_s, 0, prosody.stress, color="#e0a030", alpha=0.5, label="stress", linewidth=0)
    axes.set_ylim(-1.1, 1.1)
    _legend_above(axes)


def _legend_above(axes: Axes) -> None:
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.97), ncols=4, fontsize=8, frameon=False)


def main() -> None:
    """Write the plot."""
    parser = argparse.ArgumentParser(prog="python -m vultus.world.motion", description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("motion.png"), help="picture to write")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 2, 3, 4], help="their seeds")
    parser.add_argument("--duration", type=float, default=12.0, help="length, s")
    parser.add_argument("--language", default="en", help="what they speak")
    arguments = parser.parse_args()
    with mpl.rc_context({"axes.spines.top": False, "axes.spines.right": False}):
        motion_figure(arguments.people, arguments.duration, arguments.language).savefig(
            arguments.out, dpi=110
        )


if __name__ == "__main__":
    main()

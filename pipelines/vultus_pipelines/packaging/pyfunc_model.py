"""A model folder as MLflow runs it: `mlflow.pyfunc.load_model("models:/vultus-gdpw@champion").predict(…)`.

MLflow runs this file wherever the model is loaded; nothing is unpickled. It needs the package `vultus` there,
which brings the morphable model, and MediaPipe's wheel, which brings the landmark model; no network.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel, PythonModelContext

from vultus.data.media import VideoReader, VideoWriter, read_picture, synthetic_note
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.models import load_morphable
from vultus.face.motion import MotionTransfer, motion_clip
from vultus.face.tracking import Tracker
from vultus.methods.base import AvatarOptions, Portrait
from vultus.methods.streams import render_stream, voice_for
from vultus.methods.trained import open_trained

DRIVERS = ("driving", "track", "motion")
"""Columns of which each row fills one."""

_PART = 16
"""Frames that are rendered together."""


class PortraitAnimator(PythonModel):
    """Animates portraits, one for each row."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model folder that came along."""
        self._trained = open_trained(Path(context.artifacts["model"]))
        self._morphable = load_morphable("builtin")
        self._method = self._trained.build(self._morphable)

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Videos of portraits.

        Args:
            context: Not used.
            model_input: "source" (a picture file) and one of "driving" (a video file), "track" (a track file)
                and "motion" (the name of a built-in one) in each row.
            params: "mode" ("relative" or "absolute"), "side_px", "paste_back".

        Returns:
            "video" (an mp4 file), "frames", "fps", "method" and "version" of each row.

        Raises:
            VultusError: A row cannot be animated; says which.
        """
        settings = {"mode": "relative", "side_px": 256, "paste_back": False, **(params or {})}
        rows = [self._animate(row, settings) for row in model_input.to_dict("records")]
        return pd.DataFrame(rows)

    def _animate(self, row: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        given = [name for name in DRIVERS if isinstance(row.get(name), str | bytes) and row[name]]
        if len(given) != 1:
            raise InputError(
                f"a row has {', '.join(given) or 'no driver'}", remedy=f"fill one of {', '.join(DRIVERS)}"
            )
        rgb = read_picture(row["source"], "source").rgb
        portrait = Portrait(rgb, Tracker(self._morphable).fit_image(rgb))
        layout = AvatarOptions(int(settings["side_px"]), bool(settings["paste_back"]))
        avatar = self._method.create_avatar(portrait, layout)
        with tempfile.TemporaryDirectory(prefix="vultus-") as folder:
            track, sound = self._driver(given[0], row[given[0]], portrait.track, Path(folder))
            if given[0] != "motion":
                track = MotionTransfer(portrait.track, str(settings["mode"]), self._morphable).apply(track)
            out = Path(folder) / "animated.mp4"
            note = synthetic_note(f"method {self._trained.method} {self._trained.version}")
            with VideoWriter(out, avatar.size_px, track.fps, audio_from=sound, metadata=note) as writer:
                frames = render_stream(avatar, track.parts(_PART), voice_for(avatar, sound))
                for frame, time_s in zip(frames, track.time_s.tolist(), strict=True):
                    writer.write(frame, time_s)
            video = out.read_bytes()
        answered = {"method": self._trained.method, "version": self._trained.version}
        return {"video": video, "frames": len(track), "fps": float(track.fps), **answered}

    def _driver(self, kind: str, value: Any, source: Track, folder: Path) -> tuple[Track, Path | None]:
        """What drives, and the file whose sound is carried over."""
        if kind == "motion":
            return motion_clip(value, source, model=self._morphable), None
        path = folder / ("driver.mp4" if kind == "driving" else "driver.npz")
        path.write_bytes(value)
        if kind == "track":
            return Track.load(path), None
        with VideoReader(path) as reader:
            tracker = Tracker(self._morphable, smoothing="gaussian")
            return tracker.track(reader, reader.info.fps), path


set_model(PortraitAnimator())

"""Calls of a served Bento: files and numbers in, answers out; knows starlette, not BentoML."""

import base64
import json
import math
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from starlette.responses import JSONResponse, Response

from vultus.errors import InputError, VultusError
from vultus_kit.records import PoseEdit
from vultus_kit.threads import limit_threads
from vultus_pipelines.packaging.bento_animator import Animator, Drive, Layout
from vultus_pipelines.packaging.bento_http import answers_errors, bug, error_body
from vultus_pipelines.packaging.bento_records import BentoSettings, KeptModel


class Edit(NamedTuple):
    """How a picture shall differ, in degrees."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    expressions: dict[str, float]

    def to_pose(self) -> PoseEdit:
        """The same in radians; raises `InputError` for expressions that are no numbers."""
        for name, value in self.expressions.items():
            if not math.isfinite(value):
                raise InputError(f"{name} cannot be {value}", remedy="use 0 to 1")
        return PoseEdit(
            yaw_rad=math.radians(self.yaw_deg),
            pitch_rad=math.radians(self.pitch_deg),
            roll_rad=math.radians(self.roll_deg),
            expressions=self.expressions,
        )


class Calls:
    """Answers the calls of one model.

    Args:
        kept: The model.
        settings: Memory, threads and limits.
    """

    def __init__(self, kept: KeptModel, settings: BentoSettings) -> None:
        limit_threads(settings.thread_count)
        self._kept = kept
        self._settings = settings
        self._animator = Animator(kept, settings)
        self._animator.load()

    def close(self) -> None:
        """End every thread."""
        self._animator.close()

    def describe(self) -> dict[str, Any]:
        """What is served, and its limits."""
        kept, settings = self._kept, self._settings
        return {
            "method": kept.method,
            "version": kept.version,
            "digest": kept.digest,
            "morphable": kept.morphable,
            "morphable_digest": kept.morphable_digest,
            "licences": dict(kept.licences),
            "program": _program(),
            "source_digest": kept.source_digest,
            "limits": {"upload_mib": settings.upload_mib, "frames": settings.frame_limit},
        }

    @answers_errors
    async def health(self) -> Response:
        """Whether it works, by rendering a frame."""
        await self._animator.rehearse()
        return JSONResponse({"healthy": True, "method": self._kept.method, "version": self._kept.version})

    @answers_errors
    async def render(self, portrait: Path, edit: Edit, layout: Layout) -> Response:
        """One edited picture."""
        png = await self._animator.render(portrait.read_bytes(), edit.to_pose(), layout)
        return Response(png, media_type="image/png")

    @answers_errors
    async def animate(self, portrait: Path, drive: Drive, layout: Layout) -> Response:
        """A driven portrait."""
        with tempfile.TemporaryDirectory(prefix="vultus-") as folder:
            out = Path(folder) / "animation.mp4"
            written = self._animator.animate(portrait.read_bytes(), drive, layout, out)
            async with aclosing(written) as parts:
                frames = [part.frame_count async for part in parts]
            # Whole, not as a file: BentoML keeps the answers of tasks, and cannot keep a file's.
            return Response(
                out.read_bytes(), media_type="video/mp4", headers={"X-Vultus-Frames": str(frames[-1])}
            )

    async def animate_with_progress(
        self, portrait: Path, drive: Drive, layout: Layout
    ) -> AsyncGenerator[str, None]:
        """The same in lines of JSON: begun, progress after each part, then the video or an error."""
        yield _line(event="begun", method=self._kept.method, version=self._kept.version)
        try:
            with tempfile.TemporaryDirectory(prefix="vultus-") as folder:
                out, frames = Path(folder) / "animation.mp4", 0
                written = self._animator.animate(portrait.read_bytes(), drive, layout, out)
                async with aclosing(written) as parts:
                    async for part in parts:
                        frames = part.frame_count
                        yield _line(event="progress", frames=frames, of=part.of_frame_count)
                video = base64.b64encode(out.read_bytes()).decode()
                yield _line(event="done", frames=frames, version=self._kept.version, mp4_base64=video)
        except VultusError as error:
            yield _line(event="error", **error_body(error))
        except Exception as error:  # noqa: BLE001 - the head is sent; a line is all that can say it
            yield _line(event="error", **error_body(bug(error)))


def _line(**values: object) -> str:
    return json.dumps(values) + "\n"


def _program() -> str:
    try:
        return f"vultus {version('vultus')}"
    except PackageNotFoundError:
        return "vultus"

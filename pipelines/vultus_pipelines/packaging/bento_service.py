"""The BentoML service of one model: names, types and limits of the calls that `bento_calls.Calls` answers."""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import bentoml
from _bentoml_impl.serde import MultipartSerde
from annotated_types import Ge, Gt, Le, Lt
from bentoml.exceptions import BadInput
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.responses import StreamingResponse

from vultus.errors import InputError
from vultus_pipelines.packaging.bento_http import Door, accept_file
from vultus_pipelines.packaging.bento_records import LOOSE, REQUIREMENTS, BentoSettings, KeptModel

if TYPE_CHECKING:
    from vultus_pipelines.packaging.bento_animator import Drive, Layout

MIB = 1 << 20
BASE_IMAGE = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"
Angle = Annotated[float, Gt(-180), Lt(180)]
"""Degrees."""
Side = Annotated[int, Ge(64), Le(2048)]
"""Of the square around the head, px."""
TransferMode = Literal["relative", "absolute"]
SmoothingName = Literal["none", "one_euro", "gaussian", "moving_average"]
NO_FILE: Any = Field(default_factory=lambda: None)
"""Default of a file that can be left out: BentoML does not take optional types of files from forms."""
Png = Annotated[Path, bentoml.validators.ContentType("image/png")]
Mp4 = Annotated[Path, bentoml.validators.ContentType("video/mp4")]


class AnimationForm(bentoml.IODescriptor):
    """What is sent to have a portrait animated."""

    portrait: Path
    """Picture of a person."""
    driving: Path = NO_FILE
    """Video whose motion and sound are taken."""
    track: Path = NO_FILE
    """Track file, in the video's place."""
    motion: str = ""
    """Name of a built-in motion, in the video's place."""
    audio: Path = NO_FILE
    """Sound of the result; alone it means the motion "talk"."""
    mode: TransferMode = "relative"
    """How the motion reaches the portrait."""
    smoothing: SmoothingName = "gaussian"
    """Of the video's track."""
    side_px: Side = 256
    """Side of the square frame around the head, px; not used with `paste_back`."""
    paste_back: bool = False
    """Whether frames are the whole portrait."""


class Animation:
    """Animates portraits; `service_of` says with which model, before BentoML makes one."""

    kept: ClassVar[KeptModel]
    settings: ClassVar[BentoSettings]

    def __init__(self) -> None:
        # The science takes seconds and memory that only the process that works needs.
        from vultus_pipelines.packaging.bento_calls import Calls  # noqa: PLC0415

        self._calls: Any = Calls(self.kept, self.settings)

    @bentoml.on_shutdown
    def close(self) -> None:
        """End every thread."""
        self._calls.close()

    @bentoml.api
    async def describe(self) -> dict[str, Any]:
        """What is served, and its limits."""
        return self._calls.describe()

    @bentoml.api
    async def health(self) -> dict[str, Any]:
        """Whether it works, by rendering a frame."""
        return await self._calls.health()

    @bentoml.api
    async def render(
        self,
        portrait: Path,
        yaw_deg: Angle = 0.0,
        pitch_deg: Angle = 0.0,
        roll_deg: Angle = 0.0,
        expressions: dict[str, float] = {},  # noqa: B006 - the schema shows it; nobody changes it
        side_px: Side = 256,
        paste_back: bool = False,
    ) -> Png:
        """One edited picture; expressions by ARKit name, 0 to 1."""
        from vultus_pipelines.packaging.bento_calls import Edit, Layout  # noqa: PLC0415

        edit = Edit(yaw_deg, pitch_deg, roll_deg, expressions)
        return await self._calls.render(portrait, edit, Layout(side_px, paste_back))

    @bentoml.task(input_spec=AnimationForm)
    async def animate(self, **form: Any) -> Mp4:
        """A portrait that is driven by a video, a track file, a built-in motion, or by sound."""
        return await self._calls.animate(*_asked(**form))

    @bentoml.api(input_spec=AnimationForm)
    async def animate_with_progress(self, **form: Any) -> AsyncGenerator[str, None]:
        """The same in lines of JSON: how far it is, then the video."""
        lines = self._calls.animate_with_progress(*_asked(**form))
        return StreamingResponse(lines, media_type="application/x-ndjson")  # type: ignore[return-value]


def service_of(root: Path) -> Any:
    """The service of the model that lies in a Bento's source.

    Args:
        root: Folder of the manifest.
    """
    kept, settings = KeptModel.load(root), BentoSettings.load()
    # BentoML would fetch addresses that strangers name, and keep their names of files.
    MultipartSerde.ensure_file = staticmethod(_accepted)
    traffic = {"timeout": settings.timeout_s, "max_concurrency": settings.call_limit}
    Animation.kept, Animation.settings = kept, settings
    service = bentoml.service(name=f"vultus-{kept.method}", traffic=traffic, image=_image(root))(Animation)
    service.add_asgi_middleware(Door, upload_bytes=settings.upload_mib * MIB, version=kept.version)
    return service


def _asked(
    portrait: Path, side_px: int, paste_back: bool, driving: Path | None, **drive: Any
) -> "tuple[Path, Drive, Layout]":
    """What the fields of an `AnimationForm` ask for."""
    from vultus_pipelines.packaging.bento_animator import Drive, Layout  # noqa: PLC0415

    return portrait, Drive(driving, **drive), Layout(side_px, paste_back)


async def _accepted(value: object) -> UploadFile:
    try:
        return await accept_file(value)
    except InputError as error:
        raise BadInput(str(error)) from error


def _image(root: Path) -> bentoml.images.Image:
    """What the container is made of; versions are pinned already, nothing is looked up."""
    image = bentoml.images.Image(base_image=BASE_IMAGE, distro="", lock_python_packages=False)
    pinned, loose = ((root / name).read_text().split() for name in (REQUIREMENTS, LOOSE))
    return image.python_packages(*pinned).run(f"uv pip install --no-cache --no-deps {' '.join(loose)}")

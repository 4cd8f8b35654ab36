"""The BentoML service of one model: names, types and limits of the calls that `bento_calls.Calls` answers."""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

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

    @bentoml.task
    async def animate(  # noqa: PLR0913, PLR0917 - the fields of a form
        self,
        portrait: Path,
        driving: Path = NO_FILE,
        track: Path = NO_FILE,
        motion: str = "",
        audio: Path = NO_FILE,
        mode: TransferMode = "relative",
        smoothing: SmoothingName = "gaussian",
        side_px: Side = 256,
        paste_back: bool = False,
    ) -> Mp4:
        """A portrait that is driven by a video, a track file, a built-in motion, or by sound."""
        from vultus_pipelines.packaging.bento_calls import Driver, Layout  # noqa: PLC0415

        driver = Driver(driving, track, motion, audio, mode, smoothing)
        return await self._calls.animate(portrait, driver, Layout(side_px, paste_back))

    @bentoml.api
    async def animate_with_progress(  # noqa: PLR0913, PLR0917
        self,
        portrait: Path,
        driving: Path = NO_FILE,
        track: Path = NO_FILE,
        motion: str = "",
        audio: Path = NO_FILE,
        mode: TransferMode = "relative",
        smoothing: SmoothingName = "gaussian",
        side_px: Side = 256,
        paste_back: bool = False,
    ) -> AsyncGenerator[str, None]:
        """The same in lines of JSON: how far it is, then the video."""
        from vultus_pipelines.packaging.bento_calls import Driver, Layout  # noqa: PLC0415

        driver = Driver(driving, track, motion, audio, mode, smoothing)
        lines = self._calls.animate_with_progress(portrait, driver, Layout(side_px, paste_back))
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

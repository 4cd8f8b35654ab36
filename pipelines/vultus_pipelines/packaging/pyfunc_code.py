"""How a model folder becomes an MLflow model: signature, example, requirements."""

import tempfile
from importlib import metadata
from pathlib import Path

import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema

from vultus.data.media import write_picture
from vultus.world.clips import ClipSpec, WorldClip
from vultus_kit.tracking.records import ModelCode

SCRIPT = Path(__file__).with_name("pyfunc_model.py")
_NEEDED = ("vultus", "mlflow", "pandas", "torch", "mediapipe", "numba", "av", "opencv-python-headless")
_EXAMPLE_PERSON = 4


def animating_code() -> ModelCode:
    """What makes every model folder of a trained method animate."""
    return ModelCode(
        script=SCRIPT,
        signature=animating_signature(),
        input_example=input_example(),
        requirements=tuple(_requirement(name) for name in _NEEDED),
    )


def animating_signature() -> ModelSignature:
    """Columns and parameters of `PortraitAnimator.predict`."""
    inputs = Schema(
        [
            ColSpec(DataType.binary, "source"),
            ColSpec(DataType.binary, "driving", required=False),
            ColSpec(DataType.binary, "track", required=False),
            ColSpec(DataType.string, "motion", required=False),
        ]
    )
    outputs = Schema(
        [
            ColSpec(DataType.binary, "video"),
            ColSpec(DataType.long, "frames"),
            ColSpec(DataType.double, "fps"),
            ColSpec(DataType.string, "method"),
            ColSpec(DataType.string, "version"),
        ]
    )
    params = ParamSchema(
        [
            ParamSpec("mode", DataType.string, "relative"),
            ParamSpec("side_px", DataType.long, 256),
            ParamSpec("paste_back", DataType.boolean, False),
        ]
    )
    return ModelSignature(inputs, outputs, params)


def input_example() -> pd.DataFrame:
    """Somebody who was never born, and a built-in motion."""
    clip = WorldClip(ClipSpec(person_seed=_EXAMPLE_PERSON, duration_s=1.0, size_px=(256, 256)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portrait.png"
        write_picture(path, next(clip.frames()).rgb)
        return pd.DataFrame([{"source": path.read_bytes(), "motion": "nod"}])


def _requirement(name: str) -> str:
    return f"{name}=={metadata.version(name).partition('+')[0]}"

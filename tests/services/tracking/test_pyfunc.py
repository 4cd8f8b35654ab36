"""A registered model animates through MLflow alone."""

import pytest
import torch

from vultus.data.media import VideoReader
from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.nets.gdpw import GdpwConfig
from vultus.train.running import write_model
from vultus_kit.tracking.registry import ModelRegistry

pytestmark = pytest.mark.slow
NETWORK = {"width": 4, "halvings": 3, "code_count": 4}


@pytest.fixture
def registered(mlflow_uri, tmp_path):
    from vultus_pipelines.packaging.pyfunc_code import animating_code  # noqa: PLC0415 - heavy

    torch.manual_seed(0)
    head = load_morphable()
    config = {"method": "gdpw", "side_px": 64, "network": NETWORK, "data": "sha256:0"}
    folder = write_model(
        tmp_path / "run" / "model", GdpwModel(GdpwConfig(**NETWORK), head), config, 0, head, "card"
    )
    code, registry = animating_code(), ModelRegistry(mlflow_uri)
    registry.set_champion(registry.register(folder, "vultus-gdpw", code=code))
    return code.input_example


def test_the_example_animates(registered, load_with_mlflow, mlflow_uri, tmp_path):
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - heavy

    model = load_with_mlflow(mlflow_uri, "models:/vultus-gdpw@champion")
    found = model.predict(registered, params={"side_px": 64})
    row = found.iloc[0]
    assert (row["method"], row["fps"]) == ("gdpw", 25.0)
    path = tmp_path / "animated.mp4"
    path.write_bytes(row["video"])
    with VideoReader(path) as reader:
        assert (reader.info.size_px, sum(1 for _ in reader)) == ((64, 64), row["frames"])
    with pytest.raises(MlflowException, match="source"):
        model.predict({"motion": "nod"})
    assert [column.name for column in model.metadata.signature.inputs] == [
        "source",
        "driving",
        "track",
        "motion",
    ]

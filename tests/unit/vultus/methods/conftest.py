"""A portrait, and small untrained models in folders."""

import numpy as np
import pytest
import torch
from torch import nn

from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.methods.base import Portrait
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.headgan.model import HeadGanModel
from vultus.methods.trained import open_trained
from vultus.nets.gdpw import GdpwConfig
from vultus.nets.headgan import HeadGanConfig
from vultus.render.shading import shaded_preview
from vultus.train.running import write_model

SIDE = 64
SIZES = {
    "gdpw": {"width": 4, "halvings": 3, "code_count": 4, "guidance": "both", "led": True},
    "headgan": {"width": 4, "hidden": 8, "led": True},
}


@pytest.fixture(scope="session")
def head():
    return load_morphable("builtin")


@pytest.fixture(scope="session")
def still(head):
    """The mean head in the middle of a picture of 200 x 180 px."""
    height_units = float(head.mean[:, 1].max() - head.mean[:, 1].min())
    return Track(
        identity=torch.zeros(1, head.identity_count),
        expression=torch.zeros(1, head.expression_count),
        rotation_rad=torch.tensor([[0.02, 0.05, 0.01]]),
        jaw_rad=torch.zeros(1, 3),
        eyes_rad=torch.zeros(1, 2, 3),
        scale=torch.tensor([130.0 / height_units]),
        translation_px=torch.tensor([[90.0, 90.0]]),
        valid=torch.ones(1, dtype=torch.bool),
        confidence=torch.ones(1),
        time_s=torch.zeros(1, dtype=torch.float64),
        fps=25.0,
        size_px=(200, 180),
        morphable=head.name,
        morphable_digest=head.digest,
    )


@pytest.fixture(scope="session")
def portrait(head, still):
    """The head, rendered before a ramp of colours."""
    seen = still.camera.project(still.vertices(head))
    picture = shaded_preview(seen, head.faces, (200, 180), head.colours)[0].permute(1, 2, 0).numpy()
    mask = picture.std(axis=2) > 0.02
    rows, columns = np.mgrid[0:200, 0:180]
    ramp = np.stack([40 + rows / 2, 90 + columns / 2, 200 - rows / 2], axis=-1)
    rgb = np.where(mask[..., None], 255 * picture, ramp).round().clip(0, 255).astype(np.uint8)
    return Portrait(rgb, still)


@pytest.fixture(scope="session")
def untrained(head, tmp_path_factory):
    """A model of each method with random weights whose pictures depend on all inputs."""
    torch.manual_seed(0)
    networks = {
        "gdpw": GdpwModel(GdpwConfig(**SIZES["gdpw"]), head),
        "headgan": HeadGanModel(HeadGanConfig(**SIZES["headgan"]), head),
    }
    nn.init.normal_(networks["gdpw"].generator.output.weight)
    nn.init.normal_(networks["headgan"].generator.rendering.image.weight, std=0.2)
    models = {}
    for method, network in networks.items():
        config = {"method": method, "side_px": SIDE, "network": SIZES[method]}
        folder = write_model(tmp_path_factory.mktemp(method), network, config, 0, head, "")
        models[method] = open_trained(folder)
    return models

"""All rooms, served over loopback in this process, and what tests send to them."""

import io
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

from vultus.data.media import Frame
from vultus_kit.clients.fitting import FittingClient
from vultus_kit.clients.generation import GenerationClient
from vultus_kit.clients.metrics import MetricsClient
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.records import FitOptions
from vultus_kit.store import FolderStore


def png(rgb):
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="session")
def store(store_folder):
    return FolderStore(store_folder)


@pytest.fixture(scope="session")
def rooms(store_folder):
    with pytest.MonkeyPatch.context() as environment:
        for room in ("FITTING", "GENERATION", "METRICS"):
            environment.setenv(f"VULTUS_{room}_STORE", str(store_folder))
        with EmbeddedRooms(["fitting", "generation", "metrics"]) as started:
            yield started


@pytest.fixture(scope="session")
def fitting(rooms):
    return FittingClient(rooms.channel("fitting"))


@pytest.fixture(scope="session")
def generation(rooms):
    return GenerationClient(rooms.channel("generation"))


@pytest.fixture(scope="session")
def metrics(rooms):
    return MetricsClient(rooms.channel("metrics"))


@pytest.fixture(scope="session")
def portrait():
    """A real face, 256 px: NASA's picture of an astronaut."""
    return np.ascontiguousarray(skimage.data.astronaut()[:256, 96:352])


@pytest.fixture(scope="session")
def portrait_png(portrait):
    return png(portrait)


@pytest.fixture(scope="session")
def source(fitting, portrait_png):
    """The fit of the portrait."""
    return fitting.fit_image(portrait_png, FitOptions())[0]


@pytest.fixture(scope="session")
def clip(portrait):
    """A head that moves sideways."""
    return [Frame(np.roll(portrait, 2 * index, axis=1), index / 25, index) for index in range(24)]


@pytest.fixture(scope="session")
def driving(source):
    """A track of 20 frames in the portrait's pixels: the head sways."""
    count = 20
    parts = {
        name: getattr(source, name).expand(count, *getattr(source, name).shape[1:]).clone()
        for name in source.tensor_names()
    }
    sway = np.sin(np.linspace(0, 2 * np.pi, count))
    parts["rotation_rad"][:, 1] += parts["rotation_rad"].new_tensor(0.2 * sway)
    parts["time_s"] = parts["time_s"].new_tensor(np.arange(count) / 25)
    return replace(source, **parts, fps=25.0)

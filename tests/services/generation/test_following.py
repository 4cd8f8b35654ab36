"""A real room that follows a registry, under calls that never cease."""

import io
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import vultus_generation
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn
from vultus_generation.settings import Settings

from vultus.errors import AssetMissingError, InputError, ServiceUnavailableError
from vultus.face.models import load_morphable
from vultus.face.motion import edit_pose
from vultus.methods.base import AvatarOptions, Portrait
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.trained import WEIGHTS, open_trained, starter
from vultus.metrics.leaderboard.gate import decide
from vultus.metrics.leaderboard.gate_records import GatePolicy
from vultus.metrics.leaderboard.paired import Scores
from vultus.metrics.leaderboard.records import PairResult
from vultus.nets.gdpw import GdpwConfig
from vultus.train.running import write_model
from vultus_kit.clients.generation import GenerationClient
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.records import AvatarSpec, PoseEdit
from vultus_kit.rpc.errors import AvatarNotFoundError
from vultus_kit.telemetry.metrics import REGISTRY
from vultus_kit.tracking.records import RegisteredVersion

NAME = "vultus-gdpw"
REFERENCE = f"models:/{NAME}@champion"
SIZES = {"width": 4, "halvings": 3, "code_count": 4, "guidance": "both"}
EDIT = PoseEdit(yaw_rad=0.1)
SIDE = 64
PATIENCE_S = 60


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Model folders: two that work and differ, one with weights that are no numbers, one that is cut off."""
    head, made = load_morphable(), {}
    for seed in (1, 2, 3):
        torch.manual_seed(seed)
        network = GdpwModel(GdpwConfig(**SIZES), head)
        nn.init.normal_(network.generator.output.weight)
        config = {"method": "gdpw", "side_px": SIDE, "network": SIZES}
        made[seed] = write_model(
            tmp_path_factory.mktemp(f"model-{seed}"), network, config, seed, head, "a card"
        )
    weights = load_file(made[3] / WEIGHTS)
    save_file({name: tensor * float("nan") for name, tensor in weights.items()}, made[3] / WEIGHTS)
    return made


@pytest.fixture(scope="module")
def spec(portrait_png, source):
    return AvatarSpec(portrait_png, source, method="gdpw", side_px=SIDE)


@pytest.fixture(scope="module")
def expected(folders, portrait, source):
    """What each version renders, in this process without a room."""
    pictures = {}
    for number in (1, 2):
        method = open_trained(folders[number]).build(load_morphable())
        avatar = method.create_avatar(Portrait(portrait, source), AvatarOptions(side_px=SIDE))
        pictures[number] = avatar.render(edit_pose(source, EDIT.yaw_rad))[0]
    return pictures


class Folders:
    """A registry of folders; the alias is an attribute."""

    def __init__(self, folders: dict[int, Path]):
        self.folders = folders
        self.champion = 1
        self.away = False

    def resolve(self, reference: str) -> RegisteredVersion:
        assert reference == REFERENCE
        if self.away:
            raise ConnectionError("no route to the registry")
        return RegisteredVersion(NAME, self.champion, f"sha256:{self.champion}")

    def download(self, version: RegisteredVersion, into: Path) -> Path:
        return self.folders[version.version]


@contextmanager
def room(registry, tmp_path, **settings):
    """A client of a real room that looks at the registry all the time."""
    values = {"follow": REFERENCE, "follow_poll_s": 0.02, "follow_folder": tmp_path, **settings}

    def factory():
        return vultus_generation.room(Settings(**values), registry)

    with EmbeddedRooms([factory], wait=True) as started:
        yield GenerationClient(started.channel("generation"))


def description(client, method="gdpw"):
    return next(found for found in client.describe_methods() if found.name == method)


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def distance(left, right):
    """Mean difference of two pictures, grey levels."""
    return float(np.abs(left.astype(float) - right.astype(float)).mean())


class Callers:
    """Threads that ask without a pause: one renders pictures, one streams on avatars, new and old."""

    def __init__(self, client, spec, driving, expected):
        self.client, self.spec, self.driving, self.expected = client, spec, driving, expected
        self.faults: list[object] = []
        self.versions: list[str] = []
        self.counts = {"pictures": 0, "streams": 0}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(ask,)) for ask in (self._picture, self._stream)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, ask):
        while not self._stopping.is_set():
            try:
                ask()
            except Exception as error:  # noqa: BLE001 - any failure is a finding
                self.faults.append(error)
                time.sleep(0.05)

    def _picture(self):
        rendered = self.client.render_image(self.spec, EDIT)
        picture = np.asarray(Image.open(io.BytesIO(rendered.png)))
        self.versions.append(rendered.version)
        self.counts["pictures"] += 1
        number = int(rendered.version.removeprefix(f"{NAME}/"))
        # Not equal to the last digit: a picture may be rendered in one go with frames of a stream.
        apart = {version: distance(picture, other) for version, other in self.expected.items()}
        if apart[number] > 1 or apart[3 - number] < 5:
            self.faults.append(f"a picture that is not of {rendered.version}: {apart}")

    def _stream(self):
        avatar = self.client.create_avatar(self.spec)
        frames = list(self.client.stream_animate(avatar.avatar_id, [self.driving], "none"))
        self.counts["streams"] += 1
        if len(frames) != len(self.driving) or {frame.version for frame in frames} != {avatar.version}:
            self.faults.append(f"a stream that mixes versions: {[frame.version for frame in frames]}")


def served_everywhere(client, spec, number):
    """Whether new work is done by that version."""
    return client.render_image(spec, EDIT).version == f"{NAME}/{number}"


def test_no_call_fails_while_versions_are_promoted_broken_and_taken_back(
    folders, spec, driving, expected, tmp_path
):
    registry = Folders(folders)
    with room(registry, tmp_path) as client, Callers(client, spec, driving[:3], expected) as callers:
        old = client.create_avatar(spec)
        assert old.version == f"{NAME}/1"
        registry.champion = 2
        wait_for(lambda: served_everywhere(client, spec, 2))
        registry.champion = 3
        wait_for(lambda: "not finite" in description(client).note)
        assert description(client).version == f"{NAME}/2"
        registry.champion = 1
        wait_for(lambda: served_everywhere(client, spec, 1))
        registry.away = True
        wait_for(lambda: "no route" in description(client).note)
        registry.away, registry.champion = False, 2
        wait_for(lambda: served_everywhere(client, spec, 2))
        assert description(client).note == ""
        kept = list(client.stream_animate(old.avatar_id, [driving[:2]], "none"))
    assert callers.faults == []
    assert {frame.version for frame in kept} == {f"{NAME}/1"}
    assert set(callers.versions) == {f"{NAME}/1", f"{NAME}/2"}
    assert min(callers.counts.values()) > 0
    labels = {"room": "generation", "method": "gdpw", "version": f"{NAME}/2"}
    assert REGISTRY.get_sample_value("vultus_model_frames_total", labels) > 0


def test_avatars_of_an_old_version_go_when_nobody_uses_them(folders, spec, tmp_path):
    registry = Folders(folders)
    with room(registry, tmp_path, follow_keep_s=0.0) as client:
        old = client.create_avatar(spec).avatar_id
        assert client.render_image(old).version == f"{NAME}/1"
        registry.champion = 2
        wait_for(lambda: served_everywhere(client, spec, 2))
        with pytest.raises(AvatarNotFoundError, match="create it again"):
            client.render_image(old)


def test_without_registry_and_starter_the_others_serve(folders, spec, tmp_path):
    registry = Folders(folders)
    registry.away = True
    with room(registry, tmp_path) as client:
        found = description(client)
        assert found.follows == REFERENCE
        assert "no route to the registry" in found.note
        warped = client.create_avatar(replace(spec, method="warp"))
        assert warped.version == "builtin"
        if has_starter():
            assert client.create_avatar(spec).version.startswith("starter/")
        else:
            with pytest.raises(ServiceUnavailableError, match="nothing to serve"):
                client.create_avatar(spec)
        registry.away = False
        wait_for(lambda: description(client).version == f"{NAME}/1")
        assert served_everywhere(client, spec, 1)


def has_starter():
    try:
        starter("gdpw")
    except AssetMissingError:
        return False
    return True


@pytest.mark.parametrize(
    "follow", ["vultus-gdpw@champion", "models:/vultus-gdpw", "models:/vultus-warp@champion", "models:/x@y"]
)
def test_what_cannot_be_followed(follow):
    with pytest.raises(InputError, match="cannot be followed"):
        Settings.load({"VULTUS_GENERATION_FOLLOW": follow})


def test_two_references_of_one_method(folders, tmp_path):
    follow = f"{REFERENCE}, models:/{NAME}@challenger"
    with pytest.raises(InputError, match="two references"), room(Folders(folders), tmp_path, follow=follow):
        pass


def judged(name, loss):
    """Scores of a contestant on eight people; `loss` beyond what the champion has."""
    score = {"unit": "1", "protocol": "textbook", "higher_is_better": False, "frames": 5}
    results = []
    for n in range(8):
        found = {"l1": score | {"value": 5 + n + loss}}
        results.append(PairResult(name, f"self/{n:02}", "self", f"p{n}", "sha256:0", 5, 0, found))
    return Scores.of(results, name, {})


@pytest.mark.slow
@pytest.mark.stack
def test_the_gate_and_a_real_registry_under_constant_calls(
    mlflow_server, folders, spec, driving, expected, tmp_path
):
    """A worse challenger is refused, a better one promoted, a broken one not served, a roll-back followed."""
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - loads MLflow

    registry = ModelRegistry(mlflow_server)
    versions = {number: registry.register(folders[number], NAME) for number in (1, 2, 3)}
    assert [version.version for version in versions.values()] == [1, 2, 3]
    policy = GatePolicy(primaries=("self/l1",), guards=())
    champion = judged("old", 0.0)
    registry.set_champion(versions[1])
    with (
        room(registry, tmp_path, follow_poll_s=0.1) as client,
        Callers(client, spec, driving[:3], expected) as callers,
    ):
        assert not decide(judged("worse", 1.0), champion, policy).promoted
        assert served_everywhere(client, spec, 1)
        assert decide(judged("better", -1.0), champion, policy).promoted
        registry.set_champion(versions[2], instead_of=1)
        wait_for(lambda: served_everywhere(client, spec, 2))
        registry.set_champion(versions[3])
        wait_for(lambda: "not finite" in description(client).note)
        registry.roll_back(NAME)
        wait_for(lambda: description(client).note == "")
        registry.roll_back(NAME)
        wait_for(lambda: served_everywhere(client, spec, 1))
    assert callers.faults == []
    assert set(callers.versions) == {f"{NAME}/1", f"{NAME}/2"}

import gc
import threading
import time
from pathlib import Path

import pytest

from vultus.errors import AssetMissingError, InputError, ServiceUnavailableError
from vultus_kit.serving.following import FollowConfig, Followed, Source
from vultus_kit.serving.leases import Served
from vultus_kit.telemetry.metrics import REGISTRY
from vultus_kit.tracking.records import RegisteredVersion

NAME = "vultus-toy"
REFERENCE = f"models:/{NAME}@champion"
QUICK = FollowConfig(poll_s=0.01, backoff_s=0.01, longest_backoff_s=0.02, first_wait_s=5.0)


class FolderRegistry:
    """Versions are folders with a text; the alias is a file. A text "damaged" cannot be loaded."""

    def __init__(self, root: Path):
        self.root = root
        self.away = False
        self.cut = False
        self.loads: list[int] = []
        self.released: list[str] = []

    def register(self, version: int, text: str):
        folder = self.root / str(version)
        folder.mkdir()
        (folder / "text").write_text(text)

    def promote(self, version: int):
        (self.root / "champion").write_text(str(version))

    def resolve(self):
        if self.away:
            raise ConnectionError("no route to the registry")
        number = int((self.root / "champion").read_text())
        return RegisteredVersion(NAME, number, digest=f"sha256:{number}")

    def download(self, version: RegisteredVersion):
        if self.cut:
            raise OSError("connection lost")
        if version.version == 6:
            raise InputError("these are not the files that were registered")
        return self.root / str(version.version)

    def load(self, folder: Path):
        self.loads.append(int(folder.name))
        text = (folder / "text").read_text()
        if text == "damaged":
            raise InputError("the weights are damaged")
        if text == "unlucky":
            raise RuntimeError("out of memory")
        return text

    def warm(self, text: str):
        if text == "crashes":
            raise InputError("it does not run")

    def follow(self, config=QUICK, starter=lambda: ("starter", "starter text")):
        source = Source(
            REFERENCE, self.resolve, self.download, self.load, self.warm, starter, self.released.append
        )
        return Followed("toys", source, config)


@pytest.fixture
def registry(tmp_path):
    registry = FolderRegistry(tmp_path)
    for version in (1, 2):
        registry.register(version, f"text {version}")
    for version, text in {6: "changed", 7: "damaged", 8: "crashes", 9: "unlucky"}.items():
        registry.register(version, text)
    registry.promote(1)
    return registry


def served(followed):
    with followed.lease() as lease:
        return lease.version, lease.value


def polls(outcome):
    labels = {"room": "toys", "model": REFERENCE, "outcome": outcome}
    return REGISTRY.get_sample_value("vultus_model_polls_total", labels) or 0


def test_a_promoted_version_takes_the_place_of_the_old_one(registry):
    followed = registry.follow()
    assert followed.poll() == "switched"
    assert served(followed) == (f"{NAME}/1", "text 1")
    assert followed.poll() == "unchanged"
    registry.promote(2)
    assert followed.poll() == "switched"
    assert served(followed) == (f"{NAME}/2", "text 2")
    assert followed.version == f"{NAME}/2"
    assert registry.loads == [1, 2]


def test_a_request_keeps_the_version_it_began_with_and_the_last_one_releases_it(registry):
    followed = registry.follow()
    followed.poll()
    first, second = followed.lease(), followed.lease()
    registry.promote(2)
    followed.poll()
    assert (first.version, served(followed)[0]) == (f"{NAME}/1", f"{NAME}/2")
    first.end()
    first.end()
    assert registry.released == []
    second.end()
    assert registry.released == ["text 1"]


def test_a_lease_that_is_forgotten_is_ended(registry):
    followed = registry.follow()
    followed.poll()
    avatar = [followed.lease()]
    avatar.append(avatar)  # only the collector can find this
    registry.promote(2)
    followed.poll()
    assert registry.released == []
    del avatar
    gc.collect()
    assert registry.released == ["text 1"]


def test_rolling_back_takes_a_version_that_is_still_held_without_loading_it_again(registry):
    followed = registry.follow()
    followed.poll()
    held = followed.lease()
    registry.promote(2)
    followed.poll()
    registry.promote(1)
    assert followed.poll() == "switched"
    assert served(followed)[0] == held.version
    assert registry.loads == [1, 2]
    held.end()
    assert "text 1" not in registry.released
    registry.promote(2)
    assert followed.poll() == "switched"
    assert registry.released == ["text 2", "text 1"]
    assert registry.loads == [1, 2, 2]


@pytest.mark.parametrize(("version", "why"), [(7, "the weights are damaged"), (8, "it does not run")])
def test_a_broken_version_leaves_the_old_one_and_is_tried_once(registry, version, why):
    followed = registry.follow()
    followed.poll()
    before = polls("unusable")
    registry.promote(version)
    outcomes = [followed.poll() for _ in range(4)]
    assert outcomes == ["unusable", "refused", "refused", "refused"]
    assert polls("unusable") == before + 1
    assert registry.loads.count(version) == 1
    assert served(followed)[0] == f"{NAME}/1"
    assert why in followed.note
    registry.promote(1)
    assert followed.poll() == "unchanged"
    assert followed.note == ""
    registry.promote(version)
    assert followed.poll() == "refused"
    assert why in followed.note


def test_bad_luck_is_tried_again_a_few_times(registry):
    followed = registry.follow()
    followed.poll()
    registry.promote(9)
    outcomes = [followed.poll() for _ in range(5)]
    assert outcomes == ["unusable"] * 3 + ["refused"] * 2
    (registry.root / "9" / "text").write_text("lucky")
    assert followed.poll() == "refused"
    assert served(followed)[0] == f"{NAME}/1"


def test_files_that_are_not_those_registered_are_fetched_once(registry):
    followed = registry.follow()
    followed.poll()
    registry.promote(6)
    assert [followed.poll() for _ in range(3)] == ["unusable", "refused", "refused"]
    assert served(followed)[0] == f"{NAME}/1"


def test_a_registry_that_goes_away_changes_nothing_and_is_asked_less_and_less(registry):
    followed = registry.follow(FollowConfig(poll_s=30, backoff_s=1, longest_backoff_s=6))
    followed.poll()
    registry.away = True
    pauses = []
    for _ in range(4):
        assert followed.poll() == "unresolved"
        pauses.append(followed.pause_s())
    assert pauses == [1, 2, 4, 6]
    assert served(followed) == (f"{NAME}/1", "text 1")
    registry.away = False
    registry.promote(2)
    registry.cut = True
    assert followed.poll() == "undownloaded"
    assert served(followed)[0] == f"{NAME}/1"
    registry.cut = False
    assert followed.poll() == "switched"
    assert (served(followed)[0], followed.pause_s()) == (f"{NAME}/2", 30)


def test_the_starter_is_served_until_the_registry_comes(registry):
    registry.away = True
    followed = registry.follow()
    try:
        followed.start()
        assert served(followed) == ("starter", "starter text")
        assert "no route to the registry" in followed.note
        registry.away = False
        wait_for(lambda: followed.version == f"{NAME}/1")
        assert followed.note == ""
        assert registry.released == ["starter text"]
    finally:
        followed.close()


def test_without_a_starter_the_caller_is_told_and_later_served(registry):
    def nothing():
        raise AssetMissingError("the starter of toy is not here")

    registry.away = True
    followed = registry.follow(starter=nothing)
    try:
        with pytest.raises(ServiceUnavailableError, match="starter of toy is not here"):
            followed.lease()
        registry.away = False
        wait_for(lambda: followed.version == f"{NAME}/1")
        assert served(followed)[1] == "text 1"
    finally:
        followed.close()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_stream_of_requests_sees_every_version_whole_and_none_is_used_after_its_release(registry):
    """Twelve promotions, roll-backs and broken versions under four threads that never stop asking."""
    followed = registry.follow()
    faults, seen = [], set()
    stopping = threading.Event()

    def ask():
        while not stopping.is_set():
            try:
                with followed.lease() as lease:
                    seen.add(lease.version)
                    if lease.value != f"text {lease.version[-1]}":
                        faults.append((lease.version, lease.value))
            except Exception as error:  # noqa: BLE001 - any failure is a finding
                faults.append(error)

    followed.start()
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for version in (2, 1, 7, 2, 8, 1, 2, 9, 1, 2, 1, 2):
            registry.promote(version)
            if version < 7:
                wait_for(lambda version=version: followed.version == f"{NAME}/{version}")
            else:
                wait_for(lambda version=version: version in registry.loads)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
        followed.close()
    assert faults == []
    assert seen == {f"{NAME}/1", f"{NAME}/2"}


def test_the_release_comes_once_whoever_is_last():
    gone = []
    for _ in range(50):
        served = Served("value", "1", release=gone.append)
        leases = [served.lease() for _ in range(8)]
        threads = [threading.Thread(target=lease.end) for lease in leases]
        threads.append(threading.Thread(target=served.retire))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert served.released
    assert gone == ["value"] * 50


def test_nothing_is_taken_after_the_end(registry):
    followed = registry.follow()
    followed.poll()
    followed.close()
    registry.promote(2)
    followed.poll()
    assert followed.version == f"{NAME}/1"
    assert registry.released == ["text 2"]


def test_metrics_say_what_is_served_and_held(registry):
    followed = registry.follow()
    followed.poll()
    lease = followed.lease()
    registry.promote(2)
    followed.poll()

    def value(name, version):
        labels = {"room": "toys", "model": REFERENCE, "version": f"{NAME}/{version}"}
        return REGISTRY.get_sample_value(name, labels)

    assert [value("vultus_model_served", version) for version in (1, 2)] == [0, 1]
    assert value("vultus_model_leases", 1) == 1
    lease.end()
    assert value("vultus_model_leases", 1) == 0

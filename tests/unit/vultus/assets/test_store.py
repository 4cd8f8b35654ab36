import dataclasses
import hashlib

import pytest

from vultus.assets.catalogue import Asset
from vultus.assets.store import Store, open_store
from vultus.errors import AssetMissingError, InputError

DATA = b"weights of something"


@pytest.fixture
def asset() -> Asset:
    return Asset(
        kind="weights",
        name="something",
        what="something that was published",
        source="https://example.org/something",
        licence="CC0-1.0",
        commercial=True,
        files=("something.bin",),
        without="everything else works",
        sha256=hashlib.sha256(DATA).hexdigest(),
        uri="https://example.org/something.bin",
    )


@pytest.fixture
def store(tmp_path, asset) -> Store:
    gated = dataclasses.replace(
        asset,
        name="gated",
        commercial=False,
        uri="",
        steps="register and accept the licence",
        files=("g.pkl", "g.npy"),
    )
    return Store(tmp_path / "assets", {each.key: each for each in (asset, gated)})


@pytest.mark.parametrize("place", ["weights/something", "."])
def test_files_are_found_in_both_places_and_verified(store, place):
    assert store.verify("weights/something").state == "missing"
    folder = store.folder / place
    folder.mkdir(parents=True)
    (folder / "something.bin").write_bytes(DATA)
    assert store.find("weights/something").read_bytes() == DATA
    assert store.verify("weights/something").state == "verified"
    (folder / "something.bin").write_bytes(DATA[:-1])
    finding = store.verify("weights/something")
    assert finding.state == "different"
    assert finding.sha256 == hashlib.sha256(DATA[:-1]).hexdigest()


def test_what_has_no_checksum_is_just_present(store, asset):
    unknown = dataclasses.replace(asset, sha256=None)
    store = Store(store.folder, {unknown.key: unknown})
    store.folder.mkdir()
    (store.folder / "something.bin").mkdir()
    assert store.verify(asset.key).state == "present"


def test_fetching_writes_the_file_once_and_whole(store):
    asked = []

    def fetch(uri, path):
        asked.append(uri)
        path.write_bytes(DATA)

    path = store.pull("weights/something", fetch)
    assert store.pull("weights/something", fetch) == path
    assert asked == ["https://example.org/something.bin"]
    assert [each.name for each in path.parent.iterdir()] == ["something.bin"]


def test_what_is_not_what_was_published_is_not_kept(store):
    with pytest.raises(InputError, match="SHA-256"):
        store.pull("weights/something", lambda uri, path: path.write_bytes(b"<html>not found</html>"))
    assert list((store.folder / "weights/something").iterdir()) == []


def test_what_needs_a_person_says_the_page_and_the_step(store):
    with pytest.raises(
        AssetMissingError, match=r"register and accept the licence at https://example\.org.*g\.pkl and g\.npy"
    ):
        store.pull("weights/gated", lambda uri, path: None)
    with pytest.raises(AssetMissingError, match="cannot be fetched"):
        store.pull("weights/something")


def test_the_list_keeps_to_the_licence(store):
    assert [finding.asset.name for finding in store.list()] == ["something", "gated"]
    assert [finding.asset.name for finding in store.list("commercial")] == ["something"]


def test_unknown_names_and_absent_files(store, tmp_path):
    with pytest.raises(InputError, match="known: weights/gated, weights/something"):
        store.find("weights/none")
    with pytest.raises(AssetMissingError, match="everything else works"):
        store.find("weights/something")
    assert {finding.state for finding in open_store(tmp_path / "nowhere").list()} == {"missing"}

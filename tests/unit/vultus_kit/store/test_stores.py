"""The promises of `ArtifactStore`; every store is one more parameter of the fixture."""

import hashlib
import threading
from pathlib import Path

import pytest

from vultus.errors import InputError, MissingError
from vultus_kit.store import Artifact, ArtifactDamagedError, ArtifactMissingError, ArtifactStore, FolderStore


@pytest.fixture(params=["folder"])
def store(request, tmp_path) -> ArtifactStore:
    return {"folder": lambda: FolderStore(tmp_path / "root of all")}[request.param]()


@pytest.fixture
def clip(tmp_path) -> Path:
    path = tmp_path / "Clip of Mine.MP4"
    path.write_bytes(bytes(range(256)) * 8000)  # more than one block
    return path


def test_bytes_come_back(store):
    kept = store.put_bytes(b"head", ".npz")
    assert store.open(kept.uri).read_bytes() == b"head"
    assert kept.digest == "sha256:" + hashlib.sha256(b"head").hexdigest()
    assert kept.uri.endswith(".npz")


def test_a_file_comes_back_with_its_suffix(store, clip):
    kept = store.put_file(clip)
    assert store.verify(kept).read_bytes() == clip.read_bytes()
    assert kept.digest == "sha256:" + hashlib.sha256(clip.read_bytes()).hexdigest()
    assert store.open(kept.uri).suffix == ".mp4"


def test_an_empty_artifact_is_one(store):
    assert store.verify(store.put_bytes(b"", "")).read_bytes() == b""


def test_equal_content_is_kept_once(store, clip):
    assert store.put_file(clip) == store.put_bytes(clip.read_bytes(), ".mp4")
    assert store.put_bytes(b"a", "").uri != store.put_bytes(b"b", "").uri


def test_what_was_kept_does_not_follow_its_source(store, clip):
    before = clip.read_bytes()
    kept = store.put_file(clip)
    clip.write_bytes(b"another")
    assert store.verify(kept).read_bytes() == before


@pytest.mark.parametrize("name", ["clip.b@d", "clip", "clip.waytoolongasuffix", ".hidden"])
def test_unusual_suffixes_are_dropped(store, clip, name):
    odd = clip.rename(clip.with_name(name))
    assert store.open(store.put_file(odd).uri).suffix == ""


@pytest.mark.parametrize("suffix", ["mp4", "/../x", ".MP4", ".a.b.c", ".", ".mp4\n"])
def test_a_suffix_is_no_path(store, suffix):
    with pytest.raises(ValueError, match="suffix"):
        store.put_bytes(b"x", suffix)


def test_an_absent_artifact_is_named(store):
    kept = store.put_bytes(b"x", "")
    digit = "0" if kept.uri[-1] != "0" else "1"
    absent = kept.uri[:-1] + digit
    with pytest.raises(ArtifactMissingError, match="no artifact") as caught:
        store.open(absent)
    assert isinstance(caught.value, MissingError)
    assert caught.value.metadata["uri"] == absent
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("uri", ["", "file:///etc/passwd", "s3://bucket/key", "/etc/passwd", "file://host/x"])
def test_foreign_addresses_are_refused(store, uri):
    with pytest.raises(InputError, match="no artifact of this store"):
        store.open(uri)


def test_no_address_leads_out_of_the_store(store):
    kept = store.put_bytes(b"x", "").uri
    head, first, name = kept.rsplit("/", 2)
    for uri in [
        f"{head}/../../{first}/{name}",
        f"{head}/%2e%2e/{first}/{name}",
        f"{head}/{first}/{name}/../../../secret",
        f"{head}/{first}/../{first}/{name}",
        f"{kept}?x",
        f"{kept}#x",
        f"{kept}\0",
        f"{kept}\n",
        kept.upper(),
    ]:
        with pytest.raises(InputError):
            store.open(uri)


def test_damage_is_found(store):
    kept = store.put_bytes(b"frames", ".bin")
    path = store.open(kept.uri)
    path.chmod(0o644)
    path.write_bytes(b"Frames")
    with pytest.raises(ArtifactDamagedError, match="holds sha256"):
        store.verify(kept)
    with pytest.raises(ArtifactDamagedError):
        store.verify(Artifact(kept.uri, ""))


def test_the_wrong_digest_is_found(store):
    kept, other = store.put_bytes(b"a", ""), store.put_bytes(b"b", "")
    with pytest.raises(ArtifactDamagedError):
        store.verify(Artifact(kept.uri, other.digest))


@pytest.mark.parametrize("digest", ["sha256:12", "md5:" + "0" * 32, "0" * 64, "sha256:" + "G" * 64])
def test_digests_have_one_form(digest):
    with pytest.raises(InputError, match="no digest"):
        Artifact("file:///x", digest)


def test_unreadable_sources_are_the_users_error(store, tmp_path):
    for path in (tmp_path / "absent.mp4", tmp_path):
        with pytest.raises(InputError, match="cannot keep"):
            store.put_file(path)


def test_many_writers_of_one_artifact_agree(store, clip):
    kept: list[Artifact] = []
    writers = [threading.Thread(target=lambda: kept.append(store.put_file(clip))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(kept) == 8
    assert len(set(kept)) == 1
    store.verify(kept[0])

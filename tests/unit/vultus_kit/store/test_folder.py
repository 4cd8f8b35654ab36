import io

import pytest

from vultus_kit.store import ArtifactMissingError, FolderStore


def test_the_layout_is_the_documented_one(tmp_path):
    store = FolderStore(tmp_path)
    kept = store.put_bytes(b"head", ".npz")
    digits = kept.digest.removeprefix("sha256:")
    path = tmp_path / "sha256" / digits[:2] / f"{digits[2:]}.npz"
    assert kept.uri == path.as_uri()
    assert path.read_bytes() == b"head"


def test_files_are_read_only_and_nothing_is_left_over(tmp_path):
    store = FolderStore(tmp_path)
    path = store.open(store.put_bytes(b"head", "").uri)
    assert path.stat().st_mode & 0o222 == 0
    assert not list((tmp_path / "incoming").iterdir())


class Breaking(io.BytesIO):
    def read(self, size=-1):
        if self.tell() > 0:
            raise OSError(5, "the disk died")
        return super().read(4)


def test_a_failed_copy_leaves_nothing(tmp_path):
    store = FolderStore(tmp_path)
    with pytest.raises(OSError, match="the disk died"):
        store._put(Breaking(b"abcdefgh"), "")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_cut_off_file_is_put_right_by_the_next_put(tmp_path):
    store = FolderStore(tmp_path)
    kept = store.put_bytes(b"frames", "")
    path = store.open(kept.uri)
    path.chmod(0o644)
    path.write_bytes(b"fra")
    assert store.verify(store.put_bytes(b"frames", "")) == path


def test_a_link_in_the_store_is_not_followed(tmp_path):
    store = FolderStore(tmp_path / "root")
    kept = store.put_bytes(b"frames", "")
    path = store.open(kept.uri)
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(ArtifactMissingError):
        store.open(kept.uri)

import errno

import pytest

from vultus.data.media.atomic import replacing
from vultus.errors import InputError


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit, ValueError])
def test_an_old_file_stays_when_the_new_one_fails(tmp_path, error):
    target = tmp_path / "out.txt"
    target.write_text("old")

    def write():
        with replacing(target) as temporary:
            temporary.write_text("ne")
            raise error

    with pytest.raises(error):
        write()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_replaces_the_old_one(tmp_path):
    target = tmp_path / ("long name " * 20)
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="it is a folder"), replacing(tmp_path):
        pass


def test_a_full_disk_is_an_error_of_one_line(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    full = OSError(errno.ENOSPC, "No space left on device")
    with (
        pytest.raises(InputError, match=r"out\.txt': No space left on device; free space"),
        replacing(target),
    ):
        raise full
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]

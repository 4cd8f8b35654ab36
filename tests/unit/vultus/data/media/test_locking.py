import pytest

from vultus.data.media.locking import alone_in
from vultus.errors import InputError


def test_a_second_writer_is_refused_until_the_first_has_ended(tmp_path):
    with (
        alone_in(tmp_path),
        pytest.raises(InputError, match="another process is writing"),
        alone_in(tmp_path),
    ):
        pass
    with alone_in(tmp_path), alone_in(tmp_path.parent, wait=True):
        assert list(tmp_path.iterdir()) == []

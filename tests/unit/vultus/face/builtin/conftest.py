"""The built-in head, built once."""

import pytest

from vultus.face.builtin import build_head
from vultus.face.builtin.build import Arrays, build_arrays
from vultus.face.morphable import MorphableModel


@pytest.fixture(scope="session")
def arrays() -> Arrays:
    return build_arrays()


@pytest.fixture(scope="session")
def head() -> MorphableModel:
    return build_head()

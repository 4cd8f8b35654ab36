import pytest

from vultus.assets import published
from vultus.errors import InputError


def test_an_unknown_kind_says_what_is_known():
    with pytest.raises(InputError, match="did you mean 'flame_lbs'"):
        published.load("flame_lb", {})


def test_a_state_that_lacks_entries_names_one():
    with pytest.raises(InputError, match="state of 'flame_lbs' lacks 'v_template'"):
        published.load("flame_lbs", {})

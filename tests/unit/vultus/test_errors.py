import pytest

from vultus import errors
from vultus.errors import AssetMissingError, FaceNotFoundError, InputError, MissingError, VultusError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VultusError)]


def test_reasons_are_upper_snake_and_differ():
    reasons = [kind.reason for kind in KINDS]
    assert len(set(reasons)) == len(KINDS) == 8
    assert all(reason.replace("_", "").isupper() for reason in reasons)


@pytest.mark.parametrize("kind", KINDS)
def test_exit_codes_say_whose_turn_it_is(kind):
    expected = 2 if issubclass(kind, InputError) else 3 if issubclass(kind, MissingError) else 1
    assert kind.exit_code == expected


def test_the_tree_is_drawn_at_the_top():
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in KINDS)


def test_a_message_is_one_line_with_its_remedy():
    error = AssetMissingError("no weights", remedy="get them", metadata={"size": 3, "name": "x"})
    assert str(error) == "no weights; get them"
    assert error.metadata == {"size": "3", "name": "x"}
    assert str(FaceNotFoundError("no face")) == "no face"

from importlib.metadata import EntryPoint

import pytest

from vultus import registry
from vultus.errors import InputError
from vultus.registry import Registry


@pytest.fixture
def shapes() -> Registry[str]:
    shapes: Registry[str] = Registry("shape")
    for name in ("ball", "cube"):
        shapes.register(name)(f"the {name}")
    return shapes


def test_things_are_found_by_name(shapes):
    assert shapes["ball"] == "the ball"
    assert list(shapes) == ["ball", "cube"]
    assert "cube" in shapes
    assert "egg" not in shapes


@pytest.mark.parametrize(("name", "remedy"), [("bal", "did you mean 'ball'"), ("xyz", "known: ball, cube")])
def test_an_unknown_name_says_what_is_near(shapes, name, remedy):
    with pytest.raises(InputError, match=f"no shape called '{name}'; {remedy}") as caught:
        shapes[name]
    assert caught.value.metadata == {"shape": name}


def test_a_name_is_taken_once(shapes):
    with pytest.raises(ValueError, match="two shapes are called 'ball'"):
        shapes.register("ball")("another")


def test_outsiders_register_by_entry_point(monkeypatch):
    point = EntryPoint("constant", "string:digits", "vultus.test")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "vultus.test" else [])
    things: Registry[str] = Registry("thing", "vultus.test")
    assert things["constant"] == "0123456789"
    assert list(things) == ["constant"]

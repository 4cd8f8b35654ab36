import pytest
from pydantic_settings import SettingsConfigDict

from vultus.errors import InputError
from vultus_kit.settings import RoomSettings


class Settings(RoomSettings):
    model_config = SettingsConfigDict(env_prefix="VULTUS_TEST_")

    colour: str = "red"


def test_variables_with_the_prefix_are_read():
    settings = Settings.load({"VULTUS_TEST_PORT": "7", "VULTUS_TEST_COLOUR": "blue", "PORT": "9"})
    assert (settings.port, settings.colour, settings.host) == (7, "blue", "127.0.0.1")


def test_overrides_win():
    assert Settings.load({"VULTUS_TEST_PORT": "7"}, port=8).port == 8


def test_an_unknown_variable_is_an_error_with_a_suggestion():
    with pytest.raises(InputError, match="VULTUS_TEST_COLOR; did you mean VULTUS_TEST_COLOUR"):
        Settings.load({"VULTUS_TEST_COLOR": "blue"})


def test_a_value_that_cannot_be_used_names_its_variable():
    with pytest.raises(InputError, match="VULTUS_TEST_PORT cannot be 'high'"):
        Settings.load({"VULTUS_TEST_PORT": "high"})
    with pytest.raises(InputError, match="VULTUS_TEST_CALL_LIMIT"):
        Settings.load({"VULTUS_TEST_CALL_LIMIT": "0"})


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("VULTUS_TEST_PORT", "77")
    assert Settings.load().port == 77

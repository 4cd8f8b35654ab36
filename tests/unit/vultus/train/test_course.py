import pytest

from vultus.errors import AssetMissingError, InputError
from vultus.train.course import COURSES, perceptual_network, preset_of


@pytest.mark.parametrize("method", ["gdpw", "headgan"])
def test_every_method_has_the_papers_preset_and_a_smoke_test(method):
    presets = COURSES[method].presets
    assert {"paper", "smoke"} <= set(presets)
    for preset in presets.values():
        preset.plan.check()
    assert presets["paper"].side_px == 256
    assert presets["paper"].perceptual == "vgg19"


def test_the_papers_rates_fall_when_the_paper_says():
    plan = preset_of("gdpw", "paper").plan
    assert [plan.learning_rate(step) for step in (0, 79_999, 80_000, 160_000)] == [2e-4, 2e-4, 2e-5, 2e-6]


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="no preset of gdpw called 'smok'; did you mean 'smoke'"):
        preset_of("gdpw", "smok")
    with pytest.raises(InputError, match="no method to train called 'gdwp'; did you mean 'gdpw'"):
        preset_of("gdwp", "smoke")


def test_absent_weights_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("vultus.assets.starters.FOLDER", tmp_path)
    assert perceptual_network("none", (1.0,)) is None
    with pytest.raises(AssetMissingError, match="world-perceptual"):
        perceptual_network("world", (1.0,), assets=tmp_path)
    with pytest.raises(AssetMissingError, match="vgg19"):
        perceptual_network("vgg19", (1.0,), assets=tmp_path)

"""Which metrics are computed in which mode."""

import pytest

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.selection import choose_metrics


def test_self_mode_computes_every_default_metric():
    names, left_out = choose_metrics(None, "self", has_source=False)
    assert names == [name for name in METRICS if METRICS[name].info.by_default]
    assert not left_out


def test_cross_mode_leaves_out_what_compares_with_the_driver_as_a_person():
    names, left_out = choose_metrics(None, "cross", has_source=True)
    assert {"ard[deg]", "apd[deg]", "aed[expression]", "csim[dlib]", "identity_distance[dlib]"} == set(names)
    assert {"l1[0..255]", "psnr[pooled]", "ssim[gaussian-11]", "nme[x1000]"} <= set(left_out)


def test_cross_mode_without_a_source_leaves_identity_out_and_says_why():
    names, left_out = choose_metrics(None, "cross", has_source=False)
    assert not any("dlib" in name for name in names)
    assert "source picture" in left_out["csim[dlib]"]


def test_a_family_stands_for_its_variants():
    names, _ = choose_metrics(["psnr", "l1[0..255]"], "self", has_source=False)
    assert names == ["psnr[frame-mean]", "psnr[pooled]", "l1[0..255]"]


@pytest.mark.parametrize(
    ("names", "message"),
    [(["psnr"], "another person"), (["psrn"], "no metric called"), (["csim"], "source picture")],
)
def test_asking_for_what_has_no_meaning_is_an_error(names, message):
    with pytest.raises(InputError, match=message):
        choose_metrics(names, "cross", has_source=False)


def test_every_name_pins_its_variant_and_every_protocol_is_told():
    for name in METRICS:
        info = METRICS[name].info
        assert info.name == name
        assert name.endswith("]")
        assert info.protocol
        assert info.unit


def test_a_family_leaves_out_its_unusual_variants():
    assert choose_metrics(["l1"], "self", has_source=False)[0] == ["l1[0..255]"]
    assert choose_metrics(["akd"], "self", has_source=False)[0] == ["akd[frame-px]"]


def test_a_metric_of_features_is_refused_where_there_are_only_two_clips():
    with pytest.raises(InputError, match=r"fid\[.*use it from Python"):
        choose_metrics(["fid"], "self", has_source=False)

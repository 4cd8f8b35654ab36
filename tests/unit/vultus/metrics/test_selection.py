"""Which metrics are computed in which mode."""

import pytest

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.selection import choose_metrics


def test_self_mode_computes_every_default_metric():
    names, left_out = choose_metrics(None, "self", False, present=lambda name: False)
    infos = [METRICS[name].info for name in METRICS]
    assert names == [info.name for info in infos if info.by_default and "self" in info.modes]
    assert not left_out


def test_cross_mode_leaves_out_what_compares_with_the_driver_as_a_person():
    names, left_out = choose_metrics(None, "cross", True, present=lambda name: False)
    assert set(names) == {
        *("ard[deg]", "apd[deg]", "aed[expression]", "au-h[arkit-coefficients]"),
        *("csim[dlib]", "identity_distance[dlib]", "identity_leak[dlib]"),
    }
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


def test_a_metric_without_a_way_to_its_features_is_refused():
    with pytest.raises(InputError, match=r"fid\[.*use it from Python"):
        choose_metrics(["fid[inception-2015-stylegan2-ada]"], "self", has_source=False)


def test_metrics_of_extractors_are_computed_where_their_weights_are():
    names, left_out = choose_metrics(None, "self", False, present=lambda name: name.startswith("inception"))
    assert {"fid[inception-2015-pytorch-fid]", "kid[inception-2015-pytorch-fid]"} <= set(names)
    assert not {"lpips[alex]", "csim[arcface-irse50-five-points]"} & {*names, *left_out}


def test_a_family_is_asked_for_though_its_weights_are_absent():
    names, _ = choose_metrics(["lpips[alex]", "fid"], "self", False, present=lambda name: False)
    assert names == ["lpips[alex]", "fid[inception-2015-pytorch-fid]", "fid[world]"]
    names, _ = choose_metrics(["fid"], "self", False, present=lambda name: name == "world-perceptual")
    assert names == ["fid[world]"]


def test_a_leak_of_identity_needs_a_driver_who_is_somebody_else():
    with pytest.raises(InputError, match="cross-reenactment only"):
        choose_metrics(["identity_leak[dlib]"], "self", has_source=True)


def test_all_means_everything_that_can_be_computed_and_says_why_the_rest_cannot():
    names, left_out = choose_metrics(["all"], "self", False, present=lambda name: name == "world-sync")
    assert {*names, *left_out} == set(METRICS)
    assert {"apd[rad]", "ms-ssim[gaussian-11]", "psnr[pooled]"} <= set(names)
    assert "sound" in left_out["lse-d[world]"]
    assert "weights of lpips-alex" in left_out["lpips[alex]"]
    assert "cross-reenactment" in left_out["identity_leak[dlib]"]
    heard, _ = choose_metrics(["all"], "self", False, lambda name: name == "world-sync", has_sound=True)
    assert set(heard) - set(names) == {
        f"{name}[world]" for name in ("sync_offset", *["lse-d", "lse-c", "av_drift"])
    }


def test_a_papers_protocol_is_computed_as_far_as_it_can_be():
    names, left_out = choose_metrics(["headgan-reconstruction"], "self", False, present=lambda name: False)
    assert names == ["l1[0..255]", "psnr[pooled]", "ard[deg]"]
    assert "lpips[alex]" in left_out
    with pytest.raises(InputError, match="of cross-reenactment, this one is of self"):
        choose_metrics(["goha-cross"], "self", False)


def test_sync_stands_for_all_that_is_told_of_lips_and_voice():
    names, _ = choose_metrics(["sync[world]"], "self", False, has_sound=True)
    assert names == ["sync_offset[world]", "lse-d[world]", "lse-c[world]", "av_drift[world]"]
    with pytest.raises(InputError, match="has none"):
        choose_metrics(["sync"], "self", False)

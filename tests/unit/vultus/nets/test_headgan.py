import pytest
import torch

from vultus.errors import InputError
from vultus.nets.headgan import HeadGanConfig, HeadGanGenerator
from vultus.nets.headgan_flow import HELD_AT_FIRST
from vultus.nets.patch_discriminator import PatchDiscriminator
from vultus.nets.spectral import fold_spectral
from vultus.nets.warping import warp_px

SIDE = 32


def tiny(**changes) -> HeadGanGenerator:
    torch.manual_seed(0)
    return HeadGanGenerator(HeadGanConfig(width=4, hidden=8, audio_count=6, **changes))


def inputs() -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(1)
    pictures = (torch.rand(2, count, SIDE, SIDE, generator=generator) for count in (3, 3, 9))
    return *pictures, torch.rand(2, 6, generator=generator)


@pytest.mark.parametrize("changes", [{}, {"residual": True, "masked": True}])
def test_both_variants_make_pictures(changes):
    output = tiny(**changes)(*inputs())
    assert output.image.shape == output.warped.shape == (2, 3, SIDE, SIDE)
    assert output.flow_px.shape == (2, 2, SIDE, SIDE)
    assert [x.shape[1:] for x in output.warped_features] == [(4, 32, 32), (16, 16, 16), (64, 8, 8)]
    assert output.image.abs().max() <= 1


def test_without_a_mask_head_the_whole_flow_is_used():
    assert (tiny()(*inputs()).mask == 1).all()


def test_an_encoded_reference_serves_many_frames():
    network = tiny().eval()
    reference, reference_nmfc, nmfc, audio = inputs()
    kept = network.encode(reference, reference_nmfc)
    whole = network(reference, reference_nmfc, nmfc.flip(-1), audio).image
    torch.testing.assert_close(network.decode(reference, kept, nmfc.flip(-1), audio).image, whole)


STARTER = {"patch": 2, "led": True, "blended": True, "traced": True, "residual": True}


def test_a_fresh_guided_network_warps_as_the_displacement_says():
    network = tiny(**STARTER)
    displacement = torch.zeros(2, 2, SIDE, SIDE)
    displacement[:, 0] = 2 * 4 / SIDE
    reference, *others = inputs()
    output = network(reference, *others, displacement)
    held = torch.sigmoid(torch.tensor(HELD_AT_FIRST))
    torch.testing.assert_close(output.flow_px[:, 0], (4 * held).expand(2, SIDE, SIDE))
    assert output.flow_px[:, 1].abs().max() == 0
    torch.testing.assert_close(output.warped, warp_px(reference, output.flow_px, sharp=True))


def test_a_blended_picture_lies_between_the_painted_and_the_warped_one():
    network = tiny(**STARTER)
    reference, *others = inputs()
    displacement = torch.zeros(2, 2, SIDE, SIDE)
    with torch.no_grad():
        network.rendering.image.bias[12:] = 50.0
        output = network(reference, *others, displacement)
    assert (output.share == 1).all()
    torch.testing.assert_close(output.image, output.warped.clamp(-1, 1))
    assert output.image.shape == (2, 3, SIDE, SIDE)


def test_shared_features_are_as_many_as_half_a_pictures():
    shapes = [x.shape[-1] for x in tiny(**STARTER)(*inputs(), torch.zeros(2, 2, SIDE, SIDE)).warped_features]
    assert shapes == [SIDE // 2, SIDE // 4, SIDE // 8]


def test_flows_cannot_begin_at_nothing():
    with pytest.raises(InputError, match="there is none"):
        tiny(**STARTER)(*inputs())


def test_sound_changes_the_picture():
    network = tiny().eval()
    *pictures, audio = inputs()
    difference = network(*pictures, audio).image - network(*pictures, torch.zeros_like(audio)).image
    assert difference.abs().max() > 1e-4


def test_folding_keeps_the_picture():
    network = tiny(residual=True, masked=True).eval()
    before = network(*inputs()).image
    torch.testing.assert_close(fold_spectral(network)(*inputs()).image, before, rtol=1e-4, atol=1e-5)


def test_the_discriminator_answers_at_each_scale():
    answers = PatchDiscriminator(9, width=4, layers=3)(
        torch.rand(1, 6, SIDE, SIDE), torch.rand(1, 3, SIDE, SIDE)
    )
    assert [len(layers) for layers in answers] == [4, 4]
    assert answers[0][-1].shape[-1] > answers[1][-1].shape[-1]

import pytest
import torch

from vultus.errors import InputError
from vultus.nets.gdpw import ADDED_MOST, HELD_AT_FIRST, LED_MOST, GdpwConfig, GdpwGenerator, Steering
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.nets.spectral import fold_spectral
from vultus.render.guides import code_image

SIDE = 32


def tiny(guidance="codes", **changes) -> GdpwGenerator:
    torch.manual_seed(0)
    return GdpwGenerator(GdpwConfig(guidance=guidance, width=4, halvings=3, code_count=5, **changes))


def inputs(network: GdpwGenerator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    config = network.config
    generator = torch.Generator().manual_seed(1)
    counts = 3, config.source_guide_channels, config.guide_channels
    sides = SIDE, SIDE // config.patch, SIDE // config.patch
    return tuple(
        torch.rand(2, count, side, side, generator=generator)
        for count, side in zip(counts, sides, strict=True)
    )


@pytest.mark.parametrize("guidance", ["codes", "displacement", "both", "nmfc"])
def test_every_guidance_makes_pictures_and_flows_of_each_level(guidance):
    network = tiny(guidance)
    output = network(*inputs(network))
    assert output.image.shape == (2, 3, SIDE, SIDE)
    assert [flow.shape[-1] for flow in output.flows] == [8, 16, 32]
    assert 0 <= output.image.min() <= output.image.max() <= 1


def test_an_encoded_portrait_serves_many_frames():
    network = tiny().eval()
    source, source_guide, guide = inputs(network)
    kept = network.encode(source, source_guide)
    whole = network(source, source_guide, guide.flip(-1)).image
    torch.testing.assert_close(network.decode(source, kept, guide.flip(-1)).image, whole)


def test_folding_keeps_the_picture():
    network = tiny().eval()
    given = inputs(network)
    before = network(*given).image
    torch.testing.assert_close(fold_spectral(network)(*given).image, before)


def test_no_flow_leaves_the_source_as_it_is():
    network = tiny().eval()
    for module in network.warpings:
        torch.nn.init.zeros_(module.flow.weight)
        torch.nn.init.zeros_(module.flow.bias)
    source, *guides = inputs(network)
    torch.testing.assert_close(network(source, *guides).warped_source, source)


def test_gradients_reach_the_vertex_codes():
    network = tiny()
    corners = torch.tensor([[[0.0, 0.0, 1.0], [0.0, SIDE, 1.0], [SIDE, 0.0, 1.0]]]).expand(2, -1, -1)
    codes = torch.rand(3, 5, requires_grad=True)
    image = code_image(corners, torch.tensor([[0, 1, 2]]), codes, (SIDE, SIDE))
    network(torch.rand(2, 3, SIDE, SIDE), image.flip(-1), image).image.sum().backward()
    assert codes.grad is not None
    assert (codes.grad.abs().sum(-1) > 0).all()


def test_the_discriminator_answers_for_patches():
    features, logits = GdpwDiscriminator(width=4, blocks=2)(torch.rand(1, 3, SIDE, SIDE))
    assert [feature.shape[1] for feature in features] == [4, 8]
    assert logits.shape == (1, 1, 9, 9)


def test_patches_share_features_and_come_apart_again():
    network = tiny("both", patch=2)
    output = network(*inputs(network))
    assert output.image.shape == (2, 3, SIDE, SIDE)
    assert [flow.shape[-1] for flow in output.flows] == [4, 8, 16]
    assert output.alpha.shape == (2, 1, SIDE, SIDE)


def test_each_pixel_of_a_patch_has_its_own_place_in_the_picture():
    network = tiny("both", patch=2).eval()
    torch.nn.init.zeros_(network.output.weight)
    logits = torch.arange(16.0) / 16 - 0.5
    network.output.bias.data.copy_(logits)
    image = network(*inputs(network)).image
    wanted = torch.sigmoid(logits)[:12].reshape(3, 2, 2).repeat(1, SIDE // 2, SIDE // 2)
    torch.testing.assert_close(image, wanted.expand(2, -1, -1, -1))


def test_a_fresh_network_that_is_led_follows_the_displacement_as_far_as_it_holds():
    network = tiny("both", led=True)
    source, source_guide, guide = inputs(network)
    guide[:, -2:] = 2 / SIDE  # one pixel to the right and one down
    flows = network(source, source_guide, guide).flows
    held = torch.sigmoid(torch.tensor(HELD_AT_FIRST))
    for flow in flows:
        torch.testing.assert_close(flow, (held * 2 / SIDE).expand_as(flow))


def test_without_spectral_normalisation_weights_are_plain():
    network = tiny(spectral=False)
    assert network.training
    assert not [name for name in network.state_dict() if "parametrizations" in name]
    assert all(weight.requires_grad for weight in network.parameters())
    assert set(dict(network.named_parameters())) >= {"down.0.conv.weight", "warpings.0.spade.conv1.weight"}


def test_steering_adds_to_what_holds():
    steering = Steering(torch.full((1, 2, 1, 1), 0.25), torch.full((1, 1, 1, 1), 0.5))
    torch.testing.assert_close(steering.flow(torch.ones(1, 2, 1, 1)), torch.full((1, 2, 1, 1), 0.75))
    alone = Steering(steering.added, None)
    torch.testing.assert_close(alone.flow(torch.ones(1, 2, 1, 1)), steering.added)


def test_without_the_displacement_nothing_can_lead_or_be_compared():
    for option in ("led", "compared"):
        with pytest.raises(InputError, match="codes"):
            GdpwConfig(guidance="codes", **{option: True})


def test_compared_codes_are_nothing_where_the_source_shows_the_same():
    network = tiny("both", compared=True)
    _, source_guide, guide = inputs(network)
    guide[:, -2:] = 0
    guide[:, :5] = source_guide
    guide[:, :5, 3, 4] += 1
    differences = network._shown(guide, source_guide)[:, 5:10]
    wanted = torch.zeros_like(differences)
    wanted[:, :, 3, 4] = 1
    torch.testing.assert_close(differences, wanted)


def test_an_encoded_portrait_keeps_the_codes_that_are_compared():
    network = tiny("both", compared=True, patch=2, led=True, blended=True).eval()
    source, source_guide, guide = inputs(network)
    encoded = network.encode(source, source_guide)
    assert encoded[-1] is source_guide
    whole = network(source, source_guide, guide)
    torch.testing.assert_close(network.decode(source, encoded, guide).image, whole.image)


@pytest.mark.parametrize("finishing", [False, True])
def test_blending_lays_the_warped_source_over_what_is_generated(finishing):
    network = tiny("both", patch=2, led=True, blended=True, finishing=finishing)
    output = network(*inputs(network))
    mixed = output.alpha * output.warped_source + (1 - output.alpha) * output.generated
    torch.testing.assert_close(output.image, mixed.clamp(0, 1))


def test_every_weight_of_a_starters_network_learns():
    network = tiny("both", patch=2, led=True, blended=True, finishing=True)
    source, source_guide, guide = inputs(network)
    source_guide.requires_grad_()
    guide.requires_grad_()
    target = torch.rand(2, 3, SIDE, SIDE)
    for last in (*(module.flow for module in network.warpings), network.output):
        torch.nn.init.normal_(last.weight, std=0.1)  # zeros at first, which hide what lies before them
    (network(source, source_guide, guide).image - target).square().mean().backward()
    assert (source_guide.grad != 0).any()
    assert (guide.grad != 0).any()
    assert all(weight.grad is not None and weight.grad.any() for weight in network.parameters())


def test_a_led_network_moves_nothing_far_from_where_the_displacement_points():
    network = tiny("both", led=True)
    for module in network.warpings:
        torch.nn.init.normal_(module.flow.weight, std=10.0)
    source, source_guide, guide = inputs(network)
    guide[:, -2:] = 0.0
    assert all(flow.abs().max() <= ADDED_MOST for flow in network(source, source_guide, guide).flows)


def test_what_a_led_network_sees_of_a_displacement_has_an_end():
    network = tiny("both", led=True)
    _, source_guide, guide = inputs(network)
    shown = network._shown(100 * guide, source_guide)
    assert shown[:, -2:].abs().max() == LED_MOST
    assert torch.equal(shown[:, :-2], 100 * guide[:, :-2])

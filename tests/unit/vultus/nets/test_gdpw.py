import pytest
import torch

from vultus.nets.gdpw import GdpwConfig, GdpwGenerator
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.nets.spectral import fold_spectral
from vultus.render.guides import code_image

SIDE = 32


def tiny(guidance="codes") -> GdpwGenerator:
    torch.manual_seed(0)
    return GdpwGenerator(GdpwConfig(guidance=guidance, width=4, halvings=3, code_count=5))


def inputs(network: GdpwGenerator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    config = network.config
    generator = torch.Generator().manual_seed(1)
    counts = 3, config.source_guide_channels, config.guide_channels
    return tuple(torch.rand(2, count, SIDE, SIDE, generator=generator) for count in counts)


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

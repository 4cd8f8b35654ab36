"""Embeddings of faces."""

import torch

from vultus.nets.irse import IrSe50


def test_embeds_faces_on_the_unit_sphere(rng):
    network = IrSe50().eval()
    with torch.no_grad():
        embeddings = network(torch.rand(2, 3, 112, 112, generator=rng) * 2 - 1)
    assert embeddings.shape == (2, 512)
    torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(2))
    assert len(network.body) == 24

import torch

from vultus.losses.features import feature_matching, layer_weight


def test_the_logits_count_as_a_layer_but_are_not_compared():
    ours = [[torch.zeros(1, 2), torch.zeros(1, 3), torch.full((1, 1), 9.0)]]
    real = [[torch.ones(1, 2), torch.full((1, 3), 2.0), torch.zeros(1, 1)]]
    torch.testing.assert_close(feature_matching(ours, real), torch.tensor((1.0 + 2.0) * 4 / 3))


def test_scales_are_averaged():
    one = [torch.zeros(1, 2), torch.zeros(1)], [torch.ones(1, 2), torch.zeros(1)]
    same = [torch.zeros(1, 2), torch.zeros(1)]
    torch.testing.assert_close(feature_matching([one[0], same], [one[1], same]), torch.tensor(1.0))
    assert layer_weight(5) == 0.8


def test_no_gradient_reaches_the_real_features():
    real = torch.ones(2, requires_grad=True)
    generated = torch.zeros(2, requires_grad=True)
    feature_matching([[generated, generated]], [[real, real]]).backward()
    assert generated.grad is not None
    assert real.grad is None

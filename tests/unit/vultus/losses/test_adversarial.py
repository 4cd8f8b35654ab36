import pytest
import torch

from vultus.losses.adversarial import discriminator_loss, generator_loss

LOGITS = [torch.tensor([[-2.0, 0.5]]), torch.tensor([[3.0]])]


def test_hinge_by_hand():
    real, generated = discriminator_loss(LOGITS, LOGITS)
    assert real.item() == pytest.approx(((3.0 + 0.5) / 2 + 0.0) / 2)
    assert generated.item() == pytest.approx(((0.0 + 1.5) / 2 + 4.0) / 2)
    assert generator_loss(LOGITS).item() == pytest.approx((0.75 - 3.0) / 2)


def test_least_squares_by_hand():
    real, generated = discriminator_loss(LOGITS, LOGITS, "least_squares")
    assert real.item() == pytest.approx(((9 + 0.25) / 2 + 4) / 2)
    assert generated.item() == pytest.approx(((4 + 0.25) / 2 + 9) / 2)
    assert generator_loss(LOGITS, "least_squares").item() == real.item()


@pytest.mark.parametrize("kind", ["hinge", "least_squares"])
def test_the_generator_is_pulled_towards_real(kind):
    logits = torch.tensor([-1.0, 0.3], requires_grad=True)
    generator_loss([logits], kind).backward()
    assert (logits.grad < 0).all()

import torch

from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.nets.gdpw import GdpwConfig
from vultus.render.fragments import Fragments

SIDE = 16
MODEL = load_morphable("builtin")


def built(**changes) -> GdpwModel:
    torch.manual_seed(0)
    return GdpwModel(GdpwConfig(guidance="both", width=4, halvings=2, code_count=4, **changes), MODEL)


def half_seen() -> tuple[Fragments, torch.Tensor]:
    """Another triangle at each pixel of the upper half, and a displacement of 0.1 there."""
    index = torch.arange(SIDE * SIDE).reshape(1, SIDE, SIDE)
    index[:, SIDE // 2 :] = -1
    barycentric = torch.full((1, SIDE, SIDE, 3), 1 / 3) * (index >= 0)[..., None]
    seen = Fragments(index, barycentric, torch.where(index >= 0, 1.0, torch.inf))
    return seen, 0.1 * seen.mask[:, None].expand(1, 2, SIDE, SIDE)


def test_guides_show_one_pixel_of_each_patch():
    seen, displacement = half_seen()
    whole, thin = built(), built(patch=2)
    thin.codes.data.copy_(whole.codes)
    torch.testing.assert_close(
        thin.guide(seen, displacement), whole.guide(seen, displacement)[..., 1::2, 1::2]
    )
    torch.testing.assert_close(thin.source_guide(seen), whole.source_guide(seen)[..., 1::2, 1::2])


def test_smooth_codes_differ_little_between_neighbours():
    def roughness(codes: torch.Tensor) -> torch.Tensor:
        corners = codes[MODEL.faces.long()]
        return (corners[:, 0] - corners[:, 1]).abs().mean() / codes.std()

    smooth, noise = built(smooth_codes=True).codes, built().codes
    assert roughness(smooth) < 0.3 * roughness(noise)
    assert 0 <= smooth.min() <= smooth.max() <= 1


def test_the_last_smooth_codes_tell_teeth_from_lips():
    codes = GdpwModel(GdpwConfig(width=4, halvings=2, code_count=16, smooth_codes=True), MODEL).codes
    teeth, lips = (codes[MODEL.regions[name]] for name in ("teeth", "lips"))
    assert teeth[:, -1].eq(1).all()
    assert lips[:, -1].eq(0).all()
    assert lips[:, -3].eq(1).all()


def test_smooth_codes_come_from_the_seed():
    torch.testing.assert_close(built(smooth_codes=True).codes, built(smooth_codes=True).codes)

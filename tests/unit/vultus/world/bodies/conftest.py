"""Bodies to look at, each built once."""

from dataclasses import replace

import pytest
import torch

from vultus.data.track import Track
from vultus.face.builtin import build_head
from vultus.world.bodies import Body, build_body
from vultus.world.people import Glasses, Person, draw_person


@pytest.fixture(scope="session")
def dressed() -> Person:
    """A person with everything that can be worn."""
    person = draw_person(4)
    return replace(
        person,
        hair=replace(person.hair, style="side_part"),
        beard=replace(person.beard, style="full"),
        glasses=Glasses("round", (0.01, 0.01, 0.01), 2.5, 1.0),
        clothes=replace(person.clothes, style="shirt"),
    )


@pytest.fixture(scope="session")
def body(dressed: Person) -> Body:
    return build_body(dressed, build_head())


@pytest.fixture(scope="session")
def track(dressed: Person) -> Track:
    """Six frames: turned heads, open mouths, moving eyes."""
    head = build_head()
    random = torch.Generator().manual_seed(0)
    count = 6
    return Track(
        identity=torch.tensor([dressed.identity]).expand(count, -1),
        expression=torch.rand(count, head.expression_count, generator=random) * 0.3,
        rotation_rad=torch.randn(count, 3, generator=random) * 0.3,
        jaw_rad=torch.randn(count, 3, generator=random) * 0.02,
        eyes_rad=torch.randn(count, 2, 3, generator=random) * 0.1,
        scale=torch.full((count,), 0.6),
        translation_px=torch.full((count, 2), 64.0),
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(128, 128),
        morphable=head.name,
        morphable_digest=head.digest,
    )

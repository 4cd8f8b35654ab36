import pytest
import torch
from vultus_generation.studio import check_driving

from vultus.errors import IncompatibleError


def test_a_driver_of_another_model_or_width_is_incompatible(source):
    check_driving(source, source)
    for other in (
        source.replace(morphable_digest="sha256:1"),
        source.replace(expression=torch.zeros(1, 2)),
        source.replace(identity=torch.zeros(1, 1)),
    ):
        with pytest.raises(IncompatibleError, match="the driver's track is of morphable model"):
            check_driving(other, source)

import json

import pytest

from vultus.errors import InputError
from vultus.train.plan import TrainPlan


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"steps": 0}, "steps is 0"),
        ({"batch_size": -1}, "batch_size is -1"),
        ({"average_decay": 1.0}, "average_decay is 1.0"),
        ({"learning_rates": ((5, 1e-3),)}, r"steps \[5\]"),
        ({"learning_rates": ((0, 1e-3), (0, 1e-4))}, r"steps \[0, 0\]"),
    ],
)
def test_what_cannot_be_is_named(changes, named):
    with pytest.raises(InputError, match=named):
        TrainPlan(**({"steps": 1, "batch_size": 1} | changes)).check()


def test_it_can_be_written_down():
    plan = TrainPlan(steps=3, batch_size=2)
    plan.check()
    assert json.loads(json.dumps(plan.to_json()))["learning_rates"] == [[0, 2e-4]]


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": -1},
        {"seed": 1 << 70},
        {"clip_norm": 0.0},
        {"betas": (1.0, 0.5)},
        {"betas": (0.5, 1.0)},
        {"learning_rates": ((0, -1.0),)},
        {"sample_every": -1},
        {"devices": 100_000},
    ],
)
def test_values_that_no_optimiser_takes_are_refused(changes):
    with pytest.raises(InputError):
        TrainPlan(**{"steps": 1, "batch_size": 1, **changes}).check()

from dataclasses import dataclass

import pytest

from vultus.errors import InputError
from vultus.train.overriding import overridden
from vultus.train.plan import TrainPlan


@dataclass(frozen=True)
class Outer:
    plan: TrainPlan
    name: str = "a"
    share: float = 0.5
    sure: bool = False


RECORD = Outer(TrainPlan(steps=1, batch_size=2))


def test_values_keep_their_type():
    changed = overridden(
        RECORD,
        {
            "plan.steps": "9",
            "plan.learning_rates": "[[0, 0.1], [5, 0.01]]",
            "name": "7",
            "share": "1",
            "sure": "true",
        },
    )
    assert changed == Outer(
        TrainPlan(steps=9, batch_size=2, learning_rates=((0, 0.1), (5, 0.01))), "7", 1.0, True
    )
    assert RECORD.plan.steps == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("plan.stepps", "3", "no setting 'plan.stepps'"),
        ("plan", "3", "plan cannot be '3'"),
        ("plan.steps.more", "3", "no setting 'plan.steps.more'"),
        ("plan.steps", "many", "plan.steps cannot be 'many': it is 1 now"),
        ("plan.steps", "1.5", "plan.steps cannot be '1.5'"),
        ("share", "true", "share cannot be 'true'"),
        ("sure", "1", "sure cannot be '1'"),
    ],
)
def test_what_cannot_be_is_named(name, text, said):
    with pytest.raises(InputError, match=said):
        overridden(RECORD, {name: text})


@pytest.mark.parametrize("text", ["[3]", '[["a", 1.0]]', '[[0, "x"]]', "[[0, NaN]]", "[" * 50_000])
def test_items_of_another_kind_are_refused(text):
    with pytest.raises(InputError, match="learning_rates cannot be"):
        overridden(TrainPlan(steps=1, batch_size=1), {"learning_rates": text})

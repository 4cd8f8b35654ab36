"""The page that lies beside trained weights: what they are, how they came to be, what they are not for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vultus.data.sets.stored import StoredSet
from vultus.train.course import Preset

LATE_STEPS = 200
"""Steps at the end over which losses are averaged."""

LIMITS = """\
- The people that it learned from are the data set's. It has seen nobody else: how it does on other faces has
  to be measured there (`vultus leaderboard`, `vultus evaluate`).
- It takes heads fitted with the morphable model named above, frames of the side named above, and poses that
  the data hold; beyond them it tears and blurs.
- It animates pictures of people. Nobody's picture is to be animated without their consent, and what it makes
  is to be shown as made."""

_SOURCES = {
    "true": "stored with the clips",
    "fitted": "fitted from the clips' frames, as they are for any portrait and driver",
}


@dataclass(frozen=True)
class Making:
    """How a model came to be."""

    method: str
    """Name in `COURSES`."""

    preset: Preset
    """What decided the run."""

    stored: StoredSet
    """What it learned from."""

    command: str
    """What makes the model again."""

    steps: int
    """Steps done."""

    losses: Mapping[str, float]
    """Means over the last steps, by name."""


def model_card(making: Making) -> str:
    """The page, Markdown."""
    preset, data = making.preset, making.stored.card
    plan = preset.plan
    rows = "\n".join(f"| {name} | {value:.4g} |" for name, value in making.losses.items())
    rates = ", ".join(f"{rate:g} from step {first}" for first, rate in plan.learning_rates)
    return f"""\
# {making.method}, {preset.side_px} x {preset.side_px} px

Weights (averaged over the steps, fp16) and configuration of the method `{making.method}` of vultus.

## How it was made

    {making.command}

- **data**: set `{data.name}` ({data.source}), digest `{making.stored.digest}`, recipe {data.recipe}
  (`{data.recipe_digest}`); its split "train", {len(making.stored.ids("train"))} clips
- **tracks**: {_SOURCES[preset.tracks]}; morphable model {preset.data.morphable}
- **seed**: {plan.seed}
- **steps**: {making.steps}, {plan.batch_size} samples each, {plan.precision}; learning rate {rates}
- **perceptual network**: {preset.perceptual}

| loss (weighted, mean of the last {LATE_STEPS} steps) | |
|---|---:|
{rows}

## Limits

{LIMITS}

## Licence

{data.licence}
"""


def late_losses(log: Path) -> dict[str, float]:
    """Means of the losses in the last lines of a run's log; those that are not finite are left out."""
    rows = [json.loads(line) for line in log.read_text().splitlines()[-LATE_STEPS:]]
    names = dict.fromkeys(name for row in rows for name in row if name not in ("step", "rate"))
    found = {
        name: [row[name] for row in rows if abs(row.get(name, float("inf"))) < float("inf")] for name in names
    }
    return {name: sum(values) / len(values) for name, values in found.items() if values}

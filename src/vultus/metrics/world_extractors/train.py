"""Make the world's extractors again.

python -m vultus.metrics.world_extractors.train perceptual --data DIR --out FILE.safetensors
python -m vultus.metrics.world_extractors.train sync --data DIR --out FILE.safetensors

DIR is a set of `vultus data synth`. A run that was interrupted goes on where it was, exactly, when the same
command is given again; what it needs for that lies in FILE.run and can be removed afterwards.
"""

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vultus.assets.starters import write_starter
from vultus.data.sets.stored import StoredSet, open_set
from vultus.errors import InputError, VultusError
from vultus.face.models import load_morphable
from vultus.metrics.world_extractors.calibration import calibrate
from vultus.metrics.world_extractors.held_out import perceptual_figures, sync_figures
from vultus.metrics.world_extractors.perceptual import Lessons, PerceptualTrainee, SpoiltFrames
from vultus.metrics.world_extractors.sync import SyncTrainee, build_mouths
from vultus.nets.world_features import WorldLpips
from vultus.nets.world_sync import WorldSync
from vultus.train.frame_bank import build_bank
from vultus.train.loop import Training
from vultus.train.plan import TrainPlan
from vultus.world.specs import WORLD_VERSION

BANK_PX = 128
"""Side of the frames that pictures are cut from."""

_LIMITS = (
    "learned from synthetic people alone; distances are comparable only with others of this file",
    "no judgement of people entered: layers are weighed so that stronger distortions are further away",
)
_SYNC_LIMITS = (
    "learned from synthetic voices and mouths alone; figures of real speech are not calibrated",
    "frames must come 25 a second",
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """One command line."""

    kind: str
    """"perceptual" or "sync"."""

    data: Path
    """Folder of the set."""

    out: Path
    """File to write."""

    plan: TrainPlan
    """How long and how fast."""

    held_out: int
    """Frames of unseen people that are measured."""

    @property
    def cache(self) -> Path:
        """Where checkpoints and decoded frames lie."""
        return self.out.with_suffix(".run")

    @property
    def command(self) -> str:
        """What makes the file again."""
        plan = self.plan
        return (
            f"python -m vultus.metrics.world_extractors.train {self.kind} --data DIR --out {self.out.name} "
            f"--steps {plan.steps} --batch {plan.batch_size} --seed {plan.seed}"
        )


class Told:
    """Writes a line to the log now and then, and keeps the means of the first and last losses."""

    def __init__(self, every: int) -> None:
        self._every = max(every, 1)
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """Average losses over about the last twenty steps."""
        self.first = self.first or dict(losses)
        old = self.last or losses
        self.last = {name: 0.95 * old[name] + 0.05 * value for name, value in losses.items()}
        if step % self._every == 0:
            told = " ".join(f"{name.split('/')[-1]} {value:.3f}" for name, value in self.last.items())
            _log.info("step %d: %s", step, told)

    def on_sample(self, step: int, pictures: Tensor) -> None:
        """Nobody looks at them."""

    def on_checkpoint(self, step: int, path: Path) -> None:
        """Say so."""
        _log.info("checkpoint at step %d in %s", step, path.parent)


def make(order: Order, until: int | None = None) -> dict[str, Any] | None:
    """Learn, measure on unseen people, and write the weights with their card.

    Args:
        order: What to make.
        until: Step to stop before; then nothing is written, and None answered.

    Returns:
        The card.

    Raises:
        InputError: The data cannot be learned from.
    """
    stored = open_set(order.data)
    makers = {"perceptual": _make_perceptual, "sync": _make_sync}
    learned = makers[order.kind](order, stored, until)
    if learned is None:
        return None
    state, figures, losses, limits = learned
    card: dict[str, Any] = {
        "name": f"world-{order.kind}",
        "version": 1,
        "command": order.command,
        "world": WORLD_VERSION,
        "data": {"digest": stored.digest, "clips": stored.card.clips, "recipe": stored.card.recipe},
        "seed": order.plan.seed,
        "plan": order.plan.to_json(),
        "losses": losses,
        "held_out": figures,
        "limits": list(limits),
        "licence": "that of this package; no data of real people were used",
    }
    write_starter(order.out, state, card)
    return card


Learned = tuple[dict[str, Tensor], dict[str, Any], dict[str, Any], Sequence[str]]


def _make_perceptual(order: Order, stored: StoredSet, until: int | None) -> Learned | None:
    model = load_morphable()
    bank = build_bank(stored, "train", BANK_PX, order.cache)
    frames = SpoiltFrames(bank, model, order.plan.seed)
    lessons = Lessons()
    torch.manual_seed(order.plan.seed)
    trainee = PerceptualTrainee(len(frames.people), frames.expressions, lessons)
    config = {"data": stored.digest, "lessons": lessons.to_json()}
    training, told = _run(order, trainee, frames, config, until)
    if training.step < order.plan.steps:
        return None
    network = training.average.network.eval()
    distance = WorldLpips(network.get_submodule("features")).eval()  # type: ignore[arg-type]
    clean = SpoiltFrames(bank, model, order.plan.seed + 1, clean=True).batch(0, 16)["picture"]
    calibrate(distance, ((clean.permute(0, 2, 3, 1) + 1) * 127.5).round().byte().numpy())
    unseen = SpoiltFrames(build_bank(stored, "val", BANK_PX, order.cache), model, 1, clean=True)
    figures = perceptual_figures(network, distance, unseen, order.held_out)
    return distance.state_dict(), figures, _losses(told), _LIMITS


def _make_sync(order: Order, stored: StoredSet, until: int | None) -> Learned | None:
    model = load_morphable()
    torch.manual_seed(order.plan.seed)
    trainee = SyncTrainee()
    mouths = build_mouths(stored, "train", model, order.cache, order.plan.seed)
    training, told = _run(order, trainee, mouths, {"data": stored.digest}, until)
    if training.step < order.plan.steps:
        return None
    network = training.average.network.eval()
    assert isinstance(network, WorldSync)  # noqa: S101 -- for the type checker
    figures = sync_figures(network, build_mouths(stored, "val", model, order.cache, 1))
    return network.state_dict(), figures, _losses(told), _SYNC_LIMITS


def _run(
    order: Order, trainee: Any, batches: Any, config: Mapping[str, Any], until: int | None
) -> tuple[Training, Told]:
    told = Told(order.plan.steps // 50)
    training = Training(trainee, batches, order.plan, order.cache / "checkpoints", config)
    training.run(told, until)
    return training, told


def _losses(told: Told) -> dict[str, Any]:
    return {"first": told.first, "last": told.last}


def order_of(words: Sequence[str]) -> Order:
    """What a command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["perceptual", "sync"])
    parser.add_argument("--data", type=Path, required=True, help="set of `vultus data synth`")
    parser.add_argument("--out", type=Path, required=True, help="file to write, ….safetensors")
    parser.add_argument("--steps", type=int, help="how long to learn  [perceptual 4000, sync 6000]")
    parser.add_argument("--batch", type=int, default=32, help="pictures or windows in a step")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--smoke", action="store_true", help="a few steps, to see whether it works")
    asked = parser.parse_args(words)
    if asked.out.suffix != ".safetensors":
        raise InputError(f"{asked.out} is no .safetensors file", remedy="name one")
    steps = asked.steps or (30 if asked.smoke else {"perceptual": 4000, "sync": 6000}[asked.kind])
    plan = TrainPlan(
        steps=steps,
        batch_size=asked.batch,
        learning_rates=((0, 1e-3), (steps * 6 // 10 + 1, 3e-4), (steps * 9 // 10 + 2, 5e-5)),
        betas=(0.9, 0.999),
        average_decay=0.99 if asked.smoke else 0.998,
        seed=asked.seed,
        accelerator="cpu",
        save_every=max(min(steps // 10, 200), 1),
        kept_checkpoints=1,
        sample_every=0,
    )
    return Order(asked.kind, asked.data, asked.out, plan, held_out=32 if asked.smoke else 256)


def main() -> int:
    """Run the command line; answers the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        card = make(order_of(sys.argv[1:]))
    except VultusError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    if card is not None:
        _log.info("%s", card["held_out"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

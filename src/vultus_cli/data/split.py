"""`vultus data split`: who is learned from, tuned on and measured on."""

from pathlib import Path

import click

from vultus.data.sets import SPLITS, ClipSet, DataCard, data_card
from vultus.data.sets.data_cards import overlap
from vultus.data.sets.folders import SET_FILE
from vultus.data.sets.shards import INDEX_FILE
from vultus.data.sets.splits import assign_by_clip, assign_by_person
from vultus.errors import InputError
from vultus_cli.inputs import SET
from vultus_cli.output import answer, say


@click.command("split")
@click.argument("folder", type=SET, metavar="DIR")
@click.option(
    "--by",
    type=click.Choice(("person", "clip")),
    default="person",
    show_default=True,
    help="Put whole people into splits, or divide every person's clips in their order.",
)
@click.option("--shares", default="7,1,2", show_default=True, help="Relative sizes of train,val,test.")
@click.option("--seed", default=0, show_default=True, help="Draws which people are where; for --by person.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, by: str, shares: str, seed: int, as_json: bool) -> None:
    """Divide the set in DIR into train, val and test.

    Only the assignment is written: clips, and so their digests, stay as they are. Shards of the set have to
    be made again.
    """
    numbers = _numbers(shares)
    if (folder / INDEX_FILE).is_file() and not (folder / SET_FILE).is_file():
        raise InputError(
            f"{str(folder)!r} holds shards, which are of one split each",
            remedy="divide the folder that they were made from, then run `vultus data shard` again",
        )
    clip_set = ClipSet.open(folder)
    cards = [clip.card for clip in clip_set.clips()]
    assigned = assign_by_person(cards, numbers, seed) if by == "person" else assign_by_clip(cards, numbers)
    how = {"by": by, "shares": list(numbers), **({"seed": seed} if by == "person" else {})}
    clip_set.assign(assigned, how)
    for fault in clip_set.faults:
        say(f"left out: {fault}")
    card = data_card(clip_set)
    if as_json:
        amounts = card.to_json()["splits"]
        answer({**how, "splits": amounts, "people_in_several": card.people_in_several}, as_json=True)
    else:
        _print(card)


def _numbers(shares: str) -> tuple[float, ...]:
    try:
        return tuple(float(share) for share in shares.split(","))
    except ValueError as error:
        raise InputError(
            f"{shares!r} are no shares of {', '.join(SPLITS)}",
            remedy="give three numbers from 0 on, for instance --shares 7,1,2",
        ) from error


def _print(card: DataCard) -> None:
    print(f"{'split':12}{'people':>8}{'clips':>8}{'frames':>10}{'minutes':>10}")
    for name, part in card.splits.items():
        print(f"{name:12}{part.people:8}{part.clips:8}{part.frames:10}{60 * part.hours:10.1f}")
    print(overlap(card))

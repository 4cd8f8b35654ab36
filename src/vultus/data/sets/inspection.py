"""Looking at a set: a contact sheet, plots of poses, expressions and sizes, the data card, on one page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.data.media import write_picture
from vultus.data.media.atomic import replacing
from vultus.data.sets.cards import MOST, json_bytes
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.data_cards import DataCard, Tally, facts, markdown, overlap
from vultus.data.sets.faults import ClipDamagedError, Fault
from vultus.data.sets.plots import expression_plot, pose_plot, size_plot
from vultus.data.sets.ranges import ANGLES, Motion
from vultus.data.sets.stored import StoredSet
from vultus.data.sheets import contact_sheet

MOST_SHOWN = 48
"""Clips on the contact sheet."""

CELL_PX = 144
"""Longest side of a picture on it."""

COLUMNS = 8
PERCENT = (1, 50, 99)
"""Percentiles that the summary gives."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Inspection:
    """What was seen."""

    card: DataCard
    """Counts and terms."""

    motion: Motion
    """Ranges of poses, expressions and sizes."""

    shown: tuple[str, ...]
    """Ids of the clips on the contact sheet."""

    sheet: UInt8[np.ndarray, "h w 3"] | None
    """A frame from the middle of many clips; None where there is none."""

    faults: tuple[Fault, ...]
    """Whatever could not be used."""

    quality: Mapping[str, tuple[float, float, float]]
    """Least, median and most of what was measured on every clip as one number, by name."""

    def summary(self) -> dict[str, Any]:
        """Ranges in numbers, JSON-able, of the whole set and of each split."""
        splits = {name: _numbers(ranges) for name, ranges in self.motion.splits.items()}
        whole = _numbers(self.motion.total()) if splits else {}
        return {
            "card": self.card.to_json(),
            "morphable": self.motion.morphable or None,
            "ranges": whole,
            "splits": splits,
            "quality": {
                name: dict(zip(("least", "median", "most"), values, strict=True))
                for name, values in self.quality.items()
            },
            "faults": [fault.to_json() for fault in self.faults],
        }


def inspect_set(stored: StoredSet, clips: Iterable[StoredClip] | None = None) -> Inspection:
    """Read all cards and tracks and a frame of some clips, one clip at a time.

    Args:
        stored: A set in a folder or in shards.
        clips: What `stored.clips()` gives, for a caller that counts them; by default it is asked here.
    """
    tally, motion, faults = Tally(), Motion(), []
    quality: defaultdict[str, list[float]] = defaultdict(list)
    shown = spread(stored.ids(), MOST_SHOWN)
    pictures: dict[str, UInt8[np.ndarray, "_ _ 3"]] = {}
    for clip in stored.clips() if clips is None else clips:
        tally.add(clip.card, clip.digest)
        motion.add(clip)
        for name, value in clip.card.quality.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST:
                quality[name].append(value)
        if clip.id in shown:
            try:
                pictures[clip.id] = _picture(clip)
            except ClipDamagedError as error:
                faults.append(error.fault)
    faults = [*stored.faults, *motion.faults, *faults]
    sheet = contact_sheet(list(pictures.values()), COLUMNS, list(pictures)) if pictures else None
    card = tally.card(stored.card, faults)
    return Inspection(card, motion, tuple(pictures), sheet, tuple(faults), _spans(quality))


def write_report(inspection: Inspection, folder: Path) -> Path:
    """Write pictures, data card and page into a folder; returns the page's path.

    Args:
        inspection: What was seen.
        folder: Exists.
    """
    pictures = _pictures(inspection)
    for name, rgb in pictures.items():
        write_picture(folder / f"{name}.png", rgb)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("inspection.html.j2").render(
        card=inspection.card,
        facts=facts(inspection.card),
        overlap=overlap(inspection.card),
        rows=_rows(inspection),
        pictures=pictures,
        faults=inspection.faults,
        quality=inspection.quality,
    )
    texts = {
        "card.json": json_bytes(inspection.card.to_json()),
        "card.md": markdown(inspection.card).encode(),
        "summary.json": json_bytes(inspection.summary()),
        "inspection.html": page.encode(),
    }
    for name, data in texts.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(data)
    return folder / "inspection.html"


def spread(ids: Sequence[str], count: int) -> list[str]:
    """At most `count` clips, of as many people as there are, sorted by id.

    Example:
        >>> spread(["a/1", "a/2", "a/3", "b/1", "c/1"], 4)
        ['a/1', 'a/2', 'b/1', 'c/1']
    """
    people: dict[str, list[str]] = {}
    for clip_id in ids:
        people.setdefault(clip_id.partition("/")[0], []).append(clip_id)
    if len(people) > count:
        chosen = np.linspace(0, len(people) - 1, count).round().astype(int)
        names = list(people)
        return [people[names[place]][0] for place in chosen]
    rounds = zip_longest(*people.values())
    return sorted([clip_id for row in rounds for clip_id in row if clip_id is not None][:count])


def _picture(clip: StoredClip) -> UInt8[np.ndarray, "_ _ 3"]:
    """The middle frame, no larger than a cell."""
    middle = len(clip) // 2
    rgb = next(clip.frames(middle, middle + 1))
    scale = CELL_PX / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))


def _pictures(inspection: Inspection) -> dict[str, UInt8[np.ndarray, "_ _ 3"]]:
    pictures = {} if inspection.sheet is None else {"sheet": inspection.sheet}
    if inspection.motion.splits:
        pictures["pose"] = pose_plot(inspection.motion)
        pictures["expression"] = expression_plot(inspection.motion)
        pictures["sizes"] = size_plot(inspection.motion)
    return pictures


def _spans(quality: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float, float]]:
    return {
        name: (float(min(values)), float(np.median(values)), float(max(values)))
        for name, values in sorted(quality.items())
    }


def _numbers(ranges: Any) -> dict[str, Any]:
    """Percentiles of a split, and how many frames they are of."""
    angles = {share: ranges.angles_deg.quantile(share / 100) for share in PERCENT}
    sizes = {share: ranges.sizes_px.quantile(share / 100) for share in PERCENT}
    return {
        "valid_frames": ranges.angles_deg.count,
        "invalid_frames": ranges.invalid,
        **{
            f"{name}_deg": {f"p{share}": _rounded(values[place]) for share, values in angles.items()}
            for place, name in enumerate(ANGLES)
        },
        "interocular_px": {f"p{share}": _rounded(values[0]) for share, values in sizes.items()},
    }


def _rounded(value: Float[np.ndarray, ""] | float | np.floating) -> float:
    return round(float(value), 2)


def _rows(inspection: Inspection) -> list[Mapping[str, str]]:
    """The summary as rows of a table."""
    summary = inspection.summary()
    parts = summary["splits"] | ({"all": summary["ranges"]} if len(summary["splits"]) > 1 else {})
    return [
        {"split": name, "frames": f"{part['valid_frames']} + {part['invalid_frames']}"}
        | {key: " / ".join(str(round(part[key][f"p{share}"])) for share in PERCENT) for key in _MEASURES}
        for name, part in parts.items()
    ]


_MEASURES = (*(f"{name}_deg" for name in ANGLES), "interocular_px")

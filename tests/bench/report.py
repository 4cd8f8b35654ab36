"""Make a page of measurements: `python tests/bench/report.py build/bench.json --out docs/benchmarks.md`."""

import argparse
import json
import sys
from pathlib import Path

from harness import table

PAGE = """\
# Benchmarks

Made by `make bench`, then `python tests/bench/report.py build/bench.json --out docs/benchmarks.md`.
Medians of repeated runs after a warm-up, with quartiles and range. A bar is what the median must reach.

| | |
|---|---|
| measured | {measured_at} at commit `{commit}`, seed {seed} |
| machine | {processor}, {cores} cores, {memory_gib} GiB |
| accelerator | {accelerator} |
| software | {system}, Python {python}, torch {torch} |

{table}
"""


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measurements", type=Path, help="JSON that run.py wrote")
    parser.add_argument("--out", type=Path, help="page to write; printed when absent")
    arguments = parser.parse_args()
    page = render(json.loads(arguments.measurements.read_text()))
    if arguments.out:
        arguments.out.write_text(page)
    else:
        sys.stdout.write(page)


def render(document: dict) -> str:
    """The Markdown page of one run."""
    machine = {**document["machine"], "accelerator": document["machine"]["accelerator"] or "none"}
    return PAGE.format(**{**document, **machine, "table": table(document["results"])})


if __name__ == "__main__":
    main()

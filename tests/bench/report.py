"""Make a page of measurements: `python tests/bench/report.py build/bench.json --out docs/benchmarks.md`.

Several files, measured at different times, become several tables.
"""

import argparse
import json
import sys
from pathlib import Path

from harness import table

HEAD = """\
# Benchmarks

Made by `make bench`, then `python tests/bench/report.py build/bench.json --out docs/benchmarks.md`.
Medians of repeated runs after a warm-up, with quartiles and range. A bar is what the median must reach.
"""

RUN = """
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
    parser.add_argument("measurements", type=Path, nargs="+", help="JSON that run.py wrote")
    parser.add_argument("--out", type=Path, help="page to write; printed when absent")
    arguments = parser.parse_args()
    page = HEAD + "".join(render(json.loads(path.read_text())) for path in arguments.measurements)
    if arguments.out:
        arguments.out.write_text(page)
    else:
        sys.stdout.write(page)


def render(document: dict) -> str:
    """One run in Markdown."""
    machine = {**document["machine"], "accelerator": document["machine"]["accelerator"] or "none"}
    return RUN.format(**{**document, **machine, "table": table(document["results"])})


if __name__ == "__main__":
    main()

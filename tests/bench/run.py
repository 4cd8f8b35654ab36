"""Run benchmarks: `python tests/bench/run.py [render …] --out build/bench.json`."""

import argparse
import sys
import traceback
from importlib import import_module
from pathlib import Path

from harness import AbsentError, Bench, table


def main() -> int:
    """Run the chosen benchmarks, print a table, write JSON; 1 if one failed."""
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which; all when none: {', '.join(known)}")
    parser.add_argument("--out", type=Path, help="JSON to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="two repeats of everything")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    bench = Bench(arguments.seed, arguments.quick)
    failed = [name for name in arguments.names or known if not _runs(name, bench)]
    sys.stdout.write(table(bench.document()["results"]) + "\n")
    if arguments.out:
        bench.write(arguments.out)
    return 1 if failed else 0


def _runs(name: str, bench: Bench) -> bool:
    """Run one benchmark; one that fails does not stop the others."""
    sys.stderr.write(f"{name} …\n")
    try:
        import_module(f"bench_{name}").main(bench)
    except AbsentError as reason:
        sys.stderr.write(f"{name} skipped: {reason}\n")
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

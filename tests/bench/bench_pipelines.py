"""`vultus pipeline run` as a user runs it, and the Bento that it leaves."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness import Bench

FIRST_BAR_S = 480.0
SECOND_BAR_S = 30.0
PATIENCE_S = 300.0
RUN = ("pipeline", "run", "world_to_model", "--local", "--param", "preset=smoke", "--json")


def main(bench: Bench) -> None:
    """Run the complete loop in an empty home, run it again, and serve what it left."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        first, first_s = _run(home)
        _, second_s = _run(home)
        what = "`vultus pipeline run world_to_model --local --param preset=smoke`"
        bench.record(
            "pipelines.first", f"{what}, nothing kept", [first_s], unit="s", bar=FIRST_BAR_S, threads=2
        )
        bench.record("pipelines.second", "The same again", [second_s], unit="s", bar=SECOND_BAR_S, threads=2)
        for step, taken_s in first["steps"].items():
            bench.record(f"pipelines.{step}", f"Its step {step}", [taken_s], unit="s", threads=2)
        ready_s = _served(Path(first["bento"]), home)
        bench.record(
            "pipelines.bento",
            "`bentoml serve` of its Bento, until it is ready",
            [ready_s],
            unit="s",
            threads=2,
        )


def _run(home: Path) -> tuple[dict, float]:
    """Run the graph in a home; answers what it says, and how long it took, s."""
    begun = time.perf_counter()
    words = [
        sys.executable,
        "-c",
        "from vultus_cli.main import main; main()",
        *RUN,
        "--out",
        str(home / "out"),
    ]
    done = subprocess.run(words, env=_environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr[-2000:])
    return json.loads(done.stdout), time.perf_counter() - begun


def _served(bento: Path, home: Path) -> float:
    """Serve a Bento; answers after how many seconds it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [sys.executable, "-m", "bentoml", "serve", str(bento), "--host", "127.0.0.1", "--port", port]
    begun = time.perf_counter()
    with (home / "serve.txt").open("w") as log:
        server = subprocess.Popen(words, env=_environment(home), stdout=log, stderr=subprocess.STDOUT)
    try:
        while not _ready(port):
            if server.poll() is not None or time.perf_counter() - begun > PATIENCE_S:
                raise RuntimeError((home / "serve.txt").read_text()[-2000:])
            time.sleep(0.2)
        return time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait()


def _ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _environment(home: Path) -> dict[str, str]:
    """Nothing of ours is kept but in that home, and the registry is a data base in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VULTUS_", "MLFLOW_"))}
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "BENTOML_DO_NOT_TRACK": "True"}
    return kept | own

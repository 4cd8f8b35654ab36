import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vultus.data.sets import ClipSet, ShardSet
from vultus_cli.main import run
from vultus_kit.store import Artifact, FolderStore


def answer(capsys, *words, code=0):
    assert run([str(word) for word in (*words, "--json")]) == code
    return json.loads(capsys.readouterr().out)


def digests(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".tar", ".json")}


@pytest.fixture
def divided(stored):
    assert run(["data", "split", str(stored), "--shares", "2,1,1"]) == 0
    return stored


def test_shards_are_written_beside_their_index(divided, tmp_path, capsys):
    values = answer(capsys, "data", "shard", divided, "--out", tmp_path / "out", "--max-mb", 0.3)
    assert values["index"] == str(tmp_path / "out" / "index.json")
    assert (values["clips"], values["left_out"]) == (10, {})
    shards = ShardSet.open(Path(values["index"]))
    assert len(shards.shards) == values["shards"] >= 4
    assert shards.digest == ClipSet.open(divided).digest
    assert shards.verify() == []
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".tar", ".json"}


def test_shards_go_to_the_store(divided, tmp_path, capsys):
    words = ("data", "shard", divided, "--out", tmp_path / "out", "--store", tmp_path / "store")
    values = answer(capsys, *words)
    store = FolderStore(tmp_path / "store")
    index = store.verify(Artifact(values["index"], values["digest"]))
    shards = ShardSet.open(index, store.open)
    assert shards.verify() == []
    assert len(list(shards.clips())) == 10
    assert not list((tmp_path / "out").glob("*.tar"))
    assert {**answer(capsys, *words), "elapsed_s": 0} == {**values, "elapsed_s": 0}
    victim = store.open(shards.shards[0].uri)
    victim.chmod(0o644)
    victim.write_bytes(b"cut")
    assert "holds" in str(shards.verify()[0]) or "has 3 of" in str(shards.verify()[0])
    assert answer(capsys, *words)["digest"] == values["digest"]
    assert ShardSet.open(index, store.open).verify() == []


KILLED = """
import os, signal, sys
from vultus.data.sets import shards
from vultus_cli.main import run
write, done = shards._write_tar, []
def killed(*words):
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(words)
    return write(*words)
shards._write_tar = killed
run(sys.argv[1:])
"""


def test_a_killed_run_goes_on_and_gives_the_same_bytes(divided, tmp_path, capsys):
    words = ["data", "shard", str(divided), "--max-mb", "0.3", "--out"]
    done = subprocess.run([sys.executable, "-c", KILLED, *words, str(tmp_path / "one")], check=False)
    assert done.returncode == -signal.SIGKILL
    finished = [path for path in (tmp_path / "one").glob("*.tar") if path.name[0] != "."]
    assert len(finished) == 2
    before = {path: path.stat().st_mtime_ns for path in finished}
    assert run([*words, str(tmp_path / "one")]) == 0
    assert run([*words, str(tmp_path / "two")]) == 0
    assert {path: path.stat().st_mtime_ns for path in finished} == before
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one == two
    assert not list((tmp_path / "one").glob(".*"))


FULL = """
import resource, signal, sys
from vultus_cli.main import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


def test_a_full_disk_names_the_shard_and_finished_ones_stay(divided, tmp_path, capsys):
    words = ["data", "shard", str(divided), "--out", str(tmp_path / "out"), "--max-mb"]
    assert run([*words, "0.1"]) == 0  # one clip in each
    capsys.readouterr()
    whole = digests(tmp_path / "out")
    clips = digests(divided)
    done = subprocess.run(
        [sys.executable, "-c", FULL, "200000", *words, "100", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert "test-000000.tar': File too large" in error["message"]
    assert "Traceback" not in done.stderr
    left = digests(tmp_path / "out")
    assert {name: data for name, data in left.items() if name in whole} == whole
    assert left.keys() == whole.keys()
    assert digests(divided) == clips


def test_damaged_clips_are_named_and_the_rest_is_packed(divided, tmp_path, capsys):
    (divided / "clips" / "dan" / "0.talk" / "video.mp4").unlink()
    values = answer(capsys, "data", "shard", divided, "--out", tmp_path / "out")
    assert values["clips"] == 9
    assert values["left_out"] == {"dan/0.talk": "dan/0.talk/video.mp4: missing"}


@pytest.mark.parametrize("case", ["no set", "itself", "a file", "no megabytes", "no clips"])
def test_wrong_options_are_one_line(stored, tmp_path, capsys, case):
    (tmp_path / "file").write_text("")
    folder, out, max_mb = stored, tmp_path / "out", "256"
    if case == "no set":
        folder, message = tmp_path, "holds no data set"
    elif case == "itself":
        out, message = stored, "is the set itself"
    elif case == "a file":
        out, message = tmp_path / "file" / "out", "cannot make"
    elif case == "no megabytes":
        max_mb, message = "0", "0 is not in the range"
    else:
        for clip_id in ClipSet.open(stored).ids():
            ClipSet.open(stored).discard(*clip_id.split("/"))
        message = "has no clips"
    error = answer(capsys, "data", "shard", folder, "--out", out, "--max-mb", max_mb, code=2)["error"]
    assert message in error["message"]
    assert error["remedy"]

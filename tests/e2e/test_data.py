"""The data commands, one after another, as a user calls them."""

import json

import pytest

from vultus.data.sets import ShardSet, open_set
from vultus.data.sets.sampling import Pairs
from vultus_cli.main import run


@pytest.mark.slow
def test_a_set_is_made_divided_looked_at_packed_and_read(tmp_path, capsys):
    def answer(*words):
        assert run(["data", *(str(word) for word in words), "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    made, packed = tmp_path / "set", tmp_path / "shards"
    words = (
        "--people",
        4,
        "--seconds",
        1,
        "--size",
        64,
        "--fps",
        12,
        "--truth",
        "depth,parts",
        "--workers",
        0,
    )
    answer("synth", "--out", made, *words)
    digest = open_set(made).digest
    assert answer("split", made, "--shares", "2,1,1")["people_in_several"] == []
    seen = answer("inspect", made, "--verify")
    assert (seen["damaged"], seen["card"]["total"]["clips"], seen["card"]["digest"]) == ([], 4, digest)
    assert (seen["ranges"]["valid_frames"], seen["ranges"]["invalid_frames"]) == (48, 0)
    index = answer("shard", made, "--out", packed)["index"]
    shards = ShardSet.open(packed / "index.json")
    assert index == str(packed / "index.json")
    assert shards.digest == digest
    for pair in Pairs(shards, "train", 4):
        assert pair.source.frames().shape == (1, 64, 64, 3)
        depth = next(pair.driving.clip.layer("depth", pair.driving.start, pair.driving.stop))
        assert depth.shape == (64, 64)

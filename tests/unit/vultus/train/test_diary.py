"""What a run leaves in its folder."""

import json

import torch

from vultus.train.diary import Diary


def test_losses_that_are_no_numbers_are_null_in_the_log(tmp_path):
    heard = []
    diary = Diary(tmp_path, lambda step, losses: heard.append(losses), done=0)
    diary.on_step(1, {"generator/l1": 0.5, "generator/gap": float("nan")}, 1e-3)
    diary.on_step(2, {"generator/l1": float("inf")}, 1e-3)

    def refused(word):
        raise AssertionError(word)

    lines = (tmp_path / "losses.jsonl").read_text().splitlines()
    first, second = (json.loads(line, parse_constant=refused) for line in lines)
    assert first == {"step": 1, "rate": 1e-3, "generator/l1": 0.5, "generator/gap": None}
    assert second["generator/l1"] is None
    assert len(heard) == 2


def test_what_was_written_after_the_newest_checkpoint_is_dropped(tmp_path):
    diary = Diary(tmp_path, lambda *_: None, done=0)
    for step in (1, 2, 3):
        diary.on_step(step, {}, 1e-3)
    Diary(tmp_path, lambda *_: None, done=2)
    lines = (tmp_path / "losses.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2]


def test_people_that_are_not_learned_from_are_looked_at_with_each_sample(tmp_path):
    values = iter([{"l1": 4.0}, {"l1": 3.0}, {"l1": 2.5}])
    diary = Diary(tmp_path, lambda *_: None, done=0, validate=lambda: next(values))
    for step in (10, 20):
        diary.on_sample(step, torch.zeros(1, 3, 8, 8))
    again = Diary(tmp_path, lambda *_: None, done=15, validate=lambda: next(values))
    again.on_sample(20, torch.zeros(1, 3, 8, 8))
    lines = [json.loads(line) for line in (tmp_path / "validation.jsonl").read_text().splitlines()]
    assert lines == [{"step": 10, "l1": 4.0}, {"step": 20, "l1": 2.5}]

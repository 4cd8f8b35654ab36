import math
import os
import subprocess
import sys
from functools import partial

import pytest

from vultus.data.real.workers import spread

EVALUATE = partial(partial, eval)
"""Prepares processes that answer text with its value: tasks that any process can import."""


def _died(task, code):
    return task, code


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_task_is_answered_whatever_the_number_of_processes(count):
    answers = spread(iter(range(4)), partial(partial, math.factorial), count, _died)
    assert sorted(answers) == [1, 1, 2, 6]


def test_a_process_that_dies_takes_only_its_task_with_it():
    tasks = [
        "1 + 1",
        "__import__('os')._exit(7)",
        "2 + 2",
        "__import__('os').kill(__import__('os').getpid(), 9)",
        "3",
    ]
    answers = list(spread(tasks, EVALUATE, 2, _died))
    assert sorted(answer for answer in answers if isinstance(answer, int)) == [2, 3, 4]
    assert (tasks[1], 7) in answers
    assert (tasks[3], -9) in answers


def test_tasks_are_taken_only_when_a_process_is_free():
    taken = []

    def tasks():
        for number in range(6):
            taken.append(number)
            yield number

    answers = spread(tasks(), partial(partial, math.factorial), 2, _died)
    next(answers)
    assert len(taken) <= 3
    answers.close()


def test_processes_are_not_this_one():
    assert os.getpid() not in set(spread(["__import__('os').getpid()"] * 2, EVALUATE, 2, _died))


def test_no_tasks_start_no_process():
    assert list(spread([], EVALUATE, 3, _died)) == []


KILLED = """
from functools import partial
from vultus.data.real.workers import spread

tasks = ["print(__import__('os').getpid(), flush=True) or __import__('time').sleep(600)"] * 2
if __name__ == "__main__":
    list(spread(tasks, partial(partial, eval), 2, print))
"""


def test_processes_end_when_the_one_that_started_them_is_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert all(int(process.stdout.readline()) for _ in range(2))
        process.kill()
        # The children hold the other end of the pipe: reading ends when all of them have ended.
        assert process.stdout.read() == ""

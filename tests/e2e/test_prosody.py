"""Speech tells how a person of the world moves the head, and tells it of that person alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_speech_tells_how_a_person_moves_the_head():
    command = [
        sys.executable,
        Path(__file__).with_name("prosody.py"),
        "--people",
        "3",
        "--minutes",
        "8",
        "--json",
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=280)
    findings = json.loads(answer.stdout)
    assert len(findings) == 3
    for finding in findings:
        assert finding["own"] > finding["others_speech"] + 0.2
        assert finding["own"] > finding["others_learner"] + 0.2
        assert finding["matching"] > finding["shuffled"] + 0.25

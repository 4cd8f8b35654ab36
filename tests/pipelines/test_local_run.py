"""Graphs on this machine, for real."""

import io

import pytest
from vultus_pipelines.catalogue import read_parameters
from vultus_pipelines.local_run import StepFailedError, run_here


def test_a_step_that_fails_is_told_with_its_own_words(work):
    log = io.StringIO()
    with pytest.raises(StepFailedError, match="there is no folder '/nowhere'") as error:
        run_here("backfill_tracks", read_parameters("backfill_tracks", {"data": "/nowhere"}), log)
    assert (error.value.reason, error.value.exit_code) == ("INPUT_INVALID", 2)
    assert error.value.metadata["step"] == "fingerprint"
    assert "error in fingerprint" in log.getvalue()
    assert "conclude" in log.getvalue()

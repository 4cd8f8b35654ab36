"""Evaluations at MLflow."""

import math

from vultus_cli.tracked import track_scores
from vultus_kit.tracking.connection import Connection


def test_scores_and_files_become_a_run(mlflow_uri, tmp_path):
    report = tmp_path / "report.json"
    report.write_text("{}")
    scores = {"warp/self/l1[0..255]": 3.5, "psnr[pooled]": math.inf, "lpips[vgg]": None}
    track_scores(None, "leaderboard", {"benchmark": "sha256:1"}, scores, (report, None, tmp_path / "none"))
    client = Connection(mlflow_uri).client
    experiment = client.get_experiment_by_name("vultus-evaluation").experiment_id
    (run,) = client.search_runs([experiment])
    assert run.data.metrics == {"warp/self/l1:0..255": 3.5}
    assert run.data.params == {"benchmark": "sha256:1"}
    listed = [entry.path for entry in client.list_artifacts(run.info.run_id, "evaluation")]
    assert listed == ["evaluation/report.json"]


def test_nothing_is_written_where_nobody_asks(mlflow_uri):
    track_scores(False, "leaderboard", {}, {"l1": 1.0}, ())
    assert Connection(mlflow_uri).client.get_experiment_by_name("vultus-evaluation") is None

"""Components as their images run them: called with artifacts, small and real."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import numpy as np
import pytest
from kfp import dsl
from vultus_pipelines.components.build_dataset import build_dataset
from vultus_pipelines.components.collect_tracks import collect_tracks
from vultus_pipelines.components.compare import compare
from vultus_pipelines.components.evaluate import evaluate
from vultus_pipelines.components.fingerprint import fingerprint
from vultus_pipelines.components.leaderboard import leaderboard
from vultus_pipelines.components.promote import promote
from vultus_pipelines.components.register import register
from vultus_pipelines.diary import read_notes
from vultus_pipelines.judging import BOARD, Judged
from vultus_pipelines.showing import ANSWER, SHOWN_FRAMES
from vultus_pipelines.work import Work

from vultus.data.media import VideoReader, VideoWriter
from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard import Leaderboard, PairResult
from vultus.metrics.leaderboard.joining import Answered, read_leaderboard
from vultus.metrics.leaderboard.table import make_tables
from vultus.train.course import preset_of
from vultus.train.running import write_model
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.registry import ModelRegistry

NAME = "vultus-gdpw-test"
FIRST = '{"first": "promote"}'


@pytest.fixture
def model(artifact):
    """A model folder with fresh weights."""
    preset, morphable = preset_of("gdpw", "smoke"), load_morphable()
    made = artifact(dsl.Model, "model", data="sha256:data")
    network = GdpwModel(preset.network, morphable)
    config = {"method": "gdpw", "data": "sha256:data"} | preset.to_json()
    config.pop("data")
    write_model(_path(made), network, config, 3, morphable, "a card")
    return made


def _path(thing):
    from pathlib import Path  # noqa: PLC0415 - next to its only use

    return Path(thing.path)


def _board(name, values, limit="all"):
    scores = {
        "value": 0.0,
        "unit": "1",
        "protocol": "p",
        "higher_is_better": False,
        "ci95": None,
        "frames": 4,
    }
    results = tuple(
        PairResult(
            name, f"self/{row:02}", "self", f"p{row}", "d", 4, 0, {"l1[0..255]": scores | {"value": value}}
        )
        for row, value in enumerate(values)
    )
    tables = make_tables(("self",), [Answered(name, False)], results, (), BootstrapConfig())
    return Leaderboard({"benchmark": "b", "pairs": limit}, tables, results, ())


def _scores(artifact, name, values, **words):
    made = artifact(name=f"scores-{name}")
    Judged(_board(name, values, **words)).write_scores(made.path)
    return made


def _failure(step):
    return next(note for note in read_notes(Work.open(), "run-of-the-test") if note.step == step)


def test_a_folder_is_known_by_its_contents_and_not_by_its_name(work, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mp4").write_bytes(b"frames")
    same = [fingerprint.python_func(source=str(tmp_path / name)) for name in ("one", "two")]
    (tmp_path / "two" / "a.mp4").write_bytes(b"Frames")
    assert same[0] == same[1] != fingerprint.python_func(source=str(tmp_path / "two"))


def test_a_folder_that_is_not_there_is_told_in_the_step_that_looks(work):
    with pytest.raises(SystemExit) as ended:
        fingerprint.python_func(source="/nowhere")
    assert ended.value.code == 2
    assert "/nowhere" in _failure("fingerprint").message


def test_a_data_set_without_faces_is_told_in_the_step_that_builds_it(work, tmp_path, artifact):
    source = tmp_path / "videos"
    source.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (30, 96, 96, 3), dtype=np.uint8)
    with VideoWriter(source / "noise.mp4", (96, 96), 25.0) as video:
        for frame in noise:
            video.write(frame)
    with pytest.raises(SystemExit) as ended:
        build_dataset.python_func(
            source=str(source),
            content="sha256:noise",
            layout="folder",
            recipe="vultus-256",
            code="",
            dataset=artifact(dsl.Dataset, "set"),
        )
    note = _failure("build_dataset")
    assert (ended.value.code, note.reason) == (2, "FACE_NOT_FOUND")
    assert note.remedy


def test_a_model_of_another_morphable_model_is_told_in_the_step_that_opens_it(work, artifact, model):
    path = _path(model) / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"morphable_digest": "sha256:other"}))
    with pytest.raises(SystemExit) as ended:
        evaluate.python_func(
            contestant="",
            pairs="self",
            limit=1,
            code="",
            scores=artifact(name="scores"),
            metrics=artifact(dsl.Metrics, "metrics"),
            page=artifact(dsl.HTML, "page"),
            model=model,
        )
    note = _failure("evaluate")
    assert (ended.value.code, note.reason) == (2, "INCOMPATIBLE")
    assert "sha256:other" in note.message


def test_the_first_is_promoted_and_is_no_news_the_second_time(work, mlflow_uri, artifact, model):
    scores, data = _scores(artifact, "gdpw-1", [3.0, 4.0]), artifact(dsl.Dataset, "set", licence="CC0")

    def judged(name):
        decision = artifact(name=name)
        words = {"name": NAME, "pairs": "self", "limit": 2, "policy": FIRST}
        return compare.python_func(scores=scores, model=model, decision=decision, **words), decision

    verdict, decision = judged("first")
    assert verdict == "promote"
    version = register.python_func(name=NAME, dataset=data, model=model, decision=decision)
    assert version == f"{NAME}/1"
    assert ModelRegistry().resolve(f"{NAME}@challenger").tags["licence"] == "CC0"
    bento = artifact(name="bento", tag="vultus-gdpw:1")
    assert promote.python_func(version=version, decision=decision, bento=bento) == 0
    assert ModelRegistry().champion(NAME).version == 1
    verdict, decision = judged("second")
    assert (verdict, decision.metadata["champion"]) == ("same", 1)
    assert register.python_func(name=NAME, dataset=data, model=model, decision=decision) == version


def test_a_champion_that_changed_meanwhile_is_not_overthrown(work, mlflow_uri, artifact, model):
    registry = ModelRegistry()
    first = registry.register(_path(model), NAME, {})
    registry.set_champion(first)
    decision = artifact(name="decision", champion=7)
    with pytest.raises(SystemExit):
        promote.python_func(version=f"{NAME}/1", decision=decision, bento=artifact(name="bento", tag="t"))
    assert _failure("promote").reason == "CHAMPION_MOVED"


def test_a_registry_that_does_not_answer_is_told_in_the_step_that_asks(work, monkeypatch, artifact, model):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    words = {"name": NAME, "pairs": "self", "limit": 1, "policy": FIRST, "model": model}
    with pytest.raises(SystemExit) as ended:
        compare.python_func(scores=_scores(artifact, "a", [1.0]), decision=artifact(name="decision"), **words)
    assert ended.value.code == 3
    assert _failure("compare").reason == "SERVICE_UNAVAILABLE"


def test_a_registry_that_refuses_us_is_told_in_the_step_that_asks(work, monkeypatch, artifact, model):
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.end_headers()

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "of-yesterday")
        words = {"name": NAME, "pairs": "self", "limit": 1, "policy": FIRST, "model": model}
        with pytest.raises(SystemExit) as ended:
            compare.python_func(
                scores=_scores(artifact, "a", [1.0]), decision=artifact(name="decision"), **words
            )
        server.shutdown()
    note = _failure("compare")
    assert (ended.value.code, note.reason) == (2, "CREDENTIALS_REFUSED")
    assert "MLFLOW_TRACKING_TOKEN" in note.remedy
    assert "of-yesterday" not in note.message


def test_a_version_with_another_signature_is_told_in_the_step_that_promotes(
    work, mlflow_uri, artifact, model
):
    registry = ModelRegistry()
    registry.set_champion(registry.register(_path(model), NAME, {"signature": '{"inputs": "a"}'}))
    (_path(model) / "CARD.md").write_text("another card")
    registry.register(_path(model), NAME, {"signature": '{"inputs": "b"}'})
    decision, bento = artifact(name="decision", champion=1), artifact(name="bento", tag="t")
    with pytest.raises(SystemExit) as ended:
        promote.python_func(version=f"{NAME}/2", decision=decision, bento=bento)
    note = _failure("promote")
    assert (ended.value.code, note.reason) == (2, "INCOMPATIBLE")
    assert f"models:/{NAME}/2 has another signature than the champion" in note.message
    assert registry.champion(NAME).version == 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_was_measured_is_at_mlflow_with_a_page_and_a_video(work, mlflow_uri, artifact):
    scores, page = artifact(name="scores"), artifact(dsl.HTML, "page")
    words = {"pairs": "self", "limit": 1, "code": "", "metrics": artifact(dsl.Metrics, "metrics")}
    assert evaluate.python_func(contestant="copy-source", scores=scores, page=page, **words) == "copy-source"
    frames = [frame.rgb for frame in VideoReader(_path(scores) / ANSWER)]
    assert len(frames) == SHOWN_FRAMES
    side = frames[-1].shape[1] // 3
    portrait, driver, answer = (frames[-1][:, side * n : side * (n + 1)].astype(float) for n in range(3))
    assert np.abs(portrait - answer).mean() < 2 < np.abs(portrait - driver).mean()
    client = Connection(mlflow_uri).client
    (run,) = client.search_runs([one.experiment_id for one in client.search_experiments()])
    kept = {one.path for one in client.list_artifacts(run.info.run_id, "evaluation")}
    assert kept == {f"evaluation/{name}" for name in ("leaderboard.json", "page.html", ANSWER)}


def test_scores_of_the_same_pairs_become_one_table(work, artifact):
    board, page = artifact(name="board"), artifact(dsl.HTML, "page")
    scores = [_scores(artifact, name, [value]) for name, value in (("a", 1.0), ("b", 2.0))]
    assert leaderboard.python_func(scores=scores, board=board, page=page) == "a,b"
    (table,) = read_leaderboard(_path(board) / BOARD).tables
    assert [row.totals["l1[0..255]"].value for row in table.rows] == [1.0, 2.0]
    assert "<html" in _path(page).read_text()


def test_scores_of_other_pairs_are_not_put_beside_them(work, artifact):
    scores = [_scores(artifact, "a", [1.0]), _scores(artifact, "b", [1.0], limit="the first 1 of each kind")]
    with pytest.raises(SystemExit) as ended:
        leaderboard.python_func(scores=scores, board=artifact(), page=artifact(dsl.HTML, "page"))
    assert ended.value.code == 2
    assert _failure("leaderboard").reason == "INCOMPATIBLE"


def test_tracks_of_all_shards_are_collected(work, artifact):
    shards = []
    for number in range(2):
        shard = artifact(dsl.Dataset, f"shard-{number}")
        folder = _path(shard) / f"p{number}"
        folder.mkdir(parents=True)
        (folder / "c000.npz").write_bytes(b"track")
        index = {"frames": {f"p{number}/c000": 5}, "failures": {f"p{number}/c001": "nobody"}}
        (_path(shard) / "tracks.json").write_text(json.dumps(index))
        shards.append(shard)
    tracks, metrics = artifact(dsl.Dataset, "all"), artifact(dsl.Metrics, "metrics")
    assert collect_tracks.python_func(shards=shards, tracks=tracks, metrics=metrics) == 2
    assert sorted(path.name for path in _path(tracks).iterdir()) == ["p0", "p1", "tracks.json"]
    assert metrics.metadata == {"clips": 2, "frames": 10, "failures": 2}
    assert json.loads(_path(metrics).read_text()) == metrics.metadata

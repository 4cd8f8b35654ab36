import os
import signal
import subprocess
import sys

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from vultus.data.media import Frame, VideoWriter
from vultus.errors import IncompatibleError, InputError
from vultus.metrics import METRICS
from vultus.metrics.evaluation import Evaluation
from vultus_kit.clients.metrics import MetricsClient
from vultus_kit.records import EvaluationOptions

PIXELS = EvaluationOptions(metrics=("psnr", "l1", "ssim"))


@pytest.fixture(scope="module")
def pairs():
    random = np.random.default_rng(0)
    frames = random.integers(0, 256, (25, 40, 48, 3), dtype=np.uint8)
    noisy = np.clip(frames + random.normal(0, 5, frames.shape), 0, 255).astype(np.uint8)
    return [
        (Frame(made, index / 25, index), Frame(meant, index / 25, index))
        for index, (made, meant) in enumerate(zip(noisy, frames, strict=True))
    ]


def test_every_metric_is_described(metrics):
    described = {metric.name: metric for metric in metrics.describe_metrics()}
    assert set(described) == set(METRICS)
    for name, metric in described.items():
        info = METRICS[name].info
        assert (metric.unit, metric.protocol, metric.higher_is_better) == (
            info.unit,
            info.protocol,
            info.higher_is_better,
        )


def test_a_stream_answers_the_report_of_the_same_evaluation(metrics, pairs):
    progress = []
    report = metrics.stream_evaluate(iter(pairs), PIXELS, progress.append)
    here = Evaluation(PIXELS.metrics)
    for made, meant in pairs:
        here.update(made.rgb, meant.rgb)
    assert report.to_json() == here.report()
    assert progress == [10, 20, 25]
    assert report.results[0].frame_values == ()


def test_values_of_each_frame_on_request(metrics, pairs):
    options = EvaluationOptions(metrics=("l1",), per_frame=True)
    (result,) = metrics.stream_evaluate(iter(pairs), options).results
    expected = [np.abs(made.rgb.astype(float) - meant.rgb).mean() for made, meant in pairs]
    np.testing.assert_allclose(result.frame_values, expected, rtol=1e-6)


def test_identity_of_a_real_face(metrics, portrait, portrait_png):
    faces = [(Frame(portrait, 0.0, 0), Frame(portrait, 0.0, 0))]
    options = EvaluationOptions(metrics=("csim",), source_picture=portrait_png)
    report = metrics.stream_evaluate(iter(faces), options)
    assert all(result.value == pytest.approx(1, abs=1e-3) for result in report.results)


def test_what_cannot_be_scored(metrics, pairs):
    with pytest.raises(InputError, match="no metric called 'beauty'"):
        metrics.stream_evaluate(iter(pairs), EvaluationOptions(metrics=("beauty",)))
    with pytest.raises(InputError, match="no frames"):
        metrics.stream_evaluate(iter([]), PIXELS)
    other = [(made, Frame(meant.rgb[:-2], 0.0, 0)) for made, meant in pairs]
    with pytest.raises(InputError):
        metrics.stream_evaluate(iter(other), PIXELS)


@pytest.fixture
def stored(store, pairs, tmp_path):
    def write(name, frames):
        with VideoWriter(tmp_path / name, frames[0].rgb.shape[:2], 25.0) as writer:
            for frame in frames:
                writer.write(frame.rgb, frame.time_s)
        return store.put_file(tmp_path / name)

    return (
        write("made.mp4", [made for made, _ in pairs]),
        write("meant.mp4", [meant for _, meant in pairs]),
        write("short.mp4", [meant for _, meant in pairs[:9]]),
    )


def test_stored_clips(metrics, stored):
    made, meant, short = stored
    report = metrics.evaluate_clips(made, meant, options=PIXELS)
    assert report.frame_count == 25
    assert {result.name.split("[")[0] for result in report.results} == {"psnr", "l1", "ssim"}
    with pytest.raises(IncompatibleError, match="has 25 frames, the reference 9"):
        metrics.evaluate_clips(made, short, options=PIXELS)


def start(**variables):
    environment = os.environ | {"VULTUS_METRICS_PORT": "0"} | variables
    return subprocess.Popen(
        [sys.executable, "-m", "vultus_metrics"], env=environment, stderr=subprocess.PIPE, text=True
    )


def test_a_room_in_another_process_serves_and_stops_when_told(pairs):
    with start() as server:
        try:
            line = server.stderr.readline()
            assert line.startswith("metrics listens on 127.0.0.1:")
            with grpc.insecure_channel(line.split()[-1]) as channel:
                report = MetricsClient(channel).stream_evaluate(iter(pairs), PIXELS)
                assert report.frame_count == 25
                health = health_pb2_grpc.HealthStub(channel)
                name = "vultus_api.metrics.v1.MetricsService"
                assert health.Check(health_pb2.HealthCheckRequest(service=name)).status == 1
            server.send_signal(signal.SIGTERM)
            assert server.wait(10) == 0
        finally:
            server.kill()


def test_an_unknown_variable_stops_the_room_with_one_line():
    with start(VULTUS_METRICS_PROT="1") as server:
        _, talk = server.communicate(timeout=30)
    assert server.returncode == 2
    assert "did you mean VULTUS_METRICS_PORT?" in talk
    assert len(talk.splitlines()) == 1

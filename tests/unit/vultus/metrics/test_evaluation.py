"""Evaluation: modes, missing faces, degenerate clips, and agreement with the metrics alone."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from vultus.errors import FaceNotFoundError, IncompatibleError, InputError
from vultus.metrics import METRICS
from vultus.metrics.evaluation import Evaluation, EvaluationConfig
from vultus.metrics.faces import FaceMeasurements
from vultus.metrics.selection import choose_metrics

PIXELS = ["l1", "psnr", "ssim"]


class PaintedFaceReader:
    """Reads painted faces: the first pixel's red, green and blue less 100 are yaw, pitch and roll in degrees.

    A frame whose first pixel is black has no face.
    """

    protocol = "painted"
    morphable_digest = "sha256:painted"
    expression_names = ("jawOpen", "mouthSmileLeft", "browInnerUp", "eyeBlinkLeft")

    def read(self, frames: Sequence[np.ndarray]) -> FaceMeasurements:
        pixels = np.array([frame[0, 0] for frame in frames], float)
        found = pixels.any(axis=1)
        angles = np.where(found[:, None], np.deg2rad(pixels - 100), np.nan)
        expression = np.repeat(angles[:, :1], 4, axis=1)
        landmarks = np.where(found[:, None, None], _landmarks(len(frames)) + pixels[:, None, :2], np.nan)
        return FaceMeasurements(found, angles, expression, landmarks)


def _landmarks(count):
    return np.random.default_rng(0).uniform(0, 100, (1, 68, 2)).repeat(count, axis=0)


def painted(angles_deg, size=(24, 32)):
    frames = np.full((len(angles_deg), *size, 3), 90, np.uint8)
    frames[:, 0, 0] = np.asarray(angles_deg) + 100
    return frames


def embed(rgb):
    """The mean colour, as a direction; no face in a picture whose first pixel is black."""
    return rgb.reshape(-1, 3).mean(axis=0) if rgb[0, 0].any() else None


def evaluate(generated, reference, metrics=None, source_rgb=None, **options):
    options = {"build_reader": PaintedFaceReader, "embed": embed} | options
    evaluation = Evaluation(metrics, source_rgb, **options)
    evaluation.update_all(generated, reference)
    return evaluation


def strict(report):
    return json.loads(json.dumps(report, allow_nan=False))


@pytest.fixture
def turning():
    angles = np.stack([np.linspace(-20, 20, 41)] * 3, axis=1).round()
    return painted(angles + np.array([2, 0, -4])), painted(angles)


def test_scores_are_those_of_the_metrics_alone(clips):
    report = strict(evaluate(*clips, metrics=PIXELS, config=EvaluationConfig(chunk=4)).report())
    assert report["frames"] == 6
    for name, entry in report["metrics"].items():
        metric = METRICS[name]()
        metric.update(*clips)
        assert entry["value"] == pytest.approx(metric.compute())
        assert entry["protocol"]
        assert entry["unit"]
        assert entry["ci95"][0] <= entry["value"] <= entry["ci95"][1]


def test_all_default_metrics_of_a_turning_head(turning):
    report = strict(evaluate(*turning).report())
    values = {name: entry["value"] for name, entry in report["metrics"].items()}
    assert set(values) == set(choose_metrics(None, "self", has_source=False)[0])
    assert values["ard[deg]"] == pytest.approx(2)
    assert values["aed[expression]"] == pytest.approx(np.deg2rad(2))
    assert values["nme[x1000]"] > 0
    assert values["csim[dlib]"] == pytest.approx(1, abs=1e-3)
    assert report["metrics"]["csim[dlib]"]["frames"] == 5
    assert "every 10 frames" in report["metrics"]["csim[dlib]"]["protocol"]
    assert "painted" in report["metrics"]["ard[deg]"]["protocol"]


def test_cross_mode_compares_pose_with_the_driver_and_identity_with_the_source(turning):
    generated, _ = turning
    driver = painted(np.zeros((41, 3)), size=(48, 40))
    report = strict(evaluate(generated, driver, source_rgb=generated[0], mode="cross").report())
    assert "psnr[pooled]" not in report["metrics"]
    assert "another person" in report["left_out"]["psnr[pooled]"]
    assert report["metrics"]["identity_distance[dlib]"]["value"] < 1
    assert "source picture" in report["metrics"]["identity_distance[dlib]"]["protocol"]


def test_frames_without_a_face_are_counted_and_left_out(turning):
    generated, reference = (clip.copy() for clip in turning)
    generated[5:9, 0, 0] = 0
    reference[8:10, 0, 0] = 0
    evaluation = evaluate(generated, reference)
    report = strict(evaluation.report())
    assert report["faces"]["generated_without_face"] == 4
    assert report["faces"]["reference_without_face"] == 2
    assert "left out" in report["faces"]["policy"]
    assert report["metrics"]["ard[deg]"]["frames"] == 41 - 5
    assert report["metrics"]["ard[deg]"]["value"] == pytest.approx(2)
    assert report["metrics"]["psnr[pooled]"]["frames"] == 41
    assert np.isnan(evaluation.per_frame()["ard[deg]"][5:10]).all()


def test_no_face_anywhere_leaves_null_with_a_note(turning):
    generated, reference = (clip.copy() for clip in turning)
    generated[:, 0, 0] = 0
    entry = strict(evaluate(generated, reference).report())["metrics"]["apd[deg]"]
    assert entry["value"] is None
    assert entry["ci95"] is None
    assert entry["note"] == "no frame could be measured"


def test_identical_clips_are_infinite_which_json_says_in_words(turning):
    entry = strict(evaluate(turning[0], turning[0]).report())["metrics"]["psnr[pooled]"]
    assert entry["value"] is None
    assert entry["ci95"] is None
    assert "identical" in entry["note"]


def test_one_frame_has_values_and_no_intervals(turning):
    report = strict(evaluate(turning[0][:1], turning[1][:1]).report())
    assert all(entry["ci95"] is None for entry in report["metrics"].values())
    assert report["metrics"]["ard[deg]"]["value"] == pytest.approx(2)


def test_a_constant_pose_is_measured():
    still = painted(np.full((30, 3), 7))
    entry = strict(evaluate(still, still).report())["metrics"]["apd[deg]"]
    assert entry["value"] == 0
    assert entry["ci95"] == [0, 0]


def test_no_frames_is_an_error():
    with pytest.raises(InputError, match="no frames"):
        Evaluation(PIXELS).report()


def test_other_lengths_and_sizes_are_errors_that_name_both(turning):
    generated, reference = turning
    with pytest.raises(IncompatibleError, match="41 frames, the reference 40"):
        evaluate(generated, reference[:40])
    with pytest.raises(IncompatibleError, match=r"32x24 px.*30x24 px"):
        evaluate(generated, reference[:, :, :30])
    with pytest.raises(IncompatibleError, match=r"frame 2 is 20x20 px, those before it 32x24"):
        evaluate(
            [*generated[:2], np.zeros((20, 20, 3), np.uint8)], reference[:3], mode="cross", metrics=["ard"]
        )


def test_what_is_no_picture_is_refused(turning):
    with pytest.raises(InputError, match="float32"):
        Evaluation(PIXELS).update(turning[0][0].astype(np.float32), turning[1][0])


def test_a_source_without_a_face_is_refused(turning):
    with pytest.raises(FaceNotFoundError, match="source picture"):
        evaluate(*turning, source_rgb=np.zeros((8, 8, 3), np.uint8)).report()


def test_frontal_error_needs_no_reference(turning):
    evaluation = Evaluation(["are"], build_reader=PaintedFaceReader)
    evaluation.update(painted([[6, 0, -3]])[0])
    assert evaluation.report()["metrics"]["are[deg]"]["value"] == pytest.approx(3)
    with pytest.raises(InputError, match="reference frame is missing"):
        Evaluation(["ard"], build_reader=PaintedFaceReader).update(turning[0][0])


def test_the_worst_frames_are_kept_with_their_pictures(clips):
    generated, reference = clips
    worst = evaluate(
        generated, reference, metrics=["psnr"], config=EvaluationConfig(chunk=2, worst=2)
    ).worst_frames()
    assert [frame.index for frame in worst] == [5, 3]
    np.testing.assert_array_equal(worst[0].generated, generated[5])
    np.testing.assert_array_equal(worst[0].reference, reference[5])


def test_the_cut_into_chunks_changes_nothing(turning):
    generated, reference = turning
    reports = [
        evaluate(generated, reference, config=EvaluationConfig(chunk=chunk)).report()["metrics"]
        for chunk in (1, 7, 64)
    ]
    for name, entry in reports[0].items():
        for other in reports[1:]:
            if METRICS[name].info.extractor:  # what a network sees depends on the batch in its last bits
                assert other[name]["value"] == pytest.approx(entry["value"], rel=1e-3, abs=1e-6)
            else:
                assert other[name] == entry | {"value": pytest.approx(entry["value"], rel=1e-12)}


def test_angles_are_kept_for_plots(turning):
    angles = evaluate(*turning).angles_deg()
    np.testing.assert_allclose(angles["generated"] - angles["reference"], [[2, 0, -4]] * 41, atol=1e-9)


OVER_TIME = [
    "jitter[acceleration-vs-driver]",
    "flicker[vs-reference]",
    "akd[frame-px]",
    "colour_shift[lab-mean]",
]


def test_metrics_over_time_are_the_same_in_any_chunks(turning):
    small = evaluate(*turning, metrics=OVER_TIME, config=EvaluationConfig(chunk=3))
    large = evaluate(*turning, metrics=OVER_TIME, config=EvaluationConfig(chunk=100))
    for few, many in zip(small.scores(), large.scores(), strict=True):
        assert few.value == pytest.approx(many.value)
        assert few.frame_count == many.frame_count
    assert np.isnan(small.per_frame()["jitter[acceleration-vs-driver]"][:2]).all()


def test_a_face_that_is_gone_leaves_gaps_in_metrics_over_time(turning):
    generated, reference = turning
    generated[20] = 0
    report = strict(evaluate(generated, reference, metrics=OVER_TIME).report())
    assert report["metrics"]["jitter[acceleration-vs-driver]"]["frames"] == 41 - 2 - 3
    assert report["metrics"]["flicker[vs-reference]"]["frames"] == 40


def test_one_frame_has_no_value_over_time(turning):
    generated, reference = (clip[:1] for clip in turning)
    report = strict(evaluate(generated, reference, metrics=OVER_TIME).report())
    assert report["metrics"]["flicker[vs-reference]"]["value"] is None
    assert "needs 2" in report["metrics"]["flicker[vs-reference]"]["note"]
    assert report["metrics"]["colour_shift[lab-mean]"]["value"] is not None

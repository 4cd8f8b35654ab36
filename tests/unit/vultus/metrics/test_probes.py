"""What networks see of two clips: the evaluation's scores against the metrics fed by hand."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from vultus.errors import AssetMissingError
from vultus.metrics import METRICS
from vultus.metrics.action_units import presence_from_expressions
from vultus.metrics.evaluation import Evaluation, EvaluationConfig
from vultus.metrics.faces import FaceMeasurements
from vultus.metrics.features import clip_features, face_embeddings, inception_features
from vultus.metrics.likeness import csim_update, leak_update
from vultus.nets.i3d import I3d
from vultus.nets.inception import Inception2015
from vultus.nets.irse import IrSe50

FID, KID = "fid[inception-2015-pytorch-fid]", "kid[inception-2015-pytorch-fid]"
FVD, ARCFACE = "fvd[i3d-400-pytorch-i3d]", "csim[arcface-irse50-five-points]"
NAMES = ("jawOpen", "mouthSmileLeft", "browInnerUp", "eyeBlinkLeft")


def _formula(rows, columns):
    return nn.Parameter(torch.sin(torch.arange(rows * columns).float()).reshape(rows, columns))


class TinyInception(Inception2015):
    """Three means of colour through a matrix of sines."""

    def __init__(self):
        nn.Module.__init__(self)
        self.weight = _formula(3, 2048)

    def forward(self, x):
        return x.mean(dim=(2, 3)) @ self.weight + x.std(dim=(2, 3)) @ self.weight.roll(1)


class TinyI3d(I3d):
    def __init__(self):
        nn.Module.__init__(self)
        self.weight = _formula(3, 400)

    def forward(self, x):
        return x.mean(dim=(2, 3, 4)) @ self.weight


class TinyIrSe(IrSe50):
    def __init__(self):
        nn.Module.__init__(self)
        self.weight = _formula(3 * 16, 512)

    def forward(self, x):
        return nn.functional.adaptive_avg_pool2d(x, 4).flatten(1) @ self.weight


TINY = {
    "inception-2015-pytorch-fid": TinyInception,
    "i3d-400-pytorch-i3d": TinyI3d,
    "arcface-irse50": TinyIrSe,
}
LANDMARKS = np.random.default_rng(0).uniform(8, 56, (68, 2))


class StillFaceReader:
    """One face in every frame but the black ones; its first coefficient is the first pixel's red."""

    protocol = "still"
    morphable_digest = "sha256:still"
    expression_names = NAMES

    def read(self, frames):
        found = np.array([frame.any() for frame in frames])
        expression = np.zeros((len(frames), 4))
        expression[:, 0] = [frame[0, 0, 0] / 255 for frame in frames]
        landmarks = np.where(found[:, None, None], LANDMARKS, np.nan)
        angles = np.where(found[:, None], np.zeros((1, 3)), np.nan)
        return FaceMeasurements(found, angles, np.where(found[:, None], expression, np.nan), landmarks)


def embed(rgb):
    return rgb.reshape(-1, 3).mean(axis=0) if rgb.any() else None


def evaluate(generated, reference, metrics, source=None, mode="self", chunk=5):
    evaluation = Evaluation(
        metrics,
        source,
        mode=mode,
        build_reader=StillFaceReader,
        embed=embed,
        extractors=lambda name: TINY[name]().eval(),
        config=EvaluationConfig(identity_every=4, chunk=chunk),
    )
    evaluation.update_all(generated, reference)
    return evaluation


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(3)
    reference = rng.integers(0, 256, (37, 64, 64, 3), np.uint8)
    return (reference * rng.uniform(0.3, 1, (37, 1, 1, 3))).astype(np.uint8), reference


@pytest.mark.parametrize("name", [FID, KID])
def test_distances_of_frames_are_those_of_their_features(pair, name):
    direct = METRICS[name]()
    direct.update(*(inception_features(TinyInception(), side) for side in pair))
    (score,) = evaluate(*pair, [name]).scores()
    assert score.value == pytest.approx(direct.compute(), rel=1e-6)
    assert score.frame_count == 37


def test_stretches_of_sixteen_frames_are_samples_of_fvd_however_frames_come(pair):
    direct = METRICS[FVD]()
    for start in (0, 16):
        direct.update(*(clip_features(TinyI3d(), side[start : start + 16]) for side in pair))
    for chunk in (5, 32):
        (score,) = evaluate(*pair, [FVD], chunk=chunk).scores()
        assert score.value == pytest.approx(direct.compute(), rel=1e-5)
        assert score.frame_count == 2
        assert "stretches of 16 frames" in score.protocol


def test_fewer_samples_than_dimensions_are_said(pair):
    few = [side[:4] for side in pair]
    (score,) = evaluate(*few, [FID]).scores()
    assert "4 generated and 4 reference samples in 2048 dimensions" in score.note
    assert score.to_json()["note"] == score.note


def test_one_frame_has_no_distance(pair):
    (score,) = evaluate(pair[0][:1], pair[1][:1], [FID]).scores()
    assert score.value is None
    assert FID not in evaluate(pair[0][:1], pair[1][:1], [FID]).per_frame()


def test_arcface_looks_at_every_fourth_frame_that_has_a_face(pair):
    generated = pair[0].copy()
    generated[8] = 0
    due = [k for k in range(0, 37, 4) if k != 8]
    look = partial(face_embeddings, TinyIrSe(), landmarks_px=np.repeat(LANDMARKS[None], len(due), axis=0))
    direct = csim_update(look(list(generated[due])), look(list(pair[1][due])))
    evaluation = evaluate(generated, pair[1], [ARCFACE])
    (score,) = evaluation.scores()
    assert score.value == pytest.approx(direct.values.mean(), abs=1e-6)
    np.testing.assert_allclose(evaluation.per_frame()[ARCFACE][due], direct.values, atol=1e-6)
    assert np.isnan(evaluation.per_frame()[ARCFACE][[1, 8]]).all()


def test_arcface_compares_with_the_source_in_cross_mode(pair):
    generated, driver = pair
    look = partial(face_embeddings, TinyIrSe())
    source = look([driver[20]], LANDMARKS[None])
    made = look(list(generated[::4]), np.repeat(LANDMARKS[None], 10, axis=0))
    (score,) = evaluate(generated, driver, [ARCFACE], source=driver[20], mode="cross").scores()
    assert score.value == pytest.approx(csim_update(made, source.repeat(10, axis=0)).values.mean(), abs=1e-6)
    assert "source picture" in score.protocol


def test_identity_leaks_by_what_is_nearer_to_the_driver_than_to_the_source(pair):
    generated, driver = pair
    source = np.full((64, 64, 3), (200, 10, 90), np.uint8)
    rows = [np.stack([embed(frame) for frame in side[::4]]) for side in pair]
    direct = leak_update(*rows, np.repeat(embed(source)[None], 10, axis=0))
    (score,) = evaluate(generated, driver, ["identity_leak[dlib]"], source=source, mode="cross").scores()
    assert score.value == pytest.approx(direct.values.mean())
    (still,) = evaluate(driver, driver, ["identity_leak[dlib]"], source=driver[0], mode="cross").scores()
    assert still.value > 0


def test_action_units_are_read_from_coefficients(pair):
    units = [presence_from_expressions(StillFaceReader().read(list(side)).expression, NAMES) for side in pair]
    (score,) = evaluate(*pair, ["au-h[arkit-coefficients]"]).scores()
    assert score.value == pytest.approx((units[0] != units[1]).mean())
    assert score.value > 0


def test_poses_and_expressions_stand_in_for_decas_by_a_name_of_their_own(pair):
    scores = evaluate(*pair, ["pose", "exp", "ard", "aed"]).scores()
    values = {score.name: score.value for score in scores}
    assert values["pose[morphable-deg]"] == values["ard[deg]"]
    assert values["exp[morphable]"] == values["aed[expression]"]
    assert all("no DECA" in score.protocol for score in scores if "morphable]" in score.name)


@pytest.mark.parametrize("name", [FID, FVD, ARCFACE, "lpips[alex]"])
def test_absent_weights_end_what_was_asked_for_by_name_in_one_line(name):
    with pytest.raises(AssetMissingError) as error:
        Evaluation([name], build_reader=StillFaceReader)
    assert error.value.exit_code == 3
    assert "\n" not in str(error.value)

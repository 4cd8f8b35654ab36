import dataclasses

import numpy as np
import torch

from vultus.face.skinning import Skeleton


def test_shape_is_the_mean_and_weighted_columns(sheet, rng):
    identity = torch.randn(2, 12, generator=rng, dtype=torch.float64)
    expression = torch.randn(2, 6, generator=rng, dtype=torch.float64)
    expected = (
        sheet.mean.numpy()[None]
        + np.einsum("vxi,bi->bvx", sheet.identity_basis.numpy().astype(float), identity.numpy())
        + np.einsum("vxe,be->bvx", sheet.expression_basis.numpy().astype(float), expression.numpy())
    )
    found = sheet.shape(identity, expression)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_landmarks_lie_on_their_triangles(sheet):
    embedding = sheet.landmarks["ibug68"]
    found = embedding.on(sheet.mean[None], sheet.faces)[0]
    for landmark, (face, weights) in enumerate(zip(embedding.face_index, embedding.barycentric, strict=True)):
        torch.testing.assert_close(found[landmark], weights @ sheet.mean[sheet.faces[face]])


def test_the_digest_is_of_the_geometry(sheet):
    renamed = dataclasses.replace(sheet, name="other", licence="MIT")
    rounded = dataclasses.replace(sheet, identity_basis=sheet.identity_basis * (1 + 1e-7))
    moved = dataclasses.replace(sheet, mean=sheet.mean + 0.05)
    turned = dataclasses.replace(sheet, identity_basis=-sheet.identity_basis)
    assert renamed.digest == rounded.digest == sheet.digest
    assert turned.digest != sheet.digest
    assert moved.digest != sheet.digest
    assert sheet.digest.startswith("sha256:")


def test_pose_turns_joints_about_places_that_the_identity_decides(sheet):
    count = len(sheet.mean)
    bones = Skeleton(
        ("root", "jaw"),
        (-1, 0),
        torch.full((2, count), 1 / count),
        torch.tensor([[0.0, 1.0]]).repeat(count, 1),
    )
    model = dataclasses.replace(sheet, skeleton=bones)
    identity, expression = torch.ones(1, 12), torch.ones(1, 6)
    turn = torch.tensor([[0.4, 0.0, 0.0]])
    pivot = sheet.shape(identity, torch.zeros(1, 6))[0].mean(0)
    shaped = sheet.shape(identity, expression)
    found = model.pose(identity, expression, {"jaw": turn})
    distance = (shaped - pivot).norm(dim=-1)
    torch.testing.assert_close((found - pivot).norm(dim=-1), distance, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[..., 0], shaped[..., 0], atol=1e-5, rtol=1e-5)  # about x
    torch.testing.assert_close(model.pose(identity, expression), shaped)


def test_counts(sheet):
    assert (sheet.identity_count, sheet.expression_count) == (12, 6)

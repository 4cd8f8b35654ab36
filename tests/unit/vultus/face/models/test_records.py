import numpy as np
import pytest
import torch

from vultus.face.models.records import basis_of_columns, outward, vertex_embedding


def test_a_vertex_landmark_is_its_vertex(sheet):
    vertices = torch.tensor([0, 7, 224, 100, 7])
    found = vertex_embedding(sheet.faces, vertices).on(sheet.mean[None], sheet.faces)[0]
    assert torch.equal(found, sheet.mean[vertices])


def test_a_vertex_without_a_triangle_is_no_landmark(sheet):
    with pytest.raises(ValueError, match="without a triangle"):
        vertex_embedding(sheet.faces[50:], torch.tensor([0]))


def test_triangles_are_turned_as_a_whole(sheet):
    tilted = sheet.mean @ torch.linalg.qr(torch.arange(9.0).reshape(3, 3).sin())[0].mT
    for vertices in (sheet.mean, tilted):
        right = outward(sheet.faces, vertices)
        assert torch.equal(outward(right.flip(1), vertices), right)
    assert torch.equal(outward(sheet.faces, sheet.mean), sheet.faces)


def test_columns_become_vertices_times_deviations():
    matrix = np.arange(24.0).reshape(12, 2)
    basis = basis_of_columns(matrix, np.array([2.0, 3.0]))
    assert basis.shape == (4, 3, 2)
    assert basis[2, 1].tolist() == [2 * matrix[7, 0], 3 * matrix[7, 1]]

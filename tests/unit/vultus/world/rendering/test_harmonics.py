import numpy as np

from vultus.world.rendering.harmonics import (
    ambient_harmonics,
    harmonic_basis,
    lamp_harmonics,
    reflected,
)


def sphere(count):
    height = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    across = np.sqrt(1 - height**2)
    return np.stack([across * np.cos(angle), height, across * np.sin(angle)], -1)


def test_the_functions_are_orthonormal():
    basis = harmonic_basis(sphere(20000))
    np.testing.assert_allclose(basis.T @ basis * 4 * np.pi / 20000, np.eye(9), atol=2e-3)


def test_reflected_light_is_the_integral_over_the_hemisphere():
    coefficients = np.random.default_rng(0).normal(size=(9, 3))
    directions, normals = sphere(40000), sphere(7)
    arriving = harmonic_basis(directions) @ coefficients
    cosine = (normals @ directions.T).clip(0)
    expected = cosine @ arriving * (4 * np.pi / 40000) / np.pi
    np.testing.assert_allclose(reflected(coefficients, normals), expected, atol=5e-3)


def test_a_white_surface_towards_a_lamp_sends_about_its_colour_back():
    towards, colour = np.array([0.0, 0.6, 0.8]), np.array([0.9, 0.5, 0.2])
    sent = reflected(lamp_harmonics(towards, colour, 0.0), towards[None])[0]
    np.testing.assert_allclose(sent, colour * (1 / 4 + 1 / 2 + 5 / 16), rtol=1e-5)
    assert (reflected(lamp_harmonics(towards, colour, 1.0), -towards[None]) < 0.1).all()


def test_even_light_has_no_direction():
    sent = reflected(ambient_harmonics(np.array([0.3, 0.2, 0.1])), sphere(50))
    np.testing.assert_allclose(sent, np.tile([0.3, 0.2, 0.1], (50, 1)), rtol=1e-6)

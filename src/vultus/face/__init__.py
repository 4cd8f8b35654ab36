"""Morphable models, landmarks, cameras and rotations."""

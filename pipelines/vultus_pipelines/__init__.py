"""Pipelines: components over the library and the rooms, graphs of them, and what packages models."""

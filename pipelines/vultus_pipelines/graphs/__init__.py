"""Pipelines: one graph in each file, to be read as a sentence."""

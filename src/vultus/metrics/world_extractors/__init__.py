"""Extractors that learn from the synthetic world, so that they can be shipped."""

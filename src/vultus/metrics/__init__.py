"""Metrics: one family in each file, functional first; every score names its protocol."""

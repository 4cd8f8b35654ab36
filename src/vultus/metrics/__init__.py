"""Metrics, functional first."""

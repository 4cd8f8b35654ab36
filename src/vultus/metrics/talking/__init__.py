"""Metrics of heads that speak."""

"""Reenactment methods, one folder each."""

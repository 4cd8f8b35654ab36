"""Losses: one family in each file, functional."""

"""Layouts of real data sets, one module each."""

"""Servers, errors, streams and batches: what rooms and their clients share on the wire."""

"""Typed clients of the rooms: records in, records out, our errors."""

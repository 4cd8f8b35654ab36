"""Plumbing: settings, rpc, store, telemetry and clients."""

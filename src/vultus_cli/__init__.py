"""The `vultus` command."""

"""Published checkpoints, one family in each file; each registers its formats in `vultus.assets.published`."""

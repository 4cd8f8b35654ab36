"""Records, media reading and writing."""

"""Training: the loop that every learned method shares, its averages, its checkpoints."""

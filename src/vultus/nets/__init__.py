"""Networks: one architecture or block family in each file."""

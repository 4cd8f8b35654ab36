"""What a room tells about itself: metrics from one schema, and JSON lines."""

"""Steps of pipelines: one component in each file."""

"""Kubeflow pipelines: components over library and room calls, and the graphs that join them."""

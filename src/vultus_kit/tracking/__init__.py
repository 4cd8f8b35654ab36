"""MLflow: runs that are written down, and models that are registered, promoted and taken back."""

"""Models in the forms that other platforms serve: MLflow pyfunc and BentoML."""

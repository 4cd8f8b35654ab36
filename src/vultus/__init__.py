"""Train, evaluate and serve head reenactment and talking heads: tensors in, tensors out."""

__version__ = "0.1.0"

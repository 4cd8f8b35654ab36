"""Rasterising meshes and the guides made from them."""

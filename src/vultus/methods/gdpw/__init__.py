"""Geometry driven progressive warping: a portrait's features warped level by level [zhong2022gdpw]."""

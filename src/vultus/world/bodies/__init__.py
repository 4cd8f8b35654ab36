"""Meshes of the world's people: head, hair, beard, glasses, shoulders and clothes."""

from vultus.world.bodies.body import Body
from vultus.world.bodies.building import build_body
from vultus.world.bodies.parts import PART_INDEX, PARTS

__all__ = ["PARTS", "PART_INDEX", "Body", "build_body"]

from vultus.world.bodies.parts import PARTS
from vultus.world.rendering import MASKS


def test_masks_name_parts_and_share_none():
    assert {part for parts in MASKS.values() for part in parts} <= set(PARTS)
    assert set(MASKS) == {"face", "hair", "mouth", "eyes", "background"}
    assert not set(MASKS["face"]) & set(MASKS["hair"])
    assert set(MASKS["mouth"]) <= set(MASKS["face"])

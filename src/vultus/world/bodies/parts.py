"""Parts of a body: what each triangle, and so each pixel, belongs to."""

PARTS = (
    "background",
    "skin",
    "lips",
    "mouth",
    "teeth",
    "eyes",
    "brows",
    "hair",
    "beard",
    "ears",
    "neck",
    "glasses",
    "clothes",
)
"""Names by index; 0 is what no triangle covers."""

PART_INDEX = {name: index for index, name in enumerate(PARTS)}
"""Index by name."""

"""The recipes that come with the program.

Landmarks are MediaPipe's in all of them: its 478 points, or the 68 that `IBUG68_FROM_MEDIAPIPE` picks.
"""

from vultus.data.real.recipes import RECIPES, Recipe

_FAN = "MediaPipe's mesh, reduced to the 68 points, stands in for FAN"

VULTUS_256 = Recipe(
    name="vultus-256",
    region="mesh",
    placing="stable",
    factor=1.75,
    rise=0.06,
    border="inside",
    interpolation="area",
)
"""Ours: one steady square for a clip with the whole head and a little of the shoulders in it."""

FOMM_256 = Recipe(
    name="fomm-256",
    region="mesh",
    placing="union",
    factor=1.62,
    rise=0.06,
    border="inside",
    least_overlap=0.25,
    least_side_px=256,
    least_frames=64,
    most_frames=1024,
    stands_in=(
        "the mesh's box, enlarged by 1.35 and raised, stands in for VoxCeleb's face boxes; the rest is the "
        "published enlargement of their union by a tenth on each side"
    ),
    source="siarohin2019fomm",
)
"""The smallest square that holds all boxes while the face stays near where it began; 64 to 1024 frames."""

GDPW_256 = Recipe(
    name="gdpw-256",
    region="ibug68",
    measure="mean",
    placing="frame",
    factor=1.1 * 1.35,
    rise=0.1,
    border="black",
    interpolation="bilinear",
    stands_in=_FAN,
    source="zhong2022gdpw",
)
"""Each frame by itself: 1.35 times DECA's size, three fifths of the square above the box's middle."""

HEADGAN_MEDIAN = Recipe(
    name="headgan-median",
    region="mesh",
    placing="median",
    factor=256 / (256 - 100),
    border="inside",
    drift_limit=0.45,
    part_frames=50,
    stands_in="the mesh's box stands in for MTCNN's, which is about as large",
    source="doukas2021headgan",
)
"""One median box for a clip, squared, with a margin of 100 of 256 px; clips that drift are rejected."""

HEADGAN_REENACT = HEADGAN_MEDIAN.replace(name="headgan-median-reenact", drift_limit=0.35, part_frames=None)
"""The same for drivers: stricter about drift, and not cut into parts."""

DIRECTIONS_FAN = Recipe(
    name="directions-fan",
    region="ibug68",
    placing="frame",
    factor=2.0,
    rise=1 / 12,
    border="blurred",
    interpolation="cubic",
    stands_in=_FAN,
    source="bounareli2022directions",
)
"""Each frame by itself: twice the longer side, its middle a sixth of a side higher."""

GOHA_EG3D = Recipe(
    name="goha-eg3d",
    size_px=512,
    region="five_points",
    placing="frame",
    span_mm=100 * 700 / 300,
    border="mirror",
    interpolation="lanczos",
    stands_in=(
        "MediaPipe's eyes, nose tip and mouth corners stand in for MTCNN's five points, our head's for the "
        "Basel model's; the background is kept"
    ),
    source="chan2022eg3d",
)
"""Each frame by itself: five points by a scaled orthographic camera, 300 px of 700 for 100 mm."""

for _recipe in (
    VULTUS_256,
    FOMM_256,
    GDPW_256,
    HEADGAN_MEDIAN,
    HEADGAN_REENACT,
    DIRECTIONS_FAN,
    GOHA_EG3D,
):
    RECIPES.register(_recipe.name)(_recipe)

"""Which of MediaPipe's 468 points lie on which loop of the face (right and left are the subject's)."""

FACE_OVAL = (
    *(10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148),
    *(152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338),
)
"""Border of the face mesh from the forehead's middle by the right ear, the chin and the left ear."""

LID_UPPER_RIGHT = (33, 246, 161, 160, 159, 158, 157, 173, 133)
"""Margin of the right upper lid from the outer corner to the inner."""

LID_LOWER_RIGHT = (33, 7, 163, 144, 145, 153, 154, 155, 133)
"""Margin of the right lower lid from the outer corner to the inner."""

LIPS_UPPER = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
"""Upper lip from the red's outer border to the inner, each from the right corner to the left."""

LIPS_LOWER = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
"""Lower lip, as `LIPS_UPPER`; both share their ends."""

BROW_RIGHT = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
"""Outline of the right brow."""

NOSTRIL_RIGHT = (97, 98, 99, 60, 75, 166, 79, 20, 238, 218)
"""Rim and roof of the right nostril."""

"""Generated frames brought onto the reference's, for protocols that compare after Procrustes analysis."""

from dataclasses import replace

import numpy as np

from vultus.metrics.alignment import similarity_2d, warp_onto
from vultus.metrics.evidence import Rgb
from vultus.metrics.faces import FaceMeasurements

ALIGNMENT = "generated frames turned, scaled and moved onto the reference's 68 landmarks first"
"""For the protocol of scores."""


def brought_onto(
    generated: list[Rgb], reference: list[Rgb], made: FaceMeasurements, meant: FaceMeasurements
) -> tuple[list[Rgb], FaceMeasurements]:
    """Frames and their landmarks after the similarity that brings the landmarks onto the reference's.

    Frames of which either side has no face stay as they are. Angles and expressions stay as measured: a
    similarity in the picture changes roll alone, which the protocols compare unaligned.

    Args:
        generated: Frames.
        reference: Frames of the same number.
        made: Faces of the generated frames.
        meant: Faces of the reference.
    """
    frames, points = list(generated), made.landmarks_px.copy()
    for k in np.flatnonzero(made.found & meant.found):
        own, target = made.landmarks_px[k], meant.landmarks_px[k]
        height, width = reference[k].shape[:2]
        frames[k] = warp_onto(generated[k], own, target, (height, width))
        matrix = similarity_2d(target, own)
        points[k] = own @ matrix[:, :2].T + matrix[:, 2]
    return frames, replace(made, landmarks_px=points)

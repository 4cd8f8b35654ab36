"""Camera cuts, found while frames go by."""

import cv2
import numpy as np
from jaxtyping import UInt8
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

LONGEST_SIDE_PX = 192
"""Frames are made this small before they are compared, px."""

_NOMINAL_FPS = 25.0
"""For PySceneDetect's clock, of which only the frame numbers are used."""


class CutFinder:
    """Finds the first frame after each camera cut [castellano2014pyscenedetect].

    Frames are compared by colour; a change counts that stands out from those around it, so that a panning
    camera or a quick head is none. An answer comes two frames late.
    """

    def __init__(self) -> None:
        self._detector = AdaptiveDetector(min_scene_len=1)
        self._count = 0

    def see(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[int]:
        """Take the next frame; numbers of frames, 0 for the first, that are now known to follow a cut."""
        factor = min(1.0, LONGEST_SIDE_PX / max(rgb.shape[:2]))
        small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        bgr = np.ascontiguousarray(small[..., ::-1])
        found = self._detector.process_frame(FrameTimecode(self._count, _NOMINAL_FPS), bgr)
        self._count += 1
        return [cut.frame_num for cut in found]

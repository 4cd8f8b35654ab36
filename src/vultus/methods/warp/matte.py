"""Which pixels of the portrait belong to the person."""

import importlib.util
import threading
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

_SEGMENTERS: dict[str, Any] = {}
_LOCK = threading.Lock()


def person_matte(
    rgb: UInt8[np.ndarray, "h w 3"], head: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Probability that a pixel shows the person, [0, 1].

    MediaPipe's selfie segmentation where its wheel is installed, else GrabCut from colours.

    Args:
        rgb: The crop.
        head: Pixels that the fitted head covers; they belong to the person in any case.
    """
    matte = _segmented(rgb) if _has_segmenter() else grab_cut(rgb, head)
    if matte[head].mean() < 0.5:
        matte = grab_cut(rgb, head)
    return _of_one_person(np.maximum(matte, cv2.GaussianBlur(head.astype(np.float32), (0, 0), 1.0)), head)


def _of_one_person(
    matte: Float32[np.ndarray, "h w"], head: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """The matte without what hangs together with the head in no way: other people, reflections."""
    pieces = cv2.connectedComponents((matte > 0.2).astype(np.uint8))[1]
    own = np.setdiff1d(pieces[head], 0)
    return np.where(np.isin(pieces, own), matte, 0).astype(np.float32)


def grab_cut(rgb: UInt8[np.ndarray, "h w 3"], head: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Tell the person from the background by colour [rother2004grabcut], seeded with the fitted head."""
    height, width = head.shape
    scale = 160 / max(height, width)
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    seed = cv2.resize(head.astype(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    reach = max(int(0.12 * small.shape[0]), 1)
    near = cv2.dilate(seed, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    rows = np.nonzero(seed.any(axis=1))[0]
    mask = np.where(near > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    if len(rows):
        mask[rows[-1] :] = cv2.GC_PR_FGD
    mask[seed > 0] = cv2.GC_FGD
    if (mask == cv2.GC_FGD).all() or not len(rows):
        return np.ones((height, width), np.float32)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(small, mask, (0, 0, 1, 1), *models, 4, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return cv2.resize(cv2.GaussianBlur(person, (0, 0), 1.0), (width, height)).clip(0, 1)


def _has_segmenter() -> bool:
    return importlib.util.find_spec("mediapipe") is not None and bool(_segmenter())


def _segmenter() -> Any:
    """The segmenter, made once for each process; None where this MediaPipe has none."""
    with _LOCK:
        if "selfie" not in _SEGMENTERS:
            from vultus.face.detectors.mediapipe import quiet  # noqa: PLC0415  only where MediaPipe is installed

            with quiet():
                package = importlib.import_module("mediapipe")
                solutions = getattr(package, "solutions", None)
                segmenter = solutions and solutions.selfie_segmentation.SelfieSegmentation(0)
                if segmenter is not None:
                    segmenter.process(np.zeros((64, 64, 3), np.uint8))  # the first picture is when it talks
                _SEGMENTERS["selfie"] = segmenter
        return _SEGMENTERS["selfie"]


def _segmented(rgb: UInt8[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w"]:
    segmenter = _segmenter()
    with _LOCK:
        return np.array(segmenter.process(np.ascontiguousarray(rgb)).segmentation_mask, np.float32)

"""How many threads one piece of numerical work may use."""

import importlib.util


def limit_threads(count: int | None) -> None:
    """Limit torch, numba and OpenCV, those that are installed; None leaves the choice to them."""
    if count is None:
        return
    import torch  # noqa: PLC0415 - two seconds that only a room with a limit spends here

    torch.set_num_threads(count)
    if importlib.util.find_spec("numba"):
        import numba  # noqa: PLC0415

        numba.set_num_threads(min(count, numba.get_num_threads()))
    if importlib.util.find_spec("cv2"):
        import cv2  # noqa: PLC0415

        cv2.setNumThreads(count)

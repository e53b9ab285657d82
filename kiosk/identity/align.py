"""Similarity alignment of a face by its five points to the 112 x 112 template that embedding models expect."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image

CROP_PX: Final = 112
Points = NDArray[
    np.float64
]  # shape (5, 2): eyes, nose, corners of the mouth; x, y in pixels; left as seen first

# The ArcFace reference points for a 112 x 112 picture (Deng et al. 2019).
TEMPLATE: Final = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """Least-squares rotation, scale and shift (Umeyama 1991, without reflection) as a 2 x 3 matrix."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    s, t = source - source_mean, target - target_mean
    spread = float((s**2).sum())
    if spread == 0.0:
        raise ValueError("all points are one point")
    a = float((s * t).sum()) / spread
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / spread
    rotation = np.array([[a, -b], [b, a]])
    return np.hstack([rotation, (target_mean - rotation @ source_mean)[:, None]])


def aligned(image: Image, points: Points) -> Image:
    """The face as a crop of 112 x 112 x 3, BGR."""
    matrix = similarity(points, TEMPLATE)
    return np.asarray(cv2.warpAffine(image, matrix, (CROP_PX, CROP_PX)), dtype=np.uint8)

"""Passive detectors and the one rule that reads a clip by their scores.

Context decides: a phone's frame, a hand, the edge of a sheet lie around the face, not in it. How the crops were chosen
and what they measured stands in docs/identity.md.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk.identity.detector import Face
from kiosk.identity.onnx import session

from .contract import PassiveThresholds, PassiveVerdict

FILE: Final = "fr_liveness.onnx"
BOXES: Final = (2.8, 3.1, 3.4)  # sides of the crops, in mean sides of the face's box
MIN_PICTURES: Final = 5
SPOOF_SHARE: Final = 0.25


def passive_verdict(scores: Sequence[float], thresholds: PassiveThresholds) -> PassiveVerdict:
    """The verdict over a clip, by the scores of all its pictures in which one face looks at the camera.

    Too few pictures say nothing. The median decides, so that no single picture does; a clip of which more than a
    quarter looks like a spoof is never live.
    """
    if len(scores) < MIN_PICTURES:
        return PassiveVerdict.UNCERTAIN
    middle = median(scores)
    if middle < thresholds.spoof_below:
        return PassiveVerdict.SPOOF
    like_a_spoof = sum(score < thresholds.spoof_below for score in scores) / len(scores)
    if middle >= thresholds.live_from and like_a_spoof <= SPOOF_SHARE:
        return PassiveVerdict.LIVE
    return PassiveVerdict.UNCERTAIN


class ByCrops:
    """Networks that each look at a square about the face; the score is their mean probability of "live"."""

    def __init__(
        self,
        engine: str,
        thresholds: PassiveThresholds,
        networks: Sequence[tuple["Network", float]],
        live_class: int,
    ) -> None:
        self.engine: Final = engine
        self.thresholds: Final = thresholds
        self._networks = networks
        self._live_class = live_class

    def score(self, image: Image, face: Face) -> float:
        """Mean probability of "live". Raises `ValueError` for a box that is no face."""
        likely = [
            network.probabilities(context(image, face, box, network.side_px))[self._live_class]
            for network, box in self._networks
        ]
        return float(np.mean(likely))

    def close(self) -> None:
        """Nothing runs outside."""


def fr_liveness(models: Path) -> ByCrops:
    """The engine `fr_liveness`: BGR 0..255, 128 x 128, three classes, the first is "live"."""
    network = Network(models / FILE, side_px=128)
    thresholds = PassiveThresholds(spoof_below=0.15, live_from=0.40)
    return ByCrops("fr_liveness", thresholds, [(network, box) for box in BOXES], live_class=0)


def minifasnet(v2: Path, v1se: Path) -> ByCrops:
    """The engine `minifasnet`: Silent-Face-Anti-Spoofing's two networks as ONNX, with their authors' boxes.

    BGR 0..255, 80 x 80, three classes, the second is "live".
    """
    networks = [(Network(v2, side_px=80), 2.7), (Network(v1se, side_px=80), 4.0)]
    return ByCrops("minifasnet", PassiveThresholds(spoof_below=0.30, live_from=0.60), networks, live_class=1)


def context(image: Image, face: Face, box: float, pixels: int) -> Image:
    """A square about the face with what surrounds it, `pixels` x `pixels`.

    Where it leaves the picture the edge is repeated: black there looks like the frame of a screen (area under the ROC
    curve 0.9993, against 0.9603 with black and 0.9938 with the square moved inside, on the development clips).
    Raises `ValueError` for a box that is no face.
    """
    side = (face.width + face.height) / 2 * box
    if not 1.0 <= side < np.inf:
        raise ValueError(f"a face of {face.width:g} x {face.height:g} pixels")
    height, width = image.shape[:2]
    left, top = face.x + face.width / 2 - side / 2, face.y + face.height / 2 - side / 2
    edges = np.array([top, left, top + side, left + side])
    y0, x0, y1, x1 = (int(edge) for edge in np.concatenate([np.floor(edges[:2]), np.ceil(edges[2:])]))
    part = image[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    if part.size == 0:
        raise ValueError("a face outside the picture")
    missing = (max(0, -y0), max(0, y1 - height), max(0, -x0), max(0, x1 - width))
    whole = cv2.copyMakeBorder(part, *missing, cv2.BORDER_REPLICATE)
    # Averaged over the area: taken at points, the noise of a sensor makes a screen look alive (a replay with noise of
    # 8 grey levels scores 0.86, averaged 0.00).
    how = cv2.INTER_AREA if side > pixels else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(whole, (pixels, pixels), interpolation=how), dtype=np.uint8)


class Network:
    """One ONNX network that turns a BGR crop into probabilities of classes."""

    def __init__(self, path: Path, *, side_px: int) -> None:
        self.side_px: Final = side_px
        self._session = session(path)
        self._input: str = self._session.get_inputs()[0].name

    def probabilities(self, crop: Image) -> NDArray[np.float32]:
        """Of each class, for a BGR crop of `side_px` x `side_px`."""
        planes = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32)
        logits = self._session.run(None, {self._input: planes})[0][0]
        likely = np.exp(logits - logits.max())
        return np.asarray(likely / likely.sum(), dtype=np.float32)

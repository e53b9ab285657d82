"""The engine `mobilefacenets`: two small networks, each on the picture and its mirror image.

The score of two faces is the mean of the two cosines; both embeddings, each of length 1, lie in one vector of length
sqrt(2), and half their product is the score.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk.identity.align import aligned
from kiosk.identity.calibration import Calibration
from kiosk.identity.detector import DETECTOR_FILE, CenterFaceDetector, Face
from kiosk.identity.litert import interpreter
from kiosk.identity.onnx import session

from .vectors import Engine, Vector, refuse_blank, refuse_what_is_no_face, unit, weighted

ONNX_FILE: Final = "fr_feature.onnx"
TFLITE_FILE: Final = "MobileFaceNet.tflite"
MODELS_AVERAGED: Final = 2


class MobileFaceNets(Engine):
    """Sources of the networks' input ranges: the two packages' own code."""

    engine = "mobilefacenets"

    def __init__(self, models: Path, thresholds: Calibration) -> None:
        super().__init__(CenterFaceDetector(models / DETECTOR_FILE), thresholds)
        self._onnx = session(models / ONNX_FILE)
        self._tflite = interpreter(models / TFLITE_FILE)
        self._tflite_in: int = self._tflite.get_input_details()[0]["index"]
        self._tflite_out: int = self._tflite.get_output_details()[0]["index"]

    def embed(self, image: Image, face: Face) -> Vector:
        """512 + 192 numbers, each part of length 1. Raises `ValueError` for points that make no face."""
        refuse_what_is_no_face(image, face)
        crop = aligned(image, face.points)
        refuse_blank(crop)
        seen = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB).astype(np.float32)
        both = np.stack([seen, seen[:, ::-1]])
        return np.concatenate([self._embed_onnx(both), self._embed_tflite(both)])

    def mean(self, embeddings: Sequence[Vector], weights: Sequence[float] | None = None) -> Vector:
        """Mean of each part, brought back to length 1."""
        total = weighted(embeddings, weights)
        split = self._onnx_length()
        return np.concatenate([unit(total[:split]), unit(total[split:])])

    def score(self, one: Vector, other: Vector) -> float:
        """Mean of the two cosines."""
        return float(one @ other) / MODELS_AVERAGED

    def scores(self, ones: Sequence[Vector], others: Sequence[Vector]) -> NDArray[np.float32]:
        """Mean of the two cosines of each pair."""
        return np.asarray(np.stack(ones) @ np.stack(others).T / MODELS_AVERAGED, dtype=np.float32)

    def _embed_onnx(self, both: NDArray[np.float32]) -> Vector:
        planes = np.ascontiguousarray(((both - 127.0) / 128.0).transpose(0, 3, 1, 2))
        return unit(sum(self._onnx.run(None, {"input": planes[i : i + 1]})[0][0] for i in range(2)))

    def _embed_tflite(self, both: NDArray[np.float32]) -> Vector:
        self._tflite.set_tensor(self._tflite_in, ((both - 127.5) / 128.0).astype(np.float32))
        self._tflite.invoke()
        return unit(self._tflite.get_tensor(self._tflite_out).sum(axis=0))

    def _onnx_length(self) -> int:
        return int(self._onnx.get_outputs()[0].shape[1])

"""Comparison of faces: the `FaceMatcher` contract and the engine that is used now.

`mobilefacenets` embeds a face with two small networks, each on the picture and its mirror image. The score of two
faces is the mean of the two cosines; both embeddings, each of length 1, therefore lie in one vector of length
sqrt(2), and half their product is the score.
"""

from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from drivers.contracts.camera import Image

from . import calibration
from .align import aligned
from .calibration import ENGINE, Calibration, NotCalibrated
from .detector import CenterFaceDetector, Face, FaceDetector
from .events import FaceOutcome

Embedding = NDArray[np.float32]

DETECTOR_FILE: Final = "centerface.onnx"
ONNX_FILE: Final = "fr_feature.onnx"
TFLITE_FILE: Final = "MobileFaceNet.tflite"
MODELS_AVERAGED: Final = 2
LOG_ERRORS_ONLY: Final = 3


class FaceMatcher(Protocol):
    """One engine with its own calibrated thresholds. Not for use from two threads at once."""

    @property
    def detector(self) -> FaceDetector:
        """The detector that the thresholds were measured with."""

    def embed(self, image: Image, face: Face) -> Embedding:
        """Vector of one face of a BGR picture. Raises `ValueError` for points that make no face."""

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        """The vector that stands for several pictures of one person."""

    def score(self, one: Embedding, other: Embedding) -> float:
        """Likeness, -1 to 1. Never leaves the identity process."""

    def decide(self, score: float) -> FaceOutcome:
        """`MATCH`, `NO_MATCH` or `UNCERTAIN` by the engine's thresholds."""


class MobileFaceNets:
    """The engine `mobilefacenets`. Sources of the input ranges: the two packages' own code."""

    def __init__(self, models: Path, thresholds: Calibration) -> None:
        self._thresholds = thresholds
        self._detector = CenterFaceDetector(models / DETECTOR_FILE)
        self._onnx = _onnx_session(models / ONNX_FILE)
        self._tflite: Any = Interpreter(str(models / TFLITE_FILE), num_threads=1)
        self._tflite.allocate_tensors()
        self._tflite_in: int = self._tflite.get_input_details()[0]["index"]
        self._tflite_out: int = self._tflite.get_output_details()[0]["index"]

    @property
    def detector(self) -> FaceDetector:
        """CenterFace."""
        return self._detector

    def embed(self, image: Image, face: Face) -> Embedding:
        """512 + 192 numbers, each part of length 1. Raises `ValueError` for points that make no face."""
        crop = cv2.cvtColor(aligned(image, face.points), cv2.COLOR_BGR2RGB).astype(np.float32)
        both = np.stack([crop, crop[:, ::-1]])
        return np.concatenate([self._embed_onnx(both), self._embed_tflite(both)])

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        """Mean of each part, brought back to length 1."""
        total = np.sum(embeddings, axis=0)
        split = self._onnx_length()
        return np.concatenate([_unit(total[:split]), _unit(total[split:])])

    def score(self, one: Embedding, other: Embedding) -> float:
        """Mean of the two cosines."""
        return float(one @ other) / MODELS_AVERAGED

    def decide(self, score: float) -> FaceOutcome:
        """By the thresholds of `config/face.toml`."""
        if score >= self._thresholds.accept_from:
            return FaceOutcome.MATCH
        return FaceOutcome.NO_MATCH if score < self._thresholds.reject_below else FaceOutcome.UNCERTAIN

    def _embed_onnx(self, both: NDArray[np.float32]) -> Embedding:
        planes = np.ascontiguousarray(((both - 127.0) / 128.0).transpose(0, 3, 1, 2))
        return _unit(sum(self._onnx.run(None, {"input": planes[i : i + 1]})[0][0] for i in range(2)))

    def _embed_tflite(self, both: NDArray[np.float32]) -> Embedding:
        self._tflite.set_tensor(self._tflite_in, ((both - 127.5) / 128.0).astype(np.float32))
        self._tflite.invoke()
        return _unit(self._tflite.get_tensor(self._tflite_out).sum(axis=0))

    def _onnx_length(self) -> int:
        return int(self._onnx.get_outputs()[0].shape[1])


def create(
    models: Path, table: Path | None = None, *, engine: str = ENGINE, far: str = "1e-3"
) -> FaceMatcher:
    """The engine, when its files verify against their calibration. Raises `NotCalibrated` or `ModelsError`."""
    if engine != ENGINE:
        raise NotCalibrated(f"face.engine: there is no engine {engine!r} here; there is {ENGINE!r}")
    return MobileFaceNets(models, calibration.load(models, table, engine=engine, far=far))


def _onnx_session(model: Path) -> Any:
    import onnxruntime  # it starts a thread, which the nursery must not have

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = LOG_ERRORS_ONLY
    options.enable_cpu_mem_arena = False  # a few megabytes and nothing measurable in time
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _unit(vector: Any) -> Embedding:
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        raise ValueError("an embedding of length 0")
    return np.asarray(vector / length, dtype=np.float32)

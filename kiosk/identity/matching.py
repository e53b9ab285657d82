"""Comparison of faces: the `FaceMatcher` contract, and the way to an engine that verifies.

The engines stand in `kiosk/identity/engines`, one file each; all but the one that is configured stay unloaded.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image

from . import calibration
from .calibration import ENGINE, STRICT, Calibration, NotCalibrated
from .config import ExternalEngine, IdentityConfig
from .detector import Face, FaceDetector
from .events import FaceOutcome

Embedding = NDArray[Any]  # what an engine makes of a face; only that engine can say what is in it
Scores = NDArray[np.float32]


class FaceMatcher(Protocol):
    """One engine with its own calibrated thresholds. Not for use from two threads at once."""

    @property
    def engine(self) -> str:
        """Name of the engine."""

    @property
    def thresholds(self) -> Calibration:
        """Thresholds on this engine's own scale, and what it is not fit for."""

    @property
    def models_digest(self) -> str:
        """Twelve hexadecimal digits that stand for exactly these model files."""

    @property
    def detector(self) -> FaceDetector:
        """The detector that the thresholds were measured with."""

    def embed(self, image: Image, face: Face) -> Embedding:
        """What stands for one face of a BGR picture. Raises `ValueError` where there is no face to compare."""

    def mean(self, embeddings: Sequence[Embedding], weights: Sequence[float] | None = None) -> Embedding:
        """What stands for several pictures of one person. Raises `ValueError` for none, or for weights of no sense."""

    def score(self, one: Embedding, other: Embedding) -> float:
        """Likeness, -1 to 1, on the engine's own scale."""

    def scores(self, ones: Sequence[Embedding], others: Sequence[Embedding]) -> Scores:
        """Each of the ones against each of the others: shape (len(ones), len(others))."""

    def decide(self, score: float) -> FaceOutcome:
        """`MATCH`, `NO_MATCH` or `UNCERTAIN` by the engine's thresholds."""

    def close(self) -> None:
        """End what runs outside this process, if anything does."""


def create(
    models: Path,
    table: Path | None = None,
    *,
    engine: str = ENGINE,
    far: str = STRICT,
    external: ExternalEngine | None = None,
    calibrating: bool = False,
) -> FaceMatcher:
    """The engine, when its files verify against their calibration. Raises `NotCalibrated` or `ModelsError`.

    `table`: of thresholds; None: the one that comes with the program, which knows no external engine. `calibrating`:
    the files are taken as they are, to measure their thresholds; no score is a match then.
    """
    if calibrating:
        thresholds = calibration.draft(models, table, engine=engine)
    else:
        thresholds = calibration.load(models, table, engine=engine, far=far)
    match engine:
        case "mobilefacenets":
            from .engines.mobilefacenets import MobileFaceNets

            return MobileFaceNets(models, thresholds)
        case "dlib":
            from .engines.dlib import Dlib

            return Dlib(models, thresholds)
        case "external" if external is not None:
            from .engines.external import External

            return External(models, thresholds, external)
        case _:
            raise NotCalibrated(f"face.engine: there is no engine {engine!r}, or its table is missing")


def configured(config: IdentityConfig) -> FaceMatcher:
    """The engine that the settings name. Raises `NotCalibrated` or `ModelsError`."""
    return create(
        config.models_path, config.calibration_path,
        engine=config.engine, far=config.far, external=config.external,
    )  # fmt: skip

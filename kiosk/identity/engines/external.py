"""The engine `external`: a licensed algorithm in a process of its own, asked through `outside.py`.

Its templates are bytes that only it can read. Several pictures of a person stay several templates, each compared for
itself; the score is the mean.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk.identity.calibration import Calibration, NotCalibrated
from kiosk.identity.config import ExternalEngine
from kiosk.identity.detector import DETECTOR_FILE, CenterFaceDetector, Face
from kiosk.models import require

from .outside import OutsideProcess
from .vectors import Engine, refuse_what_is_no_face, weights_of

Templates = NDArray[np.uint8]  # (pictures, bytes of a template)
PAIRS_AT_ONCE: Final = 4096


class External(Engine):
    """Raises `EngineFailed` where the process fails, from any of its methods; then nothing is compared.

    The detector is ours and has to verify as everywhere, else `ModelsError`.
    """

    engine = "external"

    def __init__(self, models: Path, thresholds: Calibration, settings: ExternalEngine) -> None:
        require(models, DETECTOR_FILE)  # the vendor's table may not name it
        self._process = OutsideProcess(settings.command, start_s=settings.start_s, answer_s=settings.answer_s)
        greeting = self._process.greet()
        if not greeting.template_bytes:
            self._process.close()
            raise NotCalibrated(f"{settings.command[0]} compares no faces: its templates have no bytes")
        if thresholds.is_draft:
            thresholds = replace(thresholds, version=greeting.version)
        if greeting.version != thresholds.version:
            self._process.close()
            raise NotCalibrated(
                f"{settings.command[0]} says it is {greeting.version!r}; calibrated is {thresholds.version!r}"
            )
        super().__init__(CenterFaceDetector(models / DETECTOR_FILE), thresholds)

    def embed(self, image: Image, face: Face) -> Templates:
        """One template. Raises `ValueError` where the engine makes none of this picture."""
        refuse_what_is_no_face(image, face)
        return np.frombuffer(self._process.template(image, face), dtype=np.uint8)[None]

    def mean(self, embeddings: Sequence[Templates], weights: Sequence[float] | None = None) -> Templates:
        """All templates together, but those of weight 0."""
        given = weights_of(len(embeddings), weights)
        return np.concatenate([one for one, weight in zip(embeddings, given, strict=True) if weight > 0])

    def score(self, one: Templates, other: Templates) -> float:
        """Mean over the pictures."""
        return float(self.scores([one], [other])[0, 0])

    def scores(self, ones: Sequence[Templates], others: Sequence[Templates]) -> NDArray[np.float32]:
        """Mean over the pictures of each pair of people."""
        rows, row_starts = _flat(ones)
        columns, column_starts = _flat(others)
        step = max(1, PAIRS_AT_ONCE // len(columns))
        parts = [self._process.compare(rows[at : at + step], columns) for at in range(0, len(rows), step)]
        sums = np.add.reduceat(np.add.reduceat(np.concatenate(parts), row_starts), column_starts, axis=1)
        counts = np.outer([len(one) for one in ones], [len(other) for other in others])
        return np.asarray(sums / counts, dtype=np.float32)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def _flat(people: Sequence[Templates]) -> tuple[list[bytes], NDArray[Any]]:
    """All templates in a row, and where each person's begin."""
    starts = np.cumsum([0, *(len(person) for person in people[:-1])])
    return [template.tobytes() for person in people for template in person], starts

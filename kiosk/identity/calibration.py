"""Thresholds of the face comparison, bound to the hashes of the model files that they were measured with."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.models import ModelsError, advice, default_table, sha256_of

ENGINE: Final = "mobilefacenets"
STRICT: Final = "1e-3"
FARS: Final = {"1e-3": "far_1e3", "1e-4": "far_1e4"}  # setting -> key of the table


@dataclass(frozen=True, slots=True)
class Calibration:
    """Cosines: below `reject_below` another person, from `accept_from` on the same, uncertain between."""

    reject_below: float
    accept_from: float

    def __post_init__(self) -> None:
        if not 0.0 < self.reject_below <= self.accept_from < 1.0:
            raise ModelsError("calibration: 0 < reject_below <= accept_from < 1 is required")


class NotCalibrated(ModelsError):
    """The models at hand are not the ones that the thresholds were measured with."""


def load(models: Path, table: Path | None = None, *, engine: str = ENGINE, far: str = STRICT) -> Calibration:
    """Thresholds for exactly the files in `models`. `far`: one of `FARS`. Raises `NotCalibrated` or `ModelsError`."""
    table = table or default_table()
    try:
        row = tomllib.loads(table.read_text(encoding="utf-8"))["calibration"][engine]
        bound = dict(zip(row["files"], row["sha256"], strict=True))
        calibration = Calibration(float(row["far_1e2"]), float(row[FARS[far]]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise NotCalibrated(f"{table}: no calibration of {engine}: {error}") from error
    for name, expected in bound.items():
        path = models / name
        if not path.is_file():
            raise ModelsError(f"{path} is missing; {advice(models)}")
        if sha256_of(path) != expected:
            raise NotCalibrated(f"{path} is not the file that {engine} was calibrated with; {advice(models)}")
    return calibration

"""Thresholds of the face comparison, bound to the hashes of the model files that they were measured with.

The tables stand in `config/face.toml`, `[calibration.ENGINE]`; an operator's own engine has a file of its own.
"""

import hashlib
import importlib.util
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kiosk.models import ModelsError, advice, default_table, sha256_of

from .events import FaceOutcome

ENGINE: Final = "mobilefacenets"
STRICT: Final = "1e-3"
FARS: Final = {"1e-3": "far_1e3", "1e-4": "far_1e4"}  # setting -> key of the table
IN_PACKAGE: Final = "python:"  # a file that an installed Python package brings
DIGEST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores: below `reject_below` another person, from `accept_from` on the same, uncertain between.

    `models`: digest over the hashes of the files. `not_fit`: what the engine must not be used for, if known. `version`:
    what an external engine has to call itself. `is_draft`: nothing was measured yet, and no score is a match.
    """

    reject_below: float
    accept_from: float
    models: str = ""
    not_fit: str = ""
    version: str = ""
    is_draft: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.reject_below <= self.accept_from < 1.0:
            raise NotCalibrated("calibration: 0 < far_1e2 <= far_1e3 <= far_1e4 < 1 is required")

    def decide(self, score: float) -> FaceOutcome:
        """`MATCH`, `NO_MATCH` or `UNCERTAIN`. Raises `ValueError` for what is no number."""
        if not math.isfinite(score):
            raise ValueError("a score that is no number")
        if self.is_draft:
            return FaceOutcome.UNCERTAIN
        if score >= self.accept_from:
            return FaceOutcome.MATCH
        return FaceOutcome.NO_MATCH if score < self.reject_below else FaceOutcome.UNCERTAIN


class NotCalibrated(ModelsError):
    """The models at hand are not the ones that the thresholds were measured with."""


def load(models: Path, table: Path | None = None, *, engine: str = ENGINE, far: str = STRICT) -> Calibration:
    """Thresholds for exactly the files named, in `models` or where the name says.

    `far`: one of `FARS`. Raises `NotCalibrated` or `ModelsError`.
    """
    table = table or default_table()
    if far not in FARS:
        raise NotCalibrated(f"face.far: no threshold for {far!r}; there is one for {', '.join(FARS)}")
    try:
        row = _rows(table)[engine]
        bound = dict(zip(row["files"], row["sha256"], strict=True))
        strict = [float(row["far_1e2"]), *(float(row[key]) for key in FARS.values() if key in row)]
        if strict != sorted(strict) or not bound:
            raise ValueError("thresholds must rise with strictness, and files must be named")
        not_fit, version = (str(row.get(key, "")) for key in ("not_fit", "version"))
        calibration = Calibration(strict[0], float(row[FARS[far]]), digest(bound), not_fit, version)
    except (KeyError, TypeError, ValueError) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else error
        raise NotCalibrated(
            f"{table}: no calibration of {engine}: {why}; `nightdesk face evaluate --calibration` measures one"
        ) from error
    for name, expected in bound.items():
        _check(name, expected, engine, models)
    return calibration


def draft(models: Path, table: Path | None = None, *, engine: str = ENGINE) -> Calibration:
    """For measuring thresholds: the files as they are. Raises `NotCalibrated` or `ModelsError`."""
    return Calibration(0.5, 0.5, digest(pinned(models, table, engine=engine)), is_draft=True)


def pinned(models: Path, table: Path | None = None, *, engine: str = ENGINE) -> dict[str, str]:
    """Names of the engine's files, and the hashes that they have now. Raises `NotCalibrated` or `ModelsError`."""
    table = table or default_table()
    try:
        names = [str(name) for name in _rows(table)[engine]["files"]]
        return {name: sha256_of(path_of(name, models)) for name in names}
    except (KeyError, TypeError) as error:
        raise NotCalibrated(f"{table}: [calibration.{engine}] must name its files: {error}") from error
    except OSError as error:
        raise ModelsError(f"{error.filename} cannot be read ({error.strerror})") from error


@dataclass(frozen=True, slots=True)
class EngineReport:
    """One engine of the table as found; without a calibration it cannot be used, and `why` says why."""

    engine: str
    calibration: Calibration | None
    why: str = ""

    def __str__(self) -> str:
        if self.calibration is None:
            return f"cannot be used: {self.why}"
        warning = f", but {self.calibration.not_fit}" if self.calibration.not_fit else ""
        return f"calibrated, models {self.calibration.models}{warning}"


def not_fit(engine: str, table: Path | None = None) -> str:
    """What this engine must not be used for, as the table says; empty where it says nothing."""
    return str(_rows(table or default_table()).get(engine, {}).get("not_fit", ""))


def examine(models: Path, table: Path | None = None) -> tuple[EngineReport, ...]:
    """Every engine that the table calibrates, its files hashed. Raises `NotCalibrated` for a broken table only."""
    found: list[EngineReport] = []
    for name in _rows(table or default_table()):
        try:
            found.append(EngineReport(name, load(models, table, engine=name)))
        except ModelsError as error:
            found.append(EngineReport(name, None, str(error)))
    return tuple(found)


def digest(bound: Mapping[str, str]) -> str:
    """Twelve hexadecimal digits that stand for these models: of the SHA-256 over their hashes."""
    return hashlib.sha256("".join(bound.values()).encode()).hexdigest()[:DIGEST_DIGITS]


def path_of(name: str, models: Path) -> Path:
    """Where a file lies: `python:PACKAGE/FILE` in an installed package, else in `models` or at its absolute path."""
    if not name.startswith(IN_PACKAGE):
        return models / name
    package, _, file = name.removeprefix(IN_PACKAGE).partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelsError(f"the Python package {package} is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / file


def _rows(table: Path) -> dict[str, Any]:
    try:
        return dict(tomllib.loads(table.read_text(encoding="utf-8"))["calibration"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise NotCalibrated(f"{table}: no table of calibrations: {error}") from error


def _check(name: str, expected: str, engine: str, models: Path) -> None:
    path = path_of(name, models)
    if not path.is_file():
        raise ModelsError(f"{path} is missing; {_advice(name, models)}")
    if sha256_of(path) != expected:
        raise NotCalibrated(
            f"{path} is not the file that {engine} was calibrated with; {_advice(name, models)}"
        )


def _advice(name: str, models: Path) -> str:
    if name.startswith(IN_PACKAGE):
        return "run `make setup`"
    if Path(name).is_absolute():
        return "put the right one back, or measure this one with `nightdesk face evaluate --calibration`"
    return advice(models)

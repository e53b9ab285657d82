"""Which engine is measured, as plain values: it is made anew in every process that computes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.identity import calibration, matching
from kiosk.identity.config import ExternalEngine, LivenessEngine, LivenessLimits
from kiosk.identity.detector import DETECTOR_FILE, CenterFaceDetector
from kiosk.identity.liveness import engines as liveness
from kiosk.identity.matching import FaceMatcher
from kiosk.models import ModelsError, default_target, require
from kiosk.runtime.devices import external, liveness_engine, liveness_limits
from kiosk.settings import layers, load

from .alive import Eyes


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """`far`: the false accept rate whose threshold is taken; `table`, `external`: what a site's file says of thresholds
    and of a vendor's engine; `calibrating`: thresholds are measured, whatever files there are.
    """

    engine: str = calibration.ENGINE
    far: str = calibration.STRICT
    models: Path = field(default_factory=default_target)
    table: Path | None = None
    external: ExternalEngine | None = None
    calibrating: bool = False

    def matcher(self) -> FaceMatcher:
        """The engine, its files verified; to be closed. Raises `kiosk.models.ModelsError`."""
        return matching.create(
            self.models, self.table, engine=self.engine, far=self.far, external=self.external,
            calibrating=self.calibrating,
        )  # fmt: skip

    def pinned(self) -> dict[str, str]:
        """Names and hashes of the engine's files, as its table of thresholds has them. Raises `ModelsError`."""
        return calibration.pinned(self.models, self.table, engine=self.engine)

    @contextmanager
    def opened(self) -> Iterator[FaceMatcher]:
        """The engine for a while. Raises `kiosk.models.ModelsError`."""
        matcher = self.matcher()
        try:
            yield matcher
        finally:
            matcher.close()


def chosen(engine: str | None, site: Path | None) -> EngineChoice:
    """The program's own default, or what the file of a site says; `engine` goes before it.

    Raises `kiosk.settings.SettingsError`, and `ModelsError` for a vendor's engine that no file names.
    """
    if site is None:
        _named_by_a_site(engine)
        return EngineChoice(engine or calibration.ENGINE)
    settings = load(layers(site))
    face, models = settings.face, settings.paths.models_dir or default_target()
    return EngineChoice(engine or face.engine, face.far, models, face.calibration, external(settings))


@contextmanager
def eyes(engine: str | None, site: Path | None, *, challenged: bool) -> Iterator[Eyes]:
    """What looks at clips, for a while: the passive detector and, for a challenge, the landmarks.

    Raises `kiosk.settings.SettingsError` and `ModelsError`.
    """
    named, limits, outside, models = LivenessEngine(), LivenessLimits(), None, default_target()
    if site is None:
        _named_by_a_site(engine)
    else:
        settings = load(layers(site))
        named, limits = liveness_engine(settings.face.liveness), liveness_limits(settings.face.liveness)
        outside, models = external(settings), settings.paths.models_dir or models
    require(models, DETECTOR_FILE)
    passive = liveness.create(
        models, settings=replace(named, engine=engine or named.engine), external=outside
    )
    try:
        seeing = liveness.landmarks(models) if challenged else None
        yield Eyes(CenterFaceDetector(models / DETECTOR_FILE), passive, seeing, limits)
    finally:
        passive.close()


def _named_by_a_site(engine: str | None) -> None:
    if engine in ("external", "minifasnet"):
        raise ModelsError(f"--engine {engine}: name the site's file that says where it is with --config")

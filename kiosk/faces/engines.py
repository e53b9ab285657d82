"""Which engine is measured, as plain values: it is made anew in every process that computes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.identity import calibration, matching
from kiosk.identity.config import ExternalEngine
from kiosk.identity.matching import FaceMatcher
from kiosk.models import ModelsError, default_target
from kiosk.runtime.devices import external
from kiosk.settings import layers, load


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """`far`: the false accept rate whose threshold is taken; `external`: a vendor's, by a site's file."""

    engine: str = calibration.ENGINE
    far: str = calibration.STRICT
    models: Path = field(default_factory=default_target)
    external: ExternalEngine | None = None

    def matcher(self) -> FaceMatcher:
        """The engine, its files verified; to be closed. Raises `kiosk.models.ModelsError`."""
        return matching.create(self.models, engine=self.engine, far=self.far, external=self.external)

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
    if site is None and engine == "external":
        raise ModelsError("--engine external: name the site's file that has [face.external] with --config")
    if site is None:
        return EngineChoice(engine or calibration.ENGINE)
    settings = load(layers(site))
    face, models = settings.face, settings.paths.models_dir or default_target()
    return EngineChoice(engine or face.engine, face.far, models, external(settings))

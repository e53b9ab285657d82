"""The way to a passive detector and to the landmarks, each only with model files that verify."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.identity.config import ExternalEngine, IdentityConfig, LivenessEngine
from kiosk.models import ModelsError, require, sha256_of

from .contract import LivenessDetector, PassiveThresholds
from .landmarks import EYE_FILE, MESH_FILE, Landmarks
from .passive import FILE, fr_liveness, minifasnet

if TYPE_CHECKING:
    from drivers.contracts.camera import Image
    from kiosk.identity.detector import Face
    from kiosk.identity.engines.outside import OutsideProcess


class ExternalLiveness:
    """The engine `external`: the licensed algorithm in a process of its own (docs/external-face-engine.md)."""

    engine: Final = "external"

    def __init__(self, process: "OutsideProcess", thresholds: PassiveThresholds) -> None:
        self.thresholds: Final = thresholds
        self._process = process

    def score(self, image: "Image", face: "Face") -> float:
        """What the process says. Raises `EngineFailed` too."""
        return self._process.liveness(image, face)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def create(
    models: Path,
    table: Path | None = None,
    *,
    settings: LivenessEngine,
    external: ExternalEngine | None = None,
) -> LivenessDetector:
    """The passive detector of the settings. Raises `ModelsError` where a file is missing or is another one.

    `table`: the models' table, None for the one that comes with the program.
    """
    match settings.engine:
        case "fr_liveness":
            require(models, FILE, table=table)
            return fr_liveness(models)
        case "minifasnet":
            files = {
                settings.minifasnet_v2: settings.v2_sha256,
                settings.minifasnet_v1se: settings.v1se_sha256,
            }
            _verify(files)
            return minifasnet(Path(settings.minifasnet_v2), Path(settings.minifasnet_v1se))
        case "external" if external is not None:
            from kiosk.identity.engines.outside import OutsideProcess

            process = OutsideProcess(external.command, start_s=external.start_s, answer_s=external.answer_s)
            process.greet()
            return ExternalLiveness(process, PassiveThresholds(settings.spoof_below, settings.live_from))
        case _:
            raise ModelsError(f"face.liveness.engine: no engine {settings.engine!r}, or its table is missing")


def configured(config: IdentityConfig) -> LivenessDetector:
    """The passive detector that the identity process is told of. Raises `ModelsError`."""
    return create(config.models_path, settings=config.liveness, external=config.external)


def landmarks(models: Path, table: Path | None = None) -> Landmarks:
    """What measures the movements of a face. Raises `ModelsError` where a file is missing or is another one."""
    require(models, MESH_FILE, EYE_FILE, table=table)
    return Landmarks(models)


def files(config: IdentityConfig) -> tuple[Path, ...]:
    """The model files of passive detector and landmarks, as configured; an engine outside is known by its program."""
    models, engine = config.models_path, config.liveness
    own: tuple[Path, ...] = (models / FILE,)
    match engine.engine:
        case "minifasnet":
            own = Path(engine.minifasnet_v2), Path(engine.minifasnet_v1se)
        case "external" if config.external is not None:
            program = Path(config.external.command[0])
            own = (program,) if program.is_file() else ()
    return (*own, models / MESH_FILE, models / EYE_FILE)


def _verify(files: Mapping[str, str]) -> None:
    what_to_do = "check [face.liveness]: the file and its sha256"
    for name, expected in files.items():
        path = Path(name)
        if not path.is_file():
            raise ModelsError(f"{path} is missing; {what_to_do}")
        if sha256_of(path) != expected:
            raise ModelsError(f"{path} has another sha256 than {expected[:12]}…; {what_to_do}")

"""Settings of the identity process: which drivers it owns, where the models lie, and every limit it keeps."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from kiosk.models import default_target


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """A driver as the registry names it: its factory and the class of its settings, both `module:name`.

    `settings` is JSON text; with `model` empty the factory gets the settings as keyword arguments.
    """

    factory: str
    settings: str = "{}"
    model: str = ""

    @property
    def modules(self) -> frozenset[str]:
        """What has to be imported for it."""
        return frozenset(name.partition(":")[0] for name in (self.factory, self.model) if name)

    @classmethod
    def of(cls, factory: str, config: BaseModel) -> "DriverSpec":
        """From a row of the driver table and its parsed settings."""
        return cls(
            factory, config.model_dump_json(), f"{type(config).__module__}:{type(config).__qualname__}"
        )


@dataclass(frozen=True, slots=True)
class LivenessEngine:
    """Which passive detector looks at every picture.

    `minifasnet` needs two ONNX files of the operator's and their sha256; `external` the command of `ExternalEngine`,
    and from where on its scores are a spoof's and a living person's.
    """

    engine: str = "fr_liveness"
    minifasnet_v2: str = ""
    v2_sha256: str = ""
    minifasnet_v1se: str = ""
    v1se_sha256: str = ""
    spoof_below: float = 0.4
    live_from: float = 0.6


@dataclass(frozen=True, slots=True)
class LivenessLimits:
    """The challenge: how many steps, how long, and from where on a movement is one. Times in seconds."""

    count_min: int = 2  # steps; which and how many is drawn
    count_max: int = 3
    pause_min_s: float = 0.5  # the face is still for so long, drawn, before each step is asked for
    pause_max_s: float = 1.3
    step_s: float = 8.0  # from asking until the face is back as it was
    challenge_s: float = 40.0  # one whole try
    tries: int = 2  # the challenge is drawn anew once
    reaction_s: float = 0.2  # nobody moves sooner after being asked: it began before
    still_deg: float = 10.0  # a head turned less than this is still
    turn_deg: float = 18.0  # from here on it is turned
    shut: float = 0.6  # eyes less open than this share of how open they are at rest are shut ...
    shut_s: float = 0.25  # ... and so long for a blink that was meant
    open: float = 0.75  # eyes more open than this share are open
    measurable: float = 0.1  # height over width: of eyes that seem narrower at rest no blink can be told
    mouth_still: float = 0.1  # height over width: more open than at rest by less than this is still
    mouth_open: float = 0.3  # from here on it is open ...
    mouth_moved: float = 0.18  # ... when it is so much more open than at rest: some smile
    still_size: float = 1.12  # nearer by less than this factor is still
    closer_size: float = 1.25  # from here on the person has come closer


@dataclass(frozen=True, slots=True)
class FaceLimits:
    """Limits of one face check. Sizes in pixels of the live picture, brightness 0 to 255."""

    capture_s: float = 1.0  # the usable pictures spread over at least this long
    frames: int = 3  # usable pictures to average, at least
    best_frames: int = 5  # and at most
    timeout_s: float = 15.0  # so long without a usable picture, and the last problem is the outcome
    min_face_px: int = 100  # width of the face's box
    max_face_share: float = (
        0.65  # of the picture's shorter side, which the preview shows; then the person steps back
    )
    second_face_share: float = 0.5  # another face counts from this share of the largest one's width
    min_brightness: float = 45.0  # mean grey of the face
    min_contrast: float = 14.0  # standard deviation of the grey of the face
    backlit: float = 80.0  # what is beside the face is brighter than the face by more than this ...
    max_backlit: float = 85.0  # ... while the face is darker than this
    min_sharpness: float = 35.0  # variance of the Laplacian of the aligned face, 112 x 112
    max_turn: float = 0.35  # nose off the middle of the eyes, as a share of their distance
    max_yaw_deg: float = 15.0  # a picture of a face that is turned further is not compared
    max_covering: float = 15.0  # colour distance (CIE a*, b*) from which on nose and cheeks are covered
    lost_s: float = 1.0  # a face that is away for longer starts the check anew
    liveness: LivenessLimits = LivenessLimits()

    @property
    def longest_s(self) -> float:
        """A check is over after this, whatever happened."""
        return self.timeout_s + self.liveness.tries * self.liveness.challenge_s


@dataclass(frozen=True, slots=True)
class ExternalEngine:
    """An algorithm of somebody else in a process of its own: docs/external-face-engine.md. Times in seconds."""

    command: tuple[str, ...]
    start_s: float = 10.0
    answer_s: float = 2.0


@dataclass(frozen=True, slots=True)
class IdentityLimits:
    """Times of the identity process, in seconds."""

    find_period_s: float = 0.3
    watch_period_s: float = 0.5
    retry_s: float = 2.0  # a device that failed is tried again
    health_period_s: float = 30.0
    heartbeat_s: float = 0.5
    heartbeat_lost_s: float = 1.5  # and a hanging process is replaced within 2 s
    start_timeout_s: float = 20.0
    retire_s: float = 0.5
    hang_s: float = 15.0  # a thread that is so much late, opening a camera included, does not come back
    preview_fps: float = 10.0
    watch_face_s: float = 0.5  # between two looks after a match
    view_s: float = 300.0  # a technician's look at the picture; the page ends it long before


@dataclass(frozen=True, slots=True)
class IdentityConfig:
    """All that an identity process is told."""

    reader: DriverSpec
    photo: DriverSpec
    camera: DriverSpec | None = None
    infrared: DriverSpec | None = None  # a second camera; then both must agree
    engine: str = "mobilefacenets"  # see kiosk/identity/engines
    far: str = "1e-3"  # the false accept rate that the threshold is taken for
    models_dir: str = field(default_factory=lambda: str(default_target()))
    calibration: str = ""  # path of a table of thresholds; empty: config/face.toml
    external: ExternalEngine | None = None
    liveness: LivenessEngine = LivenessEngine()
    face: FaceLimits = FaceLimits()
    limits: IdentityLimits = IdentityLimits()

    @property
    def driver_modules(self) -> frozenset[str]:
        """What has to be imported for all drivers and the engine."""
        specs = (self.reader, self.photo, self.camera, self.infrared)
        engine = () if self.engine == "none" else (f"kiosk.identity.engines.{self.engine}",)
        return frozenset(engine).union(*(spec.modules for spec in specs if spec is not None))

    @property
    def models_path(self) -> Path:
        """Directory of the face models."""
        return Path(self.models_dir)

    @property
    def calibration_path(self) -> Path | None:
        """The table of thresholds; None: the one that is installed with the program."""
        return Path(self.calibration) if self.calibration else None

"""What the identity process tells the main process. Frozen values only: no picture, no vector, no photo among them."""

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.contracts.health import Health
from drivers.contracts.report import LineReport

from .card import Card
from .liveness.contract import ChallengeStep, LivenessOutcome


class FaceOutcome(StrEnum):
    """How a face check ended. Each asks for something different of the person."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNCERTAIN = "uncertain"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"
    BLURRED = "blurred"
    POOR_QUALITY = (
        "poor_quality"  # a face, but no usable pictures of it: too near, turned, covered, against the light
    )
    NOT_LIVE = "not_live"  # an artefact was held up
    CHALLENGE_FAILED = "challenge_failed"  # what was asked was not done, in order and in time
    CAMERA_GONE = "camera_gone"
    NO_REFERENCE = "no_reference"  # the chip's photo cannot be used
    NO_MODEL = "no_model"  # no verified, calibrated model: there is no face check


class FaceHint(StrEnum):
    """What the person in front of the camera should know now."""

    HOLD_STILL = "hold_still"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"  # come closer
    TOO_LARGE = "too_large"  # step back
    TOO_DARK = "too_dark"
    BACKLIT = "backlit"  # the light is behind the person
    BLURRED = "blurred"
    COVERED = "covered"  # take off the mask
    TURNED = "turned"  # look at the camera


class CardProblemKind(StrEnum):
    """Why a card could not be used."""

    LIFTED = "lifted"
    UNREADABLE = "unreadable"
    INVALID = "invalid"
    EXPIRED = "expired"


class IdentityPart(StrEnum):
    """A part of the identity process whose state others show."""

    READER = "reader"
    CAMERA = "camera"
    FACE = "face"


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card lies on the reader; it is being read."""


@dataclass(frozen=True, slots=True)
class CardRead:
    """The card was read, parsed and is valid today."""

    card: Card = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardProblem:
    """The card could not be used; the reader goes on looking."""

    kind: CardProblemKind


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card that was watched has been lifted."""


@dataclass(frozen=True, slots=True)
class CardStillThere:
    """A card that was read lies on the reader: said when a watch begins, and at start-up if one lies there."""


@dataclass(frozen=True, slots=True)
class FaceGuidance:
    """The hint changed, or a usable picture was taken. `progress`: 0 to 1, share of the usable pictures taken."""

    hint: FaceHint
    progress: float


@dataclass(frozen=True, slots=True)
class FacePreview:
    """A new preview picture lies in the buffer. Counts from 1 in each face check."""

    sequence: int


@dataclass(frozen=True, slots=True)
class FaceChallenge:
    """The person is to do `step` now: the `number`th (from 1) of `total`, within `seconds`.

    `number` 1 again: the whole challenge begins anew, with other steps.
    """

    step: ChallengeStep
    number: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FaceResult:
    """The check ended. All but the outcome may be journalled; nothing else of a check may.

    `score`: None when nothing was compared; `threshold`: from which score on it is a match; `models`: digest over the
    model files; `challenge`: the steps that were asked for. `decision_ms`: from the last usable picture to the
    outcome; `challenge_ms`: while steps were asked for; `total_ms`: from begin to outcome.
    """

    outcome: FaceOutcome
    score: float | None = None
    threshold: float | None = None
    engine: str = ""
    models: str = ""
    liveness: LivenessOutcome = LivenessOutcome.NOT_DECIDED
    challenge: tuple[str, ...] = ()
    decision_ms: int = 0
    total_ms: int = 0
    challenge_ms: int = 0


@dataclass(frozen=True, slots=True)
class FaceChanged:
    """After a match: the face that was verified is gone, or another one stands there. Said once."""


@dataclass(frozen=True, slots=True)
class CameraSight:
    """What the camera shows to a technician: picture and largest face in px (0: none found), and its focus."""

    width_px: int
    height_px: int
    sharpness: int
    face_px: int


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """The state of a part changed."""

    part: IdentityPart
    health: Health


@dataclass(frozen=True, slots=True)
class ReaderSeen:
    """The reader's module number, empty until it told it, and its line's counters since the process took over."""

    module: str
    line: LineReport


@dataclass(frozen=True, slots=True)
class IdentityReady:
    """An identity process has taken over; `swap_ms` since the one before it was ended (0: the first)."""

    swap_ms: int = 0


@dataclass(frozen=True, slots=True)
class IdentityLost:
    """The identity process died or hung. The spare takes over; the card must be read again."""

    reason: str


IdentityEvent = (
    CardFound | CardRead | CardProblem | CardRemoved | CardStillThere | FaceGuidance | FacePreview | FaceChallenge
    | FaceResult | FaceChanged | CameraSight | DeviceHealth | ReaderSeen | IdentityReady | IdentityLost
)  # fmt: skip

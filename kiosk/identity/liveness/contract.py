"""The words of liveness and the contract of a passive detector. Light: the main process imports it too."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # numpy stays out of the main process
    from drivers.contracts.camera import Image
    from kiosk.identity.detector import Face


@dataclass(frozen=True, slots=True)
class PassiveThresholds:
    """Scores of one engine: below `spoof_below` is like a spoof, from `live_from` on like a living person."""

    spoof_below: float
    live_from: float

    def __post_init__(self) -> None:
        if not 0.0 < self.spoof_below <= self.live_from < 1.0:
            raise ValueError("0 < spoof_below <= live_from < 1 is required")


class LivenessDetector(Protocol):
    """A passive detector of presentation attacks (ISO/IEC 30107-3): one picture, no act of the person needed.

    Not for use from two threads at once.
    """

    @property
    def engine(self) -> str:
        """Name in settings: `fr_liveness`, `minifasnet` or `external`."""

    @property
    def thresholds(self) -> PassiveThresholds:
        """What its scores mean."""

    def score(self, image: "Image", face: "Face") -> float:
        """0 (an artefact is held up) to 1 (a person) for one BGR picture *with what surrounds the face*.

        Raises `ValueError` for a box that is no face.
        """

    def close(self) -> None:
        """End what runs outside this process, if anything does."""


class PassiveVerdict(StrEnum):
    """What the passive scores of a clip say."""

    LIVE = "live"
    SPOOF = "spoof"
    UNCERTAIN = "uncertain"


class LivenessOutcome(StrEnum):
    """What the whole liveness check said; it may be journalled."""

    LIVE = "live"
    SPOOF = "spoof"
    UNCERTAIN = "uncertain"
    CHALLENGE_FAILED = "challenge_failed"
    NOT_DECIDED = "not_decided"  # the check ended before liveness could be judged


class ChallengeKind(StrEnum):
    """Which steps a person is asked for."""

    STANDARD = "standard"
    ALTERNATIVE = "alternative"  # for who cannot turn the head or close the eyes


class ChallengeStep(StrEnum):
    """One thing that a person is asked to do. Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    BLINK = "blink"  # both eyes shut for a moment, then open
    OPEN_MOUTH = "open_mouth"
    COME_CLOSER = "come_closer"  # and back again


@dataclass(frozen=True, slots=True)
class Observation:
    """What one picture shows of the face that is being checked.

    `yaw_deg`: to the person's own left is positive; `eyes_open`: height over width of the more open eye, so that it
    is small only when both are shut; `mouth_open`: inner height over inner width of the mouth; `size`: breadth of the
    face as a share of the picture's width, freed of the foreshortening by yaw.
    """

    at_s: float
    yaw_deg: float
    eyes_open: float
    mouth_open: float
    size: float

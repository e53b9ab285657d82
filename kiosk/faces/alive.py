"""The passive part of liveness, and a challenge, on pictures and clips from files.

The same detector, rule and judge as in the kiosk. A clip was taken without anybody asking, so the challenge may begin
at any moment of it, and a step counts as soon as the one before is done. Whether a movement began only after it was
asked for, which tells a person from a recording, the kiosk alone can see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.contracts.camera import Frame
from kiosk.identity.config import LivenessLimits
from kiosk.identity.detector import Face, FaceDetector
from kiosk.identity.events import FaceHint
from kiosk.identity.liveness.challenge import STEPS, Standing, judge_clip
from kiosk.identity.liveness.contract import (
    ChallengeStep,
    LivenessDetector,
    Observation,
    PassiveVerdict,
)
from kiosk.identity.liveness.landmarks import Landmarks
from kiosk.identity.liveness.passive import passive_verdict
from kiosk.identity.quality import assess

from .clips import pictures_of
from .compare import LIVE_LIMITS
from .pictures import NoPicture, read_picture

# In these pictures nobody alone looks at the camera; what else is wrong with one, its surroundings still tell.
NOT_SCORED: Final = frozenset({
    FaceHint.NO_FACE, FaceHint.SEVERAL_FACES, FaceHint.TOO_SMALL, FaceHint.TURNED,
})  # fmt: skip

START_STEP_S: Final = 0.25  # between the moments at which a clip is taken to have been asked
NOT_SEEN: Final = "not_seen"  # no moment at which the first step is performed
UNFINISHED: Final = "unfinished"  # the clip ended before


class ChallengeInvalid(ValueError):
    """No such challenge. The text says which steps there are."""


@dataclass(frozen=True, slots=True)
class Performed:
    """How a clip performs a challenge. `done`: steps that were seen, in order; `failure` is empty when all were.

    `from_s`: asked at this moment of the clip, the person would have passed.
    """

    steps: tuple[ChallengeStep, ...]
    done: int
    performed: bool
    failure: str
    from_s: float | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture or clip. `faces`: pictures with at least one; `scores`: of those that count, in order, 0 to 1.

    `live_after_s`: when what had been seen was enough for "live" the first time, whatever came then; None: never.
    """

    path: Path
    engine: str
    frames: int
    faces: int
    scores: tuple[float, ...]
    verdict: PassiveVerdict
    live_after_s: float | None
    challenge: Performed | None
    why: str = ""

    @property
    def passed(self) -> bool:
        """True for a living person who did what was asked, if anything was."""
        return self.verdict is PassiveVerdict.LIVE and (self.challenge is None or self.challenge.performed)


@dataclass(frozen=True, slots=True)
class Eyes:
    """What looks at a clip. `landmarks` is only asked where a challenge is."""

    detector: FaceDetector
    passive: LivenessDetector
    landmarks: Landmarks | None
    limits: LivenessLimits


def steps_of(text: str) -> tuple[ChallengeStep, ...]:
    """The steps of `turn_left,blink`. Raises `ChallengeInvalid`."""
    known = ", ".join(f"{kind}: {', '.join(steps)}" for kind, steps in STEPS.items())
    try:
        steps = tuple(ChallengeStep(word.strip()) for word in text.split(","))
    except ValueError:
        raise ChallengeInvalid(f"{text!r} is no challenge; steps, with commas between: {known}") from None
    if not any(set(steps) <= set(kind) for kind in STEPS.values()):
        raise ChallengeInvalid(f"{text!r} mixes two kinds of challenge; of one kind are {known}")
    return steps


def look(eyes: Eyes, path: Path, steps: tuple[ChallengeStep, ...] = ()) -> Looked:
    """Look at one picture or clip. Raises `NoFile`."""
    thresholds = eyes.passive.thresholds
    frames = faces = 0
    scores: list[float] = []
    observations: list[tuple[float, Observation | None]] = []
    live_after_s: float | None = None
    for frame in _frames(path):
        frames += 1
        found = eyes.detector.detect(frame.image)
        faces += bool(found)
        scores += _score(eyes.passive, frame, found)
        if live_after_s is None and passive_verdict(scores, thresholds) is PassiveVerdict.LIVE:
            live_after_s = frame.taken_at_s
        if eyes.landmarks is not None and steps:
            observations.append((frame.taken_at_s, _observe(eyes.landmarks, frame, found)))
    return Looked(
        path, eyes.passive.engine, frames, faces, tuple(scores), passive_verdict(scores, thresholds), live_after_s,
        _performed(steps, observations, eyes.limits) if steps else None,
        "" if frames else "no picture or clip that can be read",
    )  # fmt: skip


def _frames(path: Path) -> Iterator[Frame]:
    """A picture as a clip of one, a clip picture by picture."""
    try:
        yield Frame(read_picture(path), 0.0)
    except NoPicture:
        yield from pictures_of(path)


def _score(passive: LivenessDetector, frame: Frame, faces: list[Face]) -> list[float]:
    if not faces or assess(frame.image, faces, LIVE_LIMITS) in NOT_SCORED:
        return []
    try:
        return [passive.score(frame.image, faces[0])]
    except ValueError:  # a box that is no face
        return []


def _observe(landmarks: Landmarks, frame: Frame, faces: list[Face]) -> Observation | None:
    return landmarks.observe(frame.image, faces[0], frame.taken_at_s) if faces else None


def _performed(
    steps: tuple[ChallengeStep, ...],
    observations: Sequence[tuple[float, Observation | None]],
    limits: LivenessLimits,
) -> Performed:
    """The best that the clip does, as if it had been asked at any moment of it."""
    best = Performed(steps, 0, performed=False, failure=NOT_SEEN)
    due_s = 0.0
    for at, (at_s, _) in enumerate(observations):
        if at_s < due_s:
            continue
        due_s = at_s + START_STEP_S
        judge = judge_clip(steps, observations[at:], limits)
        if judge.standing is Standing.PERFORMED:
            return Performed(steps, len(steps), performed=True, failure="", from_s=at_s)
        if judge.number - 1 > best.done:
            best = Performed(steps, judge.number - 1, performed=False, failure=judge.failure or UNFINISHED)
    return best

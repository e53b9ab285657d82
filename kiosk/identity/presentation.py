"""One presentation: everything that is known of the one face that stands there while a challenge runs.

It ends where another face appears; the next one knows nothing of it.
"""

import contextlib
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from drivers.contracts.camera import Image

from .config import FaceLimits
from .detector import Face
from .infrared import InfraredWitness
from .liveness.challenge import Challenge, ChallengeJudge, Standing
from .liveness.contract import LivenessDetector, LivenessOutcome, Observation
from .liveness.landmarks import Landmarks
from .liveness.passive import MIN_PICTURES, passive_verdict
from .liveness.rule import MIN_LOOKS, Evidence, conclude, infrared_verdict
from .matching import Embedding, FaceMatcher
from .pictures import Picture, best
from .quality import goodness

INFRARED_EVERY: Final = 3  # pictures: the second camera costs a detection of its own
JUMP: Final = 0.8  # breadths of the face between two pictures: that may be another one
JUMP_SCALE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Models:
    """All that looks at pictures. Not for use from two threads at once."""

    matcher: FaceMatcher
    liveness: LivenessDetector
    landmarks: Landmarks
    digest: str = ""  # twelve hexadecimal digits that stand for exactly these files

    def close(self) -> None:
        """End what runs outside this process, if anything does."""
        self.matcher.close()
        self.liveness.close()


class Person(Enum):
    """Whether the face is still the one that the presentation began with."""

    SAME = auto()
    ANOTHER = auto()


@dataclass(slots=True)
class _Candidate:
    """The best picture since the last one that was embedded."""

    image: Image = field(repr=False)
    face: Face
    seen: Observation
    goodness: float


class Presentation:
    """Takes pictures of one face until its challenge is done and enough is known."""

    def __init__(
        self,
        models: Models,
        limits: FaceLimits,
        challenge: Challenge,
        infrared: InfraredWitness | None = None,
    ) -> None:
        self.judge: Final = ChallengeJudge(challenge, limits.liveness)
        self._models = models
        self._limits = limits
        self._infrared = infrared
        self._pictures: list[Picture] = []
        self._scores: list[float] = []
        self._looks: list[bool] = []
        self._candidate: _Candidate | None = None
        self._doubt = True  # the next usable picture is compared with those before at once
        self._last: Face | None = None
        self._usable = 0

    def miss(self, at_s: float) -> None:
        """A picture without the face."""
        self.judge.miss(at_s)
        self._doubt, self._last = True, None

    def see(self, image: Image, face: Face, seen: Observation | None, at_s: float, *, usable: bool) -> Person:
        """A picture of the face; `usable` when it is fit for a comparison. Raises `DeviceError` of a second camera."""
        if self._last is not None and _jumped(self._last, face):
            self._doubt = True
        self._last = face
        waiting = self.judge.standing is Standing.WAITING
        if seen is None:
            self.judge.miss(at_s)
        else:
            self.judge.see(seen)
        if waiting and self.judge.standing is Standing.PERFORMED:
            self._doubt = True  # the last picture of the challenge is compared with the first
        if usable and seen is not None:
            with contextlib.suppress(ValueError):  # an engine can make nothing of this picture
                return self._use(image, face, seen)
        return Person.SAME

    def complete(self) -> bool:
        """Is enough known for an outcome?"""
        if self.judge.standing is not Standing.PERFORMED or self._doubt:
            return False
        looked = self._infrared is None or len(self._looks) >= MIN_LOOKS
        return looked and len(self._scores) >= MIN_PICTURES and bool(self._chosen())

    def liveness(self) -> LivenessOutcome:
        """By what is known up to now."""
        passive = passive_verdict(self._scores, self._models.liveness.thresholds)
        infrared = None if self._infrared is None else infrared_verdict(self._looks)
        return conclude(Evidence(passive, self.judge.standing, infrared))

    def embedding(self) -> Embedding:
        """What stands for the person, from the best pictures. Raises `ValueError` before there are enough."""
        return self._models.matcher.mean([picture.embedding for picture in self._chosen()])

    def _mean(self) -> Embedding:
        return self._models.matcher.mean([one.embedding for one in self._pictures])

    def _chosen(self) -> list[Picture]:
        limits = self._limits
        return best(self._pictures, limits.frames, limits.best_frames, limits.capture_s)

    def _use(self, image: Image, face: Face, seen: Observation) -> Person:
        self._usable += 1
        self._scores.append(self._models.liveness.score(image, face))
        if self._infrared is not None and self._usable % INFRARED_EVERY == 1:
            self._looks.append(self._infrared.agrees(face, image))
        good = goodness(image, face)
        if self._doubt:
            self._candidate = None
            return self._keep(_Candidate(image, face, seen, good))
        if self._candidate is None or good > self._candidate.goodness:
            self._candidate = _Candidate(image, face, seen, good)
        gap_s = self._limits.capture_s / max(1, self._limits.frames - 1)
        if seen.at_s - self._pictures[-1].taken_at_s < gap_s:
            return Person.SAME
        candidate, self._candidate = self._candidate, None
        return self._keep(candidate)

    def _keep(self, taken: _Candidate) -> Person:
        matcher = self._models.matcher
        embedding = matcher.embed(taken.image, taken.face)
        # With the mean of those before, at the looser threshold: who laughs or frowns is still the same.
        if self._pictures and matcher.score(embedding, self._mean()) < matcher.thresholds.reject_below:
            return Person.ANOTHER
        seen = taken.seen
        self._pictures.append(Picture(embedding, seen.at_s, taken.goodness, seen.yaw_deg, seen.size))
        self._doubt = False
        return Person.SAME


def _jumped(before: Face, now: Face) -> bool:
    scale = now.width / before.width
    moved = max(abs(now.x + now.width / 2 - before.x - before.width / 2), abs(now.y - before.y))
    return moved > JUMP * before.width or not 1 / JUMP_SCALE < scale < JUMP_SCALE

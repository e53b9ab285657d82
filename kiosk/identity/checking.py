"""One face check: guides the person before the camera, asks for the challenge, and comes to an outcome.

Runs in the identity process's face thread. Pictures and vectors live in local variables and end with the check.
"""

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Final

from drivers.contracts.camera import Frame, FrameSource, Image

from .config import FaceLimits
from .detector import Face
from .events import FaceChallenge, FaceGuidance, FaceHint, FaceOutcome, FacePreview, FaceResult
from .infrared import InfraredWitness
from .liveness.challenge import Standing, draw_challenge
from .liveness.contract import ChallengeKind, ChallengeStep, LivenessOutcome, Observation
from .matching import Embedding, FaceMatcher
from .presentation import Models, Person, Presentation
from .preview import PreviewBuffer
from .quality import assess

Say = Callable[[FaceGuidance | FacePreview | FaceChallenge], None]
NOT_ONE_PERSON: Final = frozenset(
    {FaceHint.NO_FACE, FaceHint.SEVERAL_FACES}
)  # who stands there next may be another
READY_PICTURES: Final = 4  # usable ones in a row, then the challenge begins
# What a step makes of the picture is nothing that is wrong with it.
PART_OF: Final = {
    ChallengeStep.TURN_LEFT: FaceHint.TURNED,
    ChallengeStep.TURN_RIGHT: FaceHint.TURNED,
    ChallengeStep.COME_CLOSER: FaceHint.TOO_LARGE,
}


class FaceCheck:
    """One check from begin to outcome. `rng`: None for the system's secure source."""

    def __init__(
        self,
        models: Models,
        limits: FaceLimits,
        preview: PreviewBuffer,
        say: Say,
        *,
        fps: float,
        kind: ChallengeKind = ChallengeKind.STANDARD,
        rng: random.Random | None = None,
    ) -> None:
        self._models = models
        self._limits = limits
        self._preview = preview
        self._say = say
        self._period_s = 1.0 / fps
        self._kind = kind
        self._rng = rng
        self._infrared: InfraredWitness | None = None
        self._presentation: Presentation | None = None
        self._ready: list[Observation] = []
        self._tries = 0
        self._asked: tuple[str, ...] = ()
        self._announced: tuple[Presentation, int] | None = None
        self._asked_s: float | None = None  # when the first step of the last challenge was asked for
        self._problem = FaceOutcome.NO_FACE
        self._said: FaceGuidance | None = None
        self._previews = 0
        self._began_s = math.inf  # times of pictures, as the camera takes them
        self._usable_s = math.inf
        self._there_s = -math.inf
        self.verified: Embedding | None = None  # of the person who was found to be the right one

    def run(
        self,
        camera: FrameSource,
        reference: Embedding,
        stop: threading.Event,
        infrared: FrameSource | None = None,
    ) -> FaceResult | None:
        """Look until there is an outcome; None when `stop` was set. Raises `DeviceError` when a camera fails."""
        began_s = time.monotonic()
        if infrared is not None:
            self._infrared = InfraredWitness(infrared, self._models.matcher.detector)
        while not stop.is_set():
            frame = camera.read()
            result = self._look(frame, reference)
            if result is not None:
                return self._told(result, frame, began_s)
            stop.wait(max(0.0, frame.taken_at_s + self._period_s - time.monotonic()))
        return None

    def _look(self, frame: Frame, reference: Embedding) -> FaceResult | None:
        """One picture; the outcome once there is one, without its times."""
        now_s = frame.taken_at_s
        self._began_s, self._usable_s = min(self._began_s, now_s), min(self._usable_s, now_s)
        self._preview.show(frame.image)
        self._previews += 1
        self._say(FacePreview(self._previews))
        faces = self._models.matcher.detector.detect(frame.image)
        hint = assess(frame.image, faces, self._limits)
        if not faces or hint in NOT_ONE_PERSON:
            self._miss(now_s)
        else:
            self._there_s = now_s
            hint = self._see(frame.image, faces[0], hint, now_s)
        if hint is FaceHint.HOLD_STILL:
            self._usable_s = now_s
        else:
            self._problem = _outcome(hint)
        self._guide(hint)
        return self._ended(now_s) or self._concluded(reference)

    def _miss(self, now_s: float) -> None:
        self._ready.clear()
        if self._presentation is not None:
            self._presentation.miss(now_s)
            if now_s - self._there_s > self._limits.lost_s:
                self._begin_anew(self._presentation)

    def _see(self, image: Image, face: Face, hint: FaceHint, now_s: float) -> FaceHint:
        """Returns the hint that the person should get."""
        seen = self._models.landmarks.observe(image, face, now_s)
        if hint is FaceHint.HOLD_STILL and (seen is None or abs(seen.yaw_deg) > self._limits.max_yaw_deg):
            hint = FaceHint.TURNED
        usable = hint is FaceHint.HOLD_STILL
        presentation = self._presentation
        if presentation is None:
            self._await_readiness(seen if usable else None)
            return hint
        if presentation.see(image, face, seen, now_s, usable=usable) is Person.ANOTHER:
            self._begin_anew(presentation)
            return hint
        self._announce(presentation, now_s)
        step, judge = presentation.judge.asked, presentation.judge
        asked_for_it = step is not None and hint is PART_OF.get(step) and not judge.returning
        return FaceHint.HOLD_STILL if asked_for_it else hint

    def _begin_anew(self, presentation: Presentation) -> None:
        """Once something was asked for it counts as a try: who could choose among drawn steps by leaving would."""
        self._presentation = None
        self._ready.clear()
        if presentation.judge.is_begun:
            self._tries += 1

    def _await_readiness(self, seen: Observation | None) -> None:
        """The challenge begins once the person stands there well; what their eyes are like at rest is known then."""
        if seen is None:
            self._ready.clear()
            return
        self._ready.append(seen)
        if len(self._ready) < READY_PICTURES:
            return
        eyes_open = median(one.eyes_open for one in self._ready)
        limits = self._limits.liveness
        challenge = draw_challenge(
            self._kind, limits, self._rng, eyes_measurable=eyes_open >= limits.measurable
        )
        self._ready.clear()
        self._presentation = Presentation(self._models, self._limits, challenge, self._infrared)

    def _announce(self, presentation: Presentation, now_s: float) -> None:
        judge = presentation.judge
        step, number = judge.asked, judge.number
        if step is not None and self._announced != (presentation, number):
            self._announced = (presentation, number)
            self._asked_s = now_s if number == 1 else self._asked_s
            self._asked = judge.challenge.steps[:number]
            total = len(judge.challenge.steps)
            self._say(FaceChallenge(step, number, total, self._limits.liveness.step_s))

    def _ended(self, now_s: float) -> FaceResult | None:
        """The outcome where a challenge or the time for it is over."""
        presentation = self._presentation
        if presentation is not None and presentation.judge.standing is Standing.FAILED:
            if presentation.liveness() is LivenessOutcome.SPOOF:
                return FaceResult(FaceOutcome.NOT_LIVE, liveness=LivenessOutcome.SPOOF)
            self._begin_anew(presentation)
        if self._tries >= self._limits.liveness.tries:
            return FaceResult(FaceOutcome.CHALLENGE_FAILED, liveness=LivenessOutcome.CHALLENGE_FAILED)
        if now_s - self._began_s > self._limits.longest_s:
            return FaceResult(FaceOutcome.CHALLENGE_FAILED if self._asked else self._problem)
        if now_s - self._usable_s > self._limits.timeout_s and not self._waiting():
            return FaceResult(self._problem)
        return None

    def _waiting(self) -> bool:
        """Is it the challenge's own time that runs?"""
        return self._presentation is not None and self._presentation.judge.standing is Standing.WAITING

    def _concluded(self, reference: Embedding) -> FaceResult | None:
        presentation = self._presentation
        if presentation is None or not presentation.complete():
            return None
        liveness = presentation.liveness()
        match liveness:
            case LivenessOutcome.LIVE:
                matcher = self._models.matcher
                person = presentation.embedding()
                score = matcher.score(person, reference)
                outcome = matcher.decide(score)
                self.verified = person if outcome is FaceOutcome.MATCH else None
                return FaceResult(outcome, score, liveness=liveness)
            case LivenessOutcome.SPOOF:
                return FaceResult(FaceOutcome.NOT_LIVE, liveness=liveness)
            case _:
                return FaceResult(FaceOutcome.UNCERTAIN, liveness=liveness)

    def _told(self, result: FaceResult, frame: Frame, began_s: float) -> FaceResult:
        """With what may be kept of the check."""
        matcher, asked_s = self._models.matcher, self._asked_s
        return replace(
            result,
            threshold=matcher.thresholds.accept_from,
            engine=matcher.engine,
            models=self._models.digest,
            challenge=self._asked,
            decision_ms=_ms_since(frame.taken_at_s),
            total_ms=_ms_since(began_s),
            challenge_ms=0 if asked_s is None else round((frame.taken_at_s - asked_s) * 1000),
        )

    def _guide(self, hint: FaceHint) -> None:
        guidance = FaceGuidance(hint, self._progress())
        if guidance != self._said:
            self._said = guidance
            self._say(guidance)

    def _progress(self) -> float:
        if self._presentation is None:
            return 0.0
        judge = self._presentation.judge
        if judge.standing is Standing.PERFORMED:
            return 1.0
        done = judge.number - 1 + (0.5 if judge.returning else 0.0)
        return round(done / len(judge.challenge.steps), 2)


def _outcome(hint: FaceHint) -> FaceOutcome:
    """What a check ends with when this is the last that was wrong."""
    return FaceOutcome(hint.value) if hint.value in set(FaceOutcome) else FaceOutcome.POOR_QUALITY


def reference_of(matcher: FaceMatcher, photo: Image) -> Embedding | None:
    """Vector of the one face of a chip photo; None when it shows none."""
    faces = matcher.detector.detect(photo)
    return matcher.embed(photo, faces[0]) if faces else None


def _ms_since(then_s: float) -> int:
    return round((time.monotonic() - then_s) * 1000)

"""The challenge: steps drawn at random, and the judge who says whether they are done, in order, in time, when asked.

A recording shows the same head turns as a living person, so a step counts only when it begins after it was asked for,
out of stillness, and nothing else is done instead. Pure: the judge knows no camera and no clock.
"""

import math
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from itertools import pairwise, product
from statistics import median
from typing import Final

from kiosk.identity.config import LivenessLimits

from .contract import ChallengeKind, ChallengeStep, Observation

STEPS: Final[Mapping[ChallengeKind, tuple[ChallengeStep, ...]]] = {
    ChallengeKind.STANDARD: (ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT, ChallengeStep.BLINK),
    ChallengeKind.ALTERNATIVE: (ChallengeStep.OPEN_MOUTH, ChallengeStep.COME_CLOSER),
}
TURNS: Final = (ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Steps in their order, and how long the face must be still before each is asked for."""

    kind: ChallengeKind
    steps: tuple[ChallengeStep, ...]
    pauses_s: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.steps or len(self.steps) != len(self.pauses_s):
            raise ValueError("a challenge has at least one step, and a pause before each")
        if not set(self.steps) <= set(STEPS[self.kind]):
            raise ValueError(f"steps of a {self.kind} challenge are {', '.join(STEPS[self.kind])}")


def draw_challenge(
    kind: ChallengeKind,
    limits: LivenessLimits,
    rng: random.Random | None = None,
    *,
    eyes_measurable: bool = True,
) -> Challenge:
    """A challenge, each script as likely as any other; no step follows itself. `rng`: the system's secure source.

    `eyes_measurable`: False where open eyes cannot be told from shut ones; then nobody is asked to blink.
    """
    rng = rng or secrets.SystemRandom()
    known = [step for step in STEPS[kind] if eyes_measurable or step is not ChallengeStep.BLINK]
    scripts = [
        steps
        for count in range(limits.count_min, limits.count_max + 1)
        for steps in product(known, repeat=count)
        if all(one is not other for one, other in pairwise(steps))
    ]
    steps = rng.choice(scripts)
    pauses = tuple(rng.uniform(limits.pause_min_s, limits.pause_max_s) for _ in steps)
    return Challenge(kind, steps, pauses)


class Standing(StrEnum):
    """How far a challenge is."""

    WAITING = "waiting"
    PERFORMED = "performed"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a challenge failed."""

    UNASKED = "unasked"  # the movement began before it was asked for
    WRONG = "wrong"  # another movement than the one asked for
    LATE = "late"


class _Phase(Enum):
    SETTLING = auto()
    ASKED = auto()
    RETURNING = auto()


class ChallengeJudge:
    """Takes one observation a picture, in order of time, and says how the challenge stands.

    `asked` is the step that the person is to do now, None before the first and while the next is not yet asked for;
    `number` counts from 1.
    """

    def __init__(self, challenge: Challenge, limits: LivenessLimits) -> None:
        self.challenge = challenge
        self.standing = Standing.WAITING
        self.failure: Failure | None = None
        self.number = 1
        self._limits = limits
        self._phase = _Phase.SETTLING
        self._began_s = math.inf
        self._asked_s = math.inf
        self._still: list[Observation] = []
        self._rest: Observation | None = None  # the face at rest, from the last stillness
        self._shut_s: float | None = None
        self._crossed = 0

    @property
    def asked(self) -> ChallengeStep | None:
        """The step that the person is to do now."""
        return None if self._phase is _Phase.SETTLING else self._step

    @property
    def is_begun(self) -> bool:
        """True once a step was asked for."""
        return self._rest is not None

    @property
    def returning(self) -> bool:
        """True when the movement was seen and the face is to come back to rest."""
        return self._phase is _Phase.RETURNING

    def miss(self, at_s: float) -> Standing:
        """A picture in which the face was not measured."""
        self._still.clear()
        self._shut_s = None
        self._crossed = 0
        return self._keep_time(at_s)

    def see(self, seen: Observation) -> Standing:
        """One picture of the face."""
        if self.standing is not Standing.WAITING or self._keep_time(seen.at_s) is not Standing.WAITING:
            return self.standing
        match self._phase:
            case _Phase.SETTLING:
                self._settle(seen)
            case _Phase.ASKED:
                self._await_movement(seen)
            case _Phase.RETURNING:
                self._await_rest(seen)
        return self.standing

    @property
    def _step(self) -> ChallengeStep:
        return self.challenge.steps[self.number - 1]

    def _keep_time(self, at_s: float) -> Standing:
        if self.standing is Standing.WAITING:
            self._began_s = min(self._began_s, at_s)
            over = at_s - self._began_s > self._limits.challenge_s
            if over or (self._phase is not _Phase.SETTLING and at_s - self._asked_s > self._limits.step_s):
                self._fail(Failure.LATE)
        return self.standing

    def _settle(self, seen: Observation) -> None:
        if self._rest is not None and self._movements(seen):
            self._fail(Failure.UNASKED)
            return
        if not self._at_rest(seen):
            self._still.clear()
            return
        self._still.append(seen)
        if seen.at_s - self._still[0].at_s >= self.challenge.pauses_s[self.number - 1]:
            self._rest = _middle(self._still)
            self._still.clear()
            self._phase, self._asked_s = _Phase.ASKED, seen.at_s

    def _await_movement(self, seen: Observation) -> None:
        movements = self._movements(seen)
        if movements - {self._step}:
            self._fail(Failure.WRONG)
        elif self._step is ChallengeStep.BLINK:
            self._await_blink(seen)
        elif movements:
            self._crossed += 1
            if seen.at_s - self._asked_s < self._limits.reaction_s:
                self._fail(Failure.UNASKED)
            elif self._crossed > 1:  # one picture may be measured wrong
                self._phase = _Phase.RETURNING
        else:
            self._crossed = 0

    def _await_blink(self, seen: Observation) -> None:
        """Eyes shut by themselves every few seconds: only a shutting that was meant counts, none fails."""
        assert self._rest is not None
        if seen.eyes_open > self._rest.eyes_open * self._limits.shut:
            self._shut_s = None
        elif self._shut_s is None:
            self._shut_s = seen.at_s
        elif (
            seen.at_s - self._shut_s >= self._limits.shut_s
            and self._shut_s - self._asked_s >= self._limits.reaction_s
        ):
            self._phase = _Phase.RETURNING

    def _await_rest(self, seen: Observation) -> None:
        if self._movements(seen) - {self._step}:
            self._fail(Failure.WRONG)
        elif self._at_rest(seen):
            self._crossed, self._shut_s = 0, None
            if self.number == len(self.challenge.steps):
                self.standing = Standing.PERFORMED
            else:
                self.number += 1
                self._phase = _Phase.SETTLING

    def _movements(self, seen: Observation) -> set[ChallengeStep]:
        """Which movements that count the picture shows, measured from the face at rest; no blink."""
        rest, limits = self._rest, self._limits
        assert rest is not None
        yaw_deg = seen.yaw_deg - rest.yaw_deg
        shown = {
            ChallengeStep.TURN_LEFT: yaw_deg >= limits.turn_deg,
            ChallengeStep.TURN_RIGHT: yaw_deg <= -limits.turn_deg,
            ChallengeStep.OPEN_MOUTH: seen.mouth_open
            >= max(limits.mouth_open, rest.mouth_open + limits.mouth_moved),
            ChallengeStep.COME_CLOSER: seen.size >= rest.size * limits.closer_size,
        }
        watched = {*TURNS, *STEPS[self.challenge.kind]}  # who cannot turn the head does not
        return {step for step in watched if shown.get(step, False)}

    def _at_rest(self, seen: Observation) -> bool:
        """Is the face as it was at rest? Before the first rest: does it look into the camera?"""
        rest, limits = self._rest, self._limits
        if rest is None:
            return abs(seen.yaw_deg) < limits.still_deg
        return (
            abs(seen.yaw_deg - rest.yaw_deg) < limits.still_deg
            and seen.mouth_open < rest.mouth_open + limits.mouth_still
            and seen.size < rest.size * limits.still_size
            and (self.asked is not ChallengeStep.BLINK or seen.eyes_open > rest.eyes_open * limits.open)
        )

    def _fail(self, why: Failure) -> None:
        self.standing, self.failure = Standing.FAILED, why


def judge_clip(
    steps: tuple[ChallengeStep, ...],
    observations: Sequence[tuple[float, Observation | None]],
    limits: LivenessLimits,
) -> ChallengeJudge:
    """How a clip performs `steps`: each is asked for as soon as the one before is done, and any blink is one.

    `observations`: of each picture in order, with its time in seconds; None where nothing could be measured.
    """
    kind = next(kind for kind, known in STEPS.items() if steps[0] in known)
    at_once = replace(limits, reaction_s=0.0, shut_s=0.0)
    judge = ChallengeJudge(Challenge(kind, steps, (0.0,) * len(steps)), at_once)
    for at_s, seen in observations:
        if (judge.miss(at_s) if seen is None else judge.see(seen)) is not Standing.WAITING:
            break
    return judge


def _middle(seen: list[Observation]) -> Observation:
    return Observation(
        at_s=seen[-1].at_s,
        yaw_deg=median(one.yaw_deg for one in seen),
        eyes_open=median(one.eyes_open for one in seen),
        mouth_open=median(one.mouth_open for one in seen),
        size=median(one.size for one in seen),
    )

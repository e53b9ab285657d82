"""The judge of a challenge: what counts as done, and that nothing else ever does."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.identity.config import LivenessLimits
from kiosk.identity.liveness.challenge import (
    STEPS,
    Challenge,
    ChallengeJudge,
    Failure,
    Standing,
    draw_challenge,
    judge_clip,
)
from kiosk.identity.liveness.contract import ChallengeKind, ChallengeStep, Observation

LIMITS: Final = LivenessLimits()
FPS: Final = 10.0
REST: Final = Observation(0.0, yaw_deg=2.0, eyes_open=0.24, mouth_open=0.05, size=0.3)
DONE: Final = {
    ChallengeStep.TURN_LEFT: replace(REST, yaw_deg=28.0),
    ChallengeStep.TURN_RIGHT: replace(REST, yaw_deg=-25.0),
    ChallengeStep.BLINK: replace(REST, eyes_open=0.09),
    ChallengeStep.OPEN_MOUTH: replace(REST, mouth_open=0.5),
    ChallengeStep.COME_CLOSER: replace(REST, size=0.41),
}


def challenge(*steps: ChallengeStep) -> Challenge:
    kind = next(kind for kind, known in STEPS.items() if steps[0] in known)
    return Challenge(kind, steps, (0.5,) * len(steps))


class Person:
    """Stands before the judge and does something in each picture."""

    def __init__(self, judge: ChallengeJudge) -> None:
        self.judge = judge
        self.now_s = 0.0

    def shows(self, look: Observation, seconds: float) -> "Person":
        for _ in range(round(seconds * FPS)):
            self.now_s += 1 / FPS
            self.judge.see(replace(look, at_s=self.now_s))
        return self

    def waits(self) -> "Person":
        """At rest until something is asked, and for the time that people take to react."""
        while self.judge.asked is None and self.judge.standing is Standing.WAITING:
            self.shows(REST, 1 / FPS)
        return self.shows(REST, 0.3)

    def does(self, step: ChallengeStep, seconds: float = 0.6) -> "Person":
        return self.shows(DONE[step], seconds).shows(REST, 0.3)


def person(*steps: ChallengeStep, limits: LivenessLimits = LIMITS) -> Person:
    return Person(ChallengeJudge(challenge(*steps), limits))


@pytest.mark.parametrize("step", ChallengeStep)
def test_who_does_what_is_asked_performs(step: ChallengeStep) -> None:
    assert person(step).waits().does(step).judge.standing is Standing.PERFORMED


def test_several_steps_in_their_order() -> None:
    somebody = person(ChallengeStep.BLINK, ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT)
    for number, step in enumerate(somebody.judge.challenge.steps, start=1):
        somebody.waits()
        assert (somebody.judge.asked, somebody.judge.number) == (step, number)
        somebody.does(step)
    assert somebody.judge.standing is Standing.PERFORMED


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (asked, done)
        for kind in ChallengeKind
        for asked in STEPS[kind]
        for done in sorted({*STEPS[kind], ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT})
        if asked is not done and done is not ChallengeStep.BLINK
    ],
)
def test_another_movement_fails_it(asked: ChallengeStep, done: ChallengeStep) -> None:
    judge = person(asked).waits().does(done).judge
    assert (judge.standing, judge.failure) == (Standing.FAILED, Failure.WRONG)


def test_a_blink_fails_nothing_and_is_none_when_a_turn_was_asked() -> None:
    somebody = person(ChallengeStep.TURN_LEFT).shows(DONE[ChallengeStep.BLINK], 0.3).waits()
    assert somebody.does(ChallengeStep.BLINK).judge.standing is Standing.WAITING
    assert somebody.does(ChallengeStep.TURN_LEFT).judge.standing is Standing.PERFORMED


def test_a_flutter_is_no_blink_that_was_meant() -> None:
    somebody = person(ChallengeStep.BLINK).waits()
    for _ in range(3):
        somebody.does(ChallengeStep.BLINK, seconds=0.2)
    assert somebody.judge.standing is Standing.WAITING
    assert somebody.does(ChallengeStep.BLINK, seconds=0.4).judge.standing is Standing.PERFORMED


def test_eyes_that_were_shut_before_it_was_asked_open_first() -> None:
    somebody = person(ChallengeStep.BLINK)
    while somebody.judge.asked is None:
        somebody.shows(replace(DONE[ChallengeStep.BLINK], at_s=0.0), 1 / FPS)
    assert somebody.shows(DONE[ChallengeStep.BLINK], 1.0).shows(REST, 0.2).judge.standing is Standing.WAITING


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_who_moves_before_it_can_be_known_what_is_asked_fails(late_s: float) -> None:
    """A recording that turns already."""
    somebody = person(ChallengeStep.TURN_LEFT)
    while somebody.judge.asked is None:
        somebody.shows(REST, 1 / FPS)
    judge = somebody.shows(REST, late_s).does(ChallengeStep.TURN_LEFT).judge
    assert (judge.standing, judge.failure) == (Standing.FAILED, Failure.UNASKED)


def test_a_movement_between_two_steps_fails() -> None:
    somebody = person(ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT).waits().does(ChallengeStep.TURN_LEFT)
    assert somebody.judge.asked is None
    judge = somebody.does(ChallengeStep.TURN_RIGHT).judge
    assert (judge.standing, judge.failure) == (Standing.FAILED, Failure.UNASKED)


def test_one_picture_that_was_measured_wrong_is_no_turn() -> None:
    somebody = (
        person(ChallengeStep.TURN_LEFT).waits().shows(DONE[ChallengeStep.TURN_LEFT], 0.1).shows(REST, 0.5)
    )
    assert somebody.judge.standing is Standing.WAITING
    assert not somebody.judge.returning


@pytest.mark.parametrize(
    ("limits", "does"),
    [
        (replace(LIMITS, step_s=3.0), lambda who: who.shows(REST, 3.5)),
        (replace(LIMITS, step_s=3.0), lambda who: who.shows(DONE[ChallengeStep.TURN_LEFT], 3.5)),
        (replace(LIMITS, challenge_s=5.0), lambda who: who.shows(REST, 6.0)),
    ],
    ids=["does nothing", "stays turned", "the whole is too slow"],
)
def test_time_is_limited(limits: LivenessLimits, does: Callable[[Person], Person]) -> None:
    judge = does(person(ChallengeStep.TURN_LEFT, limits=limits).waits()).judge
    assert (judge.standing, judge.failure) == (Standing.FAILED, Failure.LATE)


def test_time_runs_while_no_face_is_seen() -> None:
    judge = person(ChallengeStep.TURN_LEFT).waits().judge
    assert judge.miss(LIMITS.challenge_s + 1.0) is Standing.FAILED
    assert judge.failure is Failure.LATE


def test_a_face_that_is_turned_from_the_start_is_asked_nothing() -> None:
    somebody = person(ChallengeStep.TURN_LEFT).shows(DONE[ChallengeStep.TURN_LEFT], 5.0)
    assert somebody.judge.asked is None


def test_a_smile_is_a_rest_and_the_mouth_opens_from_it() -> None:
    smiling = replace(REST, mouth_open=0.31)
    somebody = person(ChallengeStep.OPEN_MOUTH).shows(smiling, 1.5)
    assert somebody.judge.asked is ChallengeStep.OPEN_MOUTH
    assert (
        somebody.shows(replace(REST, mouth_open=0.6), 0.5).shows(smiling, 0.2).judge.standing
        is Standing.PERFORMED
    )


LOOKS = some.lists(
    some.builds(
        Observation,
        at_s=some.just(0.0),
        yaw_deg=some.floats(-90, 90),
        eyes_open=some.floats(0.0, 0.5),
        mouth_open=some.floats(0.0, 1.0),
        size=some.floats(0.05, 0.9),
    ),
    max_size=60,
)


def judged(judge: ChallengeJudge, looks: Sequence[Observation]) -> ChallengeJudge:
    for number, look in enumerate(looks):
        judge.see(replace(look, at_s=number / FPS))
    return judge


@given(looks=LOOKS, step=some.sampled_from(ChallengeStep))
def test_nothing_without_the_movement_passes(looks: list[Observation], step: ChallengeStep) -> None:
    """Whatever is shown: what never goes beyond the threshold of the step does not perform it."""
    rest = [REST] * 12  # so that it is asked
    lacking = {
        ChallengeStep.TURN_LEFT: [
            replace(one, yaw_deg=min(one.yaw_deg, REST.yaw_deg + 17.9)) for one in looks
        ],
        ChallengeStep.TURN_RIGHT: [
            replace(one, yaw_deg=max(one.yaw_deg, REST.yaw_deg - 17.9)) for one in looks
        ],
        ChallengeStep.BLINK: [replace(one, eyes_open=max(one.eyes_open, 0.15)) for one in looks],
        ChallengeStep.OPEN_MOUTH: [replace(one, mouth_open=min(one.mouth_open, 0.29)) for one in looks],
        ChallengeStep.COME_CLOSER: [replace(one, size=min(one.size, 0.37)) for one in looks],
    }[step]
    judge = judged(ChallengeJudge(challenge(step), LIMITS), [*rest, *lacking])
    assert judge.standing is not Standing.PERFORMED


@given(looks=LOOKS, seed=some.integers(0, 999))
def test_a_verdict_is_final(looks: list[Observation], seed: int) -> None:
    rng = random.Random(seed)
    judge = ChallengeJudge(draw_challenge(rng.choice(list(ChallengeKind)), LIMITS, rng), LIMITS)
    verdicts = [
        judge.see(replace(look, at_s=number / FPS)) for number, look in enumerate([*[REST] * 20, *looks])
    ]
    decided = [verdict for verdict in verdicts if verdict is not Standing.WAITING]
    assert len(set(decided)) <= 1
    assert verdicts[len(verdicts) - len(decided) :] == decided


def test_every_script_is_as_likely_and_no_step_follows_itself() -> None:
    rng = random.Random(1)
    drawn = [draw_challenge(ChallengeKind.STANDARD, LIMITS, rng) for _ in range(3600)]
    counts = Counter(one.steps for one in drawn)
    assert len(counts) == 3 * 2 + 3 * 2 * 2
    assert max(counts.values()) < 1.5 * min(counts.values())
    assert all(first is not second for steps in counts for first, second in pairwise(steps))
    assert all(LIMITS.pause_min_s <= pause <= LIMITS.pause_max_s for one in drawn for pause in one.pauses_s)


def test_whose_eyes_cannot_be_measured_is_not_asked_to_blink() -> None:
    rng = random.Random(1)
    drawn = [draw_challenge(ChallengeKind.STANDARD, LIMITS, rng, eyes_measurable=False) for _ in range(50)]
    assert all(ChallengeStep.BLINK not in one.steps for one in drawn)


def test_a_challenge_without_steps_or_of_two_kinds_is_none() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        Challenge(ChallengeKind.STANDARD, (), ())
    with pytest.raises(ValueError, match="open_mouth, come_closer"):
        Challenge(ChallengeKind.ALTERNATIVE, (ChallengeStep.BLINK,), (0.5,))


def clip(*parts: tuple[Observation, float]) -> list[tuple[float, Observation | None]]:
    looks = [look for look, seconds in parts for _ in range(round(seconds * FPS))]
    return [(number / FPS, replace(look, at_s=number / FPS)) for number, look in enumerate(looks)]


def test_a_clip_performs_steps_in_order_or_not() -> None:
    left, blink = DONE[ChallengeStep.TURN_LEFT], DONE[ChallengeStep.BLINK]
    pictures = clip((REST, 1.0), (left, 0.5), (REST, 0.5), (blink, 0.2), (REST, 0.5))
    performed = judge_clip((ChallengeStep.TURN_LEFT, ChallengeStep.BLINK), pictures, LIMITS)
    assert performed.standing is Standing.PERFORMED
    wrong = judge_clip((ChallengeStep.BLINK, ChallengeStep.TURN_LEFT), pictures, LIMITS)
    assert (wrong.standing, wrong.failure) == (Standing.FAILED, Failure.WRONG)
    short = judge_clip((ChallengeStep.TURN_LEFT, ChallengeStep.TURN_RIGHT), pictures, LIMITS)
    assert short.standing is Standing.WAITING

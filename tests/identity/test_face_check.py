"""The face check with the real models on the emulated person: each outcome, and what makes it start anew."""

import random
import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.contracts.camera import Frame, Image
from drivers.emulators.portrait import load_portrait
from drivers.errors import LinkTimeout
from kiosk.identity import matching
from kiosk.identity.checking import FaceCheck, reference_of
from kiosk.identity.config import FaceLimits, LivenessEngine, LivenessLimits
from kiosk.identity.events import FaceChallenge, FaceGuidance, FaceHint, FaceOutcome, FacePreview, FaceResult
from kiosk.identity.liveness import engines
from kiosk.identity.liveness.contract import ChallengeKind, ChallengeStep, LivenessOutcome
from kiosk.identity.matching import Embedding
from kiosk.identity.presentation import Models
from kiosk.identity.preview import PICTURE_BYTES, PreviewBuffer
from kiosk.identity.quality import assess
from kiosk.identity.watching import FaceWatch
from kiosk.models import default_target

from .stage import InfraredStage, Stage

ONE_STEP = LivenessLimits(count_min=1, count_max=1, pause_min_s=0.1, pause_max_s=0.2, step_s=4.0, tries=1)
LIMITS = FaceLimits(capture_s=0.4, timeout_s=1.0, liveness=ONE_STEP)
TWO_TRIES = replace(LIMITS, liveness=replace(ONE_STEP, tries=2))


@pytest.fixture(scope="module")
def models() -> Models:
    target = default_target()
    liveness = engines.create(target, settings=LivenessEngine())
    return Models(matching.create(target), liveness, engines.landmarks(target), "0123456789ab")


@pytest.fixture(scope="module")
def obama(models: Models) -> Embedding:
    reference = reference_of(models.matcher, chip_sized(load_portrait("obama").image))
    assert reference is not None
    return reference


def chip_sized(image: Image) -> Image:
    """A portrait as small as on a chip: 102 x 126."""
    height, width = image.shape[:2]
    cut = image[: min(height, round(width * 126 / 102))]
    return np.asarray(cv2.resize(cut, (102, 126), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def check(
    models: Models,
    reference: Embedding,
    stage: Stage,
    limits: FaceLimits = LIMITS,
    *,
    kind: ChallengeKind = ChallengeKind.STANDARD,
    infrared: InfraredStage | None = None,
) -> FaceResult:
    preview = PreviewBuffer.create()
    try:
        run = FaceCheck(models, limits, preview, stage.say, fps=1e6, kind=kind, rng=random.Random(4))
        result = run.run(stage, reference, threading.Event(), infrared)
        assert preview.read() is not None
    finally:
        preview.close()
    assert result is not None
    return result


def hints(stage: Stage) -> list[FaceHint]:
    return [item.hint for item in stage.said if isinstance(item, FaceGuidance)]


def asked(stage: Stage) -> list[ChallengeStep]:
    return [item.step for item in stage.said if isinstance(item, FaceChallenge)]


def test_who_is_on_the_card_and_does_what_is_asked_matches(models: Models, obama: Embedding) -> None:
    stage = Stage().show("obama3")
    liveness = replace(ONE_STEP, count_min=2, count_max=2)
    result = check(models, obama, stage, replace(LIMITS, liveness=liveness))
    assert (result.outcome, result.liveness) == (FaceOutcome.MATCH, LivenessOutcome.LIVE)
    assert result.score is not None
    assert result.threshold is not None
    assert result.score >= result.threshold
    assert (result.engine, len(result.models)) == ("mobilefacenets", 12)
    assert list(result.challenge) == asked(stage)
    said = [item for item in stage.said if isinstance(item, FaceChallenge)]
    assert [(item.number, item.total, item.seconds) for item in said] == [(1, 2, 4.0), (2, 2, 4.0)]
    progress = [item.progress for item in stage.said if isinstance(item, FaceGuidance)]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    previews = [item.sequence for item in stage.said if isinstance(item, FacePreview)]
    assert previews == list(range(1, stage.number + 1))


def test_another_living_person_does_not_match(models: Models, obama: Embedding) -> None:
    result = check(models, obama, Stage().show("biden"))
    assert (result.outcome, result.liveness) == (FaceOutcome.NO_MATCH, LivenessOutcome.LIVE)


def test_who_cannot_turn_or_blink_is_asked_for_something_else(models: Models, obama: Embedding) -> None:
    stage = Stage().show("obama3")
    assert check(models, obama, stage, kind=ChallengeKind.ALTERNATIVE).outcome is FaceOutcome.MATCH
    assert set(asked(stage)) <= {ChallengeStep.OPEN_MOUTH, ChallengeStep.COME_CLOSER}


@pytest.mark.parametrize("name", ["print-of-obama", "replay-of-obama3"])
def test_an_artefact_never_matches(models: Models, obama: Embedding, name: str) -> None:
    """It shows the right face, and is compared with nothing."""
    result = check(models, obama, Stage().show(name))
    assert result.outcome in (FaceOutcome.NOT_LIVE, FaceOutcome.CHALLENGE_FAILED)
    assert result.score is None


def test_who_stands_still_fails_the_challenge(models: Models, obama: Embedding) -> None:
    stage = Stage(obeys=False).show("obama3")
    limits = replace(LIMITS, liveness=replace(ONE_STEP, step_s=1.0, tries=2))
    result = check(models, obama, stage, limits)
    assert (result.outcome, result.liveness) == (
        FaceOutcome.CHALLENGE_FAILED,
        LivenessOutcome.CHALLENGE_FAILED,
    )
    assert len(asked(stage)) == 2  # one retry of the whole


def blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 9.0), dtype=np.uint8)


@pytest.mark.parametrize(
    ("stage", "hint", "outcome"),
    [
        (Stage().show("none"), FaceHint.NO_FACE, FaceOutcome.NO_FACE),
        (Stage().show("two"), FaceHint.SEVERAL_FACES, FaceOutcome.SEVERAL_FACES),
        (Stage(light=False).show("obama"), FaceHint.TOO_DARK, FaceOutcome.TOO_DARK),
        (Stage(light=False), FaceHint.TOO_DARK, FaceOutcome.TOO_DARK),
        (Stage(finish=blurred).show("obama"), FaceHint.BLURRED, FaceOutcome.BLURRED),
        (Stage().show("obama", apart=35.0), FaceHint.TOO_SMALL, FaceOutcome.TOO_SMALL),
        (Stage().show("obama", apart=190.0), FaceHint.TOO_LARGE, FaceOutcome.POOR_QUALITY),
        (Stage(backlight=True).show("obama3"), FaceHint.BACKLIT, FaceOutcome.POOR_QUALITY),
        (Stage().show("obama3", worn="mask"), FaceHint.COVERED, FaceOutcome.POOR_QUALITY),
    ],
    ids=["nobody", "two", "dark", "dark and empty", "blurred", "far", "near", "against the light", "mask"],
)
def test_the_person_is_told_what_is_wrong(
    models: Models, obama: Embedding, stage: Stage, hint: FaceHint, outcome: FaceOutcome
) -> None:
    result = check(models, obama, stage)
    assert set(hints(stage)) == {hint}
    assert (result.outcome, result.score) == (outcome, None)
    assert result.liveness is LivenessOutcome.NOT_DECIDED


def test_who_looks_away_is_asked_to_look_into_the_camera(models: Models, obama: Embedding) -> None:
    stage = Stage().show("obama3")
    stage.people[0].mover.ask("look_aside", stage.now_s)
    assert check(models, obama, stage, replace(LIMITS, timeout_s=8.0)).outcome is FaceOutcome.MATCH
    assert FaceHint.TURNED in hints(stage)


@pytest.mark.parametrize("first", ["obama3", "biden"])
def test_who_steps_in_halfway_begins_anew(models: Models, obama: Embedding, first: str) -> None:
    """One performs for another: nothing of the first is counted for the second, neither pictures nor steps."""
    second = "biden" if first == "obama3" else "obama3"

    def change(stage: Stage, number: int) -> None:
        if number == 8:  # the first step has been asked for by now
            assert asked(stage)
            stage.show(second)

    stage = Stage(change=change).show(first)
    result = check(models, obama, stage, TWO_TRIES)
    assert [item.number for item in stage.said if isinstance(item, FaceChallenge)] == [1, 1]
    assert result.outcome is (FaceOutcome.NO_MATCH if second == "biden" else FaceOutcome.MATCH)


def test_who_goes_away_begins_anew(models: Models, obama: Embedding) -> None:
    def change(stage: Stage, number: int) -> None:
        if number in (8, 17):
            stage.show("none" if number == 8 else "obama3")

    stage = Stage(change=change).show("obama3")
    assert check(models, obama, stage, replace(TWO_TRIES, timeout_s=4.0)).outcome is FaceOutcome.MATCH
    assert len(asked(stage)) == 2


def test_going_away_is_no_way_to_other_steps(models: Models, obama: Embedding) -> None:
    """Else a recording could wait until the steps are drawn that it shows."""

    def change(stage: Stage, number: int) -> None:
        if asked(stage) and stage.people:
            stage.show("none")

    stage = Stage(change=change).show("obama3")
    assert check(models, obama, stage).outcome is FaceOutcome.CHALLENGE_FAILED


@pytest.mark.parametrize(
    ("name", "lamp", "outcome"),
    [
        ("obama3", True, FaceOutcome.MATCH),
        ("obama3", False, FaceOutcome.NOT_LIVE),  # without its lamp the second camera agrees with nobody
    ],
)
def test_an_infrared_camera_has_to_agree(
    models: Models, obama: Embedding, name: str, *, lamp: bool, outcome: FaceOutcome
) -> None:
    stage = Stage().show(name)
    result = check(models, obama, stage, infrared=InfraredStage(stage, lamp=lamp))
    assert result.outcome is outcome


def test_between_the_thresholds_is_uncertain(models: Models) -> None:
    thresholds = models.matcher.thresholds
    between = (thresholds.reject_below + thresholds.accept_from) / 2
    assert models.matcher.decide(thresholds.accept_from) is FaceOutcome.MATCH
    assert models.matcher.decide(between) is FaceOutcome.UNCERTAIN
    assert models.matcher.decide(thresholds.reject_below - 0.01) is FaceOutcome.NO_MATCH


def test_a_camera_that_fails_is_not_an_outcome_of_the_person(models: Models, obama: Embedding) -> None:
    class Gone(Stage):
        def read(self) -> Frame:
            raise LinkTimeout("camera: gone")

    preview = PreviewBuffer.create()
    run = FaceCheck(models, LIMITS, preview, lambda _item: None, fps=1e6)
    with pytest.raises(LinkTimeout):
        run.run(Gone(), obama, threading.Event())
    preview.close()


def test_stopping_gives_no_outcome(models: Models, obama: Embedding) -> None:
    preview, stop = PreviewBuffer.create(), threading.Event()
    run = FaceCheck(models, LIMITS, preview, lambda _item: stop.set(), fps=1e6)
    assert run.run(Stage().show("obama"), obama, stop) is None
    preview.close()


def test_a_photo_without_a_face_is_no_reference(models: Models) -> None:
    assert reference_of(models.matcher, np.full((126, 102, 3), 200, np.uint8)) is None


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("obama3", [False, False, False]),
        ("biden", [False, True, True]),  # one picture may be bad
        ("none", [False, False, False]),  # bends down for the papers
    ],
)
def test_after_a_match_another_face_is_noticed(
    models: Models, obama: Embedding, name: str, changed: list[bool]
) -> None:
    stage = Stage().show(name)
    watch = FaceWatch(models.matcher, LIMITS, obama)
    assert [watch.changed(stage.read().image) for _ in range(3)] == changed


def test_a_passer_by_far_behind_does_not_count(models: Models) -> None:
    near, far = Stage().show("obama3"), Stage().show("biden", apart=30.0)
    far.people[0] = replace(far.people[0], x=560.0)
    near.people += far.people
    picture = near.read().image
    faces = models.matcher.detector.detect(picture)
    assert len(faces) == 2
    assert assess(picture, faces, LIMITS) is FaceHint.HOLD_STILL
    assert assess(picture, faces, replace(LIMITS, second_face_share=0.2)) is FaceHint.SEVERAL_FACES


def test_vectors_and_points_stay_out_of_reprs(models: Models) -> None:
    picture = Stage().show("obama").read().image
    face = models.matcher.detector.detect(picture)[0]
    assert "points" not in repr(face)
    assert "image" not in repr(Frame(picture, 0.0))


def test_the_preview_is_mirrored_whole_and_wiped() -> None:
    preview = PreviewBuffer.create()
    assert preview.read() is None
    half = np.zeros((480, 640, 3), np.uint8)
    half[:, :320, 2] = 255  # red on the left, BGR
    preview.show(half)
    picture = preview.read()
    assert picture is not None
    assert len(picture) == PICTURE_BYTES
    shown = np.frombuffer(picture, np.uint8).reshape(480, 480, 3)
    assert shown[240, 400].tolist() == [255, 0, 0]  # RGB, on the right as in a looking-glass
    assert shown[240, 80].tolist() == [0, 0, 0]
    preview.wipe()
    assert preview.read() is None
    preview.close()

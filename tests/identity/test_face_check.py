"""The face check with the real models on drawn scenes: each outcome, and what makes it start anew."""

import threading
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.contracts.camera import Frame, Image
from drivers.emulators.lobby import EYES_APART_PX, TWO_APART_PX, Scene, load_portrait
from drivers.errors import LinkTimeout
from kiosk.identity import matching
from kiosk.identity.checking import FaceCheck, reference_of
from kiosk.identity.config import FaceLimits
from kiosk.identity.events import FaceGuidance, FaceHint, FaceOutcome, FacePreview, FaceResult
from kiosk.identity.matching import Embedding, FaceMatcher
from kiosk.identity.preview import PICTURE_BYTES, PreviewBuffer
from kiosk.identity.quality import assess
from kiosk.models import default_target

LIMITS = FaceLimits(capture_s=0.2, timeout_s=2.5)
FPS = 200.0
SCENE = Scene()


@pytest.fixture(scope="module")
def matcher() -> FaceMatcher:
    return matching.create(default_target())


@pytest.fixture(scope="module")
def obama(matcher: FaceMatcher) -> Embedding:
    reference = reference_of(matcher, chip_sized(load_portrait("obama").image))
    assert reference is not None
    return reference


def chip_sized(image: Image) -> Image:
    """A portrait as small as on a chip: 102 x 126."""
    height, width = image.shape[:2]
    cut = image[: min(height, round(width * 126 / 102))]
    return np.asarray(cv2.resize(cut, (102, 126), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def draw(name: str, at_s: float, *, apart: float = EYES_APART_PX, light: bool = True) -> Image:
    if name == "none":
        return SCENE.draw([], at_s, light=light)
    if name == "two":
        pair = [(load_portrait("obama"), 180.0, TWO_APART_PX), (load_portrait("biden"), 470.0, TWO_APART_PX)]
        return SCENE.draw(pair, at_s, light=light)
    return SCENE.draw([(load_portrait(name), 320.0, apart)], at_s, light=light)


class DrawnCamera:
    """A camera in memory: picture `n` is drawn by `scene(n)`, 0.1 s after the one before."""

    def __init__(self, scene: Callable[[int], Image]) -> None:
        self._scene = scene
        self._count = 0

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self) -> Frame:
        self._count += 1
        return Frame(self._scene(self._count), self._count * 0.1)


def check(
    matcher: FaceMatcher, reference: Embedding, scene: Callable[[int], Image], limits: FaceLimits = LIMITS
) -> tuple[FaceResult | None, list[FaceGuidance | FacePreview]]:
    said: list[FaceGuidance | FacePreview] = []
    preview = PreviewBuffer.create()
    try:
        camera = DrawnCamera(scene)
        run = FaceCheck(matcher, limits, preview, said.append, fps=FPS)
        result = run.run(camera, reference, threading.Event())
        assert preview.read() is not None
    finally:
        preview.close()
    return result, said


def blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 9.0), dtype=np.uint8)


@pytest.mark.parametrize(
    ("scene", "outcome"),
    [
        (lambda n: draw("obama", n), FaceOutcome.MATCH),
        (lambda n: draw("obama3", n), FaceOutcome.MATCH),
        (lambda n: draw("biden", n), FaceOutcome.NO_MATCH),
        (lambda n: draw("none", n), FaceOutcome.NO_FACE),
        (lambda n: draw("two", n), FaceOutcome.SEVERAL_FACES),
        (lambda n: draw("obama", n, light=False), FaceOutcome.TOO_DARK),
        (lambda n: draw("none", n, light=False), FaceOutcome.TOO_DARK),
        (lambda n: blurred(draw("obama", n)), FaceOutcome.BLURRED),
        (lambda n: draw("obama", n, apart=35.0), FaceOutcome.TOO_SMALL),
    ],
    ids=["same", "same, other picture", "other", "nobody", "two", "dark", "dark and empty", "blurred", "far"],
)
def test_each_outcome_is_its_own(
    matcher: FaceMatcher, obama: Embedding, scene: Callable[[int], Image], outcome: FaceOutcome
) -> None:
    result, _ = check(matcher, obama, scene)
    assert result is not None
    assert result.outcome is outcome


def test_progress_counts_usable_pictures(matcher: FaceMatcher, obama: Embedding) -> None:
    _, said = check(matcher, obama, lambda n: draw("none" if n < 3 else "obama", n))
    guidance = [item for item in said if isinstance(item, FaceGuidance)]
    assert [(item.hint, item.progress) for item in guidance] == [
        (FaceHint.NO_FACE, 0.0),
        (FaceHint.HOLD_STILL, 0.33),
        (FaceHint.HOLD_STILL, 0.67),
        (FaceHint.HOLD_STILL, 1.0),
    ]
    previews = [item.sequence for item in said if isinstance(item, FacePreview)]
    assert previews == list(range(1, len(previews) + 1))


def test_who_steps_in_halfway_is_not_averaged_with_who_was_there(
    matcher: FaceMatcher, obama: Embedding
) -> None:
    result, said = check(matcher, obama, lambda n: draw("obama" if n <= 2 else "biden", n))
    assert result is not None
    assert result.outcome is FaceOutcome.NO_MATCH
    progress = [item.progress for item in said if isinstance(item, FaceGuidance)]
    assert progress.count(0.33) == 2  # it began anew


def test_a_second_person_starts_it_anew(matcher: FaceMatcher, obama: Embedding) -> None:
    result, said = check(matcher, obama, lambda n: draw("two" if n == 3 else "obama", n))
    assert result is not None
    assert result.outcome is FaceOutcome.MATCH
    assert FaceGuidance(FaceHint.SEVERAL_FACES, 0.0) in said


def test_between_the_thresholds_is_uncertain(matcher: FaceMatcher) -> None:
    assert matcher.decide(0.60) is FaceOutcome.MATCH
    assert matcher.decide(0.45) is FaceOutcome.UNCERTAIN
    assert matcher.decide(0.39) is FaceOutcome.NO_MATCH


def test_a_camera_that_fails_is_not_an_outcome_of_the_person(matcher: FaceMatcher, obama: Embedding) -> None:
    def gone(_number: int) -> Image:
        raise LinkTimeout("camera: gone")

    preview = PreviewBuffer.create()
    run = FaceCheck(matcher, LIMITS, preview, lambda _item: None, fps=FPS)
    with pytest.raises(LinkTimeout):
        run.run(DrawnCamera(gone), obama, threading.Event())
    preview.close()


def test_stopping_gives_no_outcome(matcher: FaceMatcher, obama: Embedding) -> None:
    preview, stop = PreviewBuffer.create(), threading.Event()
    run = FaceCheck(matcher, LIMITS, preview, lambda _item: stop.set(), fps=FPS)
    assert run.run(DrawnCamera(lambda n: draw("obama", n)), obama, stop) is None
    preview.close()


def test_a_photo_without_a_face_is_no_reference(matcher: FaceMatcher) -> None:
    assert reference_of(matcher, np.full((126, 102, 3), 200, np.uint8)) is None


def test_a_passer_by_far_behind_does_not_count(matcher: FaceMatcher) -> None:
    people = [(load_portrait("obama"), 240.0, EYES_APART_PX), (load_portrait("biden"), 560.0, 30.0)]
    picture = SCENE.draw(people, 1.0, light=True)
    faces = matcher.detector.detect(picture)
    assert len(faces) == 2
    assert assess(picture, faces, LIMITS) is FaceHint.HOLD_STILL
    assert assess(picture, faces, replace(LIMITS, second_face_share=0.2)) is FaceHint.SEVERAL_FACES


def test_vectors_and_points_stay_out_of_reprs(matcher: FaceMatcher) -> None:
    picture = draw("obama", 1.0)
    face = matcher.detector.detect(picture)[0]
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

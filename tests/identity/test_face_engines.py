"""What every engine that compares faces promises, and what each of them is on its own."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageFile

from drivers.contracts.camera import Image
from kiosk.identity import calibration, matching
from kiosk.identity.calibration import Calibration, NotCalibrated
from kiosk.identity.config import DriverSpec, ExternalEngine, IdentityConfig
from kiosk.identity.detector import Face
from kiosk.identity.events import FaceOutcome
from kiosk.identity.facing import FaceDesk
from kiosk.identity.matching import FaceMatcher
from kiosk.identity.photo import StandInDecoder
from kiosk.identity.preview import PreviewBuffer
from kiosk.models import ModelsError, default_target
from tests.identity.enginetools import calibrated, example_engine

FACES = Path(matching.__file__).parents[2] / "drivers" / "emulators" / "faces"


@pytest.fixture(scope="module", params=["mobilefacenets", "dlib", "external"])
def matcher(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FaceMatcher]:
    if request.param == "external":
        folder = tmp_path_factory.mktemp("engine")
        program = example_engine(folder)
        made = matching.create(
            default_target(), calibrated(program, folder),
            engine="external", external=ExternalEngine((str(program),)),
        )  # fmt: skip
    else:
        made = matching.create(default_target(), engine=request.param)
    yield made
    made.close()


def picture(name: str) -> Image:
    image = cv2.imread(str(FACES / f"{name}.webp"), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def seen(matcher: FaceMatcher, name: str) -> tuple[Image, Face]:
    image = picture(name)
    (face,) = matcher.detector.detect(image)
    return image, face


def mirrored(image: Image, face: Face) -> tuple[Image, Face]:
    width = image.shape[1]
    points = face.points[[1, 0, 2, 4, 3]] * (-1, 1) + (width - 1, 0)
    return np.ascontiguousarray(image[:, ::-1]), replace(face, x=width - face.x - face.width, points=points)


def test_the_same_picture_gives_the_same_score_each_time(matcher: FaceMatcher) -> None:
    one = [matcher.embed(*seen(matcher, "obama")) for _ in range(2)]
    assert np.array_equal(one[0], one[1])
    assert matcher.score(one[0], one[1]) == pytest.approx(1.0, abs=1e-3)


def test_scores_are_those_of_each_pair(matcher: FaceMatcher) -> None:
    people = [matcher.embed(*seen(matcher, name)) for name in ("obama", "obama3", "biden")]
    table = matcher.scores(people, people[1:])
    assert table.shape == (3, 2)
    one_by_one = [[matcher.score(one, other) for other in people[1:]] for one in people]
    assert table == pytest.approx(np.array(one_by_one), abs=1e-5)


def test_the_mean_of_one_picture_is_that_picture(matcher: FaceMatcher) -> None:
    one, other = (matcher.embed(*seen(matcher, name)) for name in ("obama", "obama3"))
    assert matcher.score(matcher.mean([one]), other) == pytest.approx(matcher.score(one, other), abs=1e-5)


def test_a_picture_of_weight_0_does_not_count(matcher: FaceMatcher) -> None:
    one, other = (matcher.embed(*seen(matcher, name)) for name in ("obama", "biden"))
    told = matcher.mean([one, other], [1.0, 0.0])
    assert matcher.score(told, other) == pytest.approx(matcher.score(one, other), abs=1e-5)


@pytest.mark.parametrize("weights", [[0.0], [-1.0], [float("nan")], [1.0, 1.0], []])
def test_weights_of_no_sense_are_refused(matcher: FaceMatcher, weights: list[float]) -> None:
    one = matcher.embed(*seen(matcher, "obama"))
    with pytest.raises(ValueError, match=r"weights|embedding"):
        matcher.mean([one], weights)
    with pytest.raises(ValueError, match="embedding"):
        matcher.mean([])


@pytest.mark.parametrize("wrong", ["no number", "outside", "black", "white"])
def test_what_is_no_face_is_refused_and_never_a_match(matcher: FaceMatcher, wrong: str) -> None:
    image, face = seen(matcher, "obama")
    match wrong:
        case "no number":
            face = replace(face, points=face.points * np.nan)
        case "outside":
            face = replace(face, x=face.x - 2000, points=face.points - 2000)
        case "black":
            image = np.zeros_like(image)
        case _:
            image = np.full_like(image, 255)
    with pytest.raises(ValueError, match=r"face|points|refused"):
        matcher.embed(image, face)


def test_it_decides_by_its_own_thresholds(matcher: FaceMatcher) -> None:
    limits = matcher.thresholds
    assert matcher.decide(limits.accept_from) is FaceOutcome.MATCH
    assert matcher.decide(np.nextafter(limits.accept_from, -1)) is FaceOutcome.UNCERTAIN
    assert matcher.decide(np.nextafter(limits.reject_below, -1)) is FaceOutcome.NO_MATCH
    for nothing in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="no number"):
            matcher.decide(nothing)


def test_it_names_its_models(matcher: FaceMatcher) -> None:
    assert len(matcher.models_digest) == calibration.DIGEST_DIGITS
    assert matcher.models_digest == matcher.thresholds.models


@pytest.mark.parametrize("engine", ["mobilefacenets", "dlib"])
def test_real_engines_know_people(engine: str) -> None:
    matcher = matching.create(default_target(), engine=engine)
    same, other = matcher.embed(*seen(matcher, "obama3")), matcher.embed(*seen(matcher, "biden"))
    one = matcher.embed(*seen(matcher, "obama"))
    assert matcher.decide(matcher.score(one, same)) is FaceOutcome.MATCH
    assert matcher.decide(matcher.score(one, other)) is FaceOutcome.NO_MATCH


@pytest.mark.parametrize("engine", ["mobilefacenets", "dlib"])
def test_the_mirror_image_is_the_same_person(engine: str) -> None:
    matcher = matching.create(default_target(), engine=engine)
    image, face = seen(matcher, "obama")
    score = matcher.score(matcher.embed(image, face), matcher.embed(*mirrored(image, face)))
    assert matcher.decide(score) is FaceOutcome.MATCH
    if engine == "mobilefacenets":  # it looks at both anyway; a pixel of interpolation is left
        assert score > 0.99


def test_a_stricter_rate_asks_for_more() -> None:
    loose, strict = (calibration.load(default_target(), far=far) for far in ("1e-3", "1e-4"))
    assert strict.accept_from > loose.accept_from
    assert strict.reject_below == loose.reject_below


def test_dlib_says_what_it_is_not_fit_for_and_never_uses_its_default() -> None:
    matcher = matching.create(default_target(), engine="dlib")
    assert "East Asian" in matcher.thresholds.not_fit
    assert matcher.decide(1 - 0.6) is FaceOutcome.NO_MATCH


def test_dlib_does_not_ask_the_68_points(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = matching.create(default_target(), engine="dlib")
    monkeypatch.setattr("face_recognition.api.pose_predictor_68_point", None)
    assert matcher.embed(*seen(matcher, "obama")).shape == (129,)


def test_dlib_leaves_pillow_as_strict_as_it_was() -> None:
    matching.create(default_target(), engine="dlib")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_dlib_several_pictures_bring_no_stranger_nearer_than_the_nearest_of_them() -> None:
    matcher = matching.create(default_target(), engine="dlib")
    own = [matcher.embed(*seen(matcher, name)) for name in ("obama", "obama3")]
    stranger = matcher.embed(*seen(matcher, "biden"))
    single = matcher.scores(own, [stranger])
    assert single.min() <= matcher.score(matcher.mean(own), stranger) <= single.max()


def loaded_by(code: str) -> set[str]:
    """Which libraries of faces a fresh Python has loaded after this code."""
    code += "\nimport sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
        cwd=FACES.parents[2],
    )  # fmt: skip
    return {"ai_edge_litert", "cv2", "dlib", "face_recognition", "onnxruntime"} & set(run.stdout.split())


def test_only_the_engine_that_is_asked_for_is_loaded() -> None:
    asked = "from kiosk.identity import matching; from kiosk.models import default_target\n"
    for engine, libraries in (
        ("mobilefacenets", {"ai_edge_litert", "cv2", "onnxruntime"}),
        ("dlib", {"cv2", "dlib", "face_recognition"}),
    ):
        assert loaded_by(f"{asked}matching.create(default_target(), engine={engine!r})") == libraries


def test_an_engine_does_not_greet() -> None:
    """Standard error is for what matters; what is written there meanwhile by others is not lost."""
    code = (
        "import os; from kiosk.identity import litert, matching; from kiosk.models import default_target\n"
        "matching.create(default_target())\n"
        "with litert._without_greeting(): os.write(2, litert.GREETING + b' X\\nkept\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
        cwd=FACES.parents[2],
    )  # fmt: skip
    assert run.stderr == "kept\n"


def test_the_kiosk_s_own_process_loads_no_engine() -> None:
    assert loaded_by("import kiosk.__main__, kiosk.runtime.application") == set()


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "face_recognition", None)
    with pytest.raises(ModelsError, match="face_recognition cannot be loaded"):
        matching.create(default_target(), engine="dlib")


@pytest.mark.parametrize("engine", ["external", "another"])
def test_an_engine_that_nobody_set_up_is_refused(engine: str) -> None:
    with pytest.raises(NotCalibrated, match=engine):
        matching.create(default_target(), engine=engine)


def test_every_engine_of_the_table_is_reported(tmp_path: Path) -> None:
    found = {report.engine: report for report in calibration.examine(default_target())}
    assert found.keys() == {"mobilefacenets", "dlib"}
    assert all(report.calibration for report in found.values())
    nothing = calibration.examine(tmp_path)
    assert all(report.calibration is None and "missing" in str(report) for report in nothing)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("far_1e4 = 0.45", "strictness"),
        ("far_1e4 = 1.2", "< 1"),
        ('far_1e4 = "0.6"', ""),
        ("", "far_1e4"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "a").write_bytes(b"weights")
    table = tmp_path / "face.toml"
    table.write_text(
        f'[calibration.e]\nfiles = ["a"]\nsha256 = ["{hashlib.sha256(b"weights").hexdigest()}"]\n'
        f"far_1e2 = 0.4\nfar_1e3 = 0.5\n{line}\n",
        encoding="utf-8",
    )
    if not words:  # a number in quotes is a number
        assert calibration.load(tmp_path, table, engine="e", far="1e-4").accept_from == 0.6
        return
    with pytest.raises(NotCalibrated, match=words):
        calibration.load(tmp_path, table, engine="e", far="1e-4")


def test_a_rate_without_a_threshold_is_refused() -> None:
    with pytest.raises(NotCalibrated, match="1e-5"):
        calibration.load(default_target(), far="1e-5")


def test_a_digest_tells_models_apart() -> None:
    one, other = calibration.digest({"a": "00", "b": "11"}), calibration.digest({"a": "00", "b": "12"})
    assert one != other
    assert Calibration(0.4, 0.5, one).models == one


def test_few_people_give_thresholds_for_the_rates_that_they_can(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"weights")
    table = tmp_path / "face.toml"
    table.write_text(
        f'[calibration.e]\nfiles = ["a"]\nsha256 = ["{hashlib.sha256(b"weights").hexdigest()}"]\n'
        "far_1e2 = 0.4\nfar_1e3 = 0.5\n",
        encoding="utf-8",
    )
    assert calibration.load(tmp_path, table, engine="e").accept_from == 0.5
    with pytest.raises(NotCalibrated, match="far_1e4 is missing"):
        calibration.load(tmp_path, table, engine="e", far="1e-4")


@pytest.mark.parametrize(
    ("engine", "works", "says"),
    [
        ("mobilefacenets", True, ""),
        ("dlib", True, "East Asian"),
        ("none", False, "none"),
        ("external", False, ""),
    ],
)
def test_the_state_of_the_face_check_says_what_its_engine_is(engine: str, works: bool, says: str) -> None:
    nowhere = DriverSpec("kiosk.identity.photo:create_standin")
    preview = PreviewBuffer.create()
    config = IdentityConfig(reader=nowhere, photo=nowhere, engine=engine)
    desk = FaceDesk(config, None, StandInDecoder(), preview, lambda _event: None)
    health = desk.load()
    asyncio.run(desk.close())
    preview.close()
    assert health.works is works
    assert says in health.detail

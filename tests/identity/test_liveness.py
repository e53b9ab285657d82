"""What passive scores, infrared looks and the challenge amount to; crops at the edge; files that are not theirs."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from drivers.contracts.camera import Image
from kiosk.identity.config import ExternalEngine, LivenessEngine
from kiosk.identity.detector import Face
from kiosk.identity.infrared import Place
from kiosk.identity.liveness import engines
from kiosk.identity.liveness.challenge import Standing
from kiosk.identity.liveness.contract import LivenessOutcome, PassiveThresholds, PassiveVerdict
from kiosk.identity.liveness.passive import MIN_PICTURES, context, passive_verdict
from kiosk.identity.liveness.rule import Evidence, conclude, infrared_verdict
from kiosk.identity.pictures import Picture, best
from kiosk.models import ModelsError, default_target
from kiosk.runtime import devices
from kiosk.settings import DEMO_FILE, check, layers, load
from tests.identity.enginetools import example_engine

THRESHOLDS = PassiveThresholds(spoof_below=0.2, live_from=0.5)


def face(x: float, y: float, side: float) -> Face:
    return Face(x, y, side, side, 0.9, np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ([], PassiveVerdict.UNCERTAIN),
        ([0.9] * (MIN_PICTURES - 1), PassiveVerdict.UNCERTAIN),
        ([0.9] * MIN_PICTURES, PassiveVerdict.LIVE),
        ([0.1] * MIN_PICTURES, PassiveVerdict.SPOOF),
        ([0.3] * MIN_PICTURES, PassiveVerdict.UNCERTAIN),
        ([0.9] * 6 + [0.1] * 2, PassiveVerdict.LIVE),
        ([0.9] * 5 + [0.1] * 3, PassiveVerdict.UNCERTAIN),  # more than a quarter like a spoof
        ([0.1] * 5 + [0.9] * 3, PassiveVerdict.SPOOF),
    ],
)
def test_the_median_of_a_clip_decides(scores: list[float], verdict: PassiveVerdict) -> None:
    assert passive_verdict(scores, THRESHOLDS) is verdict


@given(scores=some.lists(some.floats(0, 1), max_size=30), more=some.floats(0, 0.19))
def test_a_picture_like_a_spoof_makes_nothing_live(scores: list[float], more: float) -> None:
    before, after = (passive_verdict(found, THRESHOLDS) for found in (scores, [*scores, more]))
    if after is PassiveVerdict.LIVE:
        assert before is PassiveVerdict.LIVE or len(scores) == MIN_PICTURES - 1


def test_live_is_what_all_agree_on() -> None:
    for passive, standing, infrared in product(PassiveVerdict, Standing, [None, *PassiveVerdict]):
        outcome = conclude(Evidence(passive, standing, infrared))
        everybody = {passive, infrared} - {None} == {PassiveVerdict.LIVE} and standing is Standing.PERFORMED
        assert (outcome is LivenessOutcome.LIVE) is everybody
        assert (outcome is LivenessOutcome.SPOOF) is (PassiveVerdict.SPOOF in (passive, infrared))


@pytest.mark.parametrize(
    ("looks", "verdict"),
    [
        ([True] * 4, PassiveVerdict.UNCERTAIN),
        ([True] * 5, PassiveVerdict.LIVE),
        ([True] * 4 + [False], PassiveVerdict.LIVE),
        ([True] * 3 + [False] * 3, PassiveVerdict.UNCERTAIN),
        ([False] * 4 + [True], PassiveVerdict.SPOOF),
    ],
)
def test_the_infrared_camera_is_asked_several_times(looks: list[bool], verdict: PassiveVerdict) -> None:
    assert infrared_verdict(looks) is verdict


def test_a_face_is_at_the_same_place_in_both_pictures_or_is_another() -> None:
    small, large = np.zeros((480, 640, 3), np.uint8), np.zeros((960, 1280, 3), np.uint8)
    here = Place.of(face(200, 150, 160), small)
    assert here.agrees(Place.of(face(400, 300, 320), large))
    assert here.agrees(Place.of(face(440, 310, 300), large))
    assert not here.agrees(Place.of(face(800, 300, 320), large))
    assert not here.agrees(Place.of(face(500, 400, 120), large))


@pytest.mark.parametrize(("x", "y"), [(0, 0), (540, 380), (-40, 200), (250, 180), (600, -60)])
def test_what_lies_outside_the_picture_repeats_its_edge(x: float, y: float) -> None:
    picture: Image = np.full((480, 640, 3), 90, np.uint8)
    crop = context(picture, face(x, y, 100), 3.1, 128)
    assert crop.shape == (128, 128, 3)
    assert (crop == 90).all()


@pytest.mark.parametrize("box", [face(2000, 0, 50), face(0, 0, 0), face(0, 0, float("nan")), face(0, 0, -5)])
def test_a_box_that_is_no_face_is_refused(box: Face) -> None:
    with pytest.raises(ValueError, match="face"):
        context(np.zeros((480, 640, 3), np.uint8), box, 3.1, 128)


def test_a_model_that_is_missing_or_another_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match=r"fr_liveness\.onnx is missing; run `nightdesk models install"):
        engines.create(tmp_path, settings=LivenessEngine())
    with pytest.raises(ModelsError, match=r"face_landmark\.tflite is missing"):
        engines.landmarks(tmp_path)
    (tmp_path / "fr_liveness.onnx").write_bytes(b"something else")
    with pytest.raises(ModelsError, match="has another sha256"):
        engines.create(tmp_path, settings=LivenessEngine())


def test_what_the_operator_supplies_is_checked_by_the_settings_hash(tmp_path: Path) -> None:
    model = default_target() / "fr_liveness.onnx"
    supplied = LivenessEngine("minifasnet", str(model), "0" * 64, str(tmp_path / "none.onnx"), "0" * 64)
    with pytest.raises(ModelsError, match=r"another sha256.*check \[face.liveness\]"):
        engines.create(default_target(), settings=supplied)


def test_an_engine_of_somebody_else_needs_its_command() -> None:
    with pytest.raises(ModelsError, match=r"face\.liveness\.engine"):
        engines.create(default_target(), settings=LivenessEngine("external"))
    with pytest.raises(ModelsError, match="/nowhere/engine"):
        engines.create(
            default_target(),
            settings=LivenessEngine("external"),
            external=ExternalEngine(("/nowhere/engine",)),
        )


def test_a_licensed_program_scores_pictures_in_a_process_of_its_own(tmp_path: Path) -> None:
    program = str(example_engine(tmp_path))
    settings = LivenessEngine("external", spoof_below=0.3, live_from=0.7)
    detector = engines.create(default_target(), settings=settings, external=ExternalEngine((program,)))
    try:
        assert detector.engine == "external"
        assert detector.thresholds == PassiveThresholds(0.3, 0.7)
        assert 0.0 <= detector.score(np.full((480, 640, 3), 90, np.uint8), face(200, 100, 200)) <= 1.0
    finally:
        detector.close()


def picture(at_s: float, goodness: float, yaw_deg: float = 0.0) -> Picture:
    return Picture(np.zeros(3), at_s, goodness, yaw_deg, 0.3)


def test_the_best_pictures_are_good_unlike_and_apart_in_time() -> None:
    many = [picture(n / 10, 0.6) for n in range(8)] + [picture(2.0, 0.55, 12.0), picture(0.9, 0.1, 14.0)]
    chosen = best(many, 3, 5, 1.0)
    assert 3 <= len(chosen) <= 5
    assert max(one.taken_at_s for one in chosen) - min(one.taken_at_s for one in chosen) >= 1.0
    assert any(one.yaw_deg == 12.0 for one in chosen)
    assert all(one.goodness > 0.1 for one in chosen)  # a bad one spoils the mean


@pytest.mark.parametrize(
    "pictures", [[], [picture(0, 0.5), picture(5, 0.5)], [picture(n / 10, 0.5) for n in range(9)]]
)
def test_too_few_or_too_close_together_are_not_enough(pictures: list[Picture]) -> None:
    assert best(pictures, 3, 5, 1.0) == []


def settings_with(folder: Path, more: str, *changes: tuple[str, str]) -> list[str]:
    """What is wrong with the demonstration's settings once `more` stands in them."""
    text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", "/run/nightdesk")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    site = folder / "site.toml"
    site.write_text(text, encoding="utf-8")
    (folder / "conf.d").mkdir(exist_ok=True)
    (folder / "conf.d" / "more.toml").write_text(more, encoding="utf-8")
    return [str(problem) for problem in check(layers(site))]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[face.liveness]\nsteps_min = 4", "steps_min must not be above steps_max"),
        ("[face.liveness]\npause_max_s = 0.2", "pause_min_s must not be above pause_max_s"),
        ("[face.liveness]\nchallenge_s = 6", "challenge_s must not be below step_s"),
        ('[face.liveness]\nengine = "minifasnet"', "[face.liveness.minifasnet] belong together"),
        ('[face.liveness]\nengine = "external"', "needs a table [face.external]"),
        ('[face.liveness]\nengine = "none"', "engine"),  # nothing leaves liveness out
        ('[face.liveness.minifasnet]\nv2 = "a.onnx"\nv2_sha256 = "abc"', "v2_sha256"),
    ],
)
def test_settings_of_liveness_that_cannot_be_are_told(tmp_path: Path, more: str, words: str) -> None:
    assert words in " ".join(settings_with(tmp_path, more))


def test_an_infrared_camera_stands_beside_another(tmp_path: Path) -> None:
    infrared = '[devices.infrared]\ndriver = "opencv"\nsource = "/dev/video2"'
    assert settings_with(tmp_path, infrared) == []
    alone = settings_with(tmp_path, "", ("[devices.camera]", "[devices.infrared]"))
    assert "a second camera beside [devices.camera]" in " ".join(alone)


def test_what_the_settings_say_of_liveness_reaches_the_identity_process(tmp_path: Path) -> None:
    hashes = "0" * 64, "1" * 64
    more = (
        '[face.liveness]\nengine = "minifasnet"\nsteps_min = 1\nsteps_max = 1\neyes_shut_s = 0.4\n'
        f'[face.liveness.minifasnet]\nv2 = "/m/v2.onnx"\nv2_sha256 = "{hashes[0]}"\n'
        f'v1se = "/m/v1.onnx"\nv1se_sha256 = "{hashes[1]}"\n'
        '[devices.infrared]\ndriver = "opencv"\nsource = "/dev/video2"\n'
    )
    assert settings_with(tmp_path, more) == []
    config = devices.identity(load(layers(tmp_path / "site.toml")))
    assert config.liveness == LivenessEngine("minifasnet", "/m/v2.onnx", hashes[0], "/m/v1.onnx", hashes[1])
    limits = config.face.liveness
    assert (limits.count_min, limits.count_max, limits.shut_s) == (1, 1, 0.4)
    assert config.infrared is not None
    assert "/dev/video2" in config.infrared.settings

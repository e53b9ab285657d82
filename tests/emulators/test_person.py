"""The emulated person, and what impostors hold up, as the kiosk's own detector, landmarks and liveness see them."""

from dataclasses import dataclass

import numpy as np
import pytest

from drivers.contracts.camera import Image
from drivers.emulators.artefact import Replay
from drivers.emulators.lobby import EYES_APART_PX, LobbyView, Scene, Standing, standing
from drivers.emulators.motion import FLUTTER_S, GESTURES, REACTION_S, Mover
from drivers.emulators.portrait import load_portrait, names
from kiosk.identity.config import FaceLimits, LivenessEngine
from kiosk.identity.detector import CenterFaceDetector, Face, FaceDetector
from kiosk.identity.events import FaceHint
from kiosk.identity.infrared import Place, is_flesh
from kiosk.identity.liveness.contract import LivenessDetector, Observation, PassiveVerdict
from kiosk.identity.liveness.engines import create, landmarks
from kiosk.identity.liveness.landmarks import Landmarks
from kiosk.identity.liveness.passive import passive_verdict
from kiosk.identity.quality import assess
from kiosk.models import default_target

LIVE_PEOPLE = ("obama3", "biden")
PERIOD_S = 0.1  # the kiosk looks ten times a second


@dataclass(frozen=True)
class Eyes:
    """What the kiosk sees with."""

    detector: FaceDetector
    landmarks: Landmarks
    liveness: LivenessDetector
    scene: Scene

    def face(self, image: Image) -> Face:
        faces = self.detector.detect(image)
        assert faces, "no face is seen"
        return faces[0]

    def picture(self, who: Standing, at_s: float) -> Image:
        return self.scene.draw([who.draw(at_s)], light=True)

    def observes(self, who: Standing, at_s: float) -> Observation:
        image = self.picture(who, at_s)
        seen = self.landmarks.observe(image, self.face(image), at_s)
        assert seen is not None
        return seen

    def scores(self, who: Standing, pictures: int, period_s: float = PERIOD_S) -> list[float]:
        images = [self.picture(who, number * period_s) for number in range(pictures)]
        return [self.liveness.score(image, self.face(image)) for image in images]


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    models = default_target()
    detector = CenterFaceDetector(models / "centerface.onnx")
    return Eyes(detector, landmarks(models), create(models, settings=LivenessEngine()), Scene())


def before(name: str, seed: int = 1) -> Standing:
    return standing(name, 0.5, EYES_APART_PX, seed=seed, now_s=0.0)


# what a living person does -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIVE_PEOPLE)
@pytest.mark.parametrize("step", ["turn_left", "turn_right", "blink", "open_mouth", "come_closer"])
def test_a_step_is_seen_as_what_it_is_and_ends(eyes: Eyes, name: str, step: str) -> None:
    limits = FaceLimits().liveness
    who, gesture = before(name), GESTURES[step]
    rest = eyes.observes(who, 0.0)
    begin_s = who.mover.ask(step, 0.0)
    done = eyes.observes(who, begin_s + gesture.out_s + gesture.hold_s / 2)
    after = eyes.observes(who, begin_s + gesture.length_s + 0.1)
    yaw = done.yaw_deg - rest.yaw_deg
    shown = {
        "turn_left": yaw >= limits.turn_deg,
        "turn_right": yaw <= -limits.turn_deg,
        "blink": done.eyes_open <= limits.shut * rest.eyes_open,
        "open_mouth": done.mouth_open >= limits.mouth_open,
        "come_closer": done.size >= limits.closer_size * rest.size,
    }
    assert [name for name, is_shown in shown.items() if is_shown] == [step]
    assert abs(after.yaw_deg - rest.yaw_deg) < limits.still_deg
    assert after.size < limits.still_size * rest.size
    assert after.mouth_open < limits.mouth_open
    assert after.eyes_open > limits.shut * rest.eyes_open


def test_left_is_the_persons_own(eyes: Eyes) -> None:
    """The camera's picture is not mirrored: the nose of who turns to their left moves right in it."""
    who = before("obama3")
    begin_s = who.mover.ask("turn_left", 0.0)
    points = eyes.face(eyes.picture(who, begin_s + 0.8)).points
    assert points[2, 0] > points[:2, 0].mean() + 10


def test_reactions_are_human_seeded_and_one_after_the_other() -> None:
    begins = [Mover(seed).ask("blink", 10.0) for seed in range(40)]
    assert all(REACTION_S[0] <= begin_s - 10.0 <= REACTION_S[1] for begin_s in begins)
    assert np.ptp(begins) > 0.3
    assert begins == [Mover(seed).ask("blink", 10.0) for seed in range(40)]
    mover = Mover(1)
    first_s = mover.ask("turn_left", 0.0)
    assert mover.ask("turn_right", 0.0) >= first_s + GESTURES["turn_left"].length_s + REACTION_S[0]
    with pytest.raises(ValueError, match="turn_left"):
        mover.ask("jump", 0.0)


def test_nobody_stands_like_a_picture() -> None:
    """A little sway, and eyes that shut by themselves every few seconds, too shortly for a blink that was meant."""
    mover = Mover(3)
    poses = [mover.pose(number / 50, 320.0, 200.0, EYES_APART_PX) for number in range(50 * 60)]
    assert 2.0 < np.ptp([pose.x for pose in poses]) < 30.0
    assert 1.0 < np.ptp([pose.yaw for pose in poses]) < 6.0
    shut = np.array([pose.blink > 0.5 for pose in poses])
    runs = np.diff(np.flatnonzero(np.diff(shut)))[::2] / 50
    assert 9 <= len(runs) <= 20
    assert runs.max() < FLUTTER_S


@pytest.mark.parametrize("name", LIVE_PEOPLE)
def test_a_living_person_passes_as_one(eyes: Eyes, name: str) -> None:
    who = before(name)
    who.mover.ask("turn_left", 0.0)
    scores = eyes.scores(who, 12, period_s=0.25)
    assert passive_verdict(scores, eyes.liveness.thresholds) is PassiveVerdict.LIVE


# what an impostor holds up -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIVE_PEOPLE)
@pytest.mark.parametrize("what", ["print-of-", "replay-of-"])
def test_what_is_held_up_does_not_pass_as_living(eyes: Eyes, what: str, name: str) -> None:
    scores = eyes.scores(before(what + name), 12, period_s=0.25)
    assert passive_verdict(scores, eyes.liveness.thresholds) is not PassiveVerdict.LIVE
    assert max(scores) < 0.5


@pytest.mark.parametrize("step", ["turn_left", "blink", "open_mouth"])
def test_a_print_can_be_turned_but_does_nothing_of_what_is_asked(eyes: Eyes, step: str) -> None:
    limits = FaceLimits().liveness
    who = before("print-of-obama3")
    rest = eyes.observes(who, 0.0)
    begin_s = who.mover.ask(step, 0.0)
    held = eyes.observes(who, begin_s + GESTURES[step].out_s + GESTURES[step].hold_s / 2)
    assert abs(held.yaw_deg - rest.yaw_deg) < limits.still_deg
    assert held.eyes_open > limits.open * rest.eyes_open
    assert held.mouth_open < limits.mouth_open


def test_a_recording_does_what_it_did_whatever_is_asked(eyes: Eyes) -> None:
    first, second = before("replay-of-biden"), before("replay-of-biden", seed=2)
    second.mover.ask("turn_left", 0.0)
    turned = []
    for one in (first, second):
        assert isinstance(one.artefact, Replay)
        turned.append(eyes.observes(one, one.artefact.began_s + 4.3).yaw_deg)
    assert all(yaw < -15 for yaw in turned)  # to the right, which nobody asked for


# the infrared camera -----------------------------------------------------------------------------------------------


def test_the_infrared_camera_sees_a_person_at_the_same_place(eyes: Eyes) -> None:
    who = before("obama3")
    seen = eyes.picture(who, 1.0)
    dark = eyes.scene.draw_infrared([who.draw(1.0, infrared=True)], lamp=True)
    face = eyes.face(dark)
    assert Place.of(eyes.face(seen), seen).agrees(Place.of(face, dark))
    assert is_flesh(dark, face)


@pytest.mark.parametrize("name", ["print-of-obama3", "replay-of-obama3", "print-of-biden", "replay-of-biden"])
def test_the_infrared_camera_sees_no_person_in_what_is_held_up(eyes: Eyes, name: str) -> None:
    dark = eyes.scene.draw_infrared([before(name).draw(1.0, infrared=True)], lamp=True)
    assert not [face for face in eyes.detector.detect(dark) if is_flesh(dark, face)]


def test_without_its_lamp_the_infrared_camera_sees_nothing(eyes: Eyes) -> None:
    assert eyes.scene.draw_infrared([before("obama3").draw(1.0, infrared=True)], lamp=False).mean() < 12


# everything that the kiosk has a word for --------------------------------------------------------------------------


@pytest.mark.parametrize(("acts", "hint"), [
    ((), FaceHint.HOLD_STILL),
    ((("face.stand", {"place": "far"}),), FaceHint.TOO_SMALL),
    ((("face.stand", {"place": "near"}),), FaceHint.TOO_LARGE),
    ((("face.stand", {"place": "side"}),), FaceHint.NO_FACE),
    ((("face.wear", {"what": "mask"}),), FaceHint.COVERED),
    ((("backlight", {"on": True}),), FaceHint.BACKLIT),
    ((("face.show", {"name": "two"}),), FaceHint.SEVERAL_FACES),
    ((("face.leave", {}),), FaceHint.NO_FACE),
])  # fmt: skip
def test_each_hint_can_be_shown(
    eyes: Eyes, acts: tuple[tuple[str, dict[str, object]], ...], hint: FaceHint
) -> None:
    view = LobbyView()
    view.act("face.show", {"name": "obama3"})
    for act, values in acts:
        view.act(act, values)
    picture = view.draw(1.0, light=True)
    assert assess(picture, eyes.detector.detect(picture), FaceLimits()) is hint


def test_who_looks_aside_does_not_look_into_the_camera(eyes: Eyes) -> None:
    who = before("obama3")
    begin_s = who.mover.ask("look_aside", 0.0)
    assert abs(eyes.observes(who, begin_s + 1.5).yaw_deg) > FaceLimits().max_yaw_deg


def test_acts_say_what_there_is() -> None:
    view = LobbyView()
    for act, values, said in (
        ("face.do", {"step": "blink"}, "nobody stands there"),
        ("face.show", {"name": "print-of-nobody"}, "obama3"),
        ("face.stand", {"place": "above"}, "middle"),
        ("face.wear", {"what": "crown"}, "sunglasses"),
        ("face.fly", {}, "face.leave"),
    ):
        with pytest.raises(ValueError, match=said):
            view.act(act, values)
    assert view.state() == {"shown": "none", "place": "middle", "worn": "nothing", "backlight": False}


@pytest.mark.parametrize("name", names())
def test_portraits_fit_together(name: str) -> None:
    who = load_portrait(name)
    assert who.image.shape[:2] == who.alpha.shape
    assert who.apart == pytest.approx(110.0, abs=6.0)  # as setup/portraits.py makes them
    assert who.depth.shape == who.yields.shape
    nose, ears = who.points[1], who.points[[234, 454]]
    assert nose[2] > ears[:, 2].max()

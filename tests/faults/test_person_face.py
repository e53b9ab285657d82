"""What the face check ends with, the emulated person doing what is asked; who fails it hands in another way."""

import os
import signal

import pytest

from drivers.emulators.world import Options
from kiosk.demo.performing import perform_check
from tests.faults.machine_eyes import is_told
from tests.faults.playing import STAFF_PHONE, Kiosk, identity_pids

OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {  # one movement is asked for; what is shortened is how often and how long, never whether
    "face": {"timeout_s": 4.0},
    "face.liveness": {"steps_min": 1, "steps_max": 1, "pause_min_s": 0.1, "pause_max_s": 0.2, "step_s": 5.0},
    "face.mismatches": {"per_card": 100, "per_kiosk": 100},  # several strangers come with this card
}


def deposits_with_the_card_alone(kiosk: Kiosk, mark: int) -> None:
    """From the way chosen on: held, marked in journal and MQTT, and staff read it."""
    kiosk.comes_for_something_new()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("CaseOpened", after=mark)["identity"] == "card_only"
    case_id = kiosk.recorded("DepositHeld", after=mark)["case_id"]

    def told() -> bool:
        return any(
            message["data"]["identity"] == "card_only" and message["data"]["case_id"] == case_id
            for message in kiosk.mqtt("deposit-held")
        )

    kiosk.until(told, "MQTT message that says card_only")
    kiosk.until(lambda: any(case_id in text for text in kiosk.sms(STAFF_PHONE)), "SMS to staff")


def test_a_wrong_face_twice_then_the_right_one(kiosk: Kiosk) -> None:
    """Wrong person: twice, then without a face. The next citizen is who the card says."""
    mark = kiosk.mark
    kiosk.before_the_camera("biden", "jia")
    kiosk.checks("face.undecided")
    first = kiosk.recorded("IdentityNotVerified", after=mark)
    assert (first["outcome"], first["liveness"]) == ("no_match", "live")
    kiosk.tap("face.try_again")
    kiosk.checks("face.undecided")
    kiosk.until(lambda: len(kiosk.journal("IdentityNotVerified", after=mark)) == 2, "second outcome")
    assert not kiosk.has("face.try_again")
    assert not kiosk.journal("IdentityVerified", after=mark)
    kiosk.tap("way.card_only")
    deposits_with_the_card_alone(kiosk, mark)
    assert kiosk.status("camera") == "online"

    mark = kiosk.mark
    kiosk.before_the_camera("obama3", "jia")
    perform_check(kiosk.probe, kiosk.world)
    verified = kiosk.recorded("IdentityVerified", after=mark)
    assert verified["liveness"] == "live"
    assert verified["score"] >= verified["threshold"]
    assert verified["challenge"]
    kiosk.comes_for_something_new()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("CaseOpened", after=mark)["identity"] == "verified"


@pytest.mark.parametrize("held_up", [
    "print-of-obama3", pytest.param("replay-of-obama3", marks=pytest.mark.long),
])  # fmt: skip
def test_what_is_held_up_opens_nothing(kiosk: Kiosk, held_up: str) -> None:
    """A print or a recording of the right person, moved by somebody who follows what the screen asks."""
    mark = kiosk.mark
    kiosk.before_the_camera(held_up, "jia")
    kiosk.checks("face.undecided")
    refused = kiosk.recorded("IdentityNotVerified", after=mark)
    assert refused["outcome"] in ("not_live", "challenge_failed")
    assert refused["liveness"] in ("spoof", "challenge_failed")
    assert not kiosk.journal("IdentityVerified", after=mark)
    assert not kiosk.open_cells()


def test_who_steps_in_after_the_match_is_checked(kiosk: Kiosk) -> None:
    """A match counts for the face that was seen: another one before the door opens, and the check begins again."""
    mark = kiosk.mark
    kiosk.before_the_camera("obama3", "jia")
    perform_check(kiosk.probe, kiosk.world)
    kiosk.comes_for_something_new()
    kiosk.world.do("camera", "face.show", name="biden")
    kiosk.sees("face*")
    kiosk.checks("face.undecided")
    kiosk.recorded("IdentityNotVerified", after=mark)
    outcomes = [
        event["type"] for event in kiosk.journal("IdentityVerified", "IdentityNotVerified", after=mark)
    ]
    assert outcomes == ["IdentityVerified", "IdentityNotVerified"]
    assert not kiosk.journal("CaseOpened", after=mark)
    assert not kiosk.open_cells()


@pytest.mark.parametrize(("shown", "outcome"), [
    ("two", "several_faces"), pytest.param("none", "no_face", marks=pytest.mark.long),
])  # fmt: skip
def test_two_faces_or_nobody(kiosk: Kiosk, shown: str, outcome: str) -> None:
    mark = kiosk.mark
    kiosk.before_the_camera(shown, "jia")
    kiosk.sees("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] == outcome
    kiosk.world.do("camera", "face.show", name="obama3")
    kiosk.tap("face.try_again")
    kiosk.until(lambda: kiosk.page != "face.undecided", "the next look")
    perform_check(kiosk.probe, kiosk.world)
    assert kiosk.recorded("IdentityVerified", after=mark)
    assert kiosk.status("camera") == "online"
    kiosk.to_home()
    kiosk.deposit()


def test_the_camera_is_gone(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.chooses()
    kiosk.sees("consent")
    kiosk.world.do("camera", "fault", name="mute")
    kiosk.tap("consent.accept")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("face.undecided", timeout_s=60.0)
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] == "camera_gone"
    is_told(kiosk, "camera", "offline")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "camera"
    kiosk.tap("way.card_only")
    deposits_with_the_card_alone(kiosk, mark)
    is_told(kiosk, "camera", "offline")
    kiosk.deposit()  # the next one is not even asked: no consent page without a camera


@pytest.mark.long
def test_consent_declined(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.until(lambda: kiosk.status("camera") == "online", "working camera", 60.0)
    kiosk.chooses()
    kiosk.sees("consent")
    kiosk.tap("consent.decline")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("identity.ways")
    kiosk.tap("way.card_only")
    assert kiosk.recorded("ConsentDeclined", after=mark)
    assert not kiosk.journal("ConsentGiven", after=mark)
    assert kiosk.world.do("camera", "state")["watchers"] == 0  # nobody looked
    deposits_with_the_card_alone(kiosk, mark)
    is_told(kiosk, "camera", "online")
    kiosk.deposit()


@pytest.mark.long
def test_the_identity_process_is_killed_in_the_middle(kiosk: Kiosk) -> None:
    """A retry, not the kiosk: the card is asked for again."""
    mark = kiosk.mark
    kiosk.before_the_camera("none", "jia")
    kiosk.sees("face")
    for pid in identity_pids(kiosk):
        os.kill(pid, signal.SIGKILL)
    kiosk.sees("card.lifted")
    kiosk.world.do("reader", "card.lift")
    kiosk.world.do("camera", "face.show", name="obama3")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("face*", timeout_s=60.0)
    perform_check(kiosk.probe, kiosk.world)
    assert kiosk.recorded("IdentityVerified", after=mark)
    kiosk.to_home()
    kiosk.deposit()

"""What the face check can end with. Who is not verified may deposit with the card alone, and staff are told so."""

import os
import signal

import pytest

from drivers.emulators.world import Options
from tests.faults.machine_eyes import is_told
from tests.faults.playing import STAFF_PHONE, Kiosk, identity_pids

OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {"face": {"timeout_s": 4.0}}


def to_face(kiosk: Kiosk, face: str, person: str = "jia") -> None:
    kiosk.chooses()
    kiosk.sees("consent")
    kiosk.tap("consent.accept")
    kiosk.sees("card")
    kiosk.world.do("camera", "face.show", name=face)
    kiosk.world.do("reader", "card.place", person=person)


def deposits_with_the_card_alone(kiosk: Kiosk, mark: int) -> None:
    """From the phone page on: held, marked in journal and MQTT, and staff read it."""
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


def test_a_matching_face_then_a_wrong_one(kiosk: Kiosk) -> None:
    """Wrong person: twice, then without a face."""
    mark = kiosk.mark
    to_face(kiosk, "biden")
    kiosk.sees("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] in ("no_match", "uncertain")
    kiosk.tap("face.try_again")
    kiosk.until(lambda: len(kiosk.journal("IdentityNotVerified", after=mark)) == 2, "second outcome")
    kiosk.sees("face.undecided")
    assert not kiosk.has("face.try_again")
    assert not kiosk.journal("IdentityVerified", after=mark)
    kiosk.tap("way.card_only")
    deposits_with_the_card_alone(kiosk, mark)
    assert kiosk.status("camera") == "online"

    mark = kiosk.mark
    to_face(kiosk, "obama3")  # the next citizen is who the card says
    kiosk.sees("phone")
    assert kiosk.recorded("IdentityVerified", after=mark)
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("CaseOpened", after=mark)["identity"] == "verified"


@pytest.mark.parametrize(("shown", "outcome"), [
    ("two", "several_faces"), pytest.param("none", "no_face", marks=pytest.mark.long),
])  # fmt: skip
def test_two_faces_or_nobody(kiosk: Kiosk, shown: str, outcome: str) -> None:
    mark = kiosk.mark
    to_face(kiosk, shown)
    kiosk.sees("face")
    kiosk.sees("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] == outcome
    kiosk.world.do("camera", "face.show", name="obama3")
    kiosk.tap("face.try_again")
    kiosk.sees("phone")
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
    kiosk.sees("phone")
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
    to_face(kiosk, "none")
    kiosk.sees("face")
    for pid in identity_pids(kiosk):
        os.kill(pid, signal.SIGKILL)
    kiosk.sees("card.lifted")
    kiosk.world.do("reader", "card.lift")
    kiosk.world.do("camera", "face.show", name="obama3")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("phone", timeout_s=60.0)
    assert kiosk.recorded("IdentityVerified", after=mark)
    kiosk.to_home()
    kiosk.deposit()

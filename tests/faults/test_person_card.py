"""What can go wrong between a citizen and the ID reader. Each ends with the next citizen's deposit."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from tests.faults.playing import ON_CALL, STAFF_PHONE, Kiosk

OVERRIDES = {"face": {"engine": "none"}, "session": {"card_left_limit_s": 4.0, "card_warn_every_s": 1.0}}
READ_MS = 1500  # time enough to lift a card in the middle
OPTIONS = Options(read_delay_ms=READ_MS, extra={"printer": ("--print-speed", "2000")})


@pytest.fixture(autouse=True)
def the_next_citizen_deposits(kiosk: Kiosk) -> Iterator[None]:
    yield
    kiosk.to_home()
    kiosk.deposit()
    assert not kiosk.journal("UnexpectedHappened")


def said(sounds: Path) -> Counter[str]:
    """How often the loudspeaker has played each sound."""
    return Counter(sounds.read_text(encoding="utf-8").split())


def place(kiosk: Kiosk, person: str = "jia") -> None:
    kiosk.chooses()
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person=person)


def test_a_card_lifted_mid_read(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    place(kiosk)
    kiosk.sees("card.reading")
    kiosk.until(lambda: kiosk.world.do("reader", "state")["reading"], "reading under way")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("card.lifted")
    assert kiosk.recorded("CardRefused", after=mark)["reason"] == "lifted"
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.card_alone()
    kiosk.until(lambda: kiosk.status("reader") == "online", "status word")


@pytest.mark.parametrize(("person", "fault", "reason"), [
    ("expired", "none", "expired"),
    pytest.param("jia", "unreadable", "unreadable", marks=pytest.mark.long),
    pytest.param("badnumber", "none", "invalid", marks=pytest.mark.long),
])  # fmt: skip
def test_a_card_that_cannot_be_used(kiosk: Kiosk, person: str, fault: str, reason: str) -> None:
    mark = kiosk.mark
    kiosk.world.do("reader", "fault", name=fault)
    place(kiosk, person)
    kiosk.sees(f"card.{reason}")
    assert kiosk.recorded("CardRefused", after=mark)["reason"] == reason
    assert not kiosk.journal("CaseOpened", after=mark)
    kiosk.world.do("reader", "fault", name="none")
    kiosk.world.do("reader", "card.lift")
    kiosk.tap("action.again")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="yi")
    kiosk.card_alone()
    assert kiosk.status("reader") == "online"


def test_a_card_left_on_the_reader(kiosk: Kiosk, sounds: Path) -> None:
    """Page and sound until lifted, staff told past the limit, session wiped, and nobody starts with the old card."""
    mark, told = kiosk.mark, len(kiosk.sms(STAFF_PHONE))
    kiosk.identifies("jia")
    used = kiosk.recorded("SessionStarted", after=mark)["session_id"]
    heard = said(sounds)
    kiosk.tap("action.start_over")
    kiosk.sees("notice.take_card")
    kiosk.until(lambda: said(sounds)["attention"] >= heard["attention"] + 2, "sound, again and again")
    assert said(sounds)["alarm"] == heard["alarm"]
    kiosk.sees("notice.take_card_long")
    kiosk.until(lambda: said(sounds)["alarm"] == heard["alarm"] + 1, "alarm past the limit")
    heard = said(sounds)
    kiosk.until(lambda: said(sounds)["attention"] > heard["attention"], "sound while the card lies there")
    assert kiosk.recorded("CardLeftBehind", after=mark)["session_id"] == used
    assert kiosk.recorded("SessionEnded", after=mark)["session_id"] == used
    kiosk.until(lambda: bool(kiosk.mqtt("card-left-behind")), "MQTT message")
    kiosk.until(lambda: len(kiosk.sms(STAFF_PHONE)) > told, f"SMS to {ON_CALL}")
    kiosk.probe.tap("head.staff")  # touches lead nowhere while it lies there
    assert kiosk.page == "notice.take_card_long"
    assert kiosk.status("reader") == "online"
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("home")
    assert kiosk.recorded("CardTakenBack", after=mark)


@pytest.mark.long
def test_the_card_is_lifted_while_the_phone_number_is_typed(kiosk: Kiosk) -> None:
    """The application needs the card: it is asked for again, and the number typed so far is gone."""
    kiosk.identifies("jia")
    kiosk.types("138")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("card.lifted")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.card_alone()
    kiosk.confirms()
    kiosk.opens()
    assert kiosk.journal("CaseOpened")[-1]["identity"] == "card_only"


@pytest.mark.long
def test_the_reader_falls_silent_in_the_middle(kiosk: Kiosk) -> None:
    """Nobody is left before a page that says it is reading."""
    mark = kiosk.mark
    place(kiosk)
    kiosk.sees("card.reading")
    kiosk.world.do("reader", "fault", name="mute")
    kiosk.sees("card.unreadable")
    assert kiosk.recorded("CardRefused", after=mark)["reason"] == "unreadable"
    kiosk.until(lambda: kiosk.status("reader") == "offline", "status word of the reader")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "reader"
    kiosk.world.do("reader", "fault", name="none")
    kiosk.recorded("DeviceReturned", after=mark)

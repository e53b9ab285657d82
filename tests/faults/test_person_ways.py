"""Who has no face check at the real program: codes by text message and from staff, the duty desk, the card alone.

Also what such a visit leaves behind: no code, no telephone, no ID number in any file but the emulators' own.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.emulators.control import Control
from drivers.emulators.world import Options
from kiosk.runtime.command import CommandRefused, ask
from tests.faults.playing import ON_CALL, PHONE, STAFF_PIN, Kiosk

OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
DESK_PORT = 18_961  # the settings are read before the desk stands
DESK = {
    "ways": ["code_sms", "code_staff", "duty_desk", "card_only"],
    "desk": {"url": f"http://127.0.0.1:{DESK_PORT}", "limit_s": 20},
}
OVERRIDES = {"face": {"engine": "none", "without": DESK}}
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


@contextmanager
def duty_desk(folder: Path) -> Iterator[Control]:
    socket = folder / "desk"
    command = [
        sys.executable, "-m", "drivers.emulators.dutydesk", "--control", str(socket), "--port", str(DESK_PORT),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            control = Control(socket)
            yield control
            control.close()
        finally:
            process.terminate()


def to_ways(kiosk: Kiosk, person: str) -> None:
    kiosk.chooses()
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person=person)
    kiosk.sees("identity.ways")


def goes_on(kiosk: Kiosk, mark: int, identity: str) -> None:
    """From the phone page to the receipt; the journal and MQTT say how it is known who."""
    kiosk.comes_for_something_new()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("IdentityAccepted", after=mark)["way"] == identity
    assert kiosk.recorded("CaseOpened", after=mark)["identity"] == identity
    case_id = kiosk.recorded("DepositHeld", after=mark)["case_id"]
    kiosk.until(
        lambda: any(
            (told["data"]["case_id"], told["data"]["identity"]) == (case_id, identity)
            for told in kiosk.mqtt("deposit-held")
        ),
        f"MQTT message that says {identity}",
    )


def state_files(kiosk: Kiosk) -> Iterator[tuple[Path, bytes]]:
    for path in (kiosk.stage.folder / "state").rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def staff_code(kiosk: Kiosk, pin: str = STAFF_PIN) -> str:
    told = ask(kiosk.stage.folder / "state", "staff_code", staff_no=ON_CALL, pin=pin)
    assert told is not None
    return str(told["code"])


def test_a_first_visit_by_a_code_from_staff_then_one_by_text_message(kiosk: Kiosk) -> None:
    """The second visit's code goes to the telephone of the first; a wrong try is told and costs nothing else."""
    mark = kiosk.mark
    to_ways(kiosk, "hmt")
    kiosk.tap("way.code_sms")
    kiosk.until(lambda: "way.sms_no_phone" in kiosk.probe.page()["texts"], "word that no number is known")
    kiosk.tap("way.code_staff")
    kiosk.sees("code.staff")
    with pytest.raises(CommandRefused, match="do not belong together"):
        staff_code(kiosk, pin="000001")
    by_staff = staff_code(kiosk)
    kiosk.types(f"{(int(by_staff) + 1) % 10**6:06d}")
    kiosk.tap("code.next")
    kiosk.until(lambda: "code.wrong" in kiosk.probe.page()["texts"], "word that it is wrong")
    kiosk.types(by_staff)
    kiosk.tap("code.next")
    goes_on(kiosk, mark, "code_staff")

    mark = kiosk.mark
    to_ways(kiosk, "hmt")
    kiosk.tap("way.code_sms")
    kiosk.sees("code.sms")
    kiosk.until(lambda: "code.sent_to" in kiosk.probe.page()["texts"], "message that went out")
    (by_sms,) = CODE.findall(kiosk.sms(PHONE)[-1])
    assert by_sms not in str(kiosk.probe.page()), "the screen does not show it"
    kiosk.types(by_sms)
    kiosk.tap("code.next")
    goes_on(kiosk, mark, "code_sms")
    for path, raw in state_files(kiosk):
        for secret in (by_staff, by_sms, PHONE):
            assert secret.encode() not in raw, f"{path.name} has a code or a telephone in it"


@pytest.mark.long
def test_a_code_is_good_once(kiosk: Kiosk) -> None:
    code = staff_code(kiosk)
    for known in (True, False):
        to_ways(kiosk, "yi")
        kiosk.tap("way.code_staff")
        kiosk.sees("code.staff")
        kiosk.types(code)
        kiosk.tap("code.next")
        if known:
            kiosk.comes_for_something_new()
        else:
            kiosk.until(lambda: "code.gone_staff" in kiosk.probe.page()["texts"], "word that it is gone")
        kiosk.to_home()


def test_the_duty_desk_allows_refuses_and_is_left_alone(kiosk: Kiosk, tmp_path: Path) -> None:
    to_ways(kiosk, "yi")
    kiosk.tap("way.duty_desk")
    kiosk.until(lambda: "way.desk_no_answer" in kiosk.probe.page()["texts"], "word that nobody is there")
    with duty_desk(tmp_path) as desk:
        kiosk.tap("way.duty_desk")
        kiosk.sees("identity.desk")
        kiosk.until(lambda: desk.do("state")["waiting"] == 1, "question at the desk")
        kiosk.tap("way.other")
        kiosk.sees("identity.ways")
        kiosk.until(lambda: desk.do("state")["waiting"] == 0, "question taken back")
        mark = kiosk.mark
        for said in ("refused", "allowed"):
            kiosk.tap("way.duty_desk")
            kiosk.until(lambda: desk.do("state")["waiting"] == 1, "question at the desk")
            desk.do("answer", state=said, by="1007")
            if said == "refused":
                kiosk.until(lambda: "way.desk_refused" in kiosk.probe.page()["texts"], "the desk's word")
        goes_on(kiosk, mark, "duty_desk")
        answers = kiosk.journal("DutyDeskAnswered", after=mark)
        assert [(one["outcome"], one["by"]) for one in answers] == [("refused", "1007"), ("allowed", "1007")]


@pytest.mark.long
def test_who_leaves_makes_the_sent_code_worthless(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.deposit("yi")
    to_ways(kiosk, "yi")
    kiosk.tap("way.code_sms")
    kiosk.until(lambda: "code.sent_to" in kiosk.probe.page()["texts"], "message that went out")
    kiosk.tap("action.start_over")
    kiosk.world.do("reader", "card.lift")
    assert kiosk.recorded("CodeRevoked", after=mark)["purpose"] == "identity_sms"

"""The modem driver on an emulated line: setting up, sending, refusals, the line's faults, what health says."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome, SmsRefused
from drivers.emulators.control import Control
from drivers.errors import LinkClosed, LinkTimeout
from drivers.gsm.at import parse_answer, parse_prompt
from drivers.gsm.errors import ErrorClass, ErrorKind, classify
from drivers.gsm.modem import GsmModem
from drivers.link import Link, NeedMore, Parsed
from tests.drivers.emulated import emulated

NUMBER = "+8613900000001"
LONG = "柜 A-03 新到材料：居住证办理。" * 8


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Control]]:
    folder = tmp_path_factory.mktemp("modem")
    with emulated("gsm", folder, "--send-time", "0.02", "--log", str(folder / "sms.jsonl")) as control:
        yield folder, control


@pytest.fixture
def control(line: tuple[Path, Control]) -> Iterator[Control]:
    yield line[1]
    line[1].do("fault", name="none")
    for act in ("cable.pull", "cable.plug", "sim.insert", "network.find"):
        line[1].do(act)


def with_modem(
    folder: Path, work: Callable[[GsmModem], Awaitable[SmsOutcome | Health]]
) -> SmsOutcome | Health:
    async def run() -> SmsOutcome | Health:
        link = Link(str(folder / "pty"), baudrate=115200, name="modem")
        modem = GsmModem(link, answer_timeout_s=0.5, send_timeout_s=0.5)
        try:
            await modem.connect()
            return await work(modem)
        finally:
            await modem.close()

    return asyncio.run(run())


def send(folder: Path, text: str = "您好", number: str = NUMBER) -> SmsOutcome | Health:
    return with_modem(folder, lambda modem: modem.send(SmsMessage(number, text)))


def health(folder: Path) -> Health:
    seen = with_modem(folder, lambda modem: modem.health())
    assert isinstance(seen, Health)
    return seen


@pytest.mark.parametrize("fault", [None, "unsolicited", "garbage"])
def test_a_long_text_arrives_in_one_piece(
    line: tuple[Path, Control], control: Control, fault: str | None
) -> None:
    if fault:
        control.do("fault", name=fault)
    outcome = send(line[0], LONG)
    assert isinstance(outcome, SmsAccepted)
    assert len(outcome.references) == 3
    last = control.do("messages")["messages"][-1]
    assert (last["number"], last["text"]) == (NUMBER, LONG)
    assert json.loads((line[0] / "sms.jsonl").read_text("utf-8").splitlines()[-1]) == last


def test_the_network_says_no_in_three_ways(line: tuple[Path, Control], control: Control) -> None:
    control.do("number.refuse", number="+8613900000009")
    assert send(line[0], number="+8613900000009") == SmsRefused("cms-28", permanent=True)
    control.do("network.lose")
    assert send(line[0]) == SmsRefused("cms-331", permanent=False)
    control.do("sim.remove")
    assert send(line[0]) == SmsRefused("cms-310", permanent=False, operator=True)


def test_what_is_no_number_never_reaches_the_modem(line: tuple[Path, Control], control: Control) -> None:
    before = control.do("state")["messages"]
    assert send(line[0], number="none") == SmsRefused("message-invalid", permanent=True)
    assert control.do("state")["messages"] == before


def test_a_stuck_prompt_is_left_and_the_next_message_goes(
    line: tuple[Path, Control], control: Control
) -> None:
    control.do("fault", name="stuck_prompt")
    with pytest.raises(LinkTimeout):
        send(line[0])
    control.do("fault", name="none")
    assert control.do("state")["at_prompt"] is False
    assert isinstance(send(line[0], "again"), SmsAccepted)
    assert control.do("messages")["messages"][-1]["text"] == "again"


def test_half_an_answer_is_no_answer(line: tuple[Path, Control], control: Control) -> None:
    async def ask(modem: GsmModem) -> Health:
        control.do("fault", name="half")
        with pytest.raises(LinkTimeout):
            await modem.send(SmsMessage(NUMBER, "您好"))
        return await modem.health()

    before = control.do("state")["messages"]
    cut = with_modem(line[0], ask)
    assert isinstance(cut, Health)
    assert cut.status is DeviceStatus.OFFLINE
    assert control.do("state")["messages"] == before


def test_health(line: tuple[Path, Control], control: Control) -> None:
    assert health(line[0]) == Health(DeviceStatus.ONLINE, "signal -77 dBm")
    control.do("fault", name="unsolicited")
    assert health(line[0]).status is DeviceStatus.ONLINE
    control.do("network.lose")
    lost = health(line[0])
    assert (lost.status, lost.action) == (DeviceStatus.OFFLINE, ErrorAction.SUSPEND)
    control.do("sim.remove")
    bare = health(line[0])
    assert (bare.status, bare.action) == (DeviceStatus.HARDWARE_ERROR, ErrorAction.MAINTENANCE)


def test_a_look_at_the_modem_waits_for_a_message_on_its_way(
    line: tuple[Path, Control], control: Control
) -> None:
    async def both(modem: GsmModem) -> SmsOutcome:
        sending = asyncio.create_task(modem.send(SmsMessage(NUMBER, LONG)))
        while not sending.done():
            assert (await modem.health()).status is DeviceStatus.ONLINE
        return await sending

    assert isinstance(with_modem(line[0], both), SmsAccepted)
    assert control.do("messages")["messages"][-1]["text"] == LONG


def test_a_silent_modem_and_one_that_is_gone(line: tuple[Path, Control], control: Control) -> None:
    async def ask(modem: GsmModem) -> Health:
        control.do("fault", name="mute")
        silent = await modem.health()
        assert silent.status is DeviceStatus.OFFLINE
        control.do("cable.pull")
        return await modem.health()

    gone = with_modem(line[0], ask)
    assert isinstance(gone, Health)
    assert gone.status is DeviceStatus.NO_DEVICE
    with pytest.raises(LinkClosed):
        send(line[0])
    control.do("cable.plug")
    with pytest.raises(LinkTimeout):
        send(line[0])


def test_answers_byte_by_byte() -> None:
    answer = b"AT+CMGS=18\r\r\n+CREG: 1\r\n\r\n+CMGS: 42\r\n\r\nOK\r\n"
    assert all(isinstance(parse_answer(answer[:end]), NeedMore) for end in range(len(answer) - 1))
    found = parse_answer(answer)
    assert isinstance(found, Parsed)
    match = found.frame.value(re.compile(r"\+CMGS: (\d+)"))
    assert match is not None
    assert match[1] == "42"


def test_the_prompt_comes_after_anything_but_an_error() -> None:
    prompt = parse_prompt(b'\r\nOK\r\n\r\n+CMTI: "SM",3\r\n\r\n> ')
    assert isinstance(prompt, Parsed)
    assert prompt.frame.prompt
    refused = parse_prompt(b"\r\n+CMS ERROR: 310\r\n")
    assert isinstance(refused, Parsed)
    assert not refused.frame.prompt
    assert isinstance(parse_prompt(b"\r\n+CREG: 1\r\n"), NeedMore)


@pytest.mark.parametrize(
    ("kind", "numbers", "verdict"),
    [
        (ErrorKind.CMS, (38, 41, 42, 47, 192, 314, 331, 332, 500, 777), ErrorClass.RETRY),
        (ErrorKind.CMS, (1, 8, 10, 21, 28, 30, 50), ErrorClass.PERMANENT),
        (ErrorKind.CMS, (310, 311, 312, 313, 315, 316, 317, 318, 322, 330), ErrorClass.OPERATOR),
        (ErrorKind.CME, (14, 30, 31), ErrorClass.RETRY),
        (ErrorKind.CME, (10, 11, 12, 13), ErrorClass.OPERATOR),
    ],
)
def test_error_classes(kind: ErrorKind, numbers: tuple[int, ...], verdict: ErrorClass) -> None:
    assert {classify(kind, number) for number in numbers} == {verdict}

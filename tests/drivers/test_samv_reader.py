"""The SAM_V driver against the emulated module on a pty, and the emulator's own rules on a raw line."""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from drivers.contracts.idreader import IdReader
from drivers.emulators.control import Control
from drivers.emulators.people import PEOPLE
from drivers.errors import CardLifted, CardUnreadable, DeviceRefused, LinkClosed, LinkTimeout
from drivers.link import Drop, Link, NeedMore, Parsed
from drivers.registry import SamVSerialConfig
from drivers.samv.frames import (
    FIND,
    READ_BASE,
    READ_NEW_ADDRESS,
    SAM_ID,
    SAM_STATUS,
    SELECT,
    Request,
    Response,
    parse,
)
from drivers.samv.reader import SamVReader, create
from kiosk.identity.card import parse_card

READ_DELAY_MS = 40
ENOUGH_S = 5.0


@dataclass(frozen=True)
class Desk:
    pty: Path
    control: Control

    def link(self) -> Link:
        return Link(str(self.pty), baudrate=115_200, name="test")

    @contextlib.asynccontextmanager
    async def reader(self, *, answer_s: float = 0.5, read_s: float = 2.0) -> AsyncIterator[SamVReader]:
        reader = SamVReader(self.link(), answer_timeout_s=answer_s, read_timeout_s=read_s)
        try:
            yield reader
        finally:
            await reader.close()

    def place(self, person: str = "jia") -> None:
        self.control.do("card.place", person=person)

    def lift(self) -> None:
        self.control.do("card.lift")

    def fault(self, name: str) -> None:
        self.control.do("fault", name=name)

    @property
    def requests(self) -> int:
        return int(self.control.do("state")["requests"])

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(ENOUGH_S):
            while not true():  # noqa: ASYNC110  the emulator is another process
                await asyncio.sleep(0.005)


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("samv")
    command = [sys.executable, "-m", "drivers.emulators.samv", "--read-delay-ms", str(READ_DELAY_MS)]
    command += ["--pty", str(folder / "pty"), "--control", str(folder / "control")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("ready")
        control = Control(folder / "control")
        yield Desk(folder / "pty", control)
        control.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def desk(emulated: Desk) -> Iterator[Desk]:
    """An empty reader without faults; the cable's pull takes with it what is still on its way."""
    yield emulated
    emulated.fault("none")
    if emulated.control.do("state")["stage"] != "none":
        emulated.lift()
    emulated.control.do("cable.pull")
    emulated.control.do("cable.plug")


def test_the_settings_make_a_reader(desk: Desk) -> None:
    async def main() -> None:
        reader: IdReader = create(SamVSerialConfig(url=str(desk.pty)))
        try:
            await reader.connect()
            assert await reader.identity() == "05.01-20157905-0000524273-0010543280"
        finally:
            await reader.close()

    asyncio.run(main())


@pytest.mark.parametrize("person", PEOPLE)
def test_a_card_is_read_whole(desk: Desk, person: str) -> None:
    async def main() -> None:
        async with desk.reader() as reader:
            await reader.connect()
            assert not await reader.find()
            desk.place(person)
            assert await reader.find()
            raw = await reader.read()
        assert raw.untrusted_text == PEOPLE[person].text_block()
        assert raw.untrusted_photo == PEOPLE[person].photo_block()
        assert raw.untrusted_new_address == PEOPLE[person].address_block()

    asyncio.run(main())


def test_the_new_address_is_the_cards_address(desk: Desk) -> None:
    async def main() -> None:
        async with desk.reader() as reader:
            desk.place("jia")
            assert await reader.find()
            card = parse_card(await reader.read(), date(2026, 1, 1))
        assert card.address == "上海市示例路3号"

    asyncio.run(main())


def test_a_card_that_was_read_must_be_lifted_and_placed_again(desk: Desk) -> None:
    async def main() -> None:
        async with desk.reader() as reader:
            desk.place("yi")
            assert await reader.find()
            await reader.read()
            assert not await reader.find()
            assert await reader.still_there()
            desk.lift()
            assert not await reader.still_there()
            assert not await reader.find()
            desk.place("yi")
            assert await reader.find()
            assert (await reader.read()).untrusted_text == PEOPLE["yi"].text_block()
        assert desk.control.do("state")["stage"] == "read"

    asyncio.run(main())


def test_a_reader_that_starts_late_sees_the_old_card(desk: Desk) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader() as first:
            assert await first.find()
            await first.read()
        async with desk.reader() as second:
            await second.connect()
            assert await second.still_there()

    asyncio.run(main())


def test_the_first_search_may_fail(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("drowsy")
        desk.place()
        async with desk.reader() as reader:
            before = desk.requests
            assert await reader.find()
            assert desk.requests == before + 2

    asyncio.run(main())


def test_an_unreadable_card_lies_there(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("unreadable")
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            with pytest.raises(CardUnreadable, match="read failed"):
                await reader.read()
            desk.fault("none")
            assert await reader.find()
            await reader.read()

    asyncio.run(main())


def test_a_card_lifted_in_the_middle_of_its_reading(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("lift_mid_read")
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            with pytest.raises(CardLifted):
                await reader.read()
        assert desk.control.do("state")["person"] == ""

    asyncio.run(main())


def test_a_hand_that_lifts_during_the_reading(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("slow")
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            reading = asyncio.create_task(reader.read())
            await desk.until(lambda: bool(desk.control.do("state")["reading"]))
            desk.lift()
            with pytest.raises(CardLifted):
                await reading

    asyncio.run(main())


def test_a_card_lifted_between_search_and_selection(desk: Desk) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            desk.lift()
            with pytest.raises(CardLifted, match="selecting"):
                await reader.read()

    asyncio.run(main())


def test_a_reading_that_takes_too_long_is_not_asked_again(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("slow")
        desk.place("jia")
        async with desk.reader(read_s=1.0) as reader:
            assert await reader.find()
            started = time.monotonic()
            with pytest.raises(LinkTimeout, match=r"within 1 s"):
                await reader.read()
            assert time.monotonic() - started < 2.0  # one deadline, not two
            desk.lift()
            desk.fault("none")
            desk.place("yi")
            await reader.connect()
            assert await reader.find()
            assert (await reader.read()).untrusted_text == PEOPLE["yi"].text_block()

    asyncio.run(main())


@pytest.mark.parametrize("fault", ["bad_checksum", "mute", "half"])
def test_an_answer_that_is_not_right_is_no_answer(desk: Desk, fault: str) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader(answer_s=0.12) as reader:
            await reader.connect()
            desk.fault(fault)
            before = desk.requests
            for ask in (reader.find, reader.still_there, reader.identity):
                with pytest.raises(LinkTimeout):
                    await ask()
            assert desk.requests == before + 6  # each twice
            desk.fault("none")
            assert await reader.find()
            await reader.read()

    asyncio.run(main())


def test_a_request_that_arrived_damaged_is_sent_once_more(desk: Desk) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader() as reader:
            await reader.connect()
            before = desk.requests
            for ask in (reader.connect, reader.find, reader.read):
                desk.fault("bad_request")
                await ask()
            # status, find, select each once more; read and addresses once
            assert desk.requests == before + 8

    asyncio.run(main())


def test_garbage_before_each_answer_is_skipped(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("garbage")
        desk.place()
        async with desk.reader() as reader:
            await reader.connect()
            assert await reader.find()
            assert (await reader.read()).untrusted_photo == PEOPLE["jia"].photo_block()

    asyncio.run(main())


def test_a_failed_self_test_is_the_modules_matter(desk: Desk) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader() as reader:
            await reader.connect()
            assert await reader.find()
            desk.fault("self_test_failed")
            for ask in (reader.connect, reader.identity, reader.find, reader.read, reader.still_there):
                with pytest.raises(DeviceRefused, match="self test failed"):
                    await ask()  # above all not "the card is gone"

    asyncio.run(main())


def test_a_module_without_authority_blames_no_card(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("not_authorised")
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            with pytest.raises(DeviceRefused, match="not authorised"):
                await reader.read()

    asyncio.run(main())


def test_a_pulled_cable_and_back(desk: Desk) -> None:
    async def main() -> None:
        desk.place()
        async with desk.reader() as reader:
            await reader.connect()
            desk.control.do("cable.pull")
            with pytest.raises((LinkClosed, LinkTimeout)):
                await reader.find()
            with pytest.raises(LinkClosed, match="check the cable"):
                await reader.connect()
            desk.control.do("cable.plug")
            await reader.connect()
            assert await reader.find()
            assert (await reader.read()).untrusted_text == PEOPLE["jia"].text_block()

    asyncio.run(main())


def test_no_port_no_reader(tmp_path: Path) -> None:
    async def main() -> None:
        reader = create(SamVSerialConfig(url=str(tmp_path / "nothing")))
        with pytest.raises(LinkClosed, match="nothing"):
            await reader.connect()
        await reader.close()

    asyncio.run(main())


# the emulator's rules -----------------------------------------------------------------------------------------


def next_frame(received: bytes) -> Parsed[Response] | Drop | NeedMore:
    return parse(received)


def asked(desk: Desk, *requests: bytes) -> list[int]:
    """SW3 of the answers to raw requests."""

    async def main() -> list[int]:
        link = desk.link()
        try:
            return [(await link.exchange(one, next_frame, timeout_s=1.0)).sw3 for one in requests]
        finally:
            await link.close()

    return asyncio.run(main())


def coded(*requests: Request) -> list[bytes]:
    return [request.encode() for request in requests]


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([SELECT], [0x24]),
        ([READ_BASE], [0x41]),
        ([READ_NEW_ADDRESS], [0x41]),
        ([FIND, READ_BASE], [0x9F, 0x41]),
        ([FIND, SELECT, SELECT], [0x9F, 0x90, 0x24]),
        ([FIND, SELECT, READ_BASE, READ_BASE], [0x9F, 0x90, 0x90, 0x41]),
        ([FIND, SELECT, READ_BASE, FIND, SELECT], [0x9F, 0x90, 0x90, 0x80, 0x24]),
        ([FIND, SELECT, READ_BASE, READ_NEW_ADDRESS], [0x9F, 0x90, 0x90, 0x90]),
    ],
)
def test_find_select_read_in_this_order(desk: Desk, requests: list[Request], expected: list[int]) -> None:
    desk.place("jia")
    assert asked(desk, *coded(*requests)) == expected


def test_without_a_card_nothing_is_found_or_selected(desk: Desk) -> None:
    assert asked(desk, *coded(FIND, SELECT, READ_BASE)) == [0x80, 0x81, 0x41]


def test_wrong_requests_get_their_codes(desk: Desk) -> None:
    published_mistake = bytes.fromhex("AA AA AA 96 69 00 03 20 01 21")
    no_length = bytes.fromhex("AA AA AA 96 69 00 01 20")
    unknown = Request(0x77, 0x01).encode()
    assert asked(desk, published_mistake, no_length, unknown, SAM_STATUS.encode()) == [0x10, 0x11, 0x21, 0x90]


def test_a_request_byte_by_byte_and_in_garbage(desk: Desk) -> None:
    async def main() -> None:
        link = desk.link()
        try:
            whole = b"\x00\xaa\xaa" + SAM_STATUS.encode()
            for at in range(len(whole) - 1):
                await link.send(whole[at : at + 1])
            answer = await link.exchange(whole[-1:], next_frame, timeout_s=1.0)
            assert answer.sw3 == 0x90
        finally:
            await link.close()

    asyncio.run(main())


def line_bytes(desk: Desk, request: Request, count: int) -> str:
    """The first `count` bytes of the answer, as they came over the line."""

    def first(received: bytes) -> Parsed[str] | Drop | NeedMore:
        return NeedMore() if len(received) < count else Parsed(received[:count].hex(" "), count)

    async def main() -> str:
        link = desk.link()
        try:
            return await link.exchange(request.encode(), first, timeout_s=1.0)
        finally:
            await link.close()

    return asyncio.run(main())


def test_the_published_bytes_come_over_the_line(desk: Desk) -> None:
    """The emulator builds its frames itself; here they meet the bytes of the protocol page."""
    desk.place("jia")
    for request, expected in (
        (SAM_STATUS, "aa aa aa 96 69 00 04 00 00 90 94"),
        (SAM_ID, "aa aa aa 96 69 00 14 00 00 90 05 00 01 00 d1 95 33 01 f1 ff 07 00 b0 e0 a0 00 0f"),
        (FIND, "aa aa aa 96 69 00 08 00 00 9f 00 00 00 00 97"),
        (SELECT, "aa aa aa 96 69 00 0c 00 00 90 00 00 00 00 00 00 00 00 9c"),
        (READ_BASE, "aa aa aa 96 69 05 08 00 00 90 01 00 04 00 4b 6d d5 8b ba 4e"),
        (
            READ_NEW_ADDRESS,
            "aa aa aa 96 69 00 4a 00 00 90 0a 4e 77 6d 02 5e 3a 79 8b 4f ef 8d 33 00 f7 53"
            + " 20 00" * 27
            + " 8a",
        ),
    ):
        whole = 1295 if request == READ_BASE else len(bytes.fromhex(expected))
        assert line_bytes(desk, request, whole).startswith(expected)


def test_a_reading_takes_its_time_on_the_line(desk: Desk) -> None:
    async def main() -> float:
        desk.place()
        async with desk.reader() as reader:
            assert await reader.find()
            started = time.monotonic()
            await reader.read()
            return time.monotonic() - started

    assert asyncio.run(main()) > READ_DELAY_MS / 1000 + 1295 * 10 / 115_200


def test_hands_that_make_no_sense_are_told_so(desk: Desk) -> None:
    for act, values in (("card.lift", {}), ("card.place", {"person": "nobody"}), ("card.eat", {})):
        with pytest.raises(ValueError, match=r"card|person"):
            desk.control.do(act, **values)
    desk.place()
    with pytest.raises(ValueError, match="lift it first"):
        desk.place("yi")
    assert desk.control.do("people")["people"] == list(PEOPLE)

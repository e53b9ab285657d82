"""Readers of staff cards: lines of every form, the emulator on a pty, what a faulty line does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts.staffcard import CardUid, StaffCardReader
from drivers.emulators.control import Control
from drivers.errors import LinkClosed
from drivers.link import Drop, NeedMore, Parsed
from drivers.registry import DriverKind, create, parse
from drivers.staffcard.lines import LineFormat, card_number, parser_for
from tests.drivers.emulated import emulated

ZHANG, LI = CardUid.parse("04A1B2C3D4E580"), CardUid.parse("5F3C9A17")


@pytest.mark.parametrize(
    ("line", "form", "uid"),
    [
        (b"04A1B2C3", LineFormat.HEX, "04A1B2C3"),
        (b" 04 a1 b2 c3 ", LineFormat.HEX, "04A1B2C3"),
        (b"\x0204:A1:B2:C3:D4:E5:80", LineFormat.HEX, "04A1B2C3D4E580"),
        (b"C3B2A104", LineFormat.HEX_REVERSED, "04A1B2C3"),
        (b"0077705923", LineFormat.DECIMAL, "04A1B2C3"),
        (b"18446744073709551615", LineFormat.DECIMAL, "FF" * 8),
        (b"0", LineFormat.DECIMAL, "00" * 4),
    ],
)
def test_a_line_says_a_number(line: bytes, form: LineFormat, uid: str) -> None:
    assert card_number(line, form) == CardUid.parse(uid)


@pytest.mark.parametrize("form", LineFormat)
@pytest.mark.parametrize("line", [b"", b"NOREAD", b"04A1B2", b"04A1B2C", b"\xff\xfe", b"12-34", b"9" * 40])
def test_other_lines_say_none(line: bytes, form: LineFormat) -> None:
    assert card_number(line, form) is None


def all_cards(received: bytes) -> list[CardUid]:
    parser, found = parser_for(LineFormat.HEX), []
    while received:
        match parser(received):
            case Parsed(uid, count):
                found.append(uid)
                received = received[count:]
            case Drop(count):
                received = received[count:]
            case NeedMore():
                break
    return found


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\n\x03"])
def test_cards_are_found_whole_glued_and_in_garbage(end: bytes) -> None:
    line = b"04A1B2C3D4E580" + end
    assert all_cards(line) == [ZHANG]
    assert all_cards(line + b"5F3C9A17" + end) == [ZHANG, LI]
    assert all_cards(b"\xfa\xfd\x99\x99\r" + line) == [ZHANG]
    assert all_cards(b"x" * 500 + end + line) == [ZHANG]
    assert all_cards(b"04A1" + end + line) == [ZHANG]
    parser = parser_for(LineFormat.HEX)
    for count in range(14):
        assert parser(line[:count]) == NeedMore()
    assert isinstance(parser(line[:15]), Parsed)


@given(st.binary(max_size=200))
def test_noise_never_breaks_the_parser(noise: bytes) -> None:
    for form in LineFormat:
        assert isinstance(parser_for(form)(noise), Parsed | Drop | NeedMore)


@contextlib.asynccontextmanager
async def reader_at(pty: Path, line: str) -> AsyncIterator[StaffCardReader]:
    table = {"driver": "staff_card_serial", "url": str(pty), "line": line}
    reader = create(DriverKind.STAFF_CARD, parse(DriverKind.STAFF_CARD, table), profile="emulated")
    try:
        await reader.connect()
        yield reader
    finally:
        await reader.close()


@pytest.mark.parametrize("line", ["hex", "hex_reversed", "decimal"])
def test_every_form_over_the_line(tmp_path: Path, line: str) -> None:
    async def main(control: Control) -> None:
        async with reader_at(tmp_path / "pty", line) as reader:
            assert await reader.presented(timeout_s=0.02) is None
            for name, uid in (("zhang", ZHANG), ("li", LI), ("zhang", ZHANG)):
                control.do("card.present", name=name)
                assert await reader.presented(timeout_s=5) == uid
            with pytest.raises(ValueError, match="there are zhang, li, stranger"):
                control.do("card.present", name="nobody")

    with emulated("staffcard", tmp_path, "--line", line) as control:
        asyncio.run(main(control))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, Path]]:
    folder = tmp_path_factory.mktemp("staffcard")
    with emulated("staffcard", folder) as control:
        yield control, folder / "pty"


@pytest.mark.parametrize("fault", ["mute", "damaged", "no_read", "half"])
def test_a_line_that_is_not_right_is_no_card(desk: tuple[Control, Path], fault: str) -> None:
    async def main(control: Control, pty: Path) -> None:
        async with reader_at(pty, "hex") as reader:
            control.do("fault", name=fault)
            control.do("card.present", name="zhang")
            assert await reader.presented(timeout_s=0.2) is None
            control.do("fault", name="none")
            if fault == "half":
                control.do("card.present", name="zhang")  # ends the half line
            control.do("card.present", name="li")
            assert await reader.presented(timeout_s=5) == LI

    asyncio.run(main(*desk))


@pytest.mark.parametrize(("fault", "times"), [("glued", 2), ("garbage", 0), ("late", 1), ("slow_line", 1)])
def test_what_the_line_does_to_a_card(desk: tuple[Control, Path], fault: str, times: int) -> None:
    async def main(control: Control, pty: Path) -> None:
        async with reader_at(pty, "hex") as reader:
            control.do("fault", name=fault)
            control.do("card.present", name="li")
            for _ in range(times):
                assert await reader.presented(timeout_s=5) == LI
            assert await reader.presented(timeout_s=0.1) is None
            control.do("fault", name="none")

    asyncio.run(main(*desk))


def test_a_pulled_cable_and_back(desk: tuple[Control, Path]) -> None:
    async def main(control: Control, pty: Path) -> None:
        async with reader_at(pty, "hex") as reader:
            control.do("cable.pull")
            with pytest.raises(LinkClosed):
                await reader.presented(timeout_s=5)
            with pytest.raises(LinkClosed, match="check the cable"):
                await reader.connect()
            control.do("cable.plug")
            await reader.connect()
            control.do("card.present", name="zhang")
            assert await reader.presented(timeout_s=5) == ZHANG

    asyncio.run(main(*desk))

"""One reader over every way that readers are connected: serial, USB bulk in both layouts, HID reports."""

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from drivers import hidraw
from drivers.contracts.idreader import IdReader, RawCard
from drivers.emulators.control import Control
from drivers.emulators.people import PEOPLE
from drivers.errors import CardLifted, LinkClosed, LinkTimeout
from drivers.link import Link
from drivers.ports import OpenPort
from drivers.registry import DriverKind, create, parse
from drivers.samv import hid, usb
from drivers.samv.reader import SamVReader
from kiosk.identity.card import CardKind, parse_card
from tests.drivers.emulated import emulated
from tests.drivers.hid_twin import HidTwin, report_of
from tests.drivers.samv_vectors import FOREIGNER_I, FOREIGNER_Y, PERMIT_J
from tests.drivers.usb_twin import Layout, UsbTwin

USB_URL = "usb://0400:c35a"
SPLIT = Layout((0x81, 0x02, 0x85, 0x06), split=True)
PAIR = Layout((0x02, 0x81))
SERIAL, USB_SPLIT, USB_PAIR, HID = "serial", "usb, two pairs", "usb, one pair", "hid"
PACKETS = (USB_SPLIT, USB_PAIR, HID)
FIND_OK = "AA 00 00 12 00 00 00 00 AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97 4D 04"

by_packets = pytest.mark.parametrize("way", PACKETS)  # test_samv_reader.py has the serial line
over_usb = pytest.mark.parametrize("way", [USB_SPLIT, USB_PAIR])
over_hid = pytest.mark.parametrize("way", [HID])


@dataclass
class Desk:
    """One emulated reader and one way to it."""

    control: Control
    pty: Path
    way: str
    usb: UsbTwin
    hid: HidTwin

    def open_port(self) -> OpenPort | None:
        match self.way:
            case "serial":
                return None
            case "hid":
                return lambda: hid.HidPort(hidraw.HidRaw(self.hid.plug(), hid.REPORT_BYTES))
            case _:
                return partial(usb.open_reader, USB_URL, backend=self.usb)

    @contextlib.asynccontextmanager
    async def reader(self, *, answer_s: float = 1.0) -> AsyncIterator[SamVReader]:
        link = Link(str(self.pty), name="id-reader", baudrate=115_200, open_port=self.open_port())
        reader = SamVReader(link, answer_timeout_s=answer_s, read_timeout_s=3.0)
        try:
            yield reader
        finally:
            await reader.close()
            self.hid.join()

    def fault(self, name: str) -> None:
        self.control.do("fault", name=name)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, Path]]:
    folder = tmp_path_factory.mktemp("samv")
    with emulated("samv", folder, "--read-delay-ms", "5") as control:
        yield control, folder / "pty"


@pytest.fixture
def desk(emulator: tuple[Control, Path], way: str) -> Iterator[Desk]:
    control, pty = emulator
    yield Desk(control, pty, way, UsbTwin(pty, PAIR if way == USB_PAIR else SPLIT), HidTwin(pty))
    control.do("fault", name="none")
    if control.do("state")["stage"] != "none":
        control.do("card.lift")
    control.do("cable.pull")
    control.do("cable.plug")


@pytest.mark.parametrize("way", [SERIAL, *PACKETS])
@pytest.mark.parametrize(
    ("person", "block", "kind", "number", "more"),
    [
        ("jia", PEOPLE["jia"].text_block(), CardKind.RESIDENT, "11010519900101023X", "上海市示例路3号"),
        ("hmt", PERMIT_J, CardKind.HMT_PERMIT, "810000199408230021", "H12345678"),
        ("foreigner_i", FOREIGNER_I, CardKind.FOREIGNER_2017, "KAZ110090123105", "TESTER, ALPHA"),
        ("foreigner_y", FOREIGNER_Y, CardKind.FOREIGNER_2023, "911398199012310021", "TESTER, BETA"),
    ],
)
def test_each_kind_of_card_is_read_whole(
    desk: Desk, person: str, block: bytes, kind: CardKind, number: str, more: str
) -> None:
    async def main() -> RawCard:
        async with desk.reader() as reader:
            await reader.connect()
            assert await reader.identity() == "05.01-20157905-0000524273-0010543280"
            desk.control.do("card.place", person=person)
            assert await reader.find()
            raw = await reader.read()
            assert await reader.still_there()
            desk.control.do("card.lift")
            assert not await reader.still_there()
            return raw

    raw = asyncio.run(main())
    assert raw.untrusted_text == block
    assert raw.untrusted_photo == PEOPLE[person].photo_block()
    assert raw.untrusted_new_address == PEOPLE[person].address_block()
    card = parse_card(raw, date(2026, 1, 1))
    assert (card.kind, card.id_number) == (kind, number)
    assert more in (card.address, card.permit_number, card.english_name)


@by_packets
@pytest.mark.parametrize("fault", ["half", "bad_checksum"])
def test_an_answer_that_is_not_right_is_no_answer(desk: Desk, fault: str) -> None:
    async def main() -> None:
        async with desk.reader(answer_s=0.15) as reader:
            await reader.connect()
            desk.fault(fault)
            with pytest.raises(LinkTimeout):
                await reader.find()
            desk.fault("none")
            await reader.connect()

    asyncio.run(main())


@by_packets
def test_a_late_answer_answers_nothing_else(desk: Desk) -> None:
    async def main() -> None:
        desk.control.do("card.place", person="jia")
        async with desk.reader(answer_s=0.4) as reader:
            await reader.connect()
            desk.fault("late")
            with pytest.raises(LinkTimeout):  # two requests are still to be answered
                await reader.identity()
            desk.fault("none")
            assert await reader.find()
            assert (await reader.read()).untrusted_text == PEOPLE["jia"].text_block()

    asyncio.run(main())


@by_packets
def test_a_card_lifted_in_the_middle_of_its_reading(desk: Desk) -> None:
    async def main() -> None:
        desk.fault("lift_mid_read")
        desk.control.do("card.place", person="jia")
        async with desk.reader() as reader:
            assert await reader.find()
            with pytest.raises(CardLifted):
                await reader.read()

    asyncio.run(main())


@by_packets
def test_a_pulled_cable_and_back(desk: Desk) -> None:
    async def main() -> None:
        desk.control.do("card.place", person="yi")
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
            assert (await reader.read()).untrusted_text == PEOPLE["yi"].text_block()

    asyncio.run(main())


# USB ----------------------------------------------------------------------------------------------------------


def read_once(desk: Desk, *, answer_s: float = 1.0) -> None:
    async def main() -> None:
        desk.control.do("card.place", person="jia")
        async with desk.reader(answer_s=answer_s) as reader:
            await reader.connect()
            assert await reader.find()
            assert (await reader.read()).untrusted_text == PEOPLE["jia"].text_block()

    asyncio.run(main())


@over_usb
def test_frames_go_through_the_endpoints_of_the_layout(desk: Desk) -> None:
    read_once(desk)
    sent = [transfer for transfer in desk.usb.transfers if not transfer[0] & 0x80][:2]
    came = [endpoint for endpoint, _ in desk.usb.transfers if endpoint & 0x80]
    if desk.way == USB_SPLIT:
        assert sent == [(0x02, 7), (0x06, 3)]
        assert set(came) == {0x81, 0x85}
    else:
        assert sent == [(0x02, 10), (0x02, 10)]
        assert set(came) == {0x81}
    assert desk.usb.claimed == []  # given back


@over_usb
def test_a_stalled_endpoint_is_cleared(desk: Desk) -> None:
    desk.usb.stalled |= {0x02, 0x81, 0x85}
    read_once(desk)
    assert desk.usb.stalled <= {0x85}


@over_usb
def test_packets_of_length_zero_say_nothing(desk: Desk) -> None:
    desk.usb.empty_packets = 5
    read_once(desk)
    assert desk.usb.empty_packets == 0


@over_usb
def test_a_device_that_was_never_configured_or_is_the_kernels(desk: Desk) -> None:
    desk.usb.configured = False
    desk.usb.kernel_driver = True
    read_once(desk)


@over_usb
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("usb://0400:c35b", "0 devices fit"),
        ("usb://0400:c35a?port=1-2.4", "0 devices fit.*ports: 1-2.3"),
        ("usb://400:c35a", "vendor and product"),
        ("usb://0400:c35a?bus=1", "vendor and product"),
    ],
)
def test_a_device_that_is_not_there_is_said_so(desk: Desk, url: str, why: str) -> None:
    with pytest.raises((OSError, ValueError), match=why):
        usb.open_reader(url, backend=desk.usb)
    usb.open_reader("usb://0400:C35A?port=1-2.3", backend=desk.usb).close()


@over_usb
@pytest.mark.parametrize(
    ("more", "fits"), [("", 2), ("?port=1-2.4", 1), ("?serial=B2", 1), ("?serial=C3", 0)]
)
def test_two_alike_are_told_apart(desk: Desk, more: str, fits: int) -> None:
    desk.usb.serials = ("A1", "B2")
    if fits == 1:
        usb.open_reader(USB_URL + more, backend=desk.usb).close()
        return
    with pytest.raises(OSError, match=rf"{fits} devices fit.*ports: 1-2\.3, 1-2\.4.*add \?port="):
        usb.open_reader(USB_URL + more, backend=desk.usb)


@over_usb
def test_another_kind_of_device_is_left_alone(desk: Desk) -> None:
    desk.usb.layout = Layout((0x81,))
    with pytest.raises(OSError, match="no interface with bulk endpoints both ways"):
        usb.open_reader(USB_URL, backend=desk.usb)
    assert desk.usb.claimed == []


# HID ----------------------------------------------------------------------------------------------------------


@over_hid
def test_requests_are_the_published_reports(desk: Desk) -> None:
    read_once(desk)
    published = (
        "88 00 00 0B 00 B1 AA AA AA 96 69 00 03 20 01 22 FF 03",
        "88 00 00 0B 00 B1 AA AA AA 96 69 00 03 20 02 21 FF 03",
        "88 00 00 0B 00 B1 AA AA AA 96 69 00 03 30 01 32 1F 04",
    )
    for report in published:
        assert bytes.fromhex(report).ljust(64, b"\0") in desk.hid.requests


@over_hid
def test_a_damaged_report_is_passed_over(desk: Desk) -> None:
    desk.hid.damaged = 1
    read_once(desk, answer_s=0.3)
    assert desk.hid.damaged == 0


@over_hid
def test_a_report_of_an_error_is_no_answer(desk: Desk) -> None:
    desk.hid.refused = 1
    read_once(desk, answer_s=0.3)
    assert desk.hid.refused == 0


def test_the_published_report_of_an_answer() -> None:
    report = bytes.fromhex(FIND_OK).ljust(64, b"\0")
    frame = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
    assert report_of(frame) == report
    assert hid.unwrap(report) == frame


def test_wrapping_knows_its_bounds() -> None:
    assert hid.wrap(bytes.fromhex("AA AA AA 96 69 00 03 12 FF EE")) == bytes.fromhex(
        "88 00 00 0B 00 B1 AA AA AA 96 69 00 03 12 FF EE BB 05"
    ).ljust(64, b"\0")
    assert len(hid.wrap(bytes(56))) == 64
    with pytest.raises(ValueError, match="56"):
        hid.wrap(bytes(57))
    for wrong in (b"", bytes(64), b"\xaa" * 64, b"\xaa\0\0\x38\0".ljust(64, b"\0"), b"\xaa\0\0\x02"):
        assert hid.unwrap(wrong) == b""
    assert len(hid.unwrap(report_of(bytes(54)))) == 54


def test_a_device_file_is_found_by_vendor_and_product(tmp_path: Path) -> None:
    for name, ids in (("hidraw0", "0003:0000046D:0000C31C"), ("hidraw1", "0003:000010C4:00000007")):
        (tmp_path / name / "device").mkdir(parents=True)
        (tmp_path / name / "device" / "uevent").write_text(f"DRIVER=hid\nHID_ID={ids}\nHID_NAME=x\n")
    assert hidraw.device_path("hid://10c4:0007", tmp_path) == "/dev/hidraw1"
    assert hidraw.device_path("/dev/hidraw7", tmp_path) == "/dev/hidraw7"
    with pytest.raises(OSError, match="0 HID devices fit") as missing:
        hidraw.device_path("hid://10c4:0008", tmp_path)
    assert missing.value.errno == errno.ENODEV
    with pytest.raises(ValueError, match="vendor and product"):
        hidraw.device_path("hid:0", tmp_path)


@pytest.mark.parametrize("driver", ["sam_v_usb", "sam_v_hid"])
def test_the_settings_make_a_reader(driver: str) -> None:
    async def main() -> None:
        config = parse(DriverKind.READER, {"driver": driver})
        reader: IdReader = create(DriverKind.READER, config, profile="production")
        try:
            with pytest.raises(
                LinkClosed, match="id-reader: cannot open"
            ):  # no such thing is plugged in here
                await reader.connect()
        finally:
            await reader.close()

    asyncio.run(main())

"""Every device on an emulated serial line that is no lock board, and its one job: what the suite of all faults runs on.

A device joins by one row in `RIGS`. Its job ends with True (done, and what came is right), with False (the device's own
word for "there is nothing", as its contract has it) or with an error; a wrong value is an `AssertionError`.
"""

import asyncio
import contextlib
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol

from drivers import hidraw
from drivers.boardtables import ModbusInputsConfig, ModbusSignalsConfig
from drivers.codes.scanner import SerialScanner
from drivers.contracts.board import ItemState
from drivers.contracts.codes import Code, Symbology
from drivers.contracts.printer import PrintOutcome
from drivers.contracts.signals import Contact
from drivers.contracts.sms import SmsAccepted, SmsMessage
from drivers.contracts.staffcard import CardUid
from drivers.emulators.control import Control
from drivers.emulators.people import PEOPLE
from drivers.errors import DeviceError
from drivers.escpos.paper import ReceiptPaper
from drivers.escpos.printer import PRINTER_CLASS, EscPosPrinter
from drivers.gsm.modem import GsmModem
from drivers.link import Link
from drivers.modbus import items, signals
from drivers.ports import OpenPort
from drivers.registry import SerialScannerConfig
from drivers.samv import hid, usb
from drivers.samv.reader import SamVReader
from drivers.staffcard.lines import LineFormat
from drivers.staffcard.serial import SerialCardReader
from drivers.usb import open_bulk
from tests.drivers.emulated import emulated
from tests.drivers.hid_twin import HidTwin
from tests.drivers.test_escpos_ways import FAST, USB_PRINTER, network_link, network_printer
from tests.drivers.usb_twin import Layout, UsbTwin

ANSWER_S: Final = 0.2
NUMBERS: Final = count(1)
UNASKED_S: Final = 0.4  # how long a scanner or a card reader is listened to
READER = Layout((0x81, 0x02, 0x85, 0x06), split=True)
QUICK = ("--baudrate", "1000000")  # a slow line is ten times slower


class Device(Protocol):
    """What all drivers have in common."""

    async def connect(self) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rig:
    """One emulated device. `make` gives an unopened driver for it; `job` is what it is there for."""

    control: Control
    make: Callable[[], Device]
    job: Callable[[Any, Control], Awaitable[bool]]

    async def try_job(self, device: Device) -> bool:
        """Connect and do the job: whether it was done."""
        try:
            await device.connect()
            return await self.job(device, self.control)
        except DeviceError:
            return False


async def act(control: Control, do: str, **values: object) -> dict[str, Any]:
    """One act while the driver's loop runs on."""
    return await asyncio.to_thread(control.do, do, **values)


# the jobs -----------------------------------------------------------------------------------------------------------


async def read_card(reader: SamVReader, control: Control) -> bool:
    """A card that lies there is found and read whole."""
    if (await act(control, "state"))["stage"] != "none":
        await act(control, "card.lift")
    await act(control, "card.place", person="jia")
    assert await reader.find()
    raw = await reader.read()
    assert raw.untrusted_text == PEOPLE["jia"].text_block()
    assert raw.untrusted_photo == PEOPLE["jia"].photo_block()
    return True


async def print_receipt(printer: EscPosPrinter, control: Control) -> bool:
    """What is said to be printed has come out."""
    paper = ReceiptPaper()
    paper.text(f"ND-{next(NUMBERS)}")
    paper.cut()
    if await printer.print(paper.to_bytes()) is not PrintOutcome.PRINTED:
        return False
    assert b64decode((await act(control, "job.last"))["bytes"]) == paper.to_bytes()
    return True


async def send_message(modem: GsmModem, control: Control) -> bool:
    """What is said to be accepted is on its way, once."""
    before = (await act(control, "state"))["messages"]
    if not isinstance(await modem.send(SmsMessage("+8613900000001", "您好")), SmsAccepted):
        return False
    assert (await act(control, "state"))["messages"] == before + 1
    return True


async def scan_code(scanner: SerialScanner, control: Control) -> bool:
    """A code held before the scanner."""
    asked = asyncio.create_task(scanner.scan(timeout_s=UNASKED_S))
    await asyncio.sleep(ANSWER_S / 4)  # what came before it asked is forgotten
    await act(control, "scan", text="A-1")
    code = await asked
    assert code in (None, Code("A-1", Symbology.QR))
    return code is not None


async def show_staff_card(reader: SerialCardReader, control: Control) -> bool:
    """A staff card held to the reader."""
    await act(control, "card.present", name="li")
    uid = await reader.presented(timeout_s=UNASKED_S)
    assert uid in (None, CardUid.parse("5F3C9A17"))
    return uid is not None


async def read_items(board: items.ModbusItems, control: Control) -> bool:
    """One item among eight."""
    await act(control, "input.set", input=3, on=True)
    seen = await board.read()
    assert [number for number, item in seen.items() if item is not ItemState.ABSENT] == [3]
    return len(seen) == 8


async def read_contacts(board: signals.ModbusSignals, control: Control) -> bool:
    """One contact of two."""
    await act(control, "input.set", input=5, on=True)
    assert await board.read() == {Contact.VIBRATION: True, Contact.PRESENCE: False}
    return True


# the devices --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def samv(folder: Path, way: str) -> Iterator[Rig]:
    """The card reader, over a serial line, USB or HID."""
    with emulated("samv", folder, "--read-delay-ms", "5", *QUICK) as control:
        pty = folder / "pty"
        hid_twin = HidTwin(pty)
        ways: Mapping[str, OpenPort | None] = {
            "serial": None,
            "usb": partial(usb.open_reader, "usb://0400:c35a", backend=UsbTwin(pty, READER)),
            "hid": lambda: hid.HidPort(hidraw.HidRaw(hid_twin.plug(), hid.REPORT_BYTES)),
        }

        def make() -> Device:
            link = Link(str(pty), name="id-reader", baudrate=115_200, open_port=ways[way])
            return SamVReader(link, answer_timeout_s=ANSWER_S, read_timeout_s=2.0)

        yield Rig(control, make, read_card)
        hid_twin.join()


@contextlib.contextmanager
def printer(folder: Path, way: str) -> Iterator[Rig]:
    """The printer, over a serial line, TCP or USB."""
    with contextlib.ExitStack() as stack:
        if way == "network":
            control, url = stack.enter_context(network_printer(folder, *FAST))
            yield _printer(control, lambda: network_link(url))
            return
        control = stack.enter_context(emulated("escpos", folder, *FAST))
        pty = folder / "pty"
        open_usb = partial(
            open_bulk, "usb://04b8:0e15", interface_class=PRINTER_CLASS, backend=UsbTwin(pty, USB_PRINTER)
        )
        port = open_usb if way == "usb" else None
        yield _printer(control, lambda: Link(str(pty), name="printer", baudrate=115_200, open_port=port))


def _printer(control: Control, link: Callable[[], Link]) -> Rig:
    return Rig(
        control,
        lambda: EscPosPrinter(link(), answer_timeout_s=ANSWER_S, print_timeout_s=ANSWER_S),
        print_receipt,
    )


@contextlib.contextmanager
def modem(folder: Path) -> Iterator[Rig]:
    """The modem."""
    with emulated("gsm", folder, "--send-time", "0.01") as control:

        def make() -> Device:
            link = Link(str(folder / "pty"), name="modem", baudrate=115_200)
            return GsmModem(link, answer_timeout_s=ANSWER_S, send_timeout_s=ANSWER_S)

        yield Rig(control, make, send_message)


@contextlib.contextmanager
def scanner(folder: Path) -> Iterator[Rig]:
    """The scanner on a serial line."""
    with emulated("scanner", folder, "--aim", *QUICK) as control:
        config = SerialScannerConfig(url=str(folder / "pty"), aim_prefix=True)
        yield Rig(control, lambda: SerialScanner(config), scan_code)


@contextlib.contextmanager
def staff_card(folder: Path) -> Iterator[Rig]:
    """The reader of staff cards on a serial line."""
    with emulated("staffcard", folder, *QUICK) as control:

        def make() -> Device:
            return SerialCardReader(
                Link(str(folder / "pty"), name="staff card", baudrate=9600), LineFormat.HEX
            )

        yield Rig(control, make, show_staff_card)


@contextlib.contextmanager
def modbus(folder: Path, what: str) -> Iterator[Rig]:
    """Inputs of a Modbus board, for items or for contacts."""
    with emulated("modbus", folder, "--channels", "0", "--inputs", "8", *QUICK) as control:
        told = {"url": str(folder / "pty"), "timeout_s": ANSWER_S, "attempts": 1}
        inputs = {"vibration": {"number": 5}, "presence": {"number": 6}}
        item_config = ModbusInputsConfig.model_validate(told)
        contact_config = ModbusSignalsConfig.model_validate({**told, "inputs": inputs})

        def link() -> Link:
            return Link(str(folder / "pty"), name=what, baudrate=9600)

        if what == "items":
            yield Rig(control, lambda: items.create(item_config, link=link()), read_items)
        else:
            yield Rig(control, lambda: signals.create(contact_config, link=link()), read_contacts)


RIGS: Final[Mapping[str, Callable[[Path], contextlib.AbstractContextManager[Rig]]]] = {
    "sam_v_serial": partial(samv, way="serial"),
    "sam_v_usb": partial(samv, way="usb"),
    "sam_v_hid": partial(samv, way="hid"),
    "escpos_serial": partial(printer, way="serial"),
    "escpos_network": partial(printer, way="network"),
    "escpos_usb": partial(printer, way="usb"),
    "gsm_modem": modem,
    "serial_scanner": scanner,
    "staff_card_serial": staff_card,
    "modbus_inputs": partial(modbus, what="items"),
    "modbus_signals": partial(modbus, what="contacts"),
}

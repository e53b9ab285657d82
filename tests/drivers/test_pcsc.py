"""Staff cards by PC/SC against emulated cards in a virtual reader, and what pyscard's answers become."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from drivers.contracts.staffcard import CardUid
from drivers.emulators.control import Control
from drivers.errors import CardLifted, DeviceRefused, LinkClosed
from drivers.pcsc import GET_UID, PcscTerminal, answer_of
from drivers.registry import DriverKind, create, parse
from drivers.staffcard.pcsc import PcscCardReader
from tests.drivers.emulated import emulated
from tests.drivers.vpcd_twin import VpcdTwin

ZHANG, LI = CardUid.parse("04A1B2C3D4E580"), CardUid.parse("5F3C9A17")


@contextmanager
def field(folder: Path) -> Iterator[tuple[Control, VpcdTwin]]:
    twin = VpcdTwin()
    try:
        with emulated("smartcard", folder, "--vpcd", twin.address) as control:
            yield control, twin
    finally:
        twin.close()


@pytest.fixture(scope="module")
def virtual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, VpcdTwin]]:
    with field(tmp_path_factory.mktemp("smartcard")) as there:
        yield there


def told(
    virtual: tuple[Control, VpcdTwin],
    story: Callable[[Control, VpcdTwin, PcscCardReader], Coroutine[Any, Any, None]],
) -> None:
    control, twin = virtual
    reader = PcscCardReader(twin, poll_s=0.01)
    asyncio.run(story(control, twin, reader))
    if control.do("state")["kind"]:
        control.do("card.lift")


def test_a_card_is_told_of_once_while_it_stays(virtual: tuple[Control, VpcdTwin]) -> None:
    async def story(control: Control, _twin: VpcdTwin, reader: PcscCardReader) -> None:
        await reader.connect()
        assert await reader.presented(timeout_s=0.05) is None
        control.do("card.place", kind="uid", uid=ZHANG.untrusted.hex())
        assert await reader.presented(timeout_s=5) == ZHANG
        assert await reader.presented(timeout_s=0.1) is None
        control.do("card.lift")
        assert await reader.presented(timeout_s=0.1) is None
        for uid in (ZHANG, LI):
            control.do("card.place", kind="uid", uid=uid.untrusted.hex())
            assert await reader.presented(timeout_s=5) == uid
            control.do("card.lift")
            assert await reader.presented(timeout_s=0.1) is None
        await reader.close()

    told(virtual, story)


@pytest.mark.parametrize("kind", ["silent", "passport"])
def test_a_card_that_tells_no_number_is_no_staff_card(virtual: tuple[Control, VpcdTwin], kind: str) -> None:
    async def story(control: Control, twin: VpcdTwin, reader: PcscCardReader) -> None:
        control.do("card.place", kind=kind)
        assert await reader.presented(timeout_s=0.1) is None
        with pytest.raises(DeviceRefused, match="when asked for its number"):
            answer_of(twin, GET_UID, "for its number")

    told(virtual, story)


@pytest.mark.parametrize("fault", ["mute", "late"])
def test_a_card_in_trouble_tells_no_number(virtual: tuple[Control, VpcdTwin], fault: str) -> None:
    async def story(control: Control, twin: VpcdTwin, reader: PcscCardReader) -> None:
        patient_s, twin.answer_s = twin.answer_s, 0.3
        control.do("fault", name=fault)
        control.do("card.place", kind="uid", uid=LI.untrusted.hex())
        assert await reader.presented(timeout_s=0.1) is None
        control.do("fault", name="none")
        control.do("card.lift")
        twin.answer_s = patient_s
        control.do("card.place", kind="uid", uid=ZHANG.untrusted.hex())
        assert await reader.presented(timeout_s=5) == ZHANG

    told(virtual, story)


def test_a_reader_that_goes_and_comes_back(virtual: tuple[Control, VpcdTwin]) -> None:
    async def story(control: Control, twin: VpcdTwin, reader: PcscCardReader) -> None:
        twin.gone = True
        for ask in (reader.connect(), reader.presented(timeout_s=5)):
            with pytest.raises(LinkClosed):
                await ask
        twin.gone = False
        control.do("card.place", kind="uid", uid=LI.untrusted.hex())
        assert await reader.presented(timeout_s=5) == LI

    told(virtual, story)


def test_hands_that_make_no_sense_are_told_so(virtual: tuple[Control, VpcdTwin]) -> None:
    control, _ = virtual
    for act, values in (("card.lift", {}), ("card.place", {"kind": "paper"}), ("card.eat", {})):
        with pytest.raises(ValueError, match="card"):
            control.do(act, **values)


# pyscard ------------------------------------------------------------------------------------------------------


NO_SERVICE = "no service"


class SmartcardException(Exception):
    pass


class BaseSCardException(Exception):
    pass


class Connection:
    """One of pyscard's, in front of a `Terminal`."""

    def __init__(self, twin: VpcdTwin) -> None:
        self._twin = twin
        self._atr = b""

    def connect(self) -> None:
        atr = self._twin.connect()
        if atr is None:
            raise SmartcardException("no card, or one that is leaving")
        self._atr = atr

    def getATR(self) -> list[int]:  # noqa: N802 - pyscard's name
        return list(self._atr)

    def transmit(self, command: list[int]) -> tuple[list[int], int, int]:
        try:
            answer = self._twin.transmit(bytes(command))
        except CardLifted as error:
            raise SmartcardException from error
        return list(answer[:-2]), answer[-2], answer[-1]

    def disconnect(self) -> None:
        self._twin.disconnect()


class Reader:
    def __init__(self, name: str, twin: VpcdTwin) -> None:
        self._name, self._twin = name, twin

    def __str__(self) -> str:
        return self._name

    def createConnection(self) -> Connection:  # noqa: N802 - pyscard's name
        return Connection(self._twin)


def listed(there: list[Reader]) -> list[Reader]:
    """What pcscd answers; without it there is an exception."""
    if any(str(reader) == NO_SERVICE for reader in there):
        raise BaseSCardException("Service not available. (0x8010001D)")
    return there


@pytest.fixture
def pyscard(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """pyscard's modules as the terminal sees them; the list is what `readers()` answers."""
    there: list[Reader] = []
    modules: dict[str, dict[str, Any]] = {
        "smartcard": {},
        "smartcard.System": {"readers": lambda: listed(there)},
        "smartcard.Exceptions": {
            "SmartcardException": SmartcardException,
        },
        "smartcard.pcsc": {},
        "smartcard.pcsc.PCSCExceptions": {"BaseSCardException": BaseSCardException},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    return there


def test_pyscard_answers_as_bytes(pyscard: list[Reader], virtual: tuple[Control, VpcdTwin]) -> None:
    control, twin = virtual
    pyscard += [Reader("Contact Reader 00 00", twin), Reader("Virtual PCD 00 00", twin)]
    terminal = PcscTerminal("Virtual")
    assert terminal.connect() is None
    control.do("card.place", kind="uid", uid=LI.untrusted.hex())
    assert terminal.connect() == bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
    assert terminal.transmit(GET_UID) == LI.untrusted + b"\x90\x00"
    control.do("card.lift")
    with pytest.raises(CardLifted):
        terminal.transmit(GET_UID)
    terminal.disconnect()
    terminal.disconnect()


def test_which_reader_is_meant_is_said_in_words(pyscard: list[Reader]) -> None:
    config = parse(DriverKind.STAFF_CARD, {"driver": "staff_card_pcsc"})

    async def main() -> None:
        reader = create(DriverKind.STAFF_CARD, config, profile="production")
        with pytest.raises(LinkClosed, match="0 readers fit, expected one; there are: none"):
            await reader.connect()
        pyscard.extend(Reader(name, SimpleNamespace()) for name in ("One", "Two"))  # type: ignore[arg-type]
        with pytest.raises(LinkClosed, match=r"2 readers fit.*One, Two"):
            await reader.connect()
        pyscard.append(Reader(NO_SERVICE, SimpleNamespace()))  # type: ignore[arg-type]
        with pytest.raises(LinkClosed, match="check that pcscd runs"):
            await reader.connect()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("kind", "driver"), [(DriverKind.STAFF_CARD, "staff_card_pcsc"), (DriverKind.PASSPORT, "passport_pcsc")]
)
def test_without_pyscard_a_driver_is_refused_when_it_is_made(
    kind: DriverKind, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(ImportError):
        create(kind, parse(kind, {"driver": driver}), profile="production")

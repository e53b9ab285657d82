"""What machines of this kind are known to do wrong, one test each: the fault is named, and we do not have it."""

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.errors import DeviceError
from drivers.kerong.frames import StatusReply, status_parser
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.custody import JournalCustody
from kiosk.journal.errors import JournalUnusable
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.settings import MqttSettings
from kiosk.runtime.restart import resolve
from locker.compartment import Compartment, Door
from locker.doors import DoorService, NotOpened
from locker.events import DepositRequested, OpenRequested, Reason
from locker.ledger import Ledger, complete
from tests.drivers.parser_contract import frames_in
from tests.locker.rig import QUICK, MemoryLog, board, cabinet, emulator, service, until
from tests.notify.doubles import MemoryOutbox

CELL = "A-01"
MANY_TRIES = 12
SHUT_EMPTY = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)
REPLY = StatusReply(0, latches=0x0001, infrared=0x0200)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Control]]:
    folder = tmp_path_factory.mktemp("line")
    with emulator(folder, "--ack-unlock") as control:
        yield folder, control


@pytest.fixture(autouse=True)
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "line" in request.fixturenames:
        _, control = request.getfixturevalue("line")
        control.do("fault", name="none")
        control.do("cable.plug")
        control.do("door.close", channel=1)


# doors ---------------------------------------------------------------------------------------------------------------


def test_a_relay_that_was_pulsed_is_not_a_door_that_opened(line: tuple[Path, Control]) -> None:
    """The board answers that the lock was pulled; the door jams. "Opened" is said by the door's sensor alone."""
    folder, control = line
    log = MemoryLog()

    async def work() -> None:
        async with service(cabinet(), {"main": board(folder)}, log) as (doors, _):
            control.do("fault", name="stuck", channel=1)
            answer = await doors.open(CELL, "C-1", "citizen")
            assert isinstance(answer, NotOpened)
            assert answer.reason is Reason.DOOR_JAMMED

    asyncio.run(work())
    assert "DoorOpened" not in log.names()


def test_a_door_that_stands_open_already_was_not_opened(line: tuple[Path, Control]) -> None:
    folder, control = line
    log = MemoryLog()

    async def work() -> None:
        async with service(cabinet(), {"main": board(folder)}, log) as (doors, _):
            control.do("door.open", channel=1)
            await until(doors, lambda now: now.readings[CELL].door is DoorState.OPEN)
            answer = await doors.open(CELL, "C-1", "citizen")
            assert isinstance(answer, NotOpened)
            assert answer.reason is Reason.ALREADY_OPEN

    asyncio.run(work())
    assert "DoorOpened" not in log.names()
    assert "OpenRequested" not in log.names()  # no lock was pulled either


def test_before_the_first_frame_no_door_is_taken_for_closed(tmp_path: Path) -> None:
    async def work() -> None:
        layout = cabinet()
        silent = board(tmp_path)  # nobody at the other end
        doors = DoorService(
            layout, {"main": silent}, Ledger(MemoryLog(), complete(layout, ())), settings=QUICK
        )
        try:
            assert {reading.door for reading in doors.snapshot().readings.values()} == {DoorState.UNKNOWN}
            await doors.start()
            assert {reading.door for reading in doors.snapshot().readings.values()} == {DoorState.UNKNOWN}
        finally:
            await doors.close()

    asyncio.run(work())
    assert Compartment(CELL).door is Door.UNKNOWN


class Counting:
    """A board that counts the questions that were not answered."""

    def __init__(self, inner: LockBoard) -> None:
        self._inner = inner
        self.channels = inner.channels
        self.unanswered = 0
        self.often = asyncio.Event()

    async def connect(self) -> None:
        await self._inner.connect()

    async def read(self) -> Mapping[int, ChannelReading]:
        try:
            return await self._inner.read()
        except DeviceError:
            self.unanswered += 1
            if self.unanswered >= MANY_TRIES:
                self.often.set()
            raise

    async def unlock(self, channel: int) -> None:
        await self._inner.unlock(channel)

    async def close(self) -> None:
        await self._inner.close()


def test_a_board_that_was_silent_more_often_than_anybody_counts_is_heard_again(
    line: tuple[Path, Control],
) -> None:
    folder, control = line

    async def work() -> None:
        wire = Counting(board(folder))
        async with service(cabinet(), {"main": wire}, MemoryLog()) as (doors, _):
            control.do("fault", name="mute")
            await asyncio.wait_for(wire.often.wait(), 60)
            assert doors.snapshot().readings[CELL].door is DoorState.UNKNOWN
            control.do("fault", name="none")
            await until(doors, lambda now: now.boards["main"].status is DeviceStatus.ONLINE)
            assert doors.snapshot().readings[CELL].door is DoorState.CLOSED

    asyncio.run(work())


# frames --------------------------------------------------------------------------------------------------------------


def test_no_reply_is_believed_whose_checksum_is_wrong() -> None:
    good = REPLY.encode()
    for at in range(len(good)):
        for flipped in range(8):
            wrong = bytearray(good)
            wrong[at] ^= 1 << flipped
            assert frames_in(status_parser(0), bytes(wrong)) == [], (at, flipped)


@pytest.mark.parametrize("chunk", [None, 1, 3])
def test_frames_are_found_in_whatever_pieces_they_come(chunk: int | None) -> None:
    """Split, glued together, behind garbage and behind half a frame."""
    good, other = REPLY.encode(), replace(REPLY, latches=0x8000).encode()
    noise = bytes.fromhex("02 00 35 FF 02 02")
    found = frames_in(status_parser(0), noise + good[:4] + good + other + b"\x02", chunk=chunk)
    assert found == [REPLY, replace(REPLY, latches=0x8000)]


# what is kept --------------------------------------------------------------------------------------------------------


def test_a_record_that_cannot_be_read_is_refused_and_never_begun_afresh(tmp_path: Path) -> None:
    async def write() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append(facts.KioskStarted("0.1", "demo"))

    async def read() -> None:
        async with opened(tmp_path, ballast_bytes=0):
            raise AssertionError("begun afresh")

    asyncio.run(write())
    file = tmp_path / "journal.db"
    file.write_bytes(b"not a journal any more" + file.read_bytes()[22:])
    spoilt = file.read_bytes()
    with pytest.raises(JournalUnusable, match="left as it is"):
        asyncio.run(read())
    assert file.read_bytes() == spoilt


def test_an_opening_under_way_at_a_crash_is_settled_at_the_next_start(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append(
                [
                    facts.CaseOpened(
                        "C-1", "s", "item", "", "card_only", "测试", "110101199003070000", "13800000000"
                    ),
                    DepositRequested("C-1", CELL, "item"),
                    OpenRequested("op", CELL, "C-1", "citizen"),
                ]
            )  # and here the power goes
        async with opened(tmp_path, ballast_bytes=0) as journal:
            ledger = Ledger(
                JournalCustody(journal), complete(cabinet(), (await journal.compartments()).values())
            )
            await resolve(journal, ledger, {CELL: SHUT_EMPTY}, str)
            assert await journal.open_intents() == []
            told = [event.type for event in await journal.events(after=3)]
            assert told == ["OpenOutcomeUnknown", "DoorFoundClosed", "CustodyDisputed"]

    asyncio.run(work())


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from kiosk.journal import opened, events as facts
from kiosk.journal.types import Channel, Notice
from locker.events import DepositHeld, DepositRequested, DoorOpened, Evidence

async def work():
    async with opened(Path(sys.argv[1]), ballast_bytes=0) as journal:
        held = [DepositRequested("C-1", "A-01", "item"), DoorOpened("op", "A-01", "C-1"),
                DepositHeld("C-1", "A-01", Evidence.DOOR)]
        await journal.append(held, [Notice(Channel.MQTT, "topic", b"told")])
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(work())
"""


def test_what_is_held_and_who_is_to_be_told_outlive_the_program(tmp_path: Path) -> None:
    """Neither in memory only nor in a file that is written in place."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], check=False, env=os.environ, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL

    async def read() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            assert (await journal.compartments())[CELL].case_id == "C-1"
            (waiting,) = await journal.outbox.due(datetime.now().astimezone() + timedelta(days=1))
            assert waiting.payload == b"told"

    asyncio.run(read())
    assert list(tmp_path.rglob("*.json")) == []


def test_a_message_that_a_crash_repeats_is_known_by_its_number_and_none_is_lost(tmp_path: Path) -> None:
    """The crash comes after the sending and before the record of it; who receives can tell a repetition."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, env=os.environ, timeout=60)
    later = datetime.now().astimezone() + timedelta(days=1)

    async def sent(*, is_recorded: bool) -> list[tuple[str, bytes]]:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            due = await journal.outbox.due(later)
            for message in due if is_recorded else ():
                await journal.outbox.mark_sent(message.message_id, later)
            return [(message.message_id, message.payload) for message in due]

    first = asyncio.run(sent(is_recorded=False))  # it went out, and the power goes
    again = asyncio.run(sent(is_recorded=True))
    assert first == again
    assert [payload for _, payload in first] == [b"told"]
    assert asyncio.run(sent(is_recorded=True)) == []


# the network ---------------------------------------------------------------------------------------------------------


def sockets() -> int:
    """How many this process has open."""
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # it was open for the listing only
            links.append(str(entry.readlink()))
    return sum(link.startswith("socket:") for link in links)


def test_a_broker_that_refused_more_often_than_anybody_counts_is_asked_again() -> None:
    """It comes back for ever, with a growing pause that has an end; and no try leaves anything open."""

    async def work() -> None:
        tries = 0
        enough = asyncio.Event()

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal tries
            tries += 1
            await reader.read(64)  # hears it out, and hangs up
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            if tries > MANY_TRIES:
                enough.set()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = MqttSettings("lobby-1", "127.0.0.1", port, retry_min_s=0.01, retry_max_s=0.02)
        courier = MqttCourier(settings, MemoryOutbox())
        before = sockets()
        running = asyncio.create_task(courier.run())
        try:
            await asyncio.wait_for(enough.wait(), 60)
            assert not running.done()
        finally:
            courier.close()
            await running
            server.close()
        left = sockets() - before
        assert (
            left < MANY_TRIES
        )  # the last try may not be swept up yet; two sockets for each would be far more

    gc.collect()
    gc.disable()  # what only a collection would close counts as left open
    try:
        asyncio.run(work())
    finally:
        gc.enable()

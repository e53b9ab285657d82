"""Opens what a cut left by the product's own way in, and holds it against what was safe and told before."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from cryptography.exceptions import InvalidTag

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from kiosk.journal.custody import JournalCustody
from kiosk.journal.events import KioskStarted
from kiosk.journal.journal import Journal
from kiosk.journal.verify import verify
from kiosk.runtime.restart import own_up_to_loss, resolve
from locker.compartment import Compartment
from locker.ledger import Ledger
from tests.crash.checker import check
from tests.crash.holding import Rule
from tests.crash.record import Record, read

from .keys import Keys, read_keys, unopened
from .mqtt import publications
from .operations import Say
from .recording import BOARD, BROKER, Cabinet
from .volume import Image

T = TypeVar("T")

UNLOCK: Final = re.compile(rb"\x02([\x00-\x0f])\x31\x03(.)", re.DOTALL)  # one lock of KERONG's board 0
HEAD_TOPIC: Final = "/journal"
JOURNAL: Final = "journal.db"
EMPTY: Final = Record((), (), {})


@dataclass(frozen=True, slots=True)
class Truth:
    """All that the recorded programs ever wrote, read from the end of their life. `sounds`: the files of them."""

    hashes: dict[int, bytes]
    messages: dict[int, frozenset[str]]
    keys: Keys
    sounds: dict[str, bytes]

    @staticmethod
    def of(state: Path) -> "Truth":
        """`state`: as the programs left it."""
        record = read(state / JOURNAL)
        return Truth(
            {fact.seq: fact.hash for fact in record.facts}, _messages(record), read_keys(state), _sounds(state),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What an image came to: how many facts it holds, and what does not hold of it."""

    facts: int
    wrong: list[str] = field(default_factory=list)


class Here(Executor):
    """Works where it is asked to: thousands of images have no time for a change of threads at each step."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Done when it returns."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # whoever asked gets it
            future.set_exception(error)
        return future


class Opening:
    """Checks images in a folder of its own, one at a time. `cells`: of the cabinet. Used as a context."""

    def __init__(self, scratch: Path, truth: Truth, cells: tuple[str, ...]) -> None:
        self._state = scratch / "image"
        self._truth = truth
        self._cells = cells
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Ready for many."""
        return self

    def __exit__(self, *_: object) -> None:
        """No more."""
        self._runner.close()

    def look(self, image: Image, cabinet: Cabinet, *, at_least: int, says: Say | None = None) -> Found:
        """Open an image twice: as the journal alone, then with what a start makes of the cabinet.

        `at_least`: facts that were safe. `says`: what is said at this moment, so that its fact has to be in there.
        """
        shutil.rmtree(self._state, ignore_errors=True)
        image.put_down(self._state)
        try:
            self._runner.run(self._open(None))
            record = self._record()
            wrong = [*self._kept(record, at_least), *self._keys(record), *_backed(record, says)]
            wrong += [
                f"{name} is half a sound"
                for name, _ in _sounds(self._state).items() - self._truth.sounds.items()
            ]
            wrong += check(self._state / JOURNAL, dict.fromkeys(cabinet.inside, True))
            self._runner.run(self._open(cabinet))
            after = check(self._state / JOURNAL, dict.fromkeys(cabinet.inside, True))
            wrong += [what for what in after if not what.startswith(Rule.NOTICE)]  # no policy was at work
            report = verify(self._state / JOURNAL)
            wrong += [f"after the start: event {one.seq}: {one.detail}" for one in report.faults]
        except Exception as error:  # noqa: BLE001  # whatever it is, a start may not end so
            return Found(0, [f"{type(error).__name__}: {error}"])
        return Found(len(record.facts), wrong)

    async def _open(self, cabinet: Cabinet | None) -> None:
        journal = await Journal.open(self._state, ballast_bytes=0, thread=Here())
        try:
            if journal.gap is not None:
                raise AssertionError(f"a power cut is taken for tampering: {journal.gap}")
            if cabinet is not None:
                await _start(journal, cabinet, self._cells)
        finally:
            await journal.close()

    def _record(self) -> Record:
        record = read(self._state / JOURNAL)
        with closing(sqlite3.connect(self._state / JOURNAL)) as db:
            (sound,) = db.execute("PRAGMA integrity_check").fetchone()
        assert sound == "ok", f"the database: {sound}"
        return record

    def _kept(self, record: Record, at_least: int) -> Iterator[str]:
        if len(record.facts) < at_least:
            yield f"{len(record.facts)} facts are left of {at_least} that were safe"
        messages = _messages(record)
        for fact in record.facts:
            if self._truth.hashes.get(fact.seq) != fact.hash:
                yield f"fact {fact.seq} was never written so"
            if messages.get(fact.seq) != self._truth.messages.get(fact.seq):
                yield f"fact {fact.seq} has other notices than it was written with"

    def _keys(self, record: Record) -> Iterator[str]:
        try:
            keys = read_keys(self._state)
        except InvalidTag:
            yield "the master key does not open the keys"
            return
        if record.facts and keys.own != self._truth.keys.own:
            yield "the kiosk's own keys are others than those it had"
        yield from unopened(self._state / JOURNAL, keys)


async def _start(journal: Journal, cabinet: Cabinet, cells: tuple[str, ...]) -> None:
    """What `Application` does with the journal before the first page."""
    await own_up_to_loss(journal, cells)
    known = await journal.compartments()
    ledger = Ledger(JournalCustody(journal), [known.get(cell, Compartment(cell)) for cell in cells])
    await journal.append(KioskStarted("test", "emulated"))
    await resolve(journal, ledger, {cell: _reading(cell, cabinet) for cell in cells}, str)


def _reading(cell: str, cabinet: Cabinet) -> ChannelReading:
    return ChannelReading(
        DoorState.OPEN if cell in cabinet.open else DoorState.CLOSED,
        ItemState.PRESENT if cell in cabinet.inside else ItemState.ABSENT,
    )


def _sounds(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in state.glob("*.wav")}


def _messages(record: Record) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for notice in record.notices:
        found.setdefault(notice.seq, set()).add(notice.message_id)
    return {seq: frozenset(ids) for seq, ids in found.items()}


def _backed(record: Record, says: Say | None) -> Iterator[str]:
    """What is said outside at this moment rests on a fact that no cut can take away."""
    if says is None:
        return
    if says.to == BOARD:
        for number in pulled(says):
            last = [fact for fact in record.facts if fact["cell"] == f"A-{number:02d}"][-1:]
            if [fact.type for fact in last] != ["OpenRequested"]:
                yield f"lock {number} is pulled and no order to do so is safe"
    elif says.to == BROKER:
        known = {notice.message_id for notice in record.notices}
        yield from (f"message {one} is published and its fact is not safe" for one in told(says) - known)
        safe = {(fact.seq, fact.hash.hex()) for fact in record.facts}
        yield from (f"the head {seq} is published and is not safe" for seq, _ in heads(says) - safe)


def tells(says: Say) -> bool:
    """Whether what is said has to rest on a fact."""
    return bool(pulled(says) if says.to == BOARD else told(says) or heads(says))


def pulled(says: Say) -> list[int]:
    """Channels, from 1, whose locks are pulled by what is sent to the board."""
    return [
        found[1][0] + 1
        for found in UNLOCK.finditer(says.data)
        if found[2][0] == (0x02 + found[1][0] + 0x31 + 0x03) % 256
    ]


def told(says: Say) -> set[str]:
    """Ids of the notices that are published; what the kiosk says of its own state is none."""
    return {one.told["id"] for one in publications(says.data) if "/event/" in one.topic}


def heads(says: Say) -> set[tuple[int, str]]:
    """Heads of the journal that are published: number and hash."""
    kept = [one.told["data"] for one in publications(says.data) if one.topic.endswith(HEAD_TOPIC)]
    return {(data["seq"], data["hash"]) for data in kept}

"""The journal as the rest of the program sees it: async calls over one thread that owns the file."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from locker.compartment import Compartment
from locker.events import Bound

from . import queries
from .anchor import Anchor, sign_head
from .ballast import Ballast
from .connecting import Connect, on_disk
from .deposits import DepositRow
from .erasing import Retention, due, forget, forget_person, ordered
from .errors import JournalError, JournalUnusable
from .events import ErasureOrdered, EventsMissing, PersonalDataErased, PersonalDataRead
from .lockfile import LockFile
from .outbox import Outbox
from .owner import as_owner_of
from .persons import index_anew, open_case, open_event
from .projections import rebuild
from .rows import JOURNAL_NAME
from .sealing import KeyStore, make_folder
from .segments import Manifest
from .store import Also, Store
from .types import (
    CaseRow,
    Clock,
    Event,
    IntentRow,
    Notice,
    NoticePolicy,
    Recorded,
    StoredEvent,
    utc_now,
)
from .witness import Gap, gap_to, was_told

T = TypeVar("T")

FILE_NAME: Final = JOURNAL_NAME
KEYS: Final = "keys"
IDLE_CHECKPOINT_S: Final = 2.0
CASES_A_STEP: Final = 20  # erased in one transaction
BALLAST_BYTES: Final = 8 * 1024 * 1024


def no_notices(_event: Event, _recorded: Recorded) -> Sequence[Notice]:
    """The policy of a journal that tells nobody."""
    return ()


def _claim(state_dir: Path) -> LockFile:
    try:
        make_folder(state_dir)
        return LockFile(state_dir / "journal.lock")
    except OSError as error:
        raise JournalUnusable(
            f"{state_dir} cannot hold a journal: {error.strerror}; paths.state_dir must be a folder this user may write"
        ) from error


def _steps(orders: Sequence[ErasureOrdered]) -> list[Sequence[ErasureOrdered]]:
    return [orders[begin : begin + CASES_A_STEP] for begin in range(0, len(orders), CASES_A_STEP)]


class Journal:
    """Facts, notices and what follows from them. Make one with `Journal.open`; every method from one event loop.

    All methods may raise `JournalError`; writing raises `JournalFull` when the disk has no room left.
    """

    def __init__(
        self, store: Store, thread: Executor, lock: LockFile, *, idle_s: float, clock: Clock
    ) -> None:
        self._store = store
        self._thread = thread
        self._lock = lock
        self._idle_s = idle_s
        self._clock = clock
        self._idle: asyncio.TimerHandle | None = None
        self._listeners: list[Callable[[Recorded], None]] = []
        self._closed = False
        self.changes = 0  # transactions since the start: what was read is so until the next
        self._signed: Anchor | None = None
        self.gap = store.keys.witness.gap(store.chain(), store.head[0])
        self._owned_up = False  # since the start
        self._erasing = asyncio.Lock()
        self.outbox: Final = Outbox(self, store.keys)

    @classmethod
    async def open(
        cls,
        state_dir: Path,
        *,
        notice_policy: NoticePolicy = no_notices,
        clock: Clock = utc_now,
        idle_s: float = IDLE_CHECKPOINT_S,
        ballast_bytes: int = BALLAST_BYTES,
        master_key_file: Path | None = None,
        connect: Connect = on_disk,
        thread: Executor | None = None,
    ) -> "Journal":
        """Open or create `state_dir/journal.db`. Raises `JournalBusy`, `JournalNewer`, `JournalError`.

        `connect` and `thread`: another disk, and who works on it, for the simulator.
        """
        lock = await asyncio.to_thread(_claim, state_dir)
        thread = thread or ThreadPoolExecutor(1, thread_name_prefix="journal")

        def start() -> Store:
            keys = KeyStore(state_dir / KEYS, master_file=master_key_file, connect=connect)
            ballast = Ballast(state_dir / "ballast", ballast_bytes)
            try:
                return Store(
                    state_dir / FILE_NAME,
                    keys,
                    policy=notice_policy,
                    clock=clock,
                    ballast=ballast,
                    connect=connect,
                )
            except BaseException:
                keys.close()
                raise

        try:
            store = await asyncio.get_running_loop().run_in_executor(thread, start)
        except BaseException:
            thread.shutdown(wait=True)
            lock.release()
            raise
        return cls(store, thread, lock, idle_s=idle_s, clock=clock)

    async def close(self) -> None:
        """Finish what is under way, checkpoint, release the file and the lock."""
        if self._closed:
            return
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        with contextlib.suppress(JournalError):  # a full disk: what was noted before stands
            await self._run(self._note_head)
        await self._run(self._store.close)
        await self._run(self._store.keys.close)
        self._thread.shutdown(wait=True)
        self._lock.release()

    def abandon(self) -> None:
        """Let go of the lock as a power cut does: nothing is written. For the simulator."""
        if not self._closed:
            self._closed = True
            self._lock.release()

    async def _run(self, work: Callable[[], T]) -> T:
        """In the journal's thread. Raises `JournalError` also where the file could not be read."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):  # ours, not the disk's
            raise
        except sqlite3.DatabaseError as error:
            raise JournalError(f"the journal's file could not be read or written: {error}") from error

    async def _keyed(self, work: Callable[[], T]) -> T:
        """The same for what may write to the file of the keys."""
        return await self._run(lambda: self._store.with_room(work))

    # --- facts -------------------------------------------------------------------------------------------------------

    async def append(
        self,
        events: Sequence[Event] | Event,
        notices: Sequence[Notice] | None = None,
        *,
        also: Also | None = None,
    ) -> list[Recorded]:
        """Make facts durable with their notices: one transaction, one fsync. Returns them in order.

        `notices` hang on the last event, beside what the policy gives. `also` runs inside the same transaction.
        Raises TypeError, ValueError for an event that cannot be stored; nothing is written then.
        """
        batch: Sequence[Event] = events if isinstance(events, Sequence) else (events,)

        def work() -> tuple[list[Recorded], bool]:
            before = self._store.queued
            return self._store.append(batch, tuple(notices or ()), also), self._store.queued != before

        recorded, queued = await self._run(work)
        self._written()
        for fact in recorded:
            for listener in tuple(self._listeners):
                listener(fact)
        if queued:
            self.outbox.changed()
        return recorded

    def listen(self, listener: Callable[[Recorded], None]) -> Callable[[], None]:
        """Call `listener` on the event loop after each durable fact. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a reading function in the journal's thread."""
        return await self._run(lambda: work(self._store.db))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function as one transaction, for tables outside the chain."""
        result = await self._run(lambda: self._store.write(lambda: work(self._store.db)))
        self._written()
        return result

    async def ping(self) -> None:
        """Returns once the journal's thread has answered: for the watchdog."""
        await self._run(lambda: self._store.db.execute("SELECT 1").fetchone())

    # --- what follows from the facts ---------------------------------------------------------------------------------

    async def compartments(self) -> dict[str, Compartment]:
        """States of the compartments that ever took part in an event, by name, as the locker's machine has them.

        The door is what the last event said: at a start only the sensors know it.
        """
        return await self.read(queries.compartments)

    async def cases(self, *states: str) -> list[CaseRow]:
        """Cases in one of these states (all, when none is given), oldest first."""
        return await self.read(lambda db: queries.cases(db, states))

    async def deposits(self, *states: str, bound: Bound | None = None) -> list[DepositRow]:
        """What lies or lay in the compartments in one of these states, oldest first; a case may have several."""
        return await self.read(lambda db: queries.deposits(db, states, bound))

    async def deposits_of(self, case_id: str) -> list[DepositRow]:
        """Everything of one case, oldest first."""
        return await self.read(lambda db: queries.deposits_of(db, case_id))

    async def collected_lately(self, most: int) -> list[CaseRow]:
        """The newest of the cases that staff have collected, newest first."""
        return await self.read(lambda db: queries.collected_lately(db, most))

    async def held_since(self, since: datetime) -> int:
        """How many deposits were taken in since then."""
        return await self.read(lambda db: queries.held_since(db, since))

    async def case(self, case_id: str) -> CaseRow | None:
        """One case, None where there is none."""
        return await self.read(lambda db: queries.case(db, case_id))

    async def cases_numbered(self, prefix: str) -> int:
        """How many cases have an id that begins so."""
        return await self.read(lambda db: queries.cases_numbered(db, prefix))

    async def open_intents(self) -> list[IntentRow]:
        """Doors that were asked to open and whose outcome is not known, oldest first."""
        return await self.read(queries.open_intents)

    async def events(
        self, *, after: int = 0, kinds: Sequence[str] = (), limit: int = 1000
    ) -> list[StoredEvent]:
        """Events with a sequence number above `after`, of these types (all, when none is given)."""
        return await self._run(lambda: queries.events(self._store.chain(), after, kinds, limit))

    async def case_events(self, case_id: str) -> list[StoredEvent]:
        """Every event of one case, ascending."""
        return await self.read(lambda _db: queries.events_of_case(self._store.chain(), case_id))

    async def last_event(self, *kinds: str) -> StoredEvent | None:
        """The newest event, of these types where any are given."""
        return await self._run(lambda: queries.last_event(self._store.chain(), kinds))

    async def rebuild(self) -> int:
        """Make all projections anew from the events; answers how many events were played."""
        return await self.write(lambda db: rebuild(db, self._store.chain()))

    def case_inside(self, case_id: str) -> CaseRow | None:
        """One case, for a notice policy alone: call it from nowhere but the journal's own transaction."""
        return queries.case(self._store.db, case_id)

    def head_inside(self) -> tuple[int, str]:
        """Number and hash (hexadecimal) of the fact that a notice policy is asked about; as `case_inside`."""
        seq, head = self._store.head
        return seq, head.hex()

    def personal_inside(self, case_id: str) -> dict[str, Any]:
        """The sealed fields of a case, for a notice that is sealed again; as `case_inside`. Raises `KeyErased`."""
        return open_case(self._store.chain(), self._store.keys, case_id)

    def read_inside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Any reading, for a notice policy alone: call it from nowhere but the journal's own transaction."""
        return work(self._store.db)

    async def keyed_hash(self, value: str) -> str:
        """HMAC of something that must be recognised and not be read, with a key of this kiosk's own."""
        return await self._keyed(lambda: self._store.keys.index(value))

    # --- persons -----------------------------------------------------------------------------------------------------

    async def cases_of(self, id_number: str) -> list[CaseRow]:
        """Cases of the person with this number."""
        person = await self.keyed_hash(id_number)
        return await self.read(lambda db: queries.cases_of(db, person))

    async def cases_to_fetch(self, id_number: str) -> list[CaseRow]:
        """Cases of others that this person has handed in and whose result they may fetch."""
        person = await self.keyed_hash(id_number)
        return await self.read(lambda db: queries.cases_to_fetch(db, person))

    async def personal(self, case_id: str, *, staff_no: str, reason: str) -> dict[str, Any]:
        """The sealed fields of a case, opened; that somebody did so is an event. Raises `KeyErased`."""
        await self.append(PersonalDataRead(case_id, staff_no, reason))
        return await self._run(lambda: open_case(self._store.chain(), self._store.keys, case_id))

    async def personal_of(self, case_id: str, seq: int, *, staff_no: str, reason: str) -> dict[str, Any]:
        """The sealed fields of one event of a case; as `personal`."""
        await self.append(PersonalDataRead(case_id, staff_no, reason))
        return await self._run(lambda: open_event(self._store.chain(), self._store.keys, case_id, seq))

    async def erase(self, case_ids: Sequence[str], *, by: str, reason: str, id_number: str = "") -> None:
        """Destroy the keys of cases and every way to find their persons. The chain stays whole.

        `id_number`: of a person who is to be forgotten altogether, cases or none.
        """
        person = await self.keyed_hash(id_number) if id_number else ""
        await self.write(lambda db: forget_person(db, person))
        for step in _steps([ErasureOrdered(case_id, by, reason) for case_id in case_ids]):
            await self.append(step)
        await self.carry_out_erasures()

    async def carry_out_erasures(self) -> None:
        """Erase what is ordered to be erased, also what a crash cut off, and have the old master key gone."""
        async with self._erasing:
            orders = await self.read(ordered)
            await self.destroy([order.case_id for order in orders])
            now = self._clock()
            for step in _steps(orders):
                events = [PersonalDataErased(order.case_id, order.by, order.reason) for order in step]
                gone = [order.case_id for order in step]
                await self.append(events, also=lambda db, gone=gone: forget(db, gone, now))  # type: ignore[misc]
            await self._run(self._store.empty_log)  # it still holds the rows as they were

    async def destroy(self, owners: Sequence[str]) -> None:
        """Destroy keys, and with them what they sealed in every copy. Owners without one are no mistake."""
        await self.finish_erasing()
        await self._keyed(lambda: self._store.keys.erase(owners))
        await self.finish_erasing()

    async def finish_erasing(self) -> None:
        """Have the old master key gone, also of an erasure that was cut off. Whoever comes now is served in between."""
        while await self._keyed(self._store.keys.rewrap):
            pass

    async def overdue(self, retention: Retention) -> list[str]:
        """Cases whose personal data has been kept long enough."""
        return await self.read(lambda db: due(db, retention, self._clock()))

    async def reindex(self) -> int:
        """Find persons' cases again after a restore, by the keys that are left; answers how many cases."""
        return await self.write(lambda db: index_anew(db, self._store.chain(), self._store.keys))

    async def prepare(self, case_id: str) -> None:
        """Make the key of a case ahead of its first fact, so that this fact costs one fsync like any other."""
        await self._keyed(lambda: self._store.keys.make(case_id))

    async def seal(self, owner: str, plain: bytes) -> bytes:
        """Seal bytes for a table outside the chain, under a key of `owner`."""
        return await self._keyed(lambda: self._store.keys.seal(owner, plain, owner.encode()))

    async def unseal(self, owner: str, sealed: bytes) -> bytes:
        """The inverse of `seal`."""
        return await self._run(lambda: self._store.keys.unseal(owner, sealed, owner.encode()))

    # --- care --------------------------------------------------------------------------------------------------------

    async def anchor(self) -> Anchor:
        """The signed head of the chain as it stands."""

        def sign() -> Anchor:
            return sign_head(self._store.keys.signing_key(), *self._store.head)

        seq, head = self._store.head  # not durable yet, perhaps: it is signed in the journal's thread alone
        signed = self._signed
        if signed is None or (signed.seq, signed.hash_hex) != (seq, head.hex()):
            signed = self._signed = await self._run(sign)
        return signed

    async def public_key(self) -> bytes:
        """The kiosk's Ed25519 public key, 32 bytes: keep it outside the kiosk, anchors are checked with it."""

        def raw() -> bytes:
            key: Ed25519PublicKey = self._store.keys.signing_key().public_key()
            return key.public_bytes_raw()

        return await self._run(raw)

    @property
    def file(self) -> Path:
        """The database."""
        return self._store.path

    async def by_key(self, owner: str, work: Callable[[bytes], T]) -> T:
        """What `work` makes of the key of `owner` (32 bytes, made on first use), in the journal's thread."""
        return await self._keyed(lambda: self._store.keys.apply(owner, work))

    async def sign_manifest(self, manifest: Manifest) -> Manifest:
        """The same with the kiosk's signature."""
        return await self._run(lambda: manifest.signed(self._store.keys.signing_key()))

    async def lacks(self, head: Anchor) -> Gap | None:
        """What is missing since a head that was kept outside; None where nothing is, or where that was told before.

        Told once since the start is told: what was written after that stands here. Raises `SegmentUnreadable`.
        """

        def look() -> Gap | None:
            chain = self._store.chain()
            gap = gap_to(chain, head, self._store.head[0])
            return None if gap is None or was_told(chain, gap) else gap

        return None if self._owned_up else await self._run(look)

    async def own_up(self, gap: Gap, doubts: Sequence[Event]) -> None:
        """Record that events are missing, and the doubts that follow for the compartments."""
        missing = EventsMissing(gap.found_seq, gap.known.seq, gap.known.hash_hex)
        await self.append([missing, *doubts])
        self._owned_up, self.gap = True, None

    async def copy_to(self, target: Path) -> None:
        """Write a single-file copy of the journal as it stands. Personal parts stay sealed."""
        await self._run(lambda: self._store.copy_to(target))

    def has_reserve(self) -> bool:
        """Whether the ballast was whole at the last look; it is not after a full disk, or where there was no room."""
        return self._store.has_ballast

    async def refill_ballast(self) -> bool:
        """Look at the ballast, and take it again after somebody made room on the disk."""
        return await self._run(self._store.refill_ballast)

    async def checkpoint(self) -> None:
        """Move the log into the file now."""
        await self._run(self._store.checkpoint)

    def _written(self) -> None:
        self.changes += 1
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = None if self._closed else loop.call_later(self._idle_s, self._checkpoint_when_idle)

    def _checkpoint_when_idle(self) -> None:
        self._idle = None
        self._thread.submit(self._quiet_checkpoint)

    def _quiet_checkpoint(self) -> None:
        with contextlib.suppress(
            sqlite3.OperationalError
        ):  # a full or busy disk: the next idle moment tries again
            self._store.checkpoint()
            self._note_head()

    def _note_head(self) -> None:
        """Unless events are missing: that must be recorded first."""
        if self.gap is None:
            seq, hash_now = self._store.head
            self._store.keys.witness.note(Anchor(seq, hash_now.hex()))


@contextlib.asynccontextmanager
async def opened(state_dir: Path, **options: Any) -> AsyncIterator[Journal]:
    """`Journal.open` and `close` around a block, for which root is the folder's owner."""
    with as_owner_of(state_dir):
        journal = await Journal.open(state_dir, **options)
        try:
            yield journal
        finally:
            await journal.close()

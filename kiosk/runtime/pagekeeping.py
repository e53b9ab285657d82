"""From pages in memory to a fact of the journal: sealed under the case's key, on the disk, then told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from kiosk.journal.journal import Journal
from kiosk.journal.pagefiles import PageFiles, digest_of
from kiosk.journal.scanevents import PagesAdded, PagesSealed
from kiosk.journal.scans import scan_of, scans
from kiosk.journal.types import Event
from kiosk.session.visit import LETTER, Scanned
from locker.ports import NotRecorded

from .scanner import ScanDesk

LETTER_NAME: Final = "授权委托书"  # as the record has it


@dataclass(frozen=True, slots=True)
class PageKeeper:
    """`titles`: the names of an item's papers, by its code. Nothing that is not sealed touches the disk.

    Pages lie on the disk before their fact: no sweep comes between the two.
    """

    journal: Journal
    desk: ScanDesk
    files: PageFiles
    titles: Callable[[str], tuple[str, ...]]
    _files_rest: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def sealed(
        self, case_id: str, session_id: str, item_code: str, scanned: tuple[Scanned, ...], *, whole: bool
    ) -> AsyncIterator[list[Event]]:
        """The fact to record inside, with the case's first ones; none without pages. The case's key is there already.

        Raises `NotRecorded`, `JournalError`: no fact may tell of pages then.
        """
        if not scanned:
            yield []
            return
        async with self._files_rest:
            pages = await self._put_down(case_id, scanned)
            yield [
                PagesSealed(
                    case_id, session_id, item_code, self._names(item_code, scanned),
                    tuple(len(one.pages) for one in scanned), len(pages), sum(map(len, pages)), digest_of(pages), whole,
                )
            ]  # fmt: skip

    @asynccontextmanager
    async def added(
        self, case_id: str, session_id: str, item_code: str, scanned: tuple[Scanned, ...]
    ) -> AsyncIterator[PagesAdded]:
        """The fact to record inside, of pages behind those that a case has. Raises `NotRecorded`, `JournalError`."""
        async with self._files_rest:
            row = await self.journal.read(lambda db: scan_of(db, case_id))
            before: tuple[bytes, ...] = ()
            if row is not None:
                before = await asyncio.to_thread(self.files.read, case_id, row.pages)
                if digest_of(before) != row.digest:
                    raise NotRecorded(f"{case_id}: its pages are not those that the journal recorded")
            pages = await self._put_down(case_id, scanned, len(before))
            every = [*before, *pages]
            yield PagesAdded(
                case_id, session_id, item_code, self._names(item_code, scanned),
                tuple(len(one.pages) for one in scanned), len(pages), len(every), sum(map(len, every)),
                digest_of(every),
            )  # fmt: skip

    async def sweep(self) -> int:
        """Remove files of cases that are erased, and such as no fact tells of; answers of how many cases."""
        async with self._files_rest:
            known = {row.case_id: row.pages for row in await self.journal.read(scans)}
            return await asyncio.to_thread(self.files.keep_only, known)

    async def _put_down(self, case_id: str, scanned: tuple[Scanned, ...], behind: int = 0) -> list[bytes]:
        plain = [self.desk.jpeg(number) for one in scanned for number in one.pages]
        if None in plain:
            raise NotRecorded("pages that were scanned are gone from memory: the visit was over")
        pages = [await self.journal.seal(case_id, page) for page in plain if page is not None]
        await asyncio.to_thread(self.files.put, case_id, pages, behind)
        return pages

    def _names(self, item_code: str, scanned: tuple[Scanned, ...]) -> tuple[str, ...]:
        titles = self.titles(item_code)
        return tuple(LETTER_NAME if one.paper == LETTER else titles[one.paper] for one in scanned)

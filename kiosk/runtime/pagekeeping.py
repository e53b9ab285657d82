"""From pages in memory to a fact of the journal: sealed under the case's key, on the disk, then told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.journal.journal import Journal
from kiosk.journal.pagefiles import PageFiles, digest_of
from kiosk.journal.scanevents import PagesSealed
from kiosk.journal.types import Event
from kiosk.session.visit import LETTER, Scanned
from locker.ports import NotRecorded

from .scanner import ScanDesk

LETTER_NAME: Final = "授权委托书"  # as the record has it


@dataclass(frozen=True, slots=True)
class PageKeeper:
    """`titles`: the names of an item's papers, by its code. Nothing that is not sealed touches the disk."""

    journal: Journal
    desk: ScanDesk
    files: PageFiles
    titles: Callable[[str], tuple[str, ...]]

    async def sealed(
        self, case_id: str, session_id: str, item_code: str, scans: tuple[Scanned, ...], *, whole: bool
    ) -> list[Event]:
        """The fact that goes with the case's first ones; none without pages. The case's key is there already.

        Raises `NotRecorded`, `JournalError`: no fact may tell of pages then.
        """
        if not scans:
            return []
        plain = [self.desk.jpeg(number) for one in scans for number in one.pages]
        if None in plain:
            raise NotRecorded("pages that were scanned are gone from memory: the visit was over")
        pages = [await self.journal.seal(case_id, page) for page in plain if page is not None]
        await asyncio.to_thread(self.files.put, case_id, pages)
        titles = self.titles(item_code)
        names = tuple(LETTER_NAME if one.paper == LETTER else titles[one.paper] for one in scans)
        return [
            PagesSealed(
                case_id, session_id, item_code, names,
                tuple(len(one.pages) for one in scans), len(pages), sum(map(len, pages)), digest_of(pages), whole,
            )
        ]  # fmt: skip

    async def sweep(self) -> int:
        """Remove files of cases that are erased or never came to be; answers of how many cases."""
        known = await self.journal.read(
            lambda db: {row[0] for row in db.execute("SELECT case_id FROM scans")}
        )
        return await asyncio.to_thread(self.files.keep_only, known)

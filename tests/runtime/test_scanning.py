"""Pages from the camera to the disk, on a real journal: sealed at once, told without content, erased by their key."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from argon2 import PasswordHasher

from drivers.contracts.document import Concern, Document, PaperFormat, Sheet
from drivers.errors import LinkClosed
from kiosk.journal import scanevents
from kiosk.journal.errors import JournalError
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal, opened
from kiosk.journal.pagefiles import FOLDER, PagesOnDisk, digest_of
from kiosk.journal.promiseevents import PapersFollowed
from kiosk.journal.scans import scan_of, scans
from kiosk.journal.types import Event
from kiosk.runtime.disk import ONLINE
from kiosk.runtime.pagekeeping import PageKeeper
from kiosk.runtime.scancommands import ScanCommands
from kiosk.runtime.scanner import LensScanner, Page, ScanDesk, page_of
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.visit import LETTER, Scanned
from kiosk.staff import Role, StaffError, StaffRegistry
from locker.ports import NotRecorded

CASE = "261122-0001"
NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
PIN = "482915"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = b"what stands on the page "
SCANS = (Scanned(0, (1, 2)), Scanned(2, (3,)))
SHEET = Sheet(((0, 0), (9, 0), (9, 9), (0, 9)), 1.41, PaperFormat.A4, 1.0, 200.0)


class Camera:
    """A scanner whose pages are known; `gone`: it does not answer."""

    def __init__(self) -> None:
        self.gone = False
        self.awake = False
        self.pages = [Page((), SECRET + bytes([n]) * 5000) for n in range(9)]
        self.sharp = asyncio.Event()  # a picture takes until then
        self.sharp.set()

    def is_awake(self) -> bool:
        return self.awake

    async def connect(self) -> None:
        if self.gone:
            raise LinkClosed("document camera: not there")

    async def hold(self) -> None:
        await self.connect()
        self.awake = True

    async def rest(self) -> None:
        self.awake = False

    async def page(self) -> Page:
        await self.connect()
        await self.sharp.wait()
        return self.pages.pop(0)

    async def turned(self, page: Page) -> Page:
        return await LensScanner(self).turned(page)

    async def capture(self) -> Document:
        raise AssertionError("pages are known")

    async def close(self) -> None:
        self.awake = False


class Kept:
    """A desk, a journal, files, and what was posted."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self.journal, self.camera = journal, Camera()
        self.posted: list[ev.Event] = []
        self.changed = asyncio.Event()
        self.desk = ScanDesk(self.camera, self.posted.append, self.changed.set, 0.01)
        self.files = PagesOnDisk(folder)
        self.keeper = PageKeeper(journal, self.desk, self.files, lambda _code: ("form", "other", "proof"))

    async def take(self, count: int) -> None:
        for _ in range(count):
            await self.desk.perform(do.TakePage())

    async def filed(self, *, whole: bool = True) -> scanevents.PagesSealed:
        """A case with three pages of two papers."""
        await self.take(3)
        await self.journal.prepare(CASE)
        case = CaseOpened(CASE, "s", "tax", "office", "verified", "name", "110101199003070000", "13131313131")
        async with self.keeper.sealed(CASE, "s", "tax", SCANS, whole=whole) as (fact,):
            await self.journal.append([case, fact])
        assert isinstance(fact, scanevents.PagesSealed)
        return fact

    async def facts(self, scans: tuple[Scanned, ...]) -> list[Event]:
        async with self.keeper.sealed(CASE, "s", "tax", scans, whole=True) as facts:
            return facts

    async def added(self, *pages: int) -> scanevents.PagesAdded:
        """Further pages of the second paper."""
        await self.take(len(pages))
        async with self.keeper.added(CASE, "s", "tax", (Scanned(1, pages),)) as fact:
            await self.journal.append([fact, PapersFollowed(CASE, ("other",), ())])
        return fact


@asynccontextmanager
async def keeping(folder: Path) -> AsyncIterator[Kept]:
    async with opened(folder, ballast_bytes=0) as journal:
        yield Kept(journal, folder)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_pages_lie_sealed_in_order_and_are_told_without_content(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            fact = await kept.filed()
            sealed = kept.files.read(CASE, 9)
            assert (fact.papers, fact.counts, fact.pages) == (("form", "proof"), (2, 1), 3)
            assert fact.size == sum(map(len, sealed))
            assert fact.digest == digest_of(sealed) != digest_of(sealed[::-1])
            plain = [await kept.journal.unseal(CASE, page) for page in sealed]
            assert plain == [SECRET + bytes([n]) * 5000 for n in range(3)]
            row = await kept.journal.case(CASE)
            assert row is not None
            assert row.state == "filed"
            modes = {path.stat().st_mode & 0o777 for path in (tmp_path / FOLDER / CASE).iterdir()}
            assert modes == {0o600}

    asyncio.run(play())
    assert SECRET not in everything_in(tmp_path)


def test_a_page_is_turned_clockwise_and_kept_so(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            image = np.full((60, 40, 3), 250, dtype=np.uint8)
            image[:30, :20] = 0  # dark above and to the left
            kept.camera.pages = [page_of(Document(image, SHEET, frozenset(), 0.0))]
            await kept.take(1)
            await kept.desk.perform(do.TurnPage(1))
            await kept.desk.perform(do.DropPages((1,)))
            await kept.desk.perform(do.TurnPage(1))
            assert kept.posted == [ev.PageTaken(1), ev.PageTaken(2), ev.ScanFailed()]
            picture, jpeg = kept.desk.picture(2), kept.desk.jpeg(2)
            assert picture is not None
            assert jpeg is not None
            assert (picture.width, picture.height) == (60, 40)
            further = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
            assert np.asarray(further)[10, 50] < 60 < 200 < np.asarray(further)[10, 10]  # to the right now

    asyncio.run(play())


def test_erased_by_the_key_nobody_opens_them_and_the_sweep_takes_the_files(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.filed()
            assert await kept.keeper.sweep() == 0
            sealed = kept.files.read(CASE, 9)
            await kept.journal.erase([CASE], by="1001", reason="asked for")
            with pytest.raises(Exception, match="key of this case is gone"):
                await kept.journal.unseal(CASE, sealed[0])
            assert await kept.keeper.sweep() == 1
            assert not list((tmp_path / FOLDER).iterdir())

    asyncio.run(play())


def test_what_a_crash_left_without_a_fact_is_swept(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.filed(whole=False)
            kept.files.put("261122-0002", [b"sealed"])
            kept.files.put(CASE, [b"sealed"], behind=3)
            (tmp_path / FOLDER / "261122-0003").mkdir()
            assert len(kept.files.read(CASE, 9)) == 4
            assert await kept.keeper.sweep() == 3
            assert len(kept.files.read(CASE, 9)) == 3
            await kept.journal.rebuild()
            assert await kept.keeper.sweep() == 0

    asyncio.run(play())


def test_pages_of_a_supplement_lie_behind_the_others_and_wait_for_staff_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.filed()
            await kept.journal.append(scanevents.PagesExported(CASE, "1001", "1002", 3))
            first = await kept.journal.read(lambda db: scan_of(db, CASE))
            assert first is not None
            assert first.waiting == 0
            fact = await kept.added(4, 5)
            sealed = kept.files.read(CASE, 9)
            assert (fact.papers, fact.counts, fact.pages, fact.total) == (("other",), (2,), 2, 5)
            assert (fact.size, fact.digest) == (sum(map(len, sealed)), digest_of(sealed))
            plain = [await kept.journal.unseal(CASE, page) for page in sealed]
            assert plain == [SECRET + bytes([n]) * 5000 for n in range(5)]
            for _ in range(2):  # by its events alone too
                (row,) = await kept.journal.read(lambda db: scans(db, waiting=True))
                assert (row.pages, row.waiting, row.whole, row.exported_at) == (5, 2, True, first.exported_at)
                await kept.journal.rebuild()
            case = await kept.journal.case(CASE)
            assert case is not None
            assert case.state == "collected"  # what staff have, they have

    asyncio.run(play())
    assert SECRET not in everything_in(tmp_path)


def test_a_case_of_papers_alone_gets_pages(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.journal.prepare(CASE)
            await kept.journal.append(
                CaseOpened(
                    CASE, "s", "tax", "office", "verified", "name", "110101199003070000", "13131313131"
                )
            )
            fact = await kept.added(1)
            assert (fact.pages, fact.total) == (1, 1)
            row = await kept.journal.read(lambda db: scan_of(db, CASE))
            assert row is not None
            assert (row.pages, row.waiting, row.whole) == (1, 1, False)

    asyncio.run(play())


def test_pages_that_were_changed_since_get_none_behind_them(tmp_path: Path) -> None:
    """The new digest would cover what nobody recorded."""

    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.filed()
            kept.files.put(CASE, [b"another"])
            with pytest.raises(NotRecorded, match="not those that the journal recorded"):
                await kept.added(4)
            assert not await kept.journal.events(kinds=["PagesAdded"])

    asyncio.run(play())


def test_a_sweep_waits_until_the_fact_of_new_pages_is_there(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.take(3)
            await kept.journal.prepare(CASE)
            case = CaseOpened(
                CASE, "s", "tax", "office", "verified", "n", "110101199003070000", "13131313131"
            )
            async with kept.keeper.sealed(CASE, "s", "tax", SCANS, whole=True) as facts:
                sweep = asyncio.create_task(kept.keeper.sweep())
                for _ in range(100):
                    await asyncio.sleep(0)
                await kept.journal.read(scans)  # in the same thread, behind whatever the sweep asks
                await kept.journal.append([case, *facts])
            assert await sweep == 0
            assert len(kept.files.read(CASE, 9)) == 3

    asyncio.run(play())


def test_a_letter_of_authorisation_is_named_among_the_papers(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.take(3)
            await kept.journal.prepare(CASE)
            scans = (Scanned(LETTER, (2,)), Scanned(2, (1, 3)))
            async with kept.keeper.sealed(CASE, "s", "tax", scans, whole=True) as (fact,):
                assert isinstance(fact, scanevents.PagesSealed)
            assert (fact.papers, fact.counts) == (("授权委托书", "proof"), (1, 2))
            plain = [await kept.journal.unseal(CASE, page) for page in kept.files.read(CASE, 9)]
            assert plain == [SECRET + bytes([n]) * 5000 for n in (1, 0, 2)]

    asyncio.run(play())


def test_pages_that_are_gone_or_cannot_be_written_make_no_fact(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            await kept.take(3)
            await kept.desk.perform(do.DropPages((2,)))
            with pytest.raises(NotRecorded, match="gone from memory"):
                await kept.facts(SCANS)
            (tmp_path / FOLDER).write_bytes(b"in the way")
            with pytest.raises(NotRecorded, match="could not be kept"):
                await kept.facts((Scanned(2, (3,)),))
            assert await kept.facts(()) == []

    asyncio.run(play())


def test_two_of_staff_take_pages_out_and_it_stands_in_the_journal(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            fact = await kept.filed()
            staff = StaffRegistry(kept.journal, hasher=CHEAP)
            for number, role in (("1001", Role.STAFF), ("1002", Role.SUPERVISOR), ("1003", Role.TECHNICIAN)):
                await staff.add(number, name="测试", pin=PIN, role=role, by="setup")
            commands = ScanCommands(kept.journal, staff, kept.files, lambda: NOW)
            order = {"case_id": CASE, "staff_no": "1001", "second_no": "1002", "pin": PIN, "second_pin": PIN}

            async def refused(match: str, **changes: str) -> None:
                with pytest.raises((StaffError, JournalError), match=match):
                    await commands.export({"order": order | changes})

            await refused("another one", second_no="1001")
            await refused("do not belong together", second_pin="000000")
            await refused("not by technicians", second_no="1003")
            await refused("no scanned pages", case_id="261122-0077")
            told = await commands.export({"order": order})
            assert [b64decode(page)[: len(SECRET)] for page in told["pages"]] == [SECRET] * 3
            (row,) = (await commands.listed({}))["scans"]
            assert (row["case"], row["pages"], row["bytes"]) == (CASE, 3, fact.size)
            assert row["exported_at"] is not None
            case = await kept.journal.case(CASE)
            assert case is not None
            assert (case.state, case.collected_by) == ("collected", "1001")
            kept.files.put(CASE, kept.files.read(CASE, 9)[::-1])
            await refused("not those that the journal recorded")
            assert len(await kept.journal.events(kinds=["PagesExported"])) == 1

    asyncio.run(play())


def test_the_desk_forgets_says_what_is_wrong_and_finds_its_camera_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with keeping(tmp_path) as kept:
            camera, desk = kept.camera, kept.desk
            await desk.perform(do.WakeScanner())
            assert camera.is_awake()
            assert desk.health == ONLINE
            camera.pages.insert(0, Page(("glare",)))
            await kept.take(2)
            assert kept.posted == [ev.PageTaken(1, ("glare",)), ev.PageTaken(2)]
            assert desk.jpeg(1) is None
            assert desk.jpeg(2) is not None
            await desk.forget()
            assert desk.jpeg(2) is None
            assert not camera.is_awake()
            camera.gone = True
            await desk.perform(do.WakeScanner())
            assert kept.posted[-1] == ev.ScanFailed()
            assert desk.health.status.value == "noDevice"
            camera.gone = False
            kept.changed.clear()
            watching = asyncio.create_task(desk.watch())
            async with asyncio.timeout(20):
                await kept.changed.wait()
            watching.cancel()
            assert desk.health == ONLINE

    asyncio.run(play())


def test_a_page_that_comes_after_the_visit_is_nobodys(tmp_path: Path) -> None:
    """Whoever lifts the card while the camera works has gone, and the page with them."""

    async def play() -> None:
        async with keeping(tmp_path) as kept:
            kept.camera.sharp.clear()
            taking = asyncio.create_task(kept.desk.perform(do.TakePage()))
            await asyncio.sleep(0)
            await kept.desk.forget()
            kept.camera.sharp.set()
            await taking
            assert kept.posted == []
            assert kept.desk.jpeg(1) is None
            await kept.take(1)
            (came,) = kept.posted
            assert isinstance(came, ev.PageTaken)
            assert kept.desk.jpeg(came.number) is not None

    asyncio.run(play())


def test_a_page_is_kept_as_jpeg_and_drawn_small_and_the_gravest_concern_comes_first() -> None:
    image = np.full((1800, 1200, 3), (10, 120, 240), np.uint8)
    page = page_of(Document(image, SHEET, frozenset(), 0.0))
    kept = cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert kept is not None
    assert kept.shape == image.shape
    assert page.picture is not None
    assert (page.picture.width, page.picture.height) == (600, 900)
    assert page.picture.rgb[:3] == bytes((240, 120, 10))
    spoilt = Document(image, SHEET, frozenset({Concern.GLARE, Concern.BLURRED}), 0.0)
    assert page_of(spoilt) == replace(Page(), concerns=("blurred", "glare"))

"""Where cases stand, worked out of what the journal has of them. Pure but for the reading."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from kiosk.catalogue import Catalogue
from kiosk.deadlines import deadline, working_days_left
from kiosk.journal.applicationevents import ApplicationDecided
from kiosk.journal.approvalevents import DecisionHeard, ProgressHeard
from kiosk.journal.deposits import DepositRow
from kiosk.journal.journal import Journal
from kiosk.journal.promises import PromiseRow, promise_of
from kiosk.journal.scanevents import PagesAdded
from kiosk.journal.scans import Pages, filed
from kiosk.journal.types import CaseRow, StoredEvent
from kiosk.session.progressfacts import (
    DECIDED,
    CaseProgress,
    CaseStep,
    CertificateHope,
    CityWord,
    Heard,
    Light,
    StepDone,
)
from kiosk.settings import Settings
from locker.events import Bound, ResultKind

from .facts import Terms
from .numbertries import NumberTries
from .staffdesk import terms_of

OPEN: Final = frozenset({"held", "filed", "disputed", "collected"})  # papers may be added to such a case
CASES_MOST: Final = 20  # of one person, the newest
HEARD_MOST: Final = 2  # of what the city said, the newest
STEPS: Final = tuple(word for word in CityWord if word not in (*DECIDED, CityWord.NEWS))
NEXT: Final = (CaseStep.RECEIVED, CaseStep.COLLECTED, CaseStep.READY, CaseStep.FETCHED)


@dataclass(frozen=True, slots=True)
class ProgressDesk:
    """Reads where cases stand. `added_for`: how long papers may be added to a case; `tries`: numbers nobody has.

    `certificate`: what is known of the one that a case ends with.
    """

    journal: Journal
    now: Callable[[], datetime]
    terms: Terms
    added_for: timedelta
    tries: NumberTries = field(default_factory=NumberTries)
    certificate: Callable[[CaseRow], Awaitable[CertificateHope]] | None = None

    async def of_person(self, card_number: str) -> tuple[CaseProgress, ...]:
        """Of the card's holder, newest first; what nothing came of is left out. Raises `JournalError`."""
        rows = reversed((await self.journal.cases_of(card_number))[-CASES_MOST:])
        found = [await self._one(row) for row in rows]
        return tuple(case for case in found if case.steps[0].at or case.doubtful)

    async def of_number(self, case_id: str) -> tuple[CaseProgress, ...]:
        """The case of this number, if there is one. Raises `JournalError`."""
        row = await self.journal.case(case_id)
        return () if row is None else (await self._one(row),)

    async def _one(self, row: CaseRow) -> CaseProgress:
        lain = await self.journal.deposits_of(row.case_id)
        pages = await self.journal.read(lambda db: filed(db, row.case_id))
        events = await self.journal.case_events(row.case_id)
        added = [event.at for event in events if event.type == PagesAdded.__name__]
        promise = await self.journal.read(lambda db: promise_of(db, row.case_id))
        young = is_young(row, promise, self.added_for, self.now())
        found = progress_of(row, lain, self.terms, self.now(), may_add=young, pages=pages, added=added)
        if promise is not None:
            found = replace(found, missing=promise.missing, until=promise.until)
        found = replace(found, heard=heard_of(events, self.now()))
        return found if self.certificate is None else replace(found, certificate=await self.certificate(row))


def progress_desk(
    settings: Settings,
    journal: Journal,
    catalogue: Catalogue,
    now: Callable[[], datetime],
    certificate: Callable[[CaseRow], Awaitable[CertificateHope]],
) -> ProgressDesk:
    """As the site has it."""
    added_for = timedelta(days=settings.custody.add_days)
    tries = NumberTries(settings.counter.wrong_numbers_a_minute)
    return ProgressDesk(journal, now, terms_of(settings, catalogue), added_for, tries, certificate)


def heard_of(events: Sequence[StoredEvent], now: datetime) -> tuple[Heard, ...]:
    """The last words of who decides, oldest first by their clock: the city's approval system, or the item's rules."""
    found = []
    for event in events:
        data = event.data
        if event.type == ApplicationDecided.__name__ and data["outcome"] in DECIDED:
            found.append(Heard(CityWord(data["outcome"]), _local(event.at, now), 0))
            continue
        if event.type == ProgressHeard.__name__:
            word = CityWord(data["step"]) if data["step"] in STEPS else CityWord.NEWS
        elif event.type == DecisionHeard.__name__:
            word = CityWord(data["decision"])
        else:
            continue
        found.append(
            Heard(word, _local(datetime.fromisoformat(data["said_at"]), now), int(data.get("missing", 0)))
        )
    return tuple(sorted(found, key=lambda one: one.at)[-HEARD_MOST:])


def progress_of(
    row: CaseRow, lain: Sequence[DepositRow], terms: Terms, now: datetime, *, may_add: bool,
    pages: Pages | None = None, added: Sequence[datetime] = (),
) -> CaseProgress:  # fmt: skip
    """One case from its rows, oldest first. `now`: local time, whose zone is that of every time that is told; `added`:
    when pages came behind those that the case had."""
    papers = [one for one in lain if one.bound is Bound.STAFF and one.held_at is not None]
    returns = [one for one in lain if one.bound is Bound.CITIZEN and one.held_at is not None]
    results = [one for one in returns if one.kind != ResultKind.TO_COMPLETE and one.state != "cleared"]
    taken = sorted(
        _taken(papers, returns, results, pages or _filed(row, papers), added), key=lambda pair: pair[0]
    )
    steps = tuple(StepDone(step, _local(at, now)) for at, step in taken)
    known = row.item_code in terms.promised_days
    light, due, left = _limit(taken, terms.promised_days.get(row.item_code), terms.warn_days, now)
    return CaseProgress(
        row.case_id, row.item_code if known else "", light, (*steps, *_ahead(taken)),
        due="" if due is None else due.isoformat(), days_left=left,
        may_add=known and may_add and takes_papers(row, lain),
        doubtful=any(one.state == "disputed" for one in lain),
        waiting=tuple(one.kind for one in returns if one.state == "held"),
    )  # fmt: skip


def is_young(row: CaseRow, promise: PromiseRow | None, added_for: timedelta, now: datetime) -> bool:
    """Whether it is time for papers still: what was promised until a day may come on that day."""
    promised = promise is not None and now.date().isoformat() <= promise.until
    return promised or now - row.opened_at <= added_for


def takes_papers(row: CaseRow, lain: Sequence[DepositRow]) -> bool:
    """Whether papers may be added to a case: something came in, and nothing was for its person but what is to be
    completed, which comes back when it is."""
    given = [one for one in lain if one.bound is Bound.CITIZEN and one.held_at and one.state != "cleared"]
    if any(one.kind != ResultKind.TO_COMPLETE for one in given):
        return False
    return row.state in OPEN or (row.state == "returned" and bool(given))


def _filed(row: CaseRow, papers: Sequence[DepositRow]) -> Pages | None:
    """What is known of scanned pages that are erased."""
    return None if papers or row.held_at is None else (row.held_at, row.collected_at)


def _taken(
    papers: Sequence[DepositRow],
    returns: Sequence[DepositRow],
    results: Sequence[DepositRow],
    pages: Pages | None,
    added: Sequence[datetime],
) -> Iterator[tuple[datetime, CaseStep]]:
    """Every step that was taken, with its time; envelopes that came together are one step."""
    collected = [one.ended_at for one in papers if one.state == "collected" and one.ended_at is not None]
    given_back = [one.held_at for one in returns if one.held_at is not None and one not in results]
    came = sorted([*(one.held_at for one in papers if one.held_at is not None), *added])
    if pages is not None:
        came.insert(0, pages[0])
        collected += [pages[1]] if pages[1] is not None else []
    moments = sorted([*collected, *given_back])
    for at, moment in enumerate(came):
        if at == 0:
            yield moment, CaseStep.RECEIVED
        elif any(came[at - 1] < between <= moment for between in moments):
            yield moment, CaseStep.ADDED
    if collected:
        yield min(collected), CaseStep.COLLECTED
    yield from ((moment, CaseStep.TO_COMPLETE) for moment in given_back)
    yield from (
        (one.ended_at, CaseStep.TAKEN_BACK)
        for one in returns[-1:]
        if one.state == "recalled" and one.ended_at
    )
    for one in results[-1:]:
        assert one.held_at is not None
        yield one.held_at, CaseStep.READY
        if one.state == "returned" and one.ended_at is not None:
            yield one.ended_at, CaseStep.FETCHED


def _ahead(taken: Sequence[tuple[datetime, CaseStep]]) -> tuple[StepDone, ...]:
    done = {step for _, step in taken}
    last = max((NEXT.index(step) for step in done if step in NEXT), default=-1)
    return tuple(StepDone(step) for step in NEXT[last + 1 :])


def _limit(
    taken: Sequence[tuple[datetime, CaseStep]], days: int | None, warn_days: int, now: datetime
) -> tuple[Light, date | None, int]:
    """The time limit begins with the papers, and anew with those that were asked for again and came."""
    done = {step for _, step in taken}
    if CaseStep.READY in done and CaseStep.TAKEN_BACK not in done:
        return Light.DONE, None, 0
    waits = (CaseStep.TO_COMPLETE, CaseStep.TAKEN_BACK)
    asked = max((at for at, step in taken if step in waits), default=None)
    begins = [at for at, step in taken if step in (CaseStep.RECEIVED, CaseStep.ADDED)]
    first = [at for at in begins if asked is None or at > asked]
    if days is None or not first:
        return Light.NONE, None, 0
    today = now.date()
    end = deadline(first[0].astimezone(now.tzinfo), days, warn_days=warn_days)
    left = working_days_left(today, end.due)
    if today > end.due:
        return Light.RED, end.due, left
    return (Light.YELLOW if today >= end.warn_from else Light.GREEN), end.due, left


def _local(at: datetime, now: datetime) -> str:
    return at.astimezone(now.tzinfo).isoformat(timespec="minutes")

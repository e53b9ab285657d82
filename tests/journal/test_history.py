"""The history of a case, a compartment, a person: everything of it, once, in order, and how each line is known."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import EnumType
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contracts.board import ItemState
from kiosk.journal import events as ev
from kiosk.journal import opened
from kiosk.journal import staffevents as sev
from kiosk.journal.history import Entry, Subject, View, history, passage
from kiosk.journal.rows import opened_chain
from kiosk.journal.sources import BY_TYPE, Known
from kiosk.journal.types import Event
from locker import events as le
from screens.words import words
from tests.journal.facts import Clock, all_facts, run, story

FACTS = all_facts()
BY_EVENT_ITSELF = {
    "DepositHeld",
    "DoorClosed",
    "OpeningFailed",
    "DepositCollected",
    "DepositReturned",
    "ResultHeld",
    "ResultRecalled",
    "DoorFoundClosed",
    "PersonalDataRead",
    "CertificateIssued",
}


def written(folder: Path, events: Sequence[Event]) -> Path:
    """A journal with these facts, as a file."""

    async def work() -> None:
        async with opened(folder, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(events)

    run(work)
    return folder / "journal.db"


def told(folder: Path, events: Sequence[Event], view: View, name: str) -> list[Entry]:
    return history(written(folder, events), Subject(view, name))


def kinds(entries: Sequence[Entry]) -> list[str]:
    return [entry.event.type for entry in entries]


def collected(
    item: ItemState, case_id: str = "c1", cell: str = "A-03", staff_no: str = "1001"
) -> list[Event]:
    return [
        sev.StaffSignedIn(staff_no),
        le.RetrievalAuthorized(case_id, cell, staff_no),
        le.OpenRequested("op2", cell, case_id, f"staff:{staff_no}"),
        le.DoorOpened("op2", cell, case_id),
        le.DoorClosed("op2", cell, case_id, item),
        le.DepositCollected(case_id, cell, staff_no),
        sev.StaffSignedOut(staff_no, "asked"),
    ]


SESSION: list[Event] = [
    ev.SessionStarted("s1"),
    ev.CardRead("s1", "resident"),
    ev.IdentityVerified("s1", "onnx"),
]
NIGHT: list[Event] = [
    ev.KioskStarted("0.1.0", "test"),
    *SESSION,
    *story(),
    ev.SessionEnded("s1", "left"),
    ev.SessionStarted("s2"),
    *story("c2", "A-04")[1:],
    ev.SessionEnded("s2", "left"),
    *collected(ItemState.ABSENT),
]


def test_a_case_from_the_first_touch_to_the_collection(tmp_path: Path) -> None:
    entries = told(tmp_path, NIGHT, View.CASE, "c1")
    assert kinds(entries) == [
        "SessionStarted", "CardRead", "IdentityVerified", "CaseOpened", "DepositRequested", "OpenRequested",
        "DoorOpened", "DoorClosed", "DepositHeld", "SessionEnded", "RetrievalAuthorized", "OpenRequested",
        "DoorOpened", "DoorClosed", "DepositCollected",
    ]  # fmt: skip
    by = {entry.event.type: entry.by for entry in entries}
    assert (by["DoorOpened"], by["DepositCollected"]) == ("staff:1001", "staff:1001")
    assert entries[5].by == entries[6].by == entries[7].by == "citizen"
    assert [entry.open for entry in entries] == [None] * len(entries)


def test_a_compartment_with_whatever_says_if_it_was_watched(tmp_path: Path) -> None:
    entries = told(tmp_path, [*NIGHT, ev.CabinetForced("back")], View.CELL, "A-04")
    assert kinds(entries) == [
        "KioskStarted", "DepositRequested", "OpenRequested", "DoorOpened", "DoorClosed", "DepositHeld", "CabinetForced",
    ]  # fmt: skip


def test_a_person_on_staff_and_the_doors_opened_for_them(tmp_path: Path) -> None:
    account = sev.StaffAdded("1001", "staff", (), (), "root")
    other = collected(ItemState.ABSENT, "c2", "A-04", "10012")
    doubted = le.CustodyDisputed("c2", "A-04", "staff 1001 found nothing inside")
    told_of = ev.NoticeUndelivered("m", 1, "sms", "1001", "no network")
    # the same operation numbers stand for different openings only in a test, so the other's come first
    entries = told(tmp_path, [account, *other, *NIGHT, doubted, told_of], View.STAFF, "1001")
    assert kinds(entries) == [
        "StaffAdded",
        *kinds_of(collected(ItemState.ABSENT)),
        "CustodyDisputed",
        "NoticeUndelivered",
    ]
    assert entries[0].by == "root"


def test_of_a_person_on_staff_only_the_days_that_are_asked_for_are_read(tmp_path: Path) -> None:
    clock = Clock()

    async def work() -> None:
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            for day in range(40):
                case, cell = f"c{day}", "A-03"
                await journal.append([*story(case, cell), *collected(ItemState.ABSENT, case, cell)])
                clock.now += timedelta(days=1)

    run(work)
    file, person, since = tmp_path / "journal.db", Subject(View.STAFF, "1001"), clock.now - timedelta(days=3)
    whole = history(file, person)
    short = history(file, person, since=since)
    assert len(short) < len(whole) / 5
    late = [entry for entry in whole if entry.event.at >= since]
    assert [entry for entry in short if entry.event.at >= since] == late != []


def kinds_of(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize("view", View)
def test_whom_the_journal_never_heard_of_has_no_history(tmp_path: Path, view: View) -> None:
    assert told(tmp_path, NIGHT, view, "Z-99") == []


# how it is known ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "known"),
    [
        (le.Evidence.SENSOR, Known.ITEM_SENSOR),
        (le.Evidence.CLAIMED, Known.CLAIMED),
        (le.Evidence.DOOR, Known.DOOR_ONLY),
    ],
)
def test_a_deposit_says_who_saw_it(tmp_path: Path, evidence: le.Evidence, known: Known) -> None:
    entries = told(tmp_path, [*story()[:-1], le.DepositHeld("c1", "A-03", evidence)], View.CASE, "c1")
    assert entries[-1].known is known


@pytest.mark.parametrize(
    ("item", "known"),
    [
        (ItemState.ABSENT, Known.STAFF_AND_SENSOR),
        (ItemState.PRESENT, Known.STAFF_AGAINST_SENSOR),
        (ItemState.UNKNOWN, Known.STAFF),
    ],
)
@pytest.mark.parametrize(("view", "name"), [(View.CASE, "c1"), (View.CELL, "A-03"), (View.STAFF, "1001")])
def test_a_collection_says_what_the_sensor_saw_after_it(
    tmp_path: Path, item: ItemState, known: Known, view: View, name: str
) -> None:
    entries = told(tmp_path, [*story(), *collected(item)], view, name)
    (taken,) = [entry for entry in entries if entry.event.type == "DepositCollected"]
    assert taken.known is known


def test_every_fact_has_a_source_and_words_in_every_language() -> None:
    assert BY_TYPE.keys() | BY_EVENT_ITSELF == FACTS.keys()
    for lang in ("zh_CN", "en"):
        sentences = words(lang).sentences
        assert {known for known in Known if f"record.known.{known}" not in sentences} == set()
        assert {name for name in FACTS if f"record.{name}" not in sentences} == set()


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_sentence_uses_public_fields_only(name: str) -> None:
    fields = {one.name for one in dataclasses.fields(FACTS[name])} - set(getattr(FACTS[name], "PERSONAL", ()))
    sentence = words("en").sentences[f"record.{name}"]
    assert {used for _, used, _, _ in Formatter().parse(sentence) if used} <= fields


# what is not known --------------------------------------------------------------------------------------------------

CUT: list[Event] = [*story()[:3], ev.KioskStarted("0.1.0", "test")]
LOST = le.OpenOutcomeUnknown("op1", "A-03", "c1", "closed at start-up")
DISPUTED = le.CustodyDisputed("c1", "A-03", "interrupted")
CLEARED = le.CompartmentCleared("A-03", "1001", "looked inside")


def open_of(entries: Sequence[Entry], kind: str) -> int | str | None:
    """Number of the event that settled the line; None: none has; `known`: it never was open."""
    (entry,) = [entry for entry in entries if entry.event.type == kind]
    if entry.open is None:
        return "known"
    return None if entry.open.until is None else entry.open.until.seq


@pytest.mark.parametrize(
    ("after", "kind", "until"),
    [
        ([], "OpenRequested", None),
        ([le.DoorOpened("op1", "A-03", "c1")], "OpenRequested", 5),  # a restart found the door open
        ([LOST], "OpenRequested", "known"),  # the next line says what is not known
        ([LOST], "OpenOutcomeUnknown", None),
        ([LOST, le.DoorOpened("op1", "A-03", "c1")], "OpenOutcomeUnknown", 6),
        ([LOST, DISPUTED, CLEARED], "OpenOutcomeUnknown", 7),
        ([LOST, DISPUTED], "CustodyDisputed", None),
        ([LOST, DISPUTED, CLEARED], "CustodyDisputed", 7),
    ],
)
@pytest.mark.parametrize(("view", "name"), [(View.CASE, "c1"), (View.CELL, "A-03")])
def test_what_is_not_known_is_open_until_something_settles_it(
    tmp_path: Path, after: list[Event], kind: str, until: int | str | None, view: View, name: str
) -> None:
    assert open_of(told(tmp_path, [*CUT, *after], view, name), kind) == until


def test_another_person_s_line_settles_a_doubt_too(tmp_path: Path) -> None:
    doubted = le.CustodyDisputed("c1", "A-03", "staff 1002 found nothing inside")
    entries = told(tmp_path, [*story(), doubted, CLEARED], View.STAFF, "1002")
    assert kinds(entries) == ["CustodyDisputed"]
    assert open_of(entries, "CustodyDisputed") == 8


def test_a_start_says_since_when_nobody_watched(tmp_path: Path) -> None:
    entries = told(tmp_path, CUT, View.CELL, "A-03")
    assert entries[-1].event.type == "KioskStarted"
    assert entries[-1].unwatched_since == entries[-2].event.at


def test_what_befalls_the_compartment_while_it_is_the_case_s_own_is_told(tmp_path: Path) -> None:
    forced, shut = le.DoorForced("A-03"), le.DoorClosed(None, "A-03", None, ItemState.PRESENT)
    night = [forced, *story(), forced, shut, *collected(ItemState.ABSENT), forced, ev.KioskStopped("stopped")]
    entries = told(tmp_path, night, View.CASE, "c1")
    assert kinds(entries).count("DoorForced") == 1
    assert kinds(entries)[6:8] == ["DoorForced", "DoorClosed"]
    assert kinds(entries)[-1] == "DepositCollected"


# whatever happens ---------------------------------------------------------------------------------------------------

CASES, CELLS, STAFF, OPERATIONS = ("c1", "c2", "c12"), ("A-1", "A-11"), ("101", "1011"), ("op1", "op2")
VALUES = {
    "cell": st.sampled_from(CELLS),
    "case_id": st.sampled_from(CASES),
    "operation_id": st.sampled_from(OPERATIONS),
    "actor": st.sampled_from(("citizen", *(f"staff:{number}" for number in STAFF))),
    "staff_no": st.sampled_from(STAFF),
    "session_id": st.sampled_from(("s1", "s11")),
    "seconds": st.just(3),
    "evidence": st.sampled_from(le.Evidence),
    "item": st.sampled_from(ItemState),
}


def of_type(kind: object) -> st.SearchStrategy[object]:
    """One of an enumeration's words; of anything else something."""
    return st.sampled_from(list(kind)) if isinstance(kind, EnumType) else st.just("x")


def any_of(kind: type) -> st.SearchStrategy[Event]:
    named = {one.name: one.type for one in dataclasses.fields(kind)}
    fields = {name: VALUES[name] if name in VALUES else of_type(what) for name, what in named.items()}
    if kind is le.OpeningFailed:
        fields["reason"] = st.sampled_from(le.Reason)
    if kind in {le.OpenRequested, le.DoorOpened, le.DoorClosed, le.OpeningFailed, le.OpenOutcomeUnknown}:
        fields["case_id"] = st.none() | st.sampled_from(CASES)
    return st.builds(kind, **fields)


OF_THE_KIOSK = (
    ev.CaseOpened,
    ev.SessionStarted,
    ev.CardRead,
    sev.StaffSignedIn,
    ev.ReceiptPrinted,
    ev.KioskStarted,
)
anything = st.one_of([any_of(kind) for kind in (*get_args(le.Event), *OF_THE_KIOSK)])


@settings(max_examples=60)
@given(events=st.lists(anything, max_size=40))
def test_every_event_of_a_case_is_told_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    path = written(tmp_path_factory.mktemp("night"), events)
    numbered = list(enumerate(events, start=1))
    for case_id in CASES:
        entries = history(path, Subject(View.CASE, case_id))
        seqs = [entry.event.seq for entry in entries]
        own = [seq for seq, event in numbered if getattr(event, "case_id", None) == case_id]
        assert seqs == sorted(set(seqs))
        assert set(own) <= set(seqs)
        assert {entry.event.data.get("case_id") for entry in entries} <= {case_id, None}
        assert all(entry.event.data == _public(events[entry.event.seq - 1]) for entry in entries)
    for cell in CELLS:
        seqs = [
            entry.event.seq for entry in history(path, Subject(View.CELL, cell)) if "cell" in entry.event.data
        ]
        assert seqs == [seq for seq, event in numbered if getattr(event, "cell", None) == cell]
    for number in STAFF:
        named = [
            e.event.seq for e in history(path, Subject(View.STAFF, number)) if _names(e.event.data, number)
        ]
        assert named == [seq for seq, event in numbered if _names(_public(event), number)]


def _names(data: Mapping[str, object], number: str) -> bool:
    return number == data.get("staff_no") or f"staff:{number}" == data.get("actor")


def _public(event: Event) -> dict[str, object]:
    personal: frozenset[str] = getattr(type(event), "PERSONAL", frozenset())
    return {
        one.name: getattr(event, one.name) for one in dataclasses.fields(event) if one.name not in personal
    }


# passages -----------------------------------------------------------------------------------------------------------


def years_of_one_door(folder: Path) -> Path:
    """Three visits a month apart; the doubt of the first is settled in the last."""
    clock = Clock()

    async def work() -> None:
        async with opened(folder, clock=clock, ballast_bytes=0) as journal:
            for visit, doubt in (("1", True), ("2", False), ("3", False)):
                await journal.append([
                    le.OpenRequested(f"op{visit}", "A-03", "", "staff:1001"), le.DoorOpened(f"op{visit}", "A-03", ""),
                ])  # fmt: skip
                if doubt:
                    await journal.append(le.CustodyDisputed("c1", "A-03", "nobody knows"))
                clock.now += timedelta(days=30)
            await journal.append(le.CompartmentCleared("A-03", "1001", "LOOKED_INSIDE"))

    run(work)
    return folder / "journal.db"


def test_passages_laid_together_are_the_history(tmp_path: Path) -> None:
    """Read from the newest back, as the screen does: no line is missing, none is there twice, each knows its end."""
    file = years_of_one_door(tmp_path)
    for view, name in ((View.CELL, "A-03"), (View.STAFF, "1001")):
        whole = history(file, Subject(view, name))
        upto = whole[-1].row.seq
        parts: list[list[Entry]] = []
        with opened_chain(file) as chain:
            before, more = upto + 1, True
            while more:
                lines, more = passage(chain, Subject(view, name), upto, before, timedelta(days=7))
                parts.insert(0, lines)
                before = lines[0].row.seq if lines else 0
        assert [one for part in parts for one in part] == whole
        assert len(parts) > 2


def test_what_a_later_passage_settles_is_known_in_the_earlier_one(tmp_path: Path) -> None:
    file = years_of_one_door(tmp_path)
    whole = history(file, Subject(View.CELL, "A-03"))
    settled = whole[-1].row
    with opened_chain(file) as chain:
        before = next(one.row.seq for one in whole if one.event.type == "CustodyDisputed") + 1
        lines, _ = passage(chain, Subject(View.CELL, "A-03"), settled.seq, before, timedelta(days=7))
    doubt = lines[-1].open
    assert doubt is not None
    assert doubt.until == settled


def test_a_case_is_one_passage_and_a_stranger_none(tmp_path: Path) -> None:
    file = written(tmp_path, story())
    with opened_chain(file) as chain:
        head = chain.database.newest(()) if chain.database else None
        assert head is not None
        lines, more = passage(chain, Subject(View.CASE, "c1"), head[0], head[0] + 1, timedelta(days=7))
        assert (lines, more) == (history(file, Subject(View.CASE, "c1")), False)
        for view in View:
            nothing = passage(chain, Subject(view, "X-99"), head[0], head[0] + 1, timedelta(days=7))
            assert nothing == ([], False)

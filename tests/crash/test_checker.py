"""The checker finds what it is there for: one book in order, and each way in which a book may be wrong."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.crash.checker import Outside, check
from tests.crash.holding import Rule
from tests.crash.record import GENESIS, link

CASE: Final = "260301-0001"
OTHER: Final = "260301-0002"
CELL: Final = "A-03"
OPENING: Final = "o-1"
TABLES: Final = """
CREATE TABLE events (seq INTEGER PRIMARY KEY, type TEXT, version INTEGER, body BLOB, prev BLOB, hash BLOB);
CREATE TABLE segments (first INTEGER PRIMARY KEY);
CREATE TABLE outbox (message_id TEXT, event_seq INTEGER, channel TEXT, recipient TEXT, sealed INTEGER, payload BLOB,
                     state TEXT);
CREATE TABLE compartments (cell TEXT PRIMARY KEY, content TEXT, case_id TEXT);
"""


class Book:
    """A journal made by hand, and what is known outside; each act of a test may spoil either."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.outside = Outside()
        self.heard: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self._seq, self._prev = 0, GENESIS
        with closing(sqlite3.connect(self.path)) as db:
            db.executescript(TABLES)

    def sql(self, text: str, *values: object) -> None:
        """Do something to the file."""
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute(text, values)

    def add(self, kind: str, *told: str, **data: object) -> int:
        """An event; `told`: names of the MQTT message and of other channels that it is told by."""
        self._seq += 1
        body = json.dumps({"data": data, "seq": self._seq}).encode()
        own = link(self._prev, kind, 1, body)
        self.sql("INSERT INTO events VALUES (?, ?, 1, ?, ?, ?)", self._seq, kind, body, self._prev, own)
        self._prev = own
        for name in told:
            self.tell(name, data)
        return self._seq

    def tell(self, name: str, data: dict[str, object]) -> None:
        """A row of the outbox that was sent and heard."""
        message_id = f"m-{self._seq}-{name}"
        if name == "sms":
            text = f"papers in {data['cell']}, case {data['case_id']}"
            self.texts.append(text)
            payload = json.dumps({"text": text})
        else:
            message = {
                "id": message_id,
                "type": f"gov.nightdesk.{name}.v1",
                "sequence": str(self._seq),
                "data": data,
            }
            self.heard.append(message)
            payload = json.dumps(message)
        channel = "sms" if name == "sms" else "mqtt"
        row = (message_id, self._seq, channel, payload.encode())
        self.sql("INSERT INTO outbox VALUES (?, ?, ?, '1001', 0, ?, 'sent')", *row)

    def found(self) -> list[str]:
        """What the checker says of it, at rest."""
        outside = replace(self.outside, heard=self.heard, texts=self.texts)
        return check(self.path, at_rest=True, outside=outside)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """One deposit that is held: papers lie in the compartment, its lock was pulled once, everybody was told."""
    made = Book(tmp_path)
    here = {"case_id": CASE, "cell": CELL}
    opening = {**here, "operation_id": OPENING}
    made.add("CaseOpened", case_id=CASE)
    made.add("DepositRequested", "deposit.requested", **here)
    made.add("OpenRequested", **opening, actor="citizen")
    made.add("DoorOpened", **opening)
    made.add("DoorClosed", **opening, item="present")
    made.add("DepositHeld", "deposit.held", "sms", **here, evidence="SENSOR")
    made.sql("INSERT INTO compartments VALUES (?, 'held', ?)", CELL, CASE)
    made.outside = Outside(inside={CELL: True}, unlocks={CELL: 1}, keys=frozenset({CASE}))
    return made


def test_a_book_in_order_is_not_complained_of(book: Book) -> None:
    assert book.found() == []


def edit(book: Book) -> None:
    book.sql("UPDATE events SET body = CAST(replace(body, 'SENSOR', 'SENSER') AS BLOB) WHERE seq = 6")


def renumber(book: Book) -> None:
    book.sql("DELETE FROM events WHERE seq = 4")


def know_more(book: Book) -> None:
    book.outside = replace(book.outside, known=[(7, "00000000")])


def know_better(book: Book) -> None:
    book.outside = replace(book.outside, known=[(6, "00000000")])


def lie_elsewhere(book: Book) -> None:
    book.outside = replace(book.outside, inside={CELL: True, "A-04": True})


def vanish(book: Book) -> None:
    book.outside = replace(book.outside, inside={CELL: False})


def abandon_what_is_held(book: Book) -> None:
    book.add("DepositAbandoned", "deposit.abandoned", case_id=CASE, cell=CELL)


def hold_for_nobody(book: Book) -> None:
    book.add("DepositHeld", "deposit.held", "sms", case_id="260301-0009", cell=CELL, evidence="DOOR")


def hold_twice(book: Book) -> None:
    book.add("DepositHeld", "deposit.held", "sms", case_id=CASE, cell=CELL, evidence="SENSOR")


def collect_without_a_right(book: Book) -> None:
    book.add("DepositCollected", "deposit.collected", case_id=CASE, cell=CELL, staff_no="1001")
    book.sql("UPDATE compartments SET content = 'empty', case_id = NULL")


def collect_and_leave(book: Book) -> None:
    book.add("RetrievalAuthorized", case_id=CASE, cell=CELL, staff_no="1001")
    collect_without_a_right(book)


def collect_twice(book: Book) -> None:
    collect_and_leave(book)
    book.add("DepositCollected", "deposit.collected", case_id=CASE, cell=CELL, staff_no="1001")


def give_again(book: Book) -> None:
    book.add("CaseOpened", case_id=OTHER)
    book.add("DepositRequested", "deposit.requested", case_id=OTHER, cell=CELL)


def give_what_is_out_of_service(book: Book) -> None:
    book.add("CaseOpened", case_id=OTHER)
    book.add("CompartmentOutOfService", "compartment.out_of_service", cell="A-04", reason="DOOR_JAMMED")
    book.add("DepositRequested", "deposit.requested", case_id=OTHER, cell="A-04")


def number_again(book: Book) -> None:
    book.add("CaseOpened", case_id=CASE)


def open_unasked(book: Book) -> None:
    book.add("DoorOpened", operation_id="o-2", case_id=CASE, cell=CELL)


def pull_twice(book: Book) -> None:
    book.outside = replace(book.outside, unlocks={CELL: 2})


def ask_without_an_end(book: Book) -> None:
    book.add("OpenRequested", operation_id="o-2", case_id=CASE, cell=CELL, actor="staff:1001")


def reserve_without_an_end(book: Book) -> None:
    book.add("CaseOpened", case_id=OTHER)
    book.add("DepositRequested", "deposit.requested", case_id=OTHER, cell="A-04")
    book.sql("INSERT INTO compartments VALUES ('A-04', 'empty', ?)", OTHER)


def keep_silent(book: Book) -> None:
    book.add("DeviceLost", device="printer")


def forget_the_text(book: Book) -> None:
    book.sql("DELETE FROM outbox WHERE channel = 'sms'")


def wait_for_ever(book: Book) -> None:
    book.sql("UPDATE outbox SET state = 'queued' WHERE channel = 'sms'")


def lose_a_message(book: Book) -> None:
    book.heard.pop()


def lose_a_text(book: Book) -> None:
    book.texts.pop()


def make_up_a_row(book: Book) -> None:
    book.sql("UPDATE outbox SET event_seq = 99 WHERE event_seq = 2")


def make_up_a_message(book: Book) -> None:
    book.heard.append({**book.heard[0], "id": "m-x"})


def tell_another_compartment(book: Book) -> None:
    book.heard[-1] = {**book.heard[-1], "data": {"case_id": CASE, "cell": "A-04"}}


def tell_under_two_ids(book: Book) -> None:
    book.tell("deposit.held", {"case_id": CASE, "cell": CELL})
    twin = {**book.heard[-1], "id": "m-twin"}
    book.heard.append(twin)
    values = (json.dumps(twin).encode(),)
    book.sql("INSERT INTO outbox VALUES ('m-twin', 6, 'mqtt', 't', 0, ?, 'sent')", *values)


def say_two_things_by_one_id(book: Book) -> None:
    book.heard.append({**book.heard[-1], "time": "later"})


def write_of_nobodys_case(book: Book) -> None:
    book.texts.append("papers in A-03, case 260301-0009")


def write_of_another_compartment(book: Book) -> None:
    book.texts.append(f"papers in A-04, case {CASE}")


def forget_the_row(book: Book) -> None:
    book.sql("DELETE FROM compartments")


def hold_it_for_another(book: Book) -> None:
    book.sql("UPDATE compartments SET case_id = ?", OTHER)


def call_it_empty(book: Book) -> None:
    book.sql("UPDATE compartments SET content = 'empty'")


def erase_in_words(book: Book) -> None:
    book.add("PersonalDataErased", case_id=CASE, by="9001", reason="asked for")


def erase_in_silence(book: Book) -> None:
    book.outside = replace(book.outside, keys=frozenset())


SPOILT: Final[tuple[tuple[Rule, Callable[[Book], None]], ...]] = (
    (Rule.CHAIN, edit),
    (Rule.CHAIN, renumber),
    (Rule.KEPT, know_more),
    (Rule.KEPT, know_better),
    (Rule.CUSTODIAN, lie_elsewhere),
    (Rule.CUSTODIAN, vanish),
    (Rule.CUSTODIAN, abandon_what_is_held),
    (Rule.CUSTODIAN, hold_for_nobody),
    (Rule.CUSTODIAN, collect_and_leave),
    (Rule.ONE_CUSTODIAN, hold_twice),
    (Rule.ONE_CUSTODIAN, hold_for_nobody),
    (Rule.ONE_CUSTODIAN, collect_without_a_right),
    (Rule.ONE_CUSTODIAN, collect_twice),
    (Rule.GIVEN_ONCE, give_again),
    (Rule.GIVEN_ONCE, give_what_is_out_of_service),
    (Rule.GIVEN_ONCE, number_again),
    (Rule.INTENT_FIRST, open_unasked),
    (Rule.INTENT_FIRST, pull_twice),
    (Rule.OUTCOME, ask_without_an_end),
    (Rule.OUTCOME, reserve_without_an_end),
    (Rule.NOTICE, keep_silent),
    (Rule.NOTICE, forget_the_text),
    (Rule.NOTICE, wait_for_ever),
    (Rule.NOTICE, lose_a_message),
    (Rule.NOTICE, lose_a_text),
    (Rule.NOTICE, make_up_a_row),
    (Rule.NOTICE, make_up_a_message),
    (Rule.NOTICE, tell_another_compartment),
    (Rule.NOTICE, tell_under_two_ids),
    (Rule.NOTICE, say_two_things_by_one_id),
    (Rule.NOTICE, write_of_nobodys_case),
    (Rule.NOTICE, write_of_another_compartment),
    (Rule.TABLES, forget_the_row),
    (Rule.TABLES, hold_it_for_another),
    (Rule.TABLES, call_it_empty),
    (Rule.ERASED, erase_in_words),
    (Rule.ERASED, erase_in_silence),
)


@pytest.mark.parametrize(("rule", "spoil"), SPOILT, ids=[spoil.__name__ for _, spoil in SPOILT])
def test_what_is_wrong_is_found(book: Book, rule: Rule, spoil: Callable[[Book], None]) -> None:
    spoil(book)
    assert any(found.startswith(f"{rule}: ") for found in book.found()), book.found()


def test_every_rule_can_fail() -> None:
    assert {rule for rule, _ in SPOILT} == set(Rule)


def test_facts_in_a_segment_count(book: Book) -> None:
    folder = book.path.with_name("segments")
    folder.mkdir()
    with closing(sqlite3.connect(folder / "000000000001.db")) as db, db:
        db.execute("ATTACH ? AS live", (str(book.path),))
        db.execute("CREATE TABLE events AS SELECT * FROM live.events WHERE seq <= 3")
        db.execute("CREATE TABLE notices AS SELECT * FROM live.outbox WHERE event_seq <= 3")
    book.sql("DELETE FROM events WHERE seq <= 3")
    book.sql("DELETE FROM outbox WHERE event_seq <= 3")
    assert any(found.startswith(Rule.CHAIN) for found in book.found())
    book.sql("INSERT INTO segments VALUES (1)")
    assert book.found() == []

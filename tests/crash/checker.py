"""The independent checker: what must hold of a journal's file, beside what is known from outside it.

`check(path)` answers what does not hold, a line each. It knows the documented format only (docs/journal.md,
docs/mqtt.md) and imports nothing of the product.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .holding import Holds, Ledger, Rule
from .record import Fact, Notice, Record, read

Inside = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Outside:
    """What others know. All of it may be missing; what is None is not compared.

    `inside`: whether papers lie in a compartment; `open`: doors that stand open; `unlocks`: pulses that each lock got;
    `keys`: cases that have a key; `heard`: CloudEvents that a subscriber of MQTT received; `texts`: text messages that
    were sent; `known`: facts that somebody saw before, number and first digits of the hash (on paper there are eight).
    """

    inside: Inside | None = None
    open: frozenset[str] = frozenset()
    unlocks: Mapping[str, int] | None = None
    keys: frozenset[str] | None = None
    heard: Sequence[Mapping[str, Any]] | None = None
    texts: Sequence[str] | None = None
    known: Iterable[tuple[int, str]] = ()


TOLD: Final[Mapping[str, str]] = {
    "DepositRequested": "deposit.requested", "DepositHeld": "deposit.held", "DepositAbandoned": "deposit.abandoned",
    "DepositCollected": "deposit.collected", "DepositReturned": "deposit.returned", "ResultHeld": "result.held",
    "ResultRecalled": "result.recalled", "CustodyDisputed": "custody.disputed", "OpeningFailed": "opening.failed",
    "OpenOutcomeUnknown": "opening.unknown", "DoorForced": "door.forced", "DoorLeftOpen": "door.left_open",
    "ItemSeenInEmptyCompartment": "compartment.not_empty", "CompartmentOutOfService": "compartment.out_of_service",
    "CompartmentCleared": "compartment.cleared", "HandoverIssued": "handover.issued",
    "CardLeftBehind": "card.left_behind", "CardTakenBack": "card.taken_back", "ReceiptPrinted": "receipt.printed",
    "DeviceLost": "device.lost", "DeviceReturned": "device.returned", "KioskStarted": "kiosk.started",
    "KioskStopped": "kiosk.stopped", "NoticeUndelivered": "notice.undelivered",
}  # fmt: skip
"""Facts that are published, as docs/mqtt.md names them; others may be."""

ALSO_BY_TEXT: Final = ("DepositHeld", "CustodyDisputed")
CASE_NUMBER: Final = re.compile(r"\d{6}-\d{4}")
CELL_NAME: Final = re.compile(r"\b[A-Z]-\d\d\b", re.ASCII)


def check(
    path: Path, inside: Inside | None = None, *, at_rest: bool = False, outside: Outside | None = None
) -> list[str]:
    """What does not hold of the journal in `path`; empty when all does.

    `inside`: short for `Outside(inside=…)`. `at_rest`: the program has started, nobody is there and it had the time to
    settle and to tell everything, so that nothing may be under way.
    """
    record = read(path)
    look = _Look(record, outside or Outside(inside=inside), at_rest=at_rest)
    look.at_everything()
    return look.found


@dataclass(slots=True)
class _Look:
    """One look at one record."""

    record: Record
    outside: Outside
    at_rest: bool
    found: list[str] = field(default_factory=list)
    ledger: Ledger = field(init=False)
    facts: dict[int, Fact] = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger().follow(self.record.facts)
        self.facts = {fact.seq: fact for fact in self.record.facts}

    def at_everything(self) -> None:
        """Each rule in turn."""
        self.found += [f"{rule}: {what}" for rule, what in self.ledger.wrong]
        rules: tuple[tuple[Rule, Callable[[], Iterator[str]]], ...] = (
            (Rule.CHAIN, self.chain),
            (Rule.KEPT, self.kept),
            (Rule.CUSTODIAN, self.custodians),
            (Rule.INTENT_FIRST, self.intents),
            (Rule.OUTCOME, self.outcomes),
            (Rule.NOTICE, self.notices),
            (Rule.NOTICE, self.heard),
            (Rule.NOTICE, self.texts),
            (Rule.TABLES, self.tables),
            (Rule.ERASED, self.erased),
        )
        for rule, look in rules:
            self.found += [f"{rule}: {what}" for what in look()]

    def chain(self) -> Iterator[str]:
        """Hashes and numbers, recomputed from the stored bytes."""
        for fact in self.record.facts:
            if not fact.follows:
                yield f"it breaks at fact {fact.seq}"

    def kept(self) -> Iterator[str]:
        """Nothing that was seen before has gone or changed."""
        for seq, digits in self.outside.known:
            fact = self.facts.get(seq)
            if fact is None:
                yield f"fact {seq} was seen before and is gone"
            elif not fact.hash.hex().startswith(digits.lower()):
                yield f"fact {seq} is another one than was seen before"

    def custodians(self) -> Iterator[str]:
        """Papers that lie somewhere against papers that the record knows."""
        for name, there in sorted((self.outside.inside or {}).items()):
            cell = self.ledger.cell(name)
            if there and cell.is_nobodys:
                yield f"papers lie in {name}, and the record calls it free"
            shut = name not in self.outside.open
            if self.at_rest and shut and not there and cell.holds is Holds.HELD and cell.sensed:
                yield f"{name} holds papers of {cell.case} by its sensor, and nothing lies in it"

    def intents(self) -> Iterator[str]:
        """No lock was pulled more often than the record has orders to."""
        for name, pulses in sorted((self.outside.unlocks or {}).items()):
            ordered = self.ledger.openings.get(name, 0)
            if pulses > ordered:
                yield f"the lock of {name} was pulled {pulses} times, the record has {ordered} orders"

    def outcomes(self) -> Iterator[str]:
        """Once the program is at rest, every request has an end or is a question to somebody."""
        if not self.at_rest:
            return
        for operation, name in self.ledger.asked.items():
            yield f"nothing is said of what became of the opening {operation} of {name}"
        for cell in self.ledger.cells.values():
            if cell.holds in (Holds.KEPT_FOR, Holds.OPENED) and cell.name not in self.outside.open:
                yield f"{cell.name} is {cell.holds} {cell.case}, its door is shut, and nobody is asked"

    def notices(self) -> Iterator[str]:
        """Rows of the outbox against facts."""
        channels = {(notice.seq, notice.channel) for notice in self.record.notices}
        for fact in self.record.facts:
            wanted = ("mqtt", "sms") if fact.type in ALSO_BY_TEXT else ("mqtt",) if fact.type in TOLD else ()
            for channel in wanted:
                if (fact.seq, channel) not in channels:
                    yield f"fact {fact.seq}, {fact.type}, is not told by {channel}"
        for notice in self.record.notices:
            if notice.seq not in self.facts:
                yield f"notice {notice.message_id} tells of fact {notice.seq}, which there is not"
            elif notice.channel == "mqtt" and notice.payload:
                yield from self._agrees(json.loads(notice.payload), notice)
            if self.at_rest and notice.state != "sent":
                yield f"notice {notice.message_id} of fact {notice.seq} by {notice.channel} is {notice.state}"

    def heard(self) -> Iterator[str]:
        """What a subscriber received: nothing made up, nothing missing, a repeat only under the same id."""
        if self.outside.heard is None:
            return
        rows = {notice.message_id: notice for notice in self.record.notices if notice.channel == "mqtt"}
        ids: dict[str, Mapping[str, Any]] = {}
        for message in self.outside.heard:
            notice = rows.get(message["id"])
            if notice is None:
                yield f"message {message['id']} of fact {message.get('sequence')} is in no outbox"
            else:
                yield from self._agrees(message, notice)
            if ids.setdefault(message["id"], message) != message:
                yield f"two messages have the id {message['id']}"
        told = Counter((message["type"], message.get("sequence")) for message in ids.values())
        for (kind, seq), times in told.items():
            if times > 1:
                yield f"{kind} of fact {seq} was told under {times} ids"
        for notice in rows.values():
            if notice.state == "sent" and notice.message_id not in ids and self.at_rest:
                yield f"message {notice.message_id} of fact {notice.seq} counts as sent, and nobody has it"

    def _agrees(self, message: Mapping[str, Any], notice: Notice) -> Iterator[str]:
        fact = self.facts.get(notice.seq)
        if fact is None:
            return  # said by `notices`
        kind = message["type"].removeprefix("gov.nightdesk.").removesuffix(".v1")
        named = (message["id"], message.get("sequence")) == (notice.message_id, str(fact.seq))
        if not named or kind != TOLD.get(fact.type, kind):
            yield f"message {message['id']} says {kind} of fact {message.get('sequence')}, a {fact.type}"
        for name, value in message["data"].items():
            if name in fact.data and fact.data[name] != value:
                yield f"message {message['id']} has another {name} than fact {fact.seq}"

    def texts(self) -> Iterator[str]:
        """Text messages name cases, and compartments that these cases had; each deposit was told."""
        if self.outside.texts is None:
            return
        had = {
            (fact["case_id"], fact["cell"]) for fact in self.record.facts if fact["case_id"] and fact["cell"]
        }
        cases = {case for case, _ in had}
        named = [(CASE_NUMBER.findall(text), CELL_NAME.findall(text)) for text in self.outside.texts]
        for numbers, cells in named:
            for case in numbers:
                if case not in cases:
                    yield f"a text message names the case {case}, which there is not"
                yield from (
                    f"a text message has the papers of {case} in {cell}, the record never had"
                    for cell in cells
                    if (case, cell) not in had
                )
        if self.at_rest:
            for fact in self.record.facts:
                if fact.type in ALSO_BY_TEXT and not any(
                    fact["case_id"] in numbers and fact["cell"] in cells for numbers, cells in named
                ):
                    yield f"nobody got a text message of fact {fact.seq}, {fact.type}"

    def tables(self) -> Iterator[str]:
        """The product's own table of compartments against what the facts come to."""
        for name in sorted({*self.ledger.cells, *self.record.slots}):
            cell, slot = self.ledger.cell(name), self.record.slots.get(name)
            if slot is None and cell.is_nobodys:
                continue
            if slot is None:
                yield f"the table of compartments does not have {name}"
            elif slot.case_id != cell.case:
                yield f"{name} is {slot.case_id or 'nobody'}'s by the table, {cell.case or 'nobody'}'s by the facts"
            elif slot.content not in _CONTENT[cell.holds] and not cell.opened_in_the_dark:
                yield f"{name} is {slot.content} by the table, {cell.holds} by the facts"

    def erased(self) -> Iterator[str]:
        """Personal data lives and dies with a case's key."""
        if self.outside.keys is None:
            return
        for case in sorted(self.ledger.erased & self.outside.keys):
            yield f"{case} counts as erased and has a key"
        if self.at_rest:
            for case in sorted(self.ledger.cases - self.ledger.erased - self.outside.keys):
                yield f"the key of {case} is gone, and nothing says who destroyed it"


_CONTENT: Final[Mapping[Holds, tuple[str, ...]]] = {
    Holds.NOTHING: ("empty",),
    Holds.KEPT_FOR: ("empty",),
    Holds.OPENED: ("unknown",),
    Holds.HELD: ("held",),
    Holds.QUESTION: ("unknown",),
}

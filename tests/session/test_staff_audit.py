"""The physical audit as staff go through it: what is compared, who signs, what becomes of one that nobody signs."""

from dataclasses import replace

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.machine import step
from kiosk.session.staff import audit
from kiosk.session.staffstate import Found, Purpose, Reason
from screens import intents as ask
from tests.session.staff_play import SECOND, SOME_EMPTY, STAFF, at, play


def test_an_audit_compares_every_compartment_and_is_signed_by_the_same_person() -> None:
    session, effects = play(at(ss.AuditStart(STAFF)), ask.Proceed())
    assert effects == [act.BeginAudit(STAFF, "", only_empty=False)]
    session, _ = play(session, told.AuditBegun("A-1"))
    words: dict[str, ev.Event] = {
        "A-01": ask.LeftInside(),
        "A-02": ask.FoundNothing(),
        "A-06": ask.FoundElse(),
    }
    for cell in ("A-01", "A-02", "A-03", "A-04", "A-05", "A-06"):
        says = words.get(cell, ask.LeftInside())
        session, _ = play(session, ev.DoorAnswer(cell, opened=True), says, ev.DoorShut(cell, "unknown"),
                          told.StaffRecorded(cell, settled=False))  # fmt: skip
    assert isinstance(session.stage, ss.AuditSummary)
    different = [(one.errand.cell, one.found) for one in audit.differences(session.stage.round)]
    assert different == [("A-02", Found.NOTHING), ("A-03", Found.LEFT), ("A-06", Found.ELSE)]
    session, effects = play(
        session, ask.Proceed(), ask.Digit(1), ask.Proceed(), told.Countersigned(STAFF, ok=True)
    )
    assert [type(one) for one in effects] == [act.Countersign, act.SignAudit]
    session, _ = play(session, told.AuditFiled("A-1", "printed"), ask.Proceed())
    assert session.stage == ss.StaffList(STAFF)


def test_two_persons_open_what_is_held_in_an_audit_where_the_house_asks() -> None:
    session, effects = play(at(ss.AuditStart(STAFF), two_for_audit=True), ask.Proceed())
    assert isinstance(session.stage, ss.Countersigning)
    assert effects == []
    with_empty = replace(at(ss.AuditStart(STAFF), two_for_audit=True), facts=SOME_EMPTY)
    _, effects = play(with_empty, ask.Choose("only_empty"))
    assert effects == [act.BeginAudit(STAFF, "", only_empty=True)]  # what is empty, one alone
    none_empty = at(ss.AuditStart(STAFF), two_for_audit=True)
    assert step(none_empty, ask.Choose("only_empty")).session == none_empty


def test_only_the_second_person_who_was_asked_for_answers() -> None:
    """An answer that comes late is of somebody whose number was taken back."""
    asked = ss.Countersigning(
        STAFF, ss.MasterOrder("A-02", Reason.SUSPICION), number=SECOND, asking_pin=True, checking=True
    )
    assert step(at(asked), told.Countersigned("1003", ok=True)).session.stage == asked
    session, effects = play(at(asked), told.Countersigned(SECOND, ok=True))
    assert isinstance(session.stage, ss.StaffDoor)
    assert [one.second_no for one in effects if isinstance(one, act.AuthorizeMaster)] == [SECOND]


def test_who_counted_signs_with_their_own_pin_and_nobody_s_card() -> None:
    signing = ss.Countersigning(
        STAFF, ss.SignOrder(ss.Round(STAFF, Purpose.AUDIT, ())), number=STAFF, asking_pin=True
    )
    assert step(at(signing), told.StaffCardRead(SECOND)).session.stage == signing


def test_an_audit_that_nobody_signs_is_recorded_as_such() -> None:
    round = ss.Round(STAFF, Purpose.AUDIT, (), number="A-1")
    left, effects = play(at(ss.AuditSummary(STAFF, round)), ask.SignOut())
    assert isinstance(left.stage, st.Idle)
    assert (
        do.Record("AuditAbandoned", (("audit", "A-1"), ("staff_no", STAFF), ("looked_into", "0"))) in effects
    )

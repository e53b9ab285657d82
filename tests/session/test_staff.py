"""The staff's flow step by step: rounds, what is said and what is seen, reasons, second persons."""

from dataclasses import replace

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import CellFact, Part
from kiosk.session.machine import step
from kiosk.session.staff import doors, listing
from kiosk.session.staffstate import Found, Purpose, Reason
from screens import intents as ask
from tests.session.staff_play import FACTS, SECOND, STAFF, at, digits, opened_and_shut, play, settled

# the list ------------------------------------------------------------------------------------------------------------


def test_what_is_in_question_comes_first_then_the_nearest_limit() -> None:
    stage = ss.StaffList(STAFF)
    assert [one.cell for one in listing.listed(stage, FACTS)] == ["A-03", "A-01", "A-02", "A-04"]
    by_cell = replace(stage, sorting=ss.Sorting.CELL)
    assert [one.cell for one in listing.listed(by_cell, FACTS)] == ["A-01", "A-02", "A-03", "A-04"]
    assert [one.cell for one in listing.listed(replace(stage, department="other"), FACTS)] == ["A-04"]


def test_who_has_a_department_sees_its_papers_first_and_a_button_for_all() -> None:
    facts = replace(FACTS, offices=((STAFF, ("other", "closed")), (SECOND, ("closed",))))
    own, elsewhere = ss.StaffList(STAFF), ss.StaffList(SECOND)
    assert [one.cell for one in listing.listed(own, facts)] == ["A-04"]
    assert len(listing.listed(elsewhere, facts)) == 4  # nothing of theirs lies here
    session = replace(at(own), facts=facts)
    session, _ = play(session, ask.Tick("A-04"), ask.Choose(listing.EVERY_DEPARTMENT))
    assert session.stage == ss.StaffList(STAFF, frozenset({"A-04"}), "")
    assert isinstance(session.stage, ss.StaffList)
    assert len(listing.listed(session.stage, facts)) == 4


def test_a_department_is_ticked_at_once_and_never_what_is_in_question() -> None:
    session, _ = play(at(ss.StaffList(STAFF)), ask.Choose(listing.DEPARTMENT), ask.Choose("office"))
    assert session.stage == ss.StaffList(STAFF, frozenset({"A-01", "A-02"}), "office")
    assert step(session, ask.Tick("A-03")).session == session
    session, _ = play(session, ask.Tick("A-02"))
    assert session.stage == ss.StaffList(STAFF, frozenset({"A-01"}), "office")


def test_a_round_opens_one_door_after_the_other_and_ends_with_one_slip() -> None:
    session, effects = play(
        at(ss.StaffList(STAFF, frozenset({"A-01", "A-02"}))), ask.CollectTicked(),
        *opened_and_shut("A-01", "notPresent"), told.StaffRecorded("A-01"),
        *opened_and_shut("A-02", "notPresent"), told.StaffRecorded("A-02"),
    )  # fmt: skip
    opened = [one.cell for one in effects if isinstance(one, do.OpenDoor)]
    assert opened == ["A-01", "A-02"]
    assert settled(effects) == [("A-01", Found.TAKEN), ("A-02", Found.TAKEN)]
    authorized = [n for n, one in enumerate(effects) if isinstance(one, act.AuthorizeRetrieval)]
    assert all(isinstance(effects[n + 1], do.OpenDoor) for n in authorized)
    (slip,) = [one for one in effects if isinstance(one, act.IssueSlip)]
    assert [(one.errand.case_id, one.found) for one in slip.round.done] == [
        ("c2", Found.TAKEN),
        ("c1", Found.TAKEN),
    ]
    assert isinstance(session.stage, ss.StaffDone)
    session, effects = play(
        session, told.SlipIssued("H-1"), told.SlipPrinted("H-1", "notPrinted"), ask.TryAgain()
    )
    assert effects == [act.PrintSlip("H-1")]


def test_the_next_door_waits_for_the_record_of_the_last() -> None:
    session, effects = play(
        at(ss.StaffList(STAFF, frozenset({"A-01", "A-02"}))),
        ask.CollectTicked(),
        *opened_and_shut("A-01", "notPresent"),
    )
    assert [one.cell for one in effects if isinstance(one, do.OpenDoor)] == ["A-01"]
    session, _ = play(session, ev.RecordingFailed())
    assert isinstance(session.stage, ss.StaffDoor)
    assert session.stage.failed
    assert not step(session, told.StaffRecorded("A-01")).effects


# what is said and what is seen ---------------------------------------------------------------------------------------


def round_of(purpose: Purpose, **errand: object) -> ss.StaffDoor:
    known = ss.Errand(purpose, "A-01", "c2", expected=True)
    one = replace(known, **errand)  # type: ignore[arg-type]  # field names as keywords
    return ss.StaffDoor(STAFF, ss.Round(STAFF, purpose, (one,)))


@pytest.mark.parametrize(
    ("said", "seen", "found"),
    [
        (None, "notPresent", Found.TAKEN),
        (None, "present", None),
        (None, "unknown", None),
        (ask.FoundNothing(), "notPresent", Found.NOTHING),
        (ask.FoundNothing(), "present", None),
        (ask.FoundNothing(), "unknown", Found.NOTHING),
        (ask.FoundElse(), "present", Found.ELSE),
        (ask.LeftInside(), "present", Found.LEFT),
        (ask.LeftInside(), "notPresent", None),
    ],
)
def test_the_sensor_is_believed_and_a_contradiction_is_asked_about(
    said: ev.Event | None, seen: str, found: Found | None
) -> None:
    opened = ev.DoorAnswer("A-01", opened=True)
    events = (opened, *((said,) if said is not None else ()), ev.DoorShut("A-01", seen))
    session, effects = play(at(round_of(Purpose.COLLECT)), *events)
    assert settled(effects) == ([("A-01", found)] if found is not None else [])
    if found is None:  # the door is shut: the answer counts now, but against what the sensor sees
        _, effects = play(session, ask.FoundNothing())
        assert settled(effects) == ([("A-01", Found.NOTHING)] if seen != "present" else [])


@pytest.mark.parametrize("case_id", ["c2", ""])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_nobodys_word_empties_a_compartment_in_which_the_sensor_sees_something(
    purpose: Purpose, case_id: str
) -> None:
    errand = replace(round_of(purpose).errand, case_id=case_id)
    allowed = doors.answers(errand, "present")
    assert allowed
    assert not {Found.TAKEN, Found.NOTHING} & set(allowed)


def test_a_second_touch_takes_back_what_was_said() -> None:
    _, effects = play(
        at(round_of(Purpose.COLLECT)), ev.DoorAnswer("A-01", opened=True), ask.FoundElse(), ask.FoundElse(),
        ev.DoorShut("A-01", "notPresent"),
    )  # fmt: skip
    assert settled(effects) == [("A-01", Found.TAKEN)]


def test_who_walks_off_without_a_word_leaves_a_question_a_slip_and_is_signed_out() -> None:
    session, _ = play(at(round_of(Purpose.COLLECT)), *opened_and_shut("A-01", "unknown"))
    gone, effects = play(session, ev.IdleFor(0))
    assert isinstance(gone.stage, st.Idle)
    assert settled(effects) == [("A-01", Found.UNSAID)]
    assert [type(one) for one in effects] == [act.Settle, act.IssueSlip, do.Record]


def test_papers_that_are_still_seen_when_nobody_answers_are_left_where_they_are() -> None:
    session, _ = play(at(round_of(Purpose.COLLECT)), *opened_and_shut("A-01", "present"))
    _, effects = play(session, ev.IdleFor(0))
    assert settled(effects) == [("A-01", Found.LEFT)]


def test_what_was_found_is_recorded_also_when_nobody_gives_a_reason() -> None:
    looked, _ = play(
        at(ss.StaffList(STAFF)),
        ask.ResolveCell("A-06"),
        *opened_and_shut("A-06", "notPresent"),
        ask.FoundNothing(),
    )
    gone, effects = play(looked, ev.IdleFor(0))
    assert isinstance(gone.stage, st.Idle)
    (settle,) = [one for one in effects if isinstance(one, act.Settle)]
    assert (settle.found, settle.reason, settle.errand.blocked) == (Found.NOTHING, None, True)


def test_nobody_is_signed_out_before_an_open_door() -> None:
    session, _ = play(at(round_of(Purpose.COLLECT)), ev.DoorAnswer("A-01", opened=True))
    waiting, effects = play(session, ev.IdleFor(0))
    assert isinstance(waiting.stage, ss.StaffDoor)
    assert waiting.stage.open
    assert effects == [do.Sound("attention")]


def two_doors(**facts: object) -> st.Session:
    """A round of two compartments, the first of them open."""
    start = at(ss.StaffList(STAFF, frozenset({"A-01", "A-02"})))
    session, _ = play(start, ask.CollectTicked(), ev.DoorAnswer("A-01", opened=True))
    return replace(session, facts=replace(session.facts, **facts))  # type: ignore[arg-type]  # names as keywords


def test_whoever_shuts_a_door_that_nobody_stood_at_has_no_other_opened() -> None:
    session, _ = play(two_doors(), ev.IdleFor(0))
    gone, effects = play(session, ev.DoorShut("A-01", "notPresent"))
    assert isinstance(gone.stage, st.Idle)
    assert settled(effects) == [("A-01", Found.TAKEN)]
    assert [type(one) for one in effects] == [act.Settle, act.IssueSlip, do.Record]
    asked, effects = play(session, ev.DoorShut("A-01", "unknown"))  # nobody is there to be asked
    assert isinstance(asked.stage, st.Idle)
    assert settled(effects) == [("A-01", Found.UNSAID)]


def test_when_the_battery_ends_the_open_door_is_finished_and_no_other_opened() -> None:
    session = two_doors(failing=frozenset({Part.POWER}))
    done, effects = play(session, ev.DoorShut("A-01", "notPresent"), told.StaffRecorded("A-01"))
    assert isinstance(done.stage, st.Idle)
    assert settled(effects) == [("A-01", Found.TAKEN)]
    assert not [one for one in effects if isinstance(one, do.OpenDoor | act.AuthorizeRetrieval)]
    (slip,) = [one for one in effects if isinstance(one, act.IssueSlip)]
    assert [one.errand.cell for one in slip.round.done] == ["A-01"]
    jammed = replace(at(ss.StaffList(STAFF)), facts=session.facts)
    one, _ = play(jammed, ask.CollectCase("c2", "A-01"))
    end, _ = play(one, ev.DoorAnswer("A-01", opened=False, reason="DOOR_JAMMED"), ask.Back())
    assert isinstance(end.stage, st.Idle)  # not the list, where a round begins


@pytest.mark.parametrize("leaves", [ask.Back(), ev.IdleFor(0)], ids=["goes on", "walks off"])
@pytest.mark.parametrize(
    "trouble",
    [(ev.DoorLost("A-01"),), (ev.DoorShut("A-01", "notPresent"), ev.RecordingFailed())],
    ids=["board silent", "not recorded"],
)
def test_a_door_that_has_stood_open_is_never_passed_over(
    trouble: tuple[ev.Event, ...], leaves: ev.Event
) -> None:
    session, _ = play(two_doors(), *trouble)
    assert isinstance(session.stage, ss.StaffDoor)
    assert session.stage.failed
    _, effects = play(session, leaves)
    assert settled(effects) == [("A-01", Found.UNSAID)]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_door_that_stays_shut_is_skipped(purpose: Purpose) -> None:
    session, _ = play(
        at(round_of(purpose)), ev.DoorAnswer("A-01", opened=False, reason="DOOR_JAMMED"), ask.Back()
    )
    expected = ss.AuditSummary if purpose is Purpose.AUDIT else ss.StaffList
    assert isinstance(session.stage, expected)


# reasons and second persons ------------------------------------------------------------------------------------------


def test_collecting_from_what_is_out_of_service_does_not_clear_it_without_a_reason() -> None:
    blocked = replace(FACTS, questions=(CellFact("A-01", "inoperative", out_of_service=True),))
    collecting, _ = play(replace(at(ss.StaffList(STAFF)), facts=blocked), ask.CollectCase("c2", "A-01"))
    asked, effects = play(collecting, *opened_and_shut("A-01", "notPresent"))
    assert isinstance(asked.stage, ss.ChoosingReason)
    assert settled(effects) == []
    _, effects = play(asked, ask.Choose(Reason.DOOR_FREED))
    (settle,) = [one for one in effects if isinstance(one, act.Settle)]
    assert (settle.found, settle.reason) == (Found.TAKEN, Reason.DOOR_FREED)


def test_clearing_what_is_out_of_service_asks_why_and_the_key_a_witness() -> None:
    looked, _ = play(
        at(ss.StaffList(STAFF)),
        ask.ResolveCell("A-06"),
        *opened_and_shut("A-06", "notPresent"),
        ask.FoundNothing(),
    )
    assert isinstance(looked.stage, ss.ChoosingReason)
    _, effects = play(looked, ask.Choose(Reason.DOOR_FREED))
    (settle,) = [one for one in effects if isinstance(one, act.Settle)]
    assert (settle.reason, settle.second_no) == (Reason.DOOR_FREED, "")
    signing, effects = play(looked, ask.Choose(Reason.MECHANICAL_KEY))
    assert isinstance(signing.stage, ss.Countersigning)
    assert effects == []
    _, effects = play(signing, *typed(SECOND), told.Countersigned(SECOND, ok=True))
    (settle,) = [one for one in effects if isinstance(one, act.Settle)]
    assert (settle.reason, settle.second_no) == (Reason.MECHANICAL_KEY, SECOND)


def typed(number: str) -> tuple[ev.Event, ...]:
    return (*digits(number), ask.Proceed(), ask.Digit(1), ask.Proceed())


def test_any_compartment_opens_only_after_the_second_person() -> None:
    session, effects = play(
        at(ss.StaffMenu(STAFF)),
        ask.Choose(listing.Duty.OPEN_ANY),
        ask.ChooseCell("A-01"),
        ask.Choose(Reason.SUSPICION),
    )
    assert effects == []
    same, _ = play(session, *(ask.Digit(int(digit)) for digit in STAFF), ask.Proceed())
    assert isinstance(same.stage, ss.Countersigning)
    assert same.stage.problem == "same"
    _, effects = play(session, *typed(SECOND), told.Countersigned(SECOND, ok=False))
    assert [type(one) for one in effects] == [act.Countersign]
    both, effects = play(session, *typed(SECOND), told.Countersigned(SECOND, ok=True))
    assert effects[1:] == [
        act.AuthorizeMaster("A-01", STAFF, SECOND, Reason.SUSPICION), do.OpenDoor("A-01", "c2", f"staff:{STAFF}"),
    ]  # fmt: skip
    assert isinstance(both.stage, ss.StaffDoor)
    assert Found.TAKEN not in doors.answers(both.stage.errand)


def test_one_person_is_enough_where_the_house_says_so() -> None:
    session = at(ss.ChoosingReason(STAFF, ss.MasterOrder("A-01")), two_for_any=False)
    _, effects = play(session, ask.Choose(Reason.AUTHORITY))
    assert [type(one) for one in effects] == [act.AuthorizeMaster, do.OpenDoor]


def test_the_key_is_entered_by_two_and_what_lies_there_is_looked_at_next() -> None:
    session, effects = play(
        at(ss.StaffMenu(STAFF)), ask.Choose(listing.Duty.KEY), ask.ChooseCell("A-01"), ask.Choose(Reason.POWER_OUT),
        told.StaffCardRead(SECOND), ask.Digit(1), ask.Proceed(), told.Countersigned(SECOND, ok=True),
    )  # fmt: skip
    assert effects[-1] == act.EnterKey("A-01", STAFF, SECOND, Reason.POWER_OUT)
    session, effects = play(session, told.StaffRecorded("A-01", settled=False), ask.Proceed())
    assert isinstance(session.stage, ss.StaffDoor)
    assert session.stage.errand.purpose is Purpose.RESOLVE


def test_a_staff_card_while_a_citizen_is_in_the_middle_is_refused_and_recorded() -> None:
    session = at(st.ChoosingItem())
    outcome = step(session, told.StaffCardRead(STAFF))
    assert outcome.session.stage == session.stage
    assert outcome.effects == (do.Record("ExchangeRefused", (("staff_no", STAFF), ("by", "card"))),)


# what nobody said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "item", "found"),
    [
        (True, "present", Found.LEFT),
        (True, "notPresent", Found.UNSAID),
        (True, "unknown", Found.UNSAID),
        (False, "present", Found.UNSAID),  # something is seen, and whose it is nobody said
        (False, "notPresent", Found.UNSAID),
    ],
)
def test_without_a_word_only_papers_that_are_expected_and_seen_are_left(
    expected: bool, item: str, found: Found
) -> None:
    errand = ss.Errand(Purpose.RESOLVE, "A-03", "c3", expected=expected)
    round = ss.Round(STAFF, Purpose.RESOLVE, (errand,))
    assert doors.unsaid(ss.StaffDoor(STAFF, round, opened=True, shut_item=item)) is found


@pytest.mark.parametrize(("claimed", "taken"), [(False, [("A-04", Found.TAKEN)]), (True, [])])
def test_papers_that_the_sensor_never_saw_are_taken_by_a_word_alone(
    claimed: bool, taken: list[tuple[str, Found]]
) -> None:
    errand = ss.Errand(Purpose.COLLECT, "A-04", "c4", expected=True, claimed=claimed)
    door, _ = doors.begin(ss.Round(STAFF, Purpose.COLLECT, (errand,)))
    _, effects = play(at(door), *opened_and_shut("A-04", "notPresent"))
    assert settled(effects) == taken


@pytest.mark.parametrize(
    ("purpose", "case_id", "found", "has_slip"),
    [
        (Purpose.COLLECT, "c1", Found.TAKEN, True),
        (Purpose.COLLECT, "c1", Found.NOTHING, True),
        (Purpose.COLLECT, "c1", Found.NOT_OPENED, False),
        (Purpose.RESOLVE, "", Found.NOTHING, False),
        (Purpose.MASTER, "c1", Found.LEFT, False),
    ],
)
def test_a_slip_is_for_what_was_opened_to_take_a_case_s_papers(
    purpose: Purpose, case_id: str, found: Found, has_slip: bool
) -> None:
    errand = ss.Errand(purpose, "A-02", case_id, expected=bool(case_id))
    assert doors.needs_slip(ss.Round(STAFF, purpose, (errand,)).after(found)) is has_slip

"""Results on their way back, as staff put them in and take them out again."""

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session.staff import listing
from locker.events import Evidence
from screens import intents as ask
from tests.session.staff_play import STAFF, at, case, digits, opened_and_shut, play


def test_a_result_is_put_in_for_a_case_and_held_when_the_sensor_sees_it() -> None:
    session, effects = play(
        at(ss.StaffMenu(STAFF)), ask.Choose(listing.Duty.PUT_IN), told.CasesTold((case(1, "A-02"),)), ask.Choose("c1"),
        ask.Choose("to_complete"), ask.Choose("S"), ev.CellGiven("c1", "A-01"),
    )  # fmt: skip
    draft = ss.Draft("c1", "food-permit", "to_complete", "S")
    assert effects == [
        act.TellCases(),
        act.ReserveResult(draft, STAFF),
        do.OpenDoor("A-01", "c1", f"staff:{STAFF}"),
    ]
    empty, effects = play(session, *opened_and_shut("A-01", "notPresent"))
    assert not [one for one in effects if isinstance(one, act.HoldResult)]
    _, effects = play(empty, ask.GiveUp())
    assert [type(one) for one in effects] == [do.AbandonDeposit]
    held, effects = play(session, *opened_and_shut("A-01", "present"))
    assert effects[-1] == act.HoldResult("c1", "A-01", STAFF, Evidence.SENSOR)
    placed, _ = play(held, told.ResultRecorded("c1", "A-01", "2026-11-29T22:47+08:00"))
    assert isinstance(placed.stage, ss.ResultPlaced)
    forced, effects = play(held, ev.DoorLost("A-01"))  # between the shutting and the record
    assert isinstance(forced.stage, ss.StaffList)
    assert effects == [do.Sound("attention")]


def test_nobody_leaves_while_a_compartment_is_being_reserved() -> None:
    """Whoever left then would leave a reservation behind that nobody ends."""
    reserving = at(ss.PreparingResult(STAFF, ss.Draft("c1", kind="result", size="S"), reserving=True))
    for event in (ask.SignOut(), ask.StartOver(), ev.IdleFor(0)):
        session, effects = play(reserving, event)
        assert (session.stage, effects) == (reserving.stage, [])


def test_of_another_channels_case_number_identity_and_telephone_are_asked() -> None:
    session, _ = play(at(ss.PreparingResult(STAFF)), ask.Choose("other"))
    session, effects = play(session, *digits("2026"), ask.Proceed())
    assert effects == [act.LookUpCase("2026")]
    session, _ = play(session, told.CaseLookedUp("2026"))
    session, _ = play(session, *digits("11010519491231002"), ask.LetterX(), ask.Proceed())
    assert isinstance(session.stage, ss.PreparingResult)
    assert session.stage.asking is ss.ResultStep.PHONE
    assert session.stage.draft == ss.Draft("2026", id_number="11010519491231002X", foreign=True)
    assert "1949" not in repr(session.stage)
    short, _ = play(session, ask.Digit(1), ask.Proceed())
    assert isinstance(short.stage, ss.PreparingResult)
    assert short.stage.invalid


def test_an_older_case_of_this_kiosk_is_found_by_its_number_and_asks_for_nobody_s_data() -> None:
    asking, _ = play(at(ss.PreparingResult(STAFF)), ask.Choose("other"), *digits("26110001"), ask.Proceed())
    found, _ = play(asking, told.CaseLookedUp("26110001", case(1, "A-02")))
    assert isinstance(found.stage, ss.PreparingResult)
    assert (found.stage.asking, found.stage.draft) == (
        ss.ResultStep.KIND,
        ss.Draft("c1", case(1, "A-02").item_code),
    )
    still_here, _ = play(asking, told.CaseLookedUp("26110001", here=True))
    assert isinstance(still_here.stage, ss.PreparingResult)
    assert (still_here.stage.asking, still_here.stage.refused) == (ss.ResultStep.NUMBER, "known")
    another, _ = play(asking, ask.Digit(7), told.CaseLookedUp("26110001", case(1, "A-02")))
    assert isinstance(another.stage, ss.PreparingResult)
    assert another.stage.asking is ss.ResultStep.NUMBER


def test_overdue_results_are_taken_back_in_one_round_and_one_has_a_fresh_code() -> None:
    _, effects = play(at(ss.ResultsList(STAFF)), ask.CollectTicked())
    assert [type(one) for one in effects] == [act.AuthorizeRetrieval, do.OpenDoor]
    chosen, effects = play(at(ss.ResultsList(STAFF)), ask.Choose("A-05"), ask.TryAgain())
    assert effects == [act.RenewCode("r1", STAFF)]
    renewed, _ = play(chosen, told.CodeTold("r1", ""))
    assert isinstance(renewed.stage, ss.ResultsList)
    assert renewed.stage.renewed == "refused"

"""The counter beside handing in and fetching, with the real program: progress, more papers, help, rating, not mine."""

import re

import pytest

from drivers.emulators.world import Options
from tests.faults.playing import PHONE, STAFF_PHONE, Kiosk
from tests.faults.test_staff_custody import puts_in, stands_open, takes, to_the_list

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {"face": {"engine": "none"}}


def hands_in(kiosk: Kiosk, person: str) -> str:
    """A deposit up to the last page; the case's number."""
    mark = kiosk.mark
    kiosk.identifies(person)
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.sees("receipt.*")
    kiosk.tap("receipt.next")
    kiosk.sees("notice.take_card")
    kiosk.world.do("reader", "card.lift")
    kiosk.sees("notice.done")
    return str(kiosk.recorded("DepositHeld", after=mark)["case_id"])


def holds_up_the_receipt(kiosk: Kiosk) -> None:
    """It opens its case; another code does not."""
    kiosk.tap("home.progress")
    kiosk.sees("progress.ways")
    assert "progress.note_or_code" in texts_on(kiosk)
    kiosk.world.perform("code hold https://example.org")
    kiosk.until(lambda: "progress.strange_code" in texts_on(kiosk), "word that this is no receipt")
    kiosk.world.perform("code hold receipt")  # as the printer drew it
    kiosk.sees("progress.case")
    assert "progress.step.received" in texts_on(kiosk)
    assert not kiosk.has("progress.add")
    kiosk.to_home()


def texts_on(kiosk: Kiosk) -> list[str]:
    return [str(key) for key in kiosk.probe.page()["texts"]]


def test_a_visit_is_rated_and_the_case_looked_up_and_added_to(kiosk: Kiosk) -> None:
    case = hands_in(kiosk, "yi")
    kiosk.tap("rating.start")
    kiosk.tap("rating.5")
    kiosk.tap("reason.clear")
    kiosk.tap("rating.send")
    rated = kiosk.recorded("ServiceRated")
    assert (rated["stars"], rated["reasons"], rated["matter"]) == (5, ["clear"], "deposit")
    kiosk.sees("home")
    kiosk.tap("home.progress")
    kiosk.tap("progress.by_number")
    kiosk.sees("progress.number")
    kiosk.types(case.replace("-", ""))
    kiosk.tap("progress.look")
    kiosk.sees("progress.case")
    assert {"progress.light.green", "progress.step.received"} <= set(texts_on(kiosk))
    assert not kiosk.has("progress.add")
    kiosk.to_home()
    holds_up_the_receipt(kiosk)
    kiosk.tap("home.progress")
    kiosk.tap("progress.by_card")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="yi")
    kiosk.sees("progress.case")
    kiosk.tap("progress.add")
    kiosk.sees("identity.ways")
    kiosk.tap("way.card_only")
    kiosk.sees("confirm")
    mark = kiosk.mark
    kiosk.tap("confirm.ok")
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("DepositHeld", after=mark)["case_id"] == case
    assert kiosk.recorded("CaseContinued", after=mark)["errand"] == "supplement"
    assert not kiosk.journal("CaseOpened", after=mark)


@pytest.mark.long
def test_a_problem_at_an_open_door_is_reported_and_the_visit_goes_on(kiosk: Kiosk) -> None:
    kiosk.identifies("jia")
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.tap("action.help")
    kiosk.tap("help.report")
    kiosk.tap("problem.door")
    kiosk.sees("help.reported")
    report = kiosk.recorded("ProblemReported")
    assert (report["page"], report["problem"]) == ("compartment.open", "door")
    assert any(device.endswith(" online") for device in report["devices"])
    kiosk.until(lambda: any(report["report"] in text for text in kiosk.sms()), "text message")
    kiosk.until(lambda: bool(kiosk.mqtt("problem-reported")), "message")
    kiosk.tap("help.go_on")
    kiosk.puts_in(cell)
    kiosk.leaves()


@pytest.mark.long
def test_a_call_back_reaches_staff_and_the_number_nothing_else(kiosk: Kiosk) -> None:
    called = "13711113333"
    kiosk.tap("action.help")
    kiosk.tap("help.call_me")
    kiosk.types(called)
    kiosk.tap("help.call")
    kiosk.sees("help.called")
    kiosk.until(lambda: any(called in text for text in kiosk.sms(STAFF_PHONE)), "text message to staff")
    assert called not in str(kiosk.journal())
    kiosk.until(lambda: bool(kiosk.mqtt("call-requested")), "message")
    assert called not in str(kiosk.mqtt("call-requested"))
    kiosk.tap("help.go_on")


def test_what_is_not_theirs_is_locked_until_staff_have_looked(
    kiosk: Kiosk,
) -> None:
    papers = kiosk.deposit("jia")
    mark = to_the_list(kiosk)
    kiosk.tap(f"tick.{papers}")
    kiosk.tap("staff.collect_ticked")
    takes(kiosk, papers)
    kiosk.sees("staff.collected")
    case = str(kiosk.recorded("DepositCollected", after=mark)["case_id"])
    kiosk.tap("action.next")
    kiosk.tap("staff.more")
    kiosk.tap("menu.put_in")
    kiosk.tap(f"case.{case}")
    kiosk.tap("kind.result")
    kiosk.tap("size.S")
    cell = puts_in(kiosk)
    kiosk.until(lambda: bool(codes(kiosk)), "code by text message")
    fetches(kiosk, cell)
    kiosk.tap("pickup.not_mine")
    kiosk.sees("pickup.put_back")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("notice.not_mine")
    disowned = kiosk.recorded("ParcelDisowned", after=mark)
    assert (disowned["case_id"], disowned["cell"], disowned["item"]) == (case, cell, "present")
    assert kiosk.recorded("CustodyDisputed", after=mark)["reason"] == "NOT_THEIRS"
    assert not kiosk.journal("DepositReturned", "CodeUsed", after=mark)
    assert kiosk.unit(cell)[2] == "unknown"
    kiosk.until(lambda: any("不是本人的" in text for text in kiosk.sms()), "word to staff")
    kiosk.to_home()
    to_the_list(kiosk)
    kiosk.tap("staff.resolve")
    kiosk.until(lambda: stands_open(kiosk, cell), "door for staff")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.answers("staff.found_papers")
    assert kiosk.recorded("ResultRecalled", after=mark)["reason"] == "TO_CHECK"
    assert kiosk.recorded("CodeRevoked", after=mark)["case_id"] == case
    kiosk.until(lambda: any("收回核对" in text for text in kiosk.sms(PHONE)), "word to the citizen")
    kiosk.until(lambda: kiosk.unit(cell) == ("ok", "closed", "empty"), "compartment in service")


def fetches(kiosk: Kiosk, cell: str) -> None:
    """With card and code, up to the open door."""
    kiosk.to_home()
    kiosk.tap("home.fetch")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("pickup.code")
    kiosk.types(codes(kiosk)[-1])
    kiosk.tap("pickup.next")
    kiosk.until(lambda: stands_open(kiosk, cell), "door for the citizen")


def codes(kiosk: Kiosk) -> list[str]:
    """Pick-up codes that the citizen was sent."""
    return [found[1] for text in kiosk.sms(PHONE) if (found := re.search(r"取件码(\d{8})", text))]

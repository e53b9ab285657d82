"""Staff at the cabinet: a round with a paper that is not there, two persons, the key, an audit that finds something."""

import re
from collections.abc import Iterator
from functools import partial
from subprocess import CalledProcessError

import pytest
from pypdf import PdfReader

from tests.faults.playing import ON_CALL, PHONE, STAFF_PIN, Kiosk

OVERRIDES = {"face": {"engine": "none"}}
SECOND = "1002"
SECOND_PIN = "518306"
SUPERVISOR = "1003"
SUPERVISOR_PIN = "830516"
ID_NUMBER = "11010519491231002X"  # the example of GB 11643


@pytest.fixture(scope="module")
def two_of_staff(running_kiosk: Kiosk) -> Kiosk:
    """Somebody else who may answer for what the first one does."""
    running_kiosk.stage.nightdesk(
        "staff", "add", SECOND, "--config", str(running_kiosk.stage.site), "--name", "示例乙", "--role", "staff",
        "--pin-stdin", stdin=SECOND_PIN + "\n",
    )  # fmt: skip
    return running_kiosk


@pytest.fixture
def signed_in(two_of_staff: Kiosk, kiosk: Kiosk) -> Iterator[Kiosk]:
    """At the list; whatever was left is taken out by the next test's `kiosk`."""
    yield kiosk
    kiosk.to_home()


def to_the_list(kiosk: Kiosk) -> int:
    """Staff sign in; the journal's number before."""
    mark = kiosk.mark
    kiosk.signs_in()
    kiosk.sees("staff.list")
    return mark


def says_who(kiosk: Kiosk, number: str = SECOND, pin: str = SECOND_PIN) -> None:
    """The second person types number and PIN."""
    kiosk.sees("staff.second")
    kiosk.types(number)
    kiosk.tap("action.next")
    kiosk.sees("staff.second.pin")
    kiosk.types(pin)
    kiosk.tap("action.next")


def takes(kiosk: Kiosk, cell: str) -> None:
    """Papers out of the one door that stands open, as the journal knows by now; door shut."""
    kiosk.until(partial(stands_open, kiosk, cell), f"door {cell} alone")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")


def stands_open(kiosk: Kiosk, cell: str) -> bool:
    """This door alone is open, and the kiosk has seen it: who shuts it sooner makes it look jammed."""
    moved = kiosk.journal("DoorOpened", "DoorForced", "DoorClosed")[-1]
    return kiosk.open_cells() == [cell] == [moved["cell"]] and moved["type"] != "DoorClosed"


def puts_in(kiosk: Kiosk) -> str:
    """Staff put something into the compartment that stands open for it; which one."""
    kiosk.sees("staff.result.put_in")
    cell = kiosk.open_cell()
    kiosk.world.perform(f"papers put {cell}")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.result.placed")
    return cell


def test_a_round_through_a_department_with_one_paper_that_is_not_there(signed_in: Kiosk) -> None:
    kiosk = signed_in
    first, gone, last = sorted(kiosk.deposit() for _ in range(3))
    mark = to_the_list(kiosk)
    kiosk.until(lambda: kiosk.has(f"tick.{last}"), "three papers to tick")
    kiosk.tap("staff.department_of")
    kiosk.sees("staff.department")
    kiosk.tap("department.1")
    kiosk.sees("staff.list")
    kiosk.tap("staff.collect_ticked")
    takes(kiosk, first)
    kiosk.until(partial(stands_open, kiosk, gone), "the next door, once the first is shut")
    kiosk.tap("staff.found_nothing")
    kiosk.world.perform(f"papers take {gone}")  # a thief was here before
    kiosk.world.perform(f"door close {gone}")
    takes(kiosk, last)
    kiosk.sees("staff.collected")
    collected = [event["cell"] for event in kiosk.journal("DepositCollected", after=mark)]
    assert collected == [first, last]
    disputed = kiosk.recorded("CustodyDisputed", after=mark)
    assert (disputed["cell"], disputed["reason"]) == (gone, "NOT_FOUND")
    slip = kiosk.recorded("HandoverIssued", after=mark)
    assert [(cell, found) for _, cell, found in slip["lines"]] == [
        (first, "taken"), (gone, "nothing"), (last, "taken"),
    ]  # fmt: skip
    assert kiosk.recorded("HandoverPrinted", after=mark)["outcome"] == "printed"
    opened = kiosk.journal("DoorOpened", "DoorClosed", after=mark)
    assert [event["type"] for event in opened] == ["DoorOpened", "DoorClosed"] * 3
    kiosk.tap("action.next")
    kiosk.sees("staff.list")
    kiosk.until(lambda: kiosk.has("staff.resolve"), "the one that is missing, to be checked")
    kiosk.tap("staff.resolve")
    kiosk.sees("staff.take")
    kiosk.world.perform(f"door close {gone}")
    kiosk.sees("staff.resolve_question")
    kiosk.answers("staff.found_nothing")
    kiosk.until(lambda: kiosk.unit(gone) == ("ok", "closed", "empty"), "compartment in service")


@pytest.mark.long
def test_without_a_printer_the_slip_has_its_number_and_is_printed_later(signed_in: Kiosk) -> None:
    kiosk = signed_in
    cell = kiosk.deposit()
    mark = to_the_list(kiosk)
    kiosk.world.do("printer", "paper.out")
    kiosk.tap("staff.collect")
    takes(kiosk, cell)
    kiosk.sees("staff.collected")
    kiosk.until(lambda: kiosk.has("staff.slip.again"), "a slip that was not printed")
    slip = kiosk.recorded("HandoverIssued", after=mark)["slip"]
    assert kiosk.recorded("HandoverPrinted", after=mark)["outcome"] == "notPrinted"
    kiosk.world.do("printer", "paper.refill")
    kiosk.tap("action.next")
    kiosk.tap("staff.more")
    kiosk.tap("menu.slips")
    kiosk.tap(f"slip.{slip}")
    kiosk.until(
        lambda: (
            [e["outcome"] for e in kiosk.journal("HandoverPrinted", after=mark)] == ["notPrinted", "printed"]
        ),
        "slip printed again",
    )


def test_a_result_reaches_the_citizen_by_code_and_card(signed_in: Kiosk) -> None:
    kiosk = signed_in
    papers = kiosk.deposit("jia")
    mark = to_the_list(kiosk)
    kiosk.tap("staff.collect")
    takes(kiosk, papers)
    kiosk.sees("staff.collected")
    case = kiosk.recorded("DepositCollected", after=mark)["case_id"]
    kiosk.tap("action.next")
    kiosk.tap("staff.more")
    kiosk.tap("menu.put_in")
    kiosk.tap(f"case.{case}")
    kiosk.tap("kind.result")
    kiosk.tap("size.S")
    cell = puts_in(kiosk)
    held = kiosk.recorded("ResultHeld", after=mark)
    assert (held["case_id"], held["cell"], held["evidence"]) == (case, cell, "SENSOR")
    kiosk.until(lambda: bool(codes(kiosk)), "code by text message")
    (code,) = codes(kiosk)
    assert code not in str(kiosk.journal(after=mark))
    kiosk.to_home()
    kiosk.tap("home.fetch")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("pickup.code")
    kiosk.types(code)
    kiosk.tap("pickup.next")
    kiosk.until(partial(stands_open, kiosk, cell), "door for the citizen")
    kiosk.world.perform(f"papers take {cell}")
    kiosk.world.perform(f"door close {cell}")
    returned = kiosk.recorded("DepositReturned", after=mark)
    assert (returned["case_id"], returned["cell"], returned["actor"]) == (case, cell, "citizen")
    kiosk.recorded("CodeUsed", after=mark)


@pytest.mark.long
def test_a_result_that_nobody_fetches_is_taken_back_and_the_code_is_worth_nothing(signed_in: Kiosk) -> None:
    """A case of another channel: its number, the applicant's ID and telephone are typed."""
    kiosk = signed_in
    before = len(codes(kiosk))
    mark = to_the_list(kiosk)
    kiosk.tap("staff.more")
    kiosk.tap("menu.put_in")
    kiosk.tap("case.other")
    for page, typed in (("number", "2026112200017"), ("id_number", ID_NUMBER), ("phone", PHONE)):
        kiosk.sees(f"staff.result.{page}")
        for sign in typed:
            kiosk.probe.tap(f"digit.{sign.lower()}")
        kiosk.tap("action.next")
    kiosk.tap("kind.to_complete")
    kiosk.tap("size.S")
    cell = puts_in(kiosk)
    entered = kiosk.recorded("CaseEntered", after=mark)
    assert entered["case_id"] == "2026112200017"
    assert not {"id_number", "phone"} & set(entered)
    kiosk.until(lambda: len(codes(kiosk)) == before + 1, "code by text message")
    kiosk.tap("staff.back_to_list")
    kiosk.tap("staff.more")
    kiosk.tap("menu.waiting")
    kiosk.tap(f"result.{cell}")
    kiosk.sees("staff.waiting.one")
    kiosk.tap("staff.waiting.renew")
    kiosk.until(lambda: len(codes(kiosk)) == before + 2, "fresh code")
    assert codes(kiosk)[-1] != codes(kiosk)[-2]
    kiosk.tap("staff.waiting.recall")
    takes(kiosk, cell)
    kiosk.sees("staff.collected")
    recalled = kiosk.recorded("ResultRecalled", after=mark)
    assert (recalled["cell"], recalled["staff_no"]) == (cell, ON_CALL)
    assert [event["reason"] for event in kiosk.journal("CodeRevoked", after=mark)] == ["renewed", "recalled"]
    kiosk.until(lambda: any("收回" in text for text in kiosk.sms(PHONE)), "word to the citizen")


def codes(kiosk: Kiosk) -> list[str]:
    """Pick-up codes that were sent to the citizen, oldest first."""
    found = (re.search(r"取件码(\d+)", text) for text in kiosk.sms(PHONE))
    return [code[1] for code in found if code]


@pytest.mark.long
def test_any_compartment_opens_to_two_persons_and_a_reason(signed_in: Kiosk) -> None:
    kiosk = signed_in
    cell = kiosk.deposit()
    mark = to_the_list(kiosk)
    kiosk.tap("staff.more")
    kiosk.tap("menu.open_any")
    kiosk.tap(f"cell.{cell}")
    kiosk.sees("staff.reason")
    kiosk.tap("reason.CITIZEN_ASKS")
    kiosk.sees("staff.second")
    kiosk.types(ON_CALL)
    kiosk.tap("action.next")
    kiosk.until(lambda: "staff.second.same" in kiosk.probe.page()["texts"], "the same person, refused")
    assert kiosk.open_cells() == []
    says_who(kiosk)
    kiosk.until(partial(stands_open, kiosk, cell), "open door")
    authorized = kiosk.recorded("MasterOpeningAuthorized", after=mark)
    assert (authorized["staff_no"], authorized["second_no"]) == (ON_CALL, SECOND)
    assert authorized["seq"] < kiosk.recorded("OpenRequested", after=mark)["seq"]
    kiosk.tap("staff.left_inside_there")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("staff.collected")
    assert kiosk.recorded("CompartmentLookedInto", after=mark)["found"] == "left"
    assert kiosk.unit(cell) == ("ok", "closed", "held")


@pytest.mark.long
def test_a_door_opened_by_key_is_in_question_until_two_persons_say_so(signed_in: Kiosk) -> None:
    kiosk = signed_in
    cell = kiosk.deposit()
    mark = kiosk.mark
    kiosk.world.perform(f"door open {cell}")  # nobody asked the kiosk
    kiosk.recorded("DoorForced", after=mark)
    kiosk.world.perform(f"door close {cell}")
    to_the_list(kiosk)
    kiosk.until(lambda: kiosk.has("staff.resolve"), "a case in question")
    assert not any(
        one["intent"].get("cell") == cell and one["key"] == "staff.collect"
        for one in kiosk.probe.page()["controls"]
    )
    kiosk.tap("staff.more")
    kiosk.tap("menu.key")
    kiosk.tap(f"cell.{cell}")
    kiosk.tap("reason.POWER_OUT")
    says_who(kiosk)
    kiosk.sees("staff.key")
    used = kiosk.recorded("MechanicalKeyUsed", after=mark)
    assert (used["cell"], used["staff_no"], used["witness_no"], used["reason"]) == (
        cell, ON_CALL, SECOND, "POWER_OUT",
    )  # fmt: skip
    kiosk.tap("staff.key.look")
    takes(kiosk, cell)
    kiosk.sees("staff.resolve_question")
    kiosk.answers("staff.found_papers")
    assert kiosk.recorded("DepositCollected", after=mark)["cell"] == cell
    kiosk.until(lambda: kiosk.unit(cell) == ("ok", "closed", "empty"), "compartment in service")


@pytest.mark.long
def test_an_audit_with_a_difference_is_signed_and_filed(signed_in: Kiosk) -> None:
    kiosk = signed_in
    mark = to_the_list(kiosk)
    kiosk.tap("staff.more")
    kiosk.tap("menu.audit")
    kiosk.sees("staff.audit")
    kiosk.tap("audit.only_empty")
    started = kiosk.recorded("AuditStarted", after=mark)
    cells = sorted(kiosk.world.cells)
    wrong = ""
    while True:
        kiosk.until(lambda: bool(kiosk.open_cells()) or kiosk.page == "staff.audit.summary", "the next door")
        if kiosk.page == "staff.audit.summary":
            break
        cell = kiosk.open_cell()
        kiosk.until(partial(stands_open, kiosk, cell), "door that the kiosk has seen")
        wrong = wrong or cell
        kiosk.tap("staff.found_else" if cell == wrong else "staff.found_nothing")
        kiosk.until(lambda: "staff.said" in kiosk.probe.page()["texts"], "the answer on the page")
        kiosk.world.perform(f"door close {cell}")
        kiosk.until(partial(looked_into, kiosk, mark, cell), f"{cell} in the journal")
    kiosk.tap("staff.audit.sign")
    kiosk.sees("staff.sign.pin")
    kiosk.types(STAFF_PIN)
    kiosk.tap("action.next")
    kiosk.sees("staff.audit.done")
    signed = kiosk.recorded("AuditSigned", after=mark)
    assert signed["audit"] == started["audit"]
    assert signed["differences"] == [[wrong, "", "somethingElse"]]
    assert signed["looked_into"] == signed["agreed"] + 1 <= len(cells)
    assert kiosk.unit(wrong)[0] == "inoperative"
    reported = kiosk.recorded("AuditReported", after=mark)
    pdf = PdfReader(kiosk.stage.folder / "state" / "reports" / f"{signed['audit']}.pdf")
    text = "".join(page.extract_text() for page in pdf.pages)
    assert reported["audit"] in text
    assert wrong in text


def looked_into(kiosk: Kiosk, mark: int, cell: str) -> bool:
    """What was said of a compartment is durable."""
    return cell in [event["cell"] for event in kiosk.journal("CompartmentLookedInto", after=mark)]


@pytest.mark.long
def test_staff_who_ask_from_elsewhere_wait_for_the_citizen(signed_in: Kiosk) -> None:
    kiosk = signed_in
    mark = kiosk.mark
    kiosk.tap("home.deposit")
    kiosk.sees("items")
    with pytest.raises(CalledProcessError):
        custody(kiosk, "exchange", "--staff", ON_CALL)
    refused = kiosk.recorded("ExchangeRefused", after=mark)
    assert (refused["staff_no"], refused["by"]) == (ON_CALL, "command")
    assert kiosk.page == "items"
    kiosk.world.perform("staff card zhang")  # nor by card
    kiosk.until(
        lambda: [e["by"] for e in kiosk.journal("ExchangeRefused", after=mark)] == ["command", "card"],
        "refusal",
    )
    kiosk.tap("action.start_over")
    kiosk.sees("home")
    custody(kiosk, "exchange", "--staff", ON_CALL)
    kiosk.sees("staff.pin")
    assert not kiosk.journal("StaffSignedIn", after=mark)


@pytest.mark.long
def test_a_key_opening_is_entered_by_command_with_two_pins(signed_in: Kiosk) -> None:
    kiosk = signed_in
    mark = kiosk.mark
    cell = next(iter(kiosk.world.cells))
    order = (
        "key",
        "--cell",
        cell,
        "--reason",
        "LOCK_DEFECT",
        "--staff",
        ON_CALL,
        "--witness",
        SECOND,
        "--pins-stdin",
    )
    with pytest.raises(CalledProcessError):
        custody(kiosk, *order, stdin=f"{STAFF_PIN}\n{STAFF_PIN}\n")
    assert not kiosk.journal("MechanicalKeyUsed", after=mark)
    custody(kiosk, *order, stdin=f"{STAFF_PIN}\n{SECOND_PIN}\n")
    used = kiosk.recorded("MechanicalKeyUsed", after=mark)
    assert (used["cell"], used["witness_no"], used["reason"]) == (cell, SECOND, "LOCK_DEFECT")
    kiosk.until(lambda: bool(kiosk.mqtt("key-used")), "word by MQTT")


def custody(kiosk: Kiosk, what: str, *arguments: str, stdin: str | None = None) -> None:
    """`nightdesk custody`."""
    kiosk.stage.nightdesk("custody", what, "--config", str(kiosk.stage.site), *arguments, stdin=stdin)


def test_a_supervisor_reads_where_a_case_has_been(signed_in: Kiosk) -> None:
    """By the digits of the receipt, from page to page, up to the newest line; anybody else on staff is told no."""
    kiosk = signed_in
    kiosk.stage.nightdesk(
        "staff", "add", SUPERVISOR, "--config", str(kiosk.stage.site), "--name", "示例丙", "--role", "supervisor",
        "--pin-stdin", stdin=SUPERVISOR_PIN + "\n",
    )  # fmt: skip
    cell = kiosk.deposit()
    case_id = str(kiosk.journal("DepositHeld")[-1]["case_id"])
    to_the_list(kiosk)
    kiosk.tap("staff.more")
    kiosk.sees("staff.menu")
    kiosk.tap("menu.history")
    kiosk.sees("staff.history.refused")
    kiosk.to_home()
    kiosk.signs_in(SUPERVISOR_PIN, SUPERVISOR)
    kiosk.sees("staff.list")
    kiosk.tap("staff.more")
    kiosk.tap("menu.history")
    kiosk.sees("staff.history")
    kiosk.tap("history.case")
    kiosk.sees("staff.history.case")
    kiosk.tap("case.number")
    kiosk.sees("staff.history.number")
    kiosk.types(case_id.replace("-", ""))
    kiosk.tap("action.next")
    kiosk.until(lambda: "staff.history.part" in kiosk.probe.page()["texts"], "lines of the case")
    kiosk.tap("staff.history.newer")
    kiosk.tap("action.back")
    kiosk.sees("staff.history.number")
    for _ in range(2):
        kiosk.tap("action.back")
    kiosk.sees("staff.history")
    kiosk.tap("history.cell")
    kiosk.sees("staff.history.cells")
    kiosk.tap(f"cell.{cell}")
    kiosk.until(lambda: "staff.history.part" in kiosk.probe.page()["texts"], "lines of the compartment")
    kiosk.tap("staff.history.older")

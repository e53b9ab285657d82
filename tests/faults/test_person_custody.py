"""A citizen who forgot something, who brings two envelopes, who comes again, whose papers do not fit."""

import base64
import tomllib

from drivers.emulators.escpos_render import interpret
from drivers.emulators.world import Options
from tests.faults.playing import PHONE, STAFF_PHONE, Kiosk, demo_file

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {"face": {"engine": "none"}, "session": {"grace_s": 600.0}}


def shuts_and_sees(kiosk: Kiosk) -> str:
    """An open compartment with papers in it, shut, not confirmed yet."""
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.shuts_in(cell)
    kiosk.sees("compartment.sealing")
    return cell


def test_who_forgot_something_opens_once_more_and_then_it_is_one_way(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies("yi")
    cell = shuts_and_sees(kiosk)
    assert not kiosk.journal("DepositHeld", after=mark)
    kiosk.tap("sealing.open_again")
    kiosk.sees("compartment.open")
    kiosk.world.perform(f"door close {cell}")
    kiosk.sees("compartment.sealing")
    assert not kiosk.has("sealing.open_again")
    kiosk.tap("sealing.done")
    kiosk.leaves()
    kinds = [
        kind
        for kind in kiosk.journal_types(after=mark)
        if kind in {"OpenRequested", "DoorOpened", "DoorClosed", "DepositHeld"}
    ]
    assert kinds == [*["OpenRequested", "DoorOpened", "DoorClosed"] * 2, "DepositHeld"]


def test_two_envelopes_are_one_case_in_two_compartments(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies("jia")
    first = shuts_and_sees(kiosk)
    kiosk.tap("sealing.more")
    second = kiosk.opens()
    kiosk.shuts_in(second)
    kiosk.sees("compartment.sealing")
    kiosk.tap("sealing.done")
    kiosk.sees("receipt.*")
    kiosk.recorded("ReceiptPrinted", after=mark)
    kiosk.leaves()
    held = kiosk.journal("DepositHeld", after=mark)
    assert [event["cell"] for event in held] == [first, second]
    assert len({event["case_id"] for event in held}) == 1
    assert len(kiosk.journal("CaseOpened", after=mark)) == 1
    printed = interpret(base64.b64decode(kiosk.world.do("printer", "job.last")["bytes"])).text
    assert first in printed
    assert second in printed


def test_papers_are_added_to_an_earlier_case(kiosk: Kiosk) -> None:
    kiosk.deposit("hmt")
    mark = kiosk.mark
    case_id = kiosk.journal("CaseOpened")[-1]["case_id"]
    kiosk.chooses()
    kiosk.world.do("reader", "card.place", person="hmt")
    kiosk.sees("identity.ways")
    kiosk.tap("way.card_only")
    kiosk.sees("own.cases")
    kiosk.tap("own.add")
    kiosk.sees("confirm")
    kiosk.tap("confirm.ok")
    cell = kiosk.opens()
    kiosk.puts_in(cell)
    kiosk.leaves()
    assert kiosk.journal("CaseOpened", after=mark) == []
    assert kiosk.recorded("CaseContinued", after=mark)["errand"] == "supplement"
    assert kiosk.recorded("DepositHeld", after=mark)["case_id"] == case_id
    kiosk.until(lambda: told(kiosk, STAFF_PHONE, cell, case_id), "text message to staff")
    kiosk.until(lambda: told(kiosk, PHONE, cell, case_id), "text message to the citizen")


def told(kiosk: Kiosk, number: str, cell: str, case_id: str) -> bool:
    """Whether a text message to this number names compartment and case."""
    return any(cell in text and case_id in text for text in kiosk.sms(number))


def test_what_does_not_fit_gets_a_larger_compartment_or_the_hotline(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.identifies("yi")
    kiosk.confirms()
    tried = []
    while kiosk.page != "notice.too_large":
        tried.append(kiosk.opens())
        kiosk.tap("compartment.does_not_fit")
        kiosk.world.perform(f"door close {tried[-1]}")
        kiosk.until(
            lambda: kiosk.page == "notice.too_large" or kiosk.open_cells() not in ([], [tried[-1]]), "answer"
        )
    cabinet = tomllib.loads(demo_file().read_text(encoding="utf-8"))["cabinet"]
    sizes = {cell["name"]: cell["size"] for cell in cabinet["cells"]}
    assert [sizes[cell] for cell in tried] == ["S", "M", "L"]
    kiosk.recorded("PapersTooLarge", after=mark)
    assert {event["reason"] for event in kiosk.journal("DepositAbandoned", after=mark)} == {
        "does not fit, says the citizen"
    }
    kiosk.recorded("CaseCancelled", after=mark)
    kiosk.to_home()

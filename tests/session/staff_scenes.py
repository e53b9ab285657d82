"""Staff's part of the scenes: a result that waits, one example of every touch and answer of theirs."""

from typing import Final

from kiosk.session import events as ev
from kiosk.session import staffevents as told
from kiosk.session.facts import CaseFact, ResultFact
from kiosk.session.historystate import Asking, HistoryLine, HistoryOf, Passage
from kiosk.session.staff.history import PRINT
from kiosk.session.staff.listing import DEPARTMENT, EVERY_DEPARTMENT, SORTING, Duty
from kiosk.session.staff.results import OTHER_CASE
from kiosk.session.staffstate import CLEARING, OPENING_ANY, USING_KEY, SlipRow
from screens import intents as ask
from screens.languages import LANGUAGES

STAFF_NO: Final = "3"
SECOND_NO: Final = "1313"
CELL: Final = "A-03"
RESULT_CELL: Final = "A-05"
OFFICE: Final = "office"
SLIP: Final = "H-261122-01"
AUDIT: Final = "A-261122-01"
LOOKED_UP: Final = "1313"  # the first digits that the explorer types
RESULT: Final = ResultFact(
    "case-result", RESULT_CELL, "result", "2026-11-10T03:00:00+08:00", "food-permit", overdue=True
)
COLLECTED: Final = CaseFact("case-before", "", "food-permit", "2026-11-20T03:00:00+08:00", identity="verified",
                            claimed=False, disputed=False)  # fmt: skip

LINE: Final = HistoryLine(
    4, "J-000004-7F3A9C21", "2026-11-22 03:00:00+08:00", "what", "door sensor", ("by whom",)
)
PASSAGE: Final = Passage(CELL, "J-000009-7F3A9C21", tuple((lang, (LINE,)) for lang in LANGUAGES), more=True)

TOUCHES: Final[tuple[ev.Event, ...]] = (
    ask.FoundElse(), ask.LeftInside(), ask.ShowMenu(), ask.Tick(CELL), ask.Tick("nothing"), ask.CollectTicked(),
    ask.LetterX(), ask.ShowLine(0), ask.ResolveCell(RESULT_CELL), ask.Choose("nothing"), ask.ChooseCell(RESULT_CELL),
    *(ask.Choose(name) for name in (
        DEPARTMENT, EVERY_DEPARTMENT, SORTING, OFFICE, *Duty, *dict.fromkeys((*CLEARING, *OPENING_ANY, *USING_KEY)),
        *HistoryOf, Asking.NUMBER, PRINT, STAFF_NO, SLIP, "only_empty",
        OTHER_CASE, COLLECTED.case_id, "result", "S", RESULT_CELL,
    )),
)  # fmt: skip
ANSWERS: Final[tuple[ev.Event, ...]] = (
    told.SignInAnswer(STAFF_NO, ok=True), told.SignInAnswer(STAFF_NO, ok=False),
    told.SignInAnswer(STAFF_NO, ok=False, wait_s=15), told.SignInAnswer(STAFF_NO, ok=True, technician=True),
    told.SignInAnswer(STAFF_NO, ok=True, helper=True), told.ListPrinted("printed"), told.ListPrinted("unknown"),
    told.StaffCardRead(STAFF_NO), told.StaffCardRead(SECOND_NO), told.StaffCardRead(""),
    told.Countersigned(SECOND_NO, ok=True), told.Countersigned(SECOND_NO, ok=False),
    told.Countersigned(SECOND_NO, ok=False, wait_s=15), told.Countersigned(STAFF_NO, ok=True),
    told.StaffRecorded(CELL), told.StaffRecorded(CELL, settled=False), told.StaffRecorded("A-04"),
    told.StaffRecorded(RESULT_CELL), told.SlipIssued(SLIP),
    *(told.SlipPrinted(SLIP, outcome) for outcome in ("printed", "notPrinted", "unknown")),
    told.SlipsTold((SlipRow(SLIP, "2026-11-22T03:00+08:00", STAFF_NO, 2),)), told.SlipsTold(()),
    told.AuditBegun(AUDIT), told.AuditFiled(AUDIT, "printed"), told.AuditFiled(AUDIT, "failed"),
    told.CasesTold((COLLECTED,)), told.CaseLookedUp(LOOKED_UP), told.CaseLookedUp(LOOKED_UP, COLLECTED),
    told.CaseLookedUp(LOOKED_UP, here=True), told.DraftRefused("known"), told.DraftRefused("id_number"),
    told.HistoryOffered((STAFF_NO,), (COLLECTED,)), told.HistoryRefused(),
    *(told.HistoryTold(of, name, 0, PASSAGE) for of, name in ((HistoryOf.CELL, CELL), (HistoryOf.STAFF, STAFF_NO))),
    told.HistoryTold(HistoryOf.CELL, CELL, 4, PASSAGE), told.HistoryTold(HistoryOf.CASE, COLLECTED.case_id, 0, None),
    *(told.HistoryPrinted(outcome) for outcome in ("printed", "notPrinted", "unknown")),
    told.ResultRecorded("case-before", CELL, "2026-11-29T22:47+08:00"), told.CodeTold("case-result", ""),
    told.CodeTold("case-result", "2026-11-29T22:47+08:00"),
    *(ev.DoorAnswer(RESULT_CELL, opened=opened) for opened in (True, False)),
    *(ev.DoorShut(RESULT_CELL, item) for item in ("present", "notPresent", "unknown")),
    ev.DoorLost(RESULT_CELL), ev.DoorOpenLong(RESULT_CELL),
)  # fmt: skip

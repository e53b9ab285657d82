"""Where does my case stand: by the ID card, or by the number on the receipt; papers are added from there."""

from dataclasses import replace
from typing import Final, assert_never

from screens import intents as ask

from . import custodystate as cs
from . import effects as do
from . import events as ev
from . import identity
from . import state as st
from .leaving import Step, dismiss, leave, trouble_then_card
from .progressfacts import CaseProgress, CertificateHope

NUMBER_DIGITS: Final = 10  # a day as YYMMDD, and a count within the day
DAY_DIGITS: Final = 6

ProgressStage = cs.AskingHow | cs.ByNumber | cs.Overview


def step(stage: ProgressStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case cs.AskingHow():
            return _asking(stage, event, session)
        case cs.ByNumber():
            return _by_number(stage, event, session.policy.wrong_numbers)
        case cs.Overview():
            return _overview(stage, event, session)
        case _:
            assert_never(stage)


def timed_out(stage: ProgressStage) -> Step:
    """The person walked away."""
    return dismiss(stage.visit) if isinstance(stage, cs.Overview) else leave()


def case_number(digits: str) -> str:
    """The digits as a case number is written."""
    return f"{digits[:DAY_DIGITS]}-{digits[DAY_DIGITS:]}"


def _asking(stage: cs.AskingHow, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.ByCard() if session.facts.can_read_cards:
            return identity.begin("", session, st.Errand.PROGRESS)
        case ask.ByReceipt():
            return cs.ByNumber(wrong=stage.wrong, refused=stage.wrong >= session.policy.wrong_numbers), ()
        case ev.CodeScanned(""):
            return replace(stage, strange=True), ()
        case ev.CodeScanned(case_id):
            if stage.wrong >= session.policy.wrong_numbers:
                return cs.ByNumber(wrong=stage.wrong, refused=True), ()
            return _asked(cs.ByNumber(_digits(case_id), wrong=stage.wrong, scanned=True))
        case ask.Back():
            return leave()
        case _:
            return None


def _by_number(stage: cs.ByNumber, event: ev.Event, most: int) -> Step | None:
    match event:
        case ev.ProgressFound(of=asked) if stage.checking and asked in ("", case_number(stage.digits)):
            return _answered(stage, event, most)
        case ask.Back() if stage.found is not None and not stage.scanned:
            return cs.ByNumber(wrong=stage.wrong), ()
        case ask.Back():
            return cs.AskingHow(stage.wrong), ()
        case ev.RecordingFailed() if stage.checking:  # nothing can be read now
            return replace(stage, checking=False), ()
        case _ if stage.checking or stage.refused or stage.found is not None:
            return None
        case ask.Digit(digit) if len(stage.digits) < NUMBER_DIGITS:
            return cs.ByNumber(f"{stage.digits}{digit}", wrong=stage.wrong), ()
        case ask.DeleteDigit():
            return cs.ByNumber(stage.digits[:-1], wrong=stage.wrong), ()
        case ask.Proceed() if len(stage.digits) == NUMBER_DIGITS:
            return _asked(stage)
        case ev.CodeScanned(""):
            return cs.ByNumber(stage.digits, wrong=stage.wrong, strange=True), ()
        case ev.CodeScanned(case_id):
            return _asked(cs.ByNumber(_digits(case_id), wrong=stage.wrong))
        case _:
            return None


def _digits(case_id: str) -> str:
    """The other way round than `case_number`."""
    return case_id.replace("-", "")


def _asked(stage: cs.ByNumber) -> Step:
    """Have the number looked up, however it came."""
    asked = do.FindProgress(case_id=case_number(stage.digits))
    return replace(stage, checking=True, unknown=False, strange=False), (asked,)


def _answered(stage: cs.ByNumber, answer: ev.ProgressFound, most: int) -> Step:
    """A number that exists says where its case stands; who tries many is looked up no more, and that is recorded."""
    if answer.cases:
        return cs.ByNumber(found=answer.cases[0], wrong=stage.wrong, scanned=stage.scanned), ()
    wrong = stage.wrong + (not answer.refused)
    if answer.refused or wrong >= most:
        limit = "minute" if answer.refused else "session"
        return cs.ByNumber(wrong=wrong, refused=True), (do.Record("CaseNumbersTried", (("limit", limit),)),)
    return cs.ByNumber(unknown=True, wrong=wrong), ()


def found(visit: st.Visit, cases: tuple[CaseProgress, ...]) -> Step:
    """The answer to who asked by card; a single case is shown at once."""
    if not cases:
        return trouble_then_card(visit, "no_cases")
    return cs.Overview(visit, cases, cases[0].case_id if len(cases) == 1 else ""), ()


def _overview(stage: cs.Overview, event: ev.Event, session: st.Session) -> Step | None:
    visit = stage.visit
    match event:
        case ev.CardGone():  # the page stays: it names nobody
            return replace(stage, visit=replace(visit, card_present=False)), ()
        case ask.Choose(case_id) if not stage.shown and any(one.case_id == case_id for one in stage.cases):
            return replace(stage, shown=case_id), ()
        case ask.AddPapers():
            case = stage.one
            if case is None or not case.may_add or not session.can_begin(case.item_code):
                return None
            wish = replace(visit, errand=st.Errand.SUPPLEMENT, case_id=case.case_id, item_code=case.item_code)
            return identity.prove(wish, session)
        case ask.GetCertificate():
            case = stage.one
            if case is None or case.certificate is not CertificateHope.READY:
                return None
            wish = replace(
                visit, errand=st.Errand.CERTIFICATE, case_id=case.case_id, item_code=case.item_code
            )
            return identity.prove(wish, session)
        case ask.Back() if stage.shown and len(stage.cases) > 1:
            return replace(stage, shown=""), ()
        case ask.Back() | ask.Proceed():
            return dismiss(visit)
        case _:
            return None

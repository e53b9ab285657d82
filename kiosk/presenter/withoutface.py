"""The ways without a face: which there are, a code typed, the duty desk asked."""

from typing import Final

from kiosk.session import state as st
from kiosk.session.facts import Identity
from kiosk.session.withoutface import CODE_DIGITS, usable, ways
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Tone, text

from .view import View

PICTURES: Final = {
    Identity.CODE_SMS: "message", Identity.CODE_STAFF: "phone", Identity.DUTY_DESK: "desk", Identity.CARD_ONLY: "card",
}  # fmt: skip
GROUP: Final = 3  # digits of a code that stand together


def way_choices(view: View, visit: st.Visit) -> tuple[vm.Choice, ...]:
    """The ways that this person can go, each with what it takes; one that does not work now says so."""
    return tuple(_choice(view, way) for way in ways(visit, view.session))


def way_pages(view: View, stage: st.ChoosingWay | st.EnteringCode | st.AskingDesk) -> vm.ViewModel:
    """Each page of the ways without a face."""
    chrome = view.visit_chrome(2, stage.visit)
    back = Action(ask.Back(), text("way.other"))
    match stage:
        case st.ChoosingWay(visit, trouble):
            sentence = text(f"way.{trouble}") if trouble else text("way.note")
            tone = Tone.CAUTION if trouble else Tone.PLAIN
            return vm.ChoicePage(
                chrome, text("way.heading"), sentence, tone, way_choices(view, visit), (), "identity.ways"
            )
        case st.EnteringCode():
            return _code_page(view, chrome, stage, back)
        case st.AskingDesk():
            lines = (Line(text("notice.hotline"), view.house.hotline),)
            return vm.NoticePage(
                chrome, text("way.desk_asked"), text("way.desk_asked_note"), Tone.PLAIN, "desk", lines, (back,),
                "identity.desk", waiting=True,
            )  # fmt: skip


def _choice(view: View, way: Identity) -> vm.Choice:
    works = usable(way, view.session.facts)
    action = Action(ask.Choose(way.value), text(f"way.{way.value}"), enabled=works)
    note = text(f"way.{way.value}_note" if works else f"way.{way.value}_down", hotline=view.house.hotline)
    return vm.Choice(action, note, PICTURES[way])


def _code_page(view: View, chrome: vm.Chrome, stage: st.EnteringCode, back: Action) -> vm.ViewModel:
    busy = stage.sending or stage.checking
    proceed = Action(
        ask.Proceed(), text("code.next"), primary=True, enabled=len(stage.digits) == CODE_DIGITS and not busy
    )
    by_sms = stage.way is Identity.CODE_SMS
    if by_sms and not stage.digits:  # before the first digit, so that the keypad keeps its size
        proceed = Action(ask.TryAgain(), text("code.send_again"), enabled=not busy)
    return vm.KeypadPage(
        chrome, text("code.heading_sms" if by_sms else "code.heading_staff"), _code_note(view, stage),
        _grouped(stage.digits), Tone.CAUTION if stage.trouble else Tone.PLAIN, (back, proceed),
        "code.sms" if by_sms else "code.staff",
    )  # fmt: skip


def _code_note(view: View, stage: st.EnteringCode) -> vm.Text:
    match stage:
        case st.EnteringCode(checking=True):
            return text("code.checking")
        case st.EnteringCode(sending=True):
            return text("code.sending")
        case st.EnteringCode(trouble="wrong", left=left, wait_s=wait_s):
            return (
                text("code.wrong_wait", left=left, seconds=wait_s)
                if wait_s
                else text("code.wrong", left=left)
            )
        case st.EnteringCode(trouble="wait", wait_s=wait_s):
            return text("code.wait", seconds=wait_s)
        case st.EnteringCode(trouble="gone", way=Identity.CODE_SMS):
            return text("code.gone_sms")
        case st.EnteringCode(trouble="gone"):
            return text("code.gone_staff", hotline=view.house.hotline)
        case st.EnteringCode(way=Identity.CODE_SMS, sent_to=tail):
            return text("code.sent_to", tail=tail)
        case _:
            return text("code.call_staff", hotline=view.house.hotline)


def _grouped(digits: str) -> str:
    return " ".join(part for part in (digits[:GROUP], digits[GROUP:]) if part)

"""Phone and confirmation."""

from kiosk.session import state as st
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Tone, text

from .form import heading_of, shown
from .view import View, grouped


def application_pages(view: View, stage: st.EnteringPhone | st.Confirming) -> vm.ViewModel:
    """The telephone number, then everything once more."""
    match stage:
        case st.EnteringPhone(visit, digits, invalid):
            proceed = Action(ask.Proceed(), text("phone.next"), primary=True, enabled=bool(digits))
            note = text("phone.invalid") if invalid else text("phone.note")
            return vm.KeypadPage(
                view.visit_chrome(3, visit), text("phone.heading"), note, grouped(digits),
                Tone.BAD if invalid else Tone.PLAIN, (proceed,), "phone",
            )  # fmt: skip
        case st.Confirming(visit):
            return _confirm(view, visit)


def _confirm(view: View, visit: st.Visit) -> vm.ViewModel:
    assert visit.card is not None
    item = view.house.item(visit.item_code)
    supplement = visit.errand is st.Errand.SUPPLEMENT
    lines = [
        Line(text("confirm.item"), item.title),
        Line(text("confirm.name"), visit.card.masked_name),
        Line(text("confirm.number"), visit.card.masked_number),
        Line(text("receipt.case"), visit.case_id)
        if supplement
        else Line(text("confirm.phone"), grouped(visit.phone)),  # whole: it is to be compared
        Line(text("confirm.identity"), text(f"confirm.identity.{visit.identity.value}")),
    ]
    asked = () if supplement else visit.form.asked
    lines += [Line(heading_of(view, one), shown(view, visit.form, one.name)) for one in asked]
    if visit.reach:
        lines.append(Line(text("confirm.reach_label"), text("confirm.reach_on")))
    actions = (
        Action(ask.Proceed(), text("confirm.ok"), primary=True),
        Action(ask.EasyReach(), text("confirm.reach_off" if visit.reach else "confirm.reach")),
        Action(ask.ShowAnswers(), text("confirm.change_answers"))
        if asked
        else Action(ask.Back(), text("action.back" if supplement else "confirm.change_phone")),
    )
    heading = text("confirm.heading_more" if supplement else "confirm.heading")
    materials = () if supplement else item.materials  # what is added is not all of it
    return vm.ConfirmPage(view.visit_chrome(4, visit), heading, tuple(lines), materials, actions)

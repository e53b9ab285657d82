"""Phone and confirmation."""

from kiosk.session import state as st
from kiosk.session.scanning import is_paperless, plan_of
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Tone, text

from .entrusting import agency_lines, letter_with
from .form import heading_of, shown
from .promising import promise_lines, without_missing
from .scanning import papers_to_put_in
from .view import View, grouped


def application_pages(view: View, stage: st.EnteringPhone | st.Confirming) -> vm.ViewModel:
    """The telephone number, then everything once more."""
    match stage:
        case st.EnteringPhone(visit, digits, invalid):
            proceed = Action(ask.Proceed(), text("phone.next"), primary=True, enabled=bool(digits))
            told = "phone.note" if visit.agency is None else "agency.phone_note"
            note = text("phone.invalid") if invalid else text(told)
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
        Line(text("confirm.name" if visit.agency is None else "agency.confirm_name"), visit.card.masked_name),
        Line(text("confirm.number"), visit.card.masked_number),
        Line(text("receipt.case"), visit.case_id)
        if supplement
        else Line(text("confirm.phone"), grouped(visit.phone)),  # whole: it is to be compared
        *(
            agency_lines(visit)
            or (Line(text("confirm.identity"), text(f"confirm.identity.{visit.identity.value}")),)
        ),
    ]
    asked = () if supplement else visit.form.asked
    lines += [Line(heading_of(view, one), shown(view, visit.form, one.name)) for one in asked]
    pages = visit.scanned_pages
    if pages:
        told = text("confirm.scans_value", papers=len(visit.scans), pages=pages)
        lines.append(Line(text("confirm.scans"), told))
    lines += promise_lines(view, visit)
    if visit.reach:
        lines.append(Line(text("confirm.reach_label"), text("confirm.reach_on")))
    reach = Action(ask.EasyReach(), text("confirm.reach_off" if visit.reach else "confirm.reach"))
    plan = plan_of(visit, view.session)
    paperless = is_paperless(visit, view.session)
    actions = (
        Action(ask.Proceed(), text("confirm.ok_paperless" if paperless else "confirm.ok"), primary=True),
        *(() if paperless else (reach,)),
        *(
            ()
            if plan is None
            else (Action(ask.ShowScans(), text("confirm.scan_again" if pages else "confirm.scan")),)
        ),
        Action(ask.ShowAnswers(), text("confirm.change_answers"))
        if asked
        else Action(ask.Back(), text("action.back" if supplement else "confirm.change_phone")),
    )
    heading = text("confirm.heading_more" if supplement else "confirm.heading")
    # what is added is not all of it; of scans alone nothing is left to put in
    to_put_in = (*letter_with(view, visit), *papers_to_put_in(view, visit))
    materials = () if supplement or paperless else without_missing(view, visit, to_put_in)
    return vm.ConfirmPage(view.visit_chrome(4, visit), heading, tuple(lines), materials, actions)

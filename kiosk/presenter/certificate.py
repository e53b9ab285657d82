"""The certificate on the screen: its code for the phone, and what became of the paper."""

from typing import Final

from kiosk.session import state as st
from screens import intents as ask
from screens import viewmodels as vm
from screens.languages import SIMPLIFIED, on_paper
from screens.traditional import traditional
from screens.viewmodels import Action, Tone, text

from .view import View

TONES: Final = {"printed": Tone.GOOD, "notPrinted": Tone.CAUTION, "unknown": Tone.CAUTION}


def certificate_pages(view: View, stage: st.Issuing | st.Handing) -> vm.ViewModel:
    """The page for this stage."""
    chrome = view.visit_chrome(6, stage.visit)
    if isinstance(stage, st.Issuing):
        return vm.NoticePage(
            chrome, text("certificate.issuing"), text("certificate.issuing_note"), Tone.PLAIN, "clock", (), (),
            "certificate.issuing", waiting=True,
        )  # fmt: skip
    shown, outcome = stage.certificate, stage.outcome
    lang = view.session.lang
    name = dict(shown.names)[on_paper(lang)]
    if on_paper(lang) == SIMPLIFIED != lang:
        name = traditional(name)
    done = Action(ask.Proceed(), text("certificate.done"), primary=True)
    again = (
        (Action(ask.PrintSheet(), text("certificate.again")),) if outcome in ("notPrinted", "unknown") else ()
    )
    return vm.SheetPage(
        chrome, text("certificate.heading"),
        text("certificate.about", name=name, day=shown.last_day),
        text(f"certificate.{outcome or 'printing'}"), TONES.get(outcome, Tone.PLAIN), shown.code, (done, *again),
        "certificate",
    )  # fmt: skip

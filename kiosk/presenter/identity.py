"""Consent, the card and the face check."""

from kiosk.session import state as st
from kiosk.session.events import CardTrouble
from kiosk.session.identity import can_retry_face
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Tone, text

from .view import View


def identity_pages(
    view: View, stage: st.AskingConsent | st.AwaitingCard | st.CheckingFace | st.FaceUndecided
) -> vm.ViewModel:
    """Each page of finding out who it is."""
    chrome = view.visit_chrome(2, stage.visit)
    without: tuple[Action, ...] = ()
    if view.session.policy.allow_card_only:
        without = (Action(ask.WithoutFace(), text("face.without")),)
    match stage:
        case st.AskingConsent():
            return _consent(view, chrome)
        case st.AwaitingCard(reading=reading, trouble=trouble):
            return _card_page(chrome, reading=reading, trouble=trouble)
        case st.CheckingFace(hint=hint, progress=progress):
            return vm.FacePage(
                chrome, text(f"face.{hint}"), text("face.distance"), progress, preview=True, actions=without
            )
        case st.FaceUndecided():
            return _undecided(view, chrome, stage, without)


def _consent(view: View, chrome: vm.Chrome) -> vm.ViewModel:
    points = (
        text("consent.purpose"), text("consent.stored"), text("consent.duration"),
        text("consent.freely"), text("consent.ask", hotline=view.house.hotline),
    )  # fmt: skip
    accept = Action(ask.AcceptFace(), text("consent.accept"))
    decline = Action(ask.WithoutFace(), text("consent.decline"))
    return vm.ConsentPage(chrome, text("consent.heading"), points, accept, decline)


def _undecided(
    view: View, chrome: vm.Chrome, stage: st.FaceUndecided, without: tuple[Action, ...]
) -> vm.ViewModel:
    retry: tuple[Action, ...] = ()
    if can_retry_face(stage.visit, view.session):
        retry = (Action(ask.TryAgain(), text("face.try_again")),)
    known = stage.outcome if stage.outcome in ("no_match", "uncertain", "camera_gone") else "no_match"
    return vm.FacePage(
        chrome, text(f"face.{stage.outcome}"), text(f"face.{known}_note"), 0.0, preview=False,
        actions=(*retry, *without), tone=Tone.CAUTION, name="face.undecided",
    )  # fmt: skip


def _card_page(chrome: vm.Chrome, *, reading: bool, trouble: CardTrouble | None) -> vm.ViewModel:
    if reading:
        return vm.CardPage(
            chrome, text("card.reading"), text("card.reading_note"), Tone.PLAIN, reading=True, actions=(),
            name="card.reading",
        )  # fmt: skip
    if trouble is None:
        return vm.CardPage(
            chrome, text("card.place"), text("card.place_note"), Tone.PLAIN, reading=False, actions=(),
        )  # fmt: skip
    again = (
        () if trouble is CardTrouble.LIFTED else (Action(ask.TryAgain(), text("action.again"), primary=True),)
    )
    return vm.CardPage(
        chrome, text(f"card.{trouble.value}"), text(f"card.{trouble.value}_note"), Tone.CAUTION, reading=False,
        actions=again, name=f"card.{trouble.value}",
    )  # fmt: skip

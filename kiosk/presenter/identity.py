"""Consent, the card and the face check."""

from typing import Final

from kiosk.session import state as st
from kiosk.session.events import CardTrouble, FaceAsked
from kiosk.session.identity import can_retry_face
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Tone, text

from .view import View
from .withoutface import way_choices

GUIDED: Final = frozenset(
    {"hold_still", "no_face", "several_faces", "too_small", "too_large", "too_dark", "backlit", "blurred", "covered",
     "turned"}
)  # fmt: skip
MOVING: Final = frozenset({"hold_still", "turned", "blurred"})  # what any movement looks like
BY_MOVEMENT: Final = {
    "come_closer": frozenset({"too_large", "too_small"}),
    "open_mouth": frozenset({"covered"}),
}
NOTED: Final = (
    "no_match",
    "uncertain",
    "camera_gone",
    "blocked",
    "challenge_failed",
)  # outcomes with a sentence


def identity_pages(
    view: View,
    stage: st.AskingConsent | st.AwaitingCard | st.AskingGuardian | st.CheckingFace | st.FaceUndecided,
) -> vm.ViewModel:
    """Each page of finding out who it is."""
    chrome = view.visit_chrome(2, stage.visit)
    match stage:
        case st.AskingConsent():
            points = ("purpose", "stored", "duration", "freely")
            return _consent(view, chrome, "consent", points)
        case st.AskingGuardian():
            points = ("who", "child", "stored", "freely")
            return _consent(view, chrome, "guardian", points)
        case st.AwaitingCard(reading=reading, trouble=trouble):
            agent = stage.visit.agency is not None
            return _card_page(chrome, reading=reading, trouble=trouble, agent=agent)
        case st.CheckingFace():
            return _checking(chrome, stage)
        case st.FaceUndecided():
            return _undecided(view, chrome, stage)


def _consent(view: View, chrome: vm.Chrome, page: str, points: tuple[str, ...]) -> vm.ViewModel:
    told = tuple(text(f"{page}.{point}") for point in points)
    asked = text("consent.ask", hotline=view.house.hotline)
    accept = Action(ask.AcceptFace(), text(f"{page}.accept"))
    decline = Action(ask.WithoutFace(), text("consent.decline"))
    return vm.ConsentPage(chrome, text(f"{page}.heading"), (*told, asked), accept, decline, page)


def _checking(chrome: vm.Chrome, stage: st.CheckingFace) -> vm.ViewModel:
    actions: tuple[Action, ...] = (Action(ask.WithoutFace(), text("face.without")),)
    if not stage.visit.other_movements:
        actions = (Action(ask.OtherMovements(), text("face.other_movements")), *actions)
    hint, asked = stage.hint, stage.asked
    if asked is not None and not _is_in_the_way(hint, asked.step):
        return _challenge(chrome, asked, stage.progress, actions)
    figure = hint if hint in GUIDED else "looking"
    return vm.FacePage(
        chrome, text(f"face.hint.{hint}" if hint in GUIDED else f"face.{hint}"), text("face.distance"), stage.progress,
        preview=True, actions=actions, figure=figure,
    )  # fmt: skip


def _is_in_the_way(hint: str, step: str) -> bool:
    """Whether a hint is about something else than the movement that is asked for."""
    return hint in GUIDED - MOVING - BY_MOVEMENT.get(step, frozenset())


def _challenge(
    chrome: vm.Chrome, asked: FaceAsked, progress: float, actions: tuple[Action, ...]
) -> vm.ViewModel:
    key = f"face.challenge.{asked.step}"
    return vm.FacePage(
        chrome, text(key), text(f"{key}_note"), progress, preview=True, actions=actions, name=key, figure=asked.step,
        count=text("face.count", number=asked.number, total=asked.total), seconds=asked.seconds,
    )  # fmt: skip


def _undecided(view: View, chrome: vm.Chrome, stage: st.FaceUndecided) -> vm.ViewModel:
    """What did not work, the next try where there is one, and at once every way without a face."""
    retry: tuple[vm.Choice, ...] = ()
    if can_retry_face(stage.visit, view.session):
        again = Action(ask.TryAgain(), text("face.try_again"))
        retry = (vm.Choice(again, text("face.try_again_note"), "face"),)
    known = stage.outcome if stage.outcome in NOTED else "other"
    return vm.ChoicePage(
        chrome, text(f"face.outcome.{stage.outcome}"), text(f"face.outcome.{known}_note"), Tone.CAUTION,
        (*retry, *way_choices(view, stage.visit)), (), "face.undecided",
    )  # fmt: skip


def _card_page(
    chrome: vm.Chrome, *, reading: bool, trouble: CardTrouble | None, agent: bool
) -> vm.ViewModel:  # fmt: skip
    if reading:
        return vm.CardPage(
            chrome, text("card.reading"), text("card.reading_note"), Tone.PLAIN, reading=True, actions=(),
            name="card.reading",
        )  # fmt: skip
    if trouble is None:
        return vm.CardPage(
            chrome, text("agency.own_first" if agent else "card.place"), text("card.place_note"), Tone.PLAIN,
            reading=False, actions=(),
        )  # fmt: skip
    again = (
        () if trouble is CardTrouble.LIFTED else (Action(ask.TryAgain(), text("action.again"), primary=True),)
    )
    return vm.CardPage(
        chrome, text(f"card.{trouble.value}"), text(f"card.{trouble.value}_note"), Tone.CAUTION, reading=False,
        actions=again, name=f"card.{trouble.value}",
    )  # fmt: skip

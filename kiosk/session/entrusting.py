"""Handed in for somebody else (委托): the agent is checked as everybody is, then the person's card is only read.

Where that card is not there, name and number are typed and a letter of authorisation comes in with the papers. The
agent sees nothing of the person's: no earlier cases, no earlier answers, no decision.
"""

from dataclasses import replace
from typing import Final, assert_never

from kiosk.catalogue.forms import FieldType, FormField
from kiosk.idnumber import birth_of, is_male
from screens import intents as ask

from . import application, identity
from . import effects as do
from . import events as ev
from . import state as st
from .agencystate import AgencyStage, AwaitingPrincipal, ChoosingFetcher, ChoosingRelation
from .applicationstate import Filling
from .facts import CardFacts, Identity
from .form import Form
from .leaving import Step, dismiss
from .visit import Relation

ONLY_THEY: Final = "principal"  # who may fetch
AGENT_TOO: Final = "agent"
NAME: Final = "principal_name"
NUMBER: Final = "principal_number"
PRINCIPAL: Final = (
    FormField(name=NAME, type=FieldType.NAME, zh="当事人姓名", en="Their name"),
    FormField(name=NUMBER, type=FieldType.ID_NUMBER, zh="当事人身份证号码", en="Their ID number"),
)
TYPED: Final = "typed"  # a card's kind: none was read


def step(stage: AgencyStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ChoosingRelation(visit) | ChoosingFetcher(visit):
            return identity.before_the_door(visit, event) or _chosen(stage, event)
        case AwaitingPrincipal():
            return _card(stage, event, session)
        case _:
            assert_never(stage)


def timed_out(stage: AgencyStage) -> Step:
    """The agent walked away."""
    return dismiss(stage.visit)


def filling(stage: Filling, event: ev.Event, session: st.Session) -> Step | None:
    """The person's name and number are typed."""
    first = stage.name == NAME
    if first and isinstance(event, ask.Back):
        waiting = _without_letter(stage.visit)
        return _awaiting(waiting) if waiting.is_by_helper else (AwaitingPrincipal(waiting), ())
    return application.step(stage, event, lambda visit: _typed(visit, session))


def _chosen(stage: ChoosingRelation | ChoosingFetcher, event: ev.Event) -> Step | None:
    visit, agency = stage.visit, stage.visit.agency
    assert agency is not None
    match stage, event:
        case ChoosingRelation(), ask.Choose(name) if name in list(Relation):
            return ChoosingFetcher(replace(visit, agency=replace(agency, relation=Relation(name)))), ()
        case ChoosingFetcher(), ask.Choose(name) if name in (ONLY_THEY, AGENT_TOO):
            told = replace(agency, may_fetch=name == AGENT_TOO)
            return AwaitingPrincipal(_without_letter(replace(visit, agency=told))), ()
        case ChoosingFetcher(), ask.Back():
            return ChoosingRelation(visit), ()
        case _:
            return None


def _card(stage: AwaitingPrincipal, event: ev.Event, session: st.Session) -> Step | None:
    visit = stage.visit
    match event:
        case ev.CardGone() | ev.IdentityGone():
            return _awaiting(replace(visit, card_present=False))
        case ev.CardSeen():
            return AwaitingPrincipal(replace(visit, card_present=True), own=False, reading=True), ()
        case ev.CardFailed(trouble):
            gone = trouble is ev.CardTrouble.LIFTED
            refused = do.Record("CardRefused", (("session_id", visit.session_id), ("reason", trouble.value)))
            again: tuple[do.Effect, ...] = (do.BeginCard(),) if gone else ()
            failed = AwaitingPrincipal(replace(visit, card_present=not gone), own=False, trouble=trouble)
            return failed, (*again, refused)
        case ev.CardTaken(card):
            return _read(visit, card, session)
        case ev.FaceStale() if visit.identity is Identity.VERIFIED:
            return identity.agent_again(visit)
        case ask.TryAgain() if not stage.own:
            return _awaiting(visit)
        case ask.Back() if stage.own:
            return ChoosingFetcher(visit), ()
        case ask.Back() if visit.is_by_helper:
            return dismiss(visit)
        case ask.WithLetter() if stage.own or (visit.is_by_helper and not stage.reading):
            return _with_letter(visit)
        case _:
            return None


def _with_letter(visit: st.Visit) -> Step:
    assert visit.agency is not None
    typing = replace(visit, agency=replace(visit.agency, letter=True), form=Form(PRINCIPAL))
    stage, effects = application.begin(typing)
    # no card is waited for any more; one that can't be read may lie there
    return stage, (*effects, do.WatchCard()) if visit.is_by_helper else effects


def _awaiting(visit: st.Visit) -> Step:
    return AwaitingPrincipal(visit, own=False), (do.BeginCard(),)


def _read(visit: st.Visit, card: CardFacts, session: st.Session) -> Step:
    there = replace(visit, card_present=True)
    if visit.card is not None and card.number == visit.card.number:
        return AwaitingPrincipal(there, same=True), (do.WatchCard(),)
    read = do.Record("CardRead", (("session_id", visit.session_id), ("kind", card.kind)))
    stage, effects = _known(there, card, session)
    return stage, (do.WatchCard(), *effects, read)


def _typed(visit: st.Visit, session: st.Session) -> Step:
    """The next of the two questions; both answered, it is known whose matter it is."""
    if visit.form.next_field is not None:
        return application.begin(visit)
    told = dict(visit.form.values)
    name, number = told[NAME], told[NUMBER]
    if visit.card is not None and number == visit.card.number:
        return AwaitingPrincipal(_without_letter(visit), same=True), ()
    # what somebody has just typed is shown whole: it is to be compared
    sex = "male" if is_male(number) else "female"
    card = CardFacts(
        name, number, name, number, TYPED, birth_date=birth_of(number).isoformat(), sex=sex
    )  # fmt: skip
    return _known(visit, card, session)


def _without_letter(visit: st.Visit) -> st.Visit:
    """As long as a card may still come, whatever was begun to be typed before."""
    assert visit.agency is not None
    return replace(visit, agency=replace(visit.agency, letter=False), form=Form())


def _known(visit: st.Visit, card: CardFacts, session: st.Session) -> Step:
    """From here on the visit is about the person, with the agent beside them."""
    assert visit.agency is not None
    about = replace(visit, card=card, agency=replace(visit.agency, agent=visit.card), form=Form())
    return application.begin(application.known(about, ev.Earlier(), session))

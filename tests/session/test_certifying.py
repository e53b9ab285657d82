"""The person of a granted case gets its certificate: who they are is proved first, each print is told."""

from dataclasses import replace

import pytest

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Identity
from kiosk.session.machine import step
from kiosk.session.progressfacts import CertificateHope
from kiosk.session.withoutface import ways
from screens import intents as ask
from tests.session.scenes import CARD, CASE, CERTIFICATE, NO_CAMERA, NUMBER, PROGRESS, start


def after(session: st.Session, *events: ev.Event) -> st.Session:
    for event in events:
        session = step(session, event).session
    return session


def looking(hope: CertificateHope = CertificateHope.READY, session: st.Session | None = None) -> st.Session:
    told = ev.ProgressFound((replace(PROGRESS, certificate=hope),))
    return after(
        session or start(), ask.ShowProgress(), ask.ByCard(), ev.CardSeen(), ev.CardTaken(CARD), told
    )


def issuing() -> st.Session:
    return after(looking(), ask.GetCertificate(), ask.AcceptFace(), ev.FaceAnswer("match"))


def test_the_face_is_checked_before_anything_is_signed() -> None:
    consent = after(looking(), ask.GetCertificate())
    assert isinstance(consent.stage, st.AskingConsent)
    known = step(after(consent, ask.AcceptFace()), ev.FaceAnswer("match"))
    assert isinstance(known.session.stage, st.Issuing)
    assert do.IssueCertificate(CASE, NUMBER) in known.effects
    assert after(consent, ask.Back(), ev.ProgressFound((PROGRESS,))).stage == looking().stage


@pytest.mark.parametrize("hope", [one for one in CertificateHope if one is not CertificateHope.READY])
def test_what_is_not_granted_or_counts_no_more_is_not_asked_for(hope: CertificateHope) -> None:
    assert after(looking(hope), ask.GetCertificate()) == looking(hope)


def test_a_card_alone_gets_nothing() -> None:
    policy = st.Policy(ways=(Identity.CODE_SMS, Identity.CARD_ONLY))
    declined = after(looking(session=start(policy)), ask.GetCertificate(), ask.WithoutFace())
    assert isinstance(declined.stage, st.EnteringCode)
    assert ways(declined.stage.visit, declined) == (Identity.CODE_SMS,)
    only_card = start(st.Policy(ways=(Identity.CARD_ONLY,)), NO_CAMERA)
    staff = after(looking(session=only_card), ask.GetCertificate())
    assert isinstance(staff.stage, st.EnteringCode)
    assert staff.stage.way is Identity.CODE_STAFF


def test_it_is_shown_and_printed_and_printed_again_only_where_it_was_not() -> None:
    shown = step(issuing(), ev.CertificateReady(CERTIFICATE))
    assert isinstance(shown.session.stage, st.Handing)
    (printing,) = (one for one in shown.effects if isinstance(one, do.PrintCertificate))
    assert (printing.case_id, printing.identity, printing.code) == (CASE, Identity.VERIFIED, CERTIFICATE.code)
    assert not step(shown.session, ask.PrintSheet()).effects  # the printer works
    failed = after(shown.session, ev.CertificatePrinted(CERTIFICATE.number, "notPrinted"))
    assert printing in step(failed, ask.PrintSheet()).effects
    done = after(failed, ask.PrintSheet(), ev.CertificatePrinted(CERTIFICATE.number, "printed"))
    assert not step(done, ask.PrintSheet()).effects
    assert isinstance(after(done, ask.Proceed()).stage, st.TakingCard)
    assert isinstance(after(done, ev.CardGone(), ask.Proceed()).stage, st.Idle)


def test_a_card_that_is_lifted_while_it_is_signed_gets_nothing() -> None:
    lifted = after(issuing(), ev.CardGone())
    assert isinstance(lifted.stage, st.AwaitingCard)
    assert lifted.stage.visit.errand is st.Errand.PROGRESS
    assert after(lifted, ev.CertificateReady(CERTIFICATE)).stage == lifted.stage


@pytest.mark.parametrize("why", ["none", "expired", "revoked", "refused"])
def test_why_there_is_none_is_said(why: str) -> None:
    told = after(issuing(), ev.CertificateReady(why=why))
    assert isinstance(told.stage, st.Trouble)
    assert told.stage.kind == f"certificate_{why}"


def test_nothing_of_it_stays_on_the_screen() -> None:
    shown = after(issuing(), ev.CertificateReady(CERTIFICATE), ev.CardGone(), ev.IdleFor(0))
    assert isinstance(shown.stage, st.Idle)
    assert CERTIFICATE.code not in repr(after(issuing(), ev.CertificateReady(CERTIFICATE)))

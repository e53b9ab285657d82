"""The person of a case that was granted gets its certificate: on paper, and as a code on the screen for the phone."""

from dataclasses import replace
from typing import assert_never

from screens import intents as ask

from . import certificatestate as ct
from . import effects as do
from . import events as ev
from . import identity
from . import state as st
from .leaving import Step, dismiss, trouble_then_card


def step(stage: ct.CertificateStage, event: ev.Event) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case ct.Issuing(visit):
            return identity.before_the_door(visit, event) or _issuing(visit, event)
        case ct.Handing():
            return _handing(stage, event)
        case _:
            assert_never(stage)


def timed_out(stage: ct.CertificateStage) -> Step:
    """The person walked away: the certificate stays theirs."""
    return dismiss(stage.visit)


def _issuing(visit: st.Visit, event: ev.Event) -> Step | None:
    match event:
        case ev.CertificateReady(certificate) if certificate is not None:
            printing = _print(visit, certificate)
            return ct.Handing(visit, certificate), (do.StopFace(), printing)
        case ev.CertificateReady(why=why):
            return trouble_then_card(visit, f"certificate_{why}", do.StopFace())
        case ev.RecordingFailed():
            return trouble_then_card(visit, "not_now", do.StopFace())
        case _:
            return None


def _handing(stage: ct.Handing, event: ev.Event) -> Step | None:
    visit = stage.visit
    match event:
        case ev.CardGone():  # the phone still reads the code
            return replace(stage, visit=replace(visit, card_present=False)), ()
        case ev.CertificatePrinted(number, outcome) if number == stage.certificate.number:
            return replace(stage, outcome=outcome), ()
        case ask.PrintSheet() if stage.outcome not in ("", "printed"):
            return replace(stage, outcome=""), (_print(visit, stage.certificate),)
        case ask.Proceed():
            return dismiss(visit)
        case _:
            return None


def _print(visit: st.Visit, certificate: ct.CertificateFact) -> do.PrintCertificate:
    return do.PrintCertificate(
        visit.case_id, visit.session_id, visit.identity, certificate.number, certificate.code
    )

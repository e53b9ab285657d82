"""Which page a state has. Pure: it follows from the session, the house's texts and the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk.session import custodystate as cs
from kiosk.session import state as st
from screens import viewmodels as vm

from .aid import help_pages
from .application import application_pages
from .cabinet import cabinet_pages
from .certificate import certificate_pages
from .entrusting import agency_pages
from .everyone import everyone_page
from .finding import finding_pages
from .form import form_pages
from .guide import guide_pages
from .home import home_page
from .house import House
from .identity import identity_pages
from .owncases import own_pages
from .pickup import pickup_pages
from .progress import progress_pages
from .promising import promise_pages
from .quiet import quiet_page
from .rating import rating_page
from .scanning import scan_pages
from .staff import staff_pages, vendor_pages
from .view import View
from .withoutface import way_pages


@dataclass(frozen=True, slots=True)
class Presenter:
    """Draws any session state; `houses` by language."""

    houses: Mapping[str, House]

    def present(self, session: st.Session, now: datetime) -> vm.ViewModel:
        """The page for this state, with the house's frame round it."""
        view = View(session, self.houses[session.lang], self.houses[session.paper_lang], now)
        if session.look.sheet:
            return everyone_page(view)
        if session.help:
            return help_pages(view)
        if isinstance(session.stage, st.StaffStage):
            return staff_pages(view, session.stage)
        match session.stage:
            case st.Idle():
                return home_page(view)
            case st.Inspecting() | st.ReadingFrames() | st.TouchingGrid() | st.TryingDoor() as stage:
                return vendor_pages(view, stage)
            case st.ReadingQuiet() as stage:
                return quiet_page(view, stage)
            case st.ChoosingItem() as stage:
                return finding_pages(view, stage)
            case st.ReadingGuide() as stage:
                return guide_pages(view, stage)
            case (
                st.AskingConsent()
                | st.AwaitingCard()
                | st.AskingGuardian()
                | st.CheckingFace()
                | st.FaceUndecided()
            ) as stage:
                return identity_pages(view, stage)
            case st.ChoosingWay() | st.EnteringCode() | st.AskingDesk() as stage:
                return way_pages(view, stage)
            case st.Rating() as stage:
                return rating_page(view, stage)
            case st.EnteringPhone() | st.Confirming() as stage:
                return application_pages(view, stage)
            case st.Filling() | st.Reviewing() | st.Decided() as stage:
                return form_pages(view, stage)
            case st.OfferingScan() | st.Scanning() | st.Filing() as stage:
                return scan_pages(view, stage)
            case st.ChoosingRelation() | st.ChoosingFetcher() | st.AwaitingPrincipal() as stage:
                return agency_pages(view, stage)
            case st.Issuing() | st.Handing() as stage:
                return certificate_pages(view, stage)
            case st.ChoosingMissing() | st.Signing() as stage:
                return promise_pages(view, stage)
            case cs.LookingUp() | cs.CutOff() | cs.OwnCases() as stage:
                return own_pages(view, stage)
            case cs.AskingHow() | cs.ByNumber() | cs.Overview() as stage:
                return progress_pages(view, stage)
            case (
                cs.TypingPickup() | cs.PickupOpening() | cs.PickupFailed() | cs.Taking() | cs.StillInside()
                | cs.Returning()
            ) as stage:  # fmt: skip
                return pickup_pages(view, stage)
            case stage:
                return cabinet_pages(view, stage)

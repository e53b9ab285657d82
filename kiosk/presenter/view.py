"""What every page is drawn from, and the frame round it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kiosk.session import state as st
from kiosk.session.machine import can_start_over
from screens import intents as ask
from screens import viewmodels as vm
from screens.theme import Scheme
from screens.viewmodels import Action, text

from .house import House

STEPS: Final = 6  # item, identity, phone, confirm, compartment, receipt
STEPS_TO_FETCH: Final = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3}  # identity, code, compartment


@dataclass(frozen=True, slots=True)
class View:
    """One look at the session, in the language of the person; `paper`: the house as it stands on their papers."""

    session: st.Session
    house: House
    paper: House
    now: datetime

    def chrome(self, step: int = 0, subject: str = "", *, staff: bool = False) -> vm.Chrome:
        """What stands round a page; `step` of the citizen's way, 0: none."""
        return vm.Chrome(
            lang=self.session.lang,
            large=self.session.large,
            clock=f"{self.now.hour:02}:{self.now.minute:02}",
            weekday=self.now.weekday(),
            kiosk_name=self.house.name,
            hotline=self.house.hotline,
            step=step,
            steps=STEPS if step else 0,
            subject=subject,
            staff=staff,
            can_start_over=not isinstance(self.session.stage, st.Idle) and can_start_over(self.session.stage),
            seconds_left=self.session.seconds_left,
            voice=self._voice(),
            scheme=self._scheme(),
            low=self.session.policy.low_px if self.session.look.low else 0,
            still=self.session.is_still,
        )

    def _scheme(self) -> Scheme:
        """The colours that were chosen, else the site's at this hour."""
        policy, (first, end) = self.session.policy, self.session.policy.light_hours
        hour = self.now.hour
        light = first <= hour < end if first <= end else hour >= first or hour < end
        return self.session.scheme or (Scheme.LIGHT if light else policy.scheme)

    def _voice(self) -> vm.VoiceLook | None:
        voice, normal = self.session.voice, self.session.policy.volume
        return vm.VoiceLook(voice.on, voice.volume(normal)) if normal else None

    def visit_chrome(self, step: int, visit: st.Visit) -> vm.Chrome:
        """The same, with the item that the visit is about; who fetches something has fewer steps."""
        subject = self.house.item(visit.item_code).title if visit.item_code else ""
        if visit.errand in (st.Errand.PROGRESS, st.Errand.CERTIFICATE):
            return self.chrome()  # one page, no way to go
        if visit.errand is st.Errand.FETCH:
            return replace(self.chrome(STEPS_TO_FETCH[step], subject), steps=max(STEPS_TO_FETCH.values()))
        return self.chrome(step, subject)


def back() -> Action:
    """One page back."""
    return Action(ask.Back(), text("action.back"))


def grouped(digits: str) -> str:
    """A phone number as it is read aloud, whole or so far."""
    return " ".join(part for part in (digits[:3], digits[3:7], digits[7:]) if part)

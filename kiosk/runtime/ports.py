"""What the engine needs from the screen and from those who perform effects."""

from typing import Protocol

from kiosk.session.effects import Effect
from kiosk.session.events import Event
from screens.viewmodels import ViewModel


class Screen(Protocol):
    """Shows view models; may be called from the engine's loop at any time."""

    def show(self, view_model: ViewModel) -> None:
        """Draw this page soon; the latest one wins."""


class Performer(Protocol):
    """Performs effects. Outcomes come back as events."""

    async def perform(self, effect: Effect) -> bool:
        """Do it. Must not raise: what fails is an event. False: it could not be recorded, so it was not done."""

    def unexpected(self, event: Event, stage: str) -> None:
        """An event came that the stage did not expect: kept, not swallowed."""

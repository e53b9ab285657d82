"""What the session asks of the identity process; before a face check, whether there may be one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, assert_never

from kiosk.identity.liveness.contract import ChallengeKind
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.withoutface.mismatches import Mismatches

logger = logging.getLogger(__name__)

BLOCKED = ev.FaceAnswer("blocked")


class IdentityCommands(Protocol):
    """What the acts ask of the identity process."""

    async def begin_card(self) -> None:
        """Look for a card."""

    async def begin_face(self, *, consent: bool, challenge: str) -> None:
        """Is the live face alive and that of the chip photo?"""

    async def stop_face(self) -> None:
        """End a running face check."""

    async def watch_card(self) -> None:
        """Say when the card is lifted."""

    async def end_session(self) -> None:
        """Forget the person."""


@dataclass(frozen=True, slots=True)
class IdentityActs:
    """Performs `do.IdentityEffect`."""

    process: IdentityCommands
    mismatches: Mismatches
    post: Callable[[ev.Event], None]

    async def perform(self, effect: do.IdentityEffect) -> None:
        """Do it. Raises `JournalError`: whom nobody can count is not checked."""
        match effect:
            case do.BeginCard():
                await self.process.begin_card()
            case do.BeginFace():
                await self._begin_face(effect)
            case do.CountMismatch(session_id, card_number, against):
                await self.mismatches.count(session_id, card_number, against=against)
            case do.StopFace():
                await self.process.stop_face()
            case do.WatchCard():
                await self.process.watch_card()
            case do.EndIdentity():
                await self.process.end_session()
            case _:
                assert_never(effect)

    async def _begin_face(self, effect: do.BeginFace) -> None:
        scope = await self.mismatches.blocked(effect.card_number)
        if scope is not None:
            logger.warning("no face check: too many did not match lately (%s)", scope.value)
            self.post(BLOCKED)
            return
        kind = ChallengeKind.ALTERNATIVE if effect.alternative else ChallengeKind.STANDARD
        await self.process.begin_face(consent=True, challenge=kind.value)

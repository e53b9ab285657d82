"""The place for a rating by text message: who left without one gets a link. Open: the default sends nothing.

An adapter finds the case of the session in the journal (`CaseOpened`, `CaseContinued`), makes a link that its own
system knows, and puts a notice for `citizen:<case>` into the outbox, as every text message to a citizen goes.
"""

from typing import Protocol


class RatingInvitation(Protocol):
    """Asks later what a visit was like."""

    async def invite(self, session_id: str, matter: str) -> None:
        """The visit `session_id` ended without a rating; `matter`: `deposit` or `fetch`. Raises `JournalError`."""


class NoInvitation:
    """Nobody is asked later."""

    async def invite(self, session_id: str, matter: str) -> None:
        """Nothing is sent."""
        del session_id, matter

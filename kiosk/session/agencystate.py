"""The states of handing in for somebody else: who that is, who may fetch, the person's own card."""

from dataclasses import dataclass

from .events import CardTrouble
from .visit import Visit


@dataclass(frozen=True, slots=True)
class ChoosingRelation:
    """The agent is known. What is the person to them?"""

    visit: Visit


@dataclass(frozen=True, slots=True)
class ChoosingFetcher:
    """Who may fetch the result: the person alone, or the agent too."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class AwaitingPrincipal:
    """The person's card is to take the place of the agent's; it is only read.

    `own`: the agent's card still lies there; `same`: it was laid there once more, or its number typed.
    """

    visit: Visit
    own: bool = True
    reading: bool = False
    trouble: CardTrouble | None = None
    same: bool = False


AgencyStage = ChoosingRelation | ChoosingFetcher | AwaitingPrincipal

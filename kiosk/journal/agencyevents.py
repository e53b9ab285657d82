"""Facts of what somebody hands in for somebody else."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseEntrusted:
    """A case was handed in by an agent; the person of `CaseOpened` is the one it is about, its `identity` the agent's.

    `letter`: that person's card was not there, their name and number were typed, and a letter of authorisation came
    with the papers. `may_fetch`: the agent may fetch the result too, and only then the agent's card finds the case.
    `relation`: what the person is to the agent (`parent`, `child`, `spouse`, `ward`, `company`, `other`; `helper`).
    `by`: staff number of a helper (帮办代办), of whom nothing else is kept here and who never fetches; empty: none.
    """

    VERSION: ClassVar[int] = 2  # 1: without `by`
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"relation", "agent_name", "agent_number"})
    INDEXED: ClassVar[str] = "agent_number"
    INDEX: ClassVar[str] = "agent_index"
    INDEXED_WHERE: ClassVar[str] = "may_fetch"

    case_id: str
    session_id: str
    letter: bool
    may_fetch: bool
    relation: str = field(repr=False)
    agent_name: str = field(repr=False)
    agent_number: str = field(repr=False)
    by: str = ""

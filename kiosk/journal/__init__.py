"""What happened, kept so that nobody can change it unseen; what is still to be told; what follows from both."""

from .anchor import Anchor, is_genuine, parse_anchor
from .errors import (
    JournalBusy,
    JournalError,
    JournalFull,
    JournalNewer,
    JournalUnusable,
    KeyErased,
    SealBroken,
)
from .journal import Journal, no_notices, opened
from .outbox import Outbox
from .types import (
    CaseRow,
    Channel,
    Clock,
    Event,
    IntentRow,
    Notice,
    NoticePolicy,
    OutboxMessage,
    OutboxState,
    Recorded,
    StoredEvent,
    utc_now,
)

__all__ = [
    "Anchor",
    "CaseRow",
    "Channel",
    "Clock",
    "Event",
    "IntentRow",
    "Journal",
    "JournalBusy",
    "JournalError",
    "JournalFull",
    "JournalNewer",
    "JournalUnusable",
    "KeyErased",
    "Notice",
    "NoticePolicy",
    "Outbox",
    "OutboxMessage",
    "OutboxState",
    "Recorded",
    "SealBroken",
    "StoredEvent",
    "is_genuine",
    "no_notices",
    "opened",
    "parse_anchor",
    "utc_now",
]

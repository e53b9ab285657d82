"""What the journal raises.

JournalError
├── JournalBusy        another process holds this journal
├── JournalUnusable    the folder takes no journal, or what lies there cannot be opened
├── JournalNewer       the file was written by a later version of the program
├── JournalFull        the disk is full and the ballast is spent
├── JournalUnreadable  the file is no journal and no export of one
│   └── SegmentUnreadable  a sealed segment is damaged or gone
├── JournalDamaged     the chain is not whole
└── SealBroken         sealed bytes that do not open with their key
    └── KeyErased      the key of this case is gone, and with it what it sealed
"""


class JournalError(Exception):
    """The journal cannot do what was asked. The text never carries personal data."""


class JournalBusy(JournalError):
    """Another process holds this journal; the text names its process id."""


class JournalUnusable(JournalError):
    """The folder takes no journal, or what lies there cannot be opened; the text says which and why."""


class JournalNewer(JournalError):
    """The file was written by a later version of the program."""


class JournalFull(JournalError):
    """The disk is full and the ballast is spent: nothing was written."""


class JournalUnreadable(JournalError):
    """The file is no journal and no export of one; the text says what was found."""


class SegmentUnreadable(JournalUnreadable):
    """A sealed segment is damaged or gone; the text names the file, its events and what to do."""


class JournalDamaged(JournalError):
    """The chain is not whole; the text names the first events that say so."""


class SealBroken(JournalError):
    """Sealed bytes that do not open with their key."""


class KeyErased(SealBroken):
    """The key of this case was erased, and with it everything it sealed."""

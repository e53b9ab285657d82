"""The head that the journal had last, kept beside the keys and so outside every backup of the journal.

A journal that does not hold that event any more is an older copy, or another one.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .anchor import Anchor
from .archive import DatabaseChain
from .sealing import write_private

NAME: Final = "witness"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: the head that was `known`, and the number of the event that the journal ends with now."""

    known: Anchor
    found_seq: int


@dataclass(slots=True)
class Witness:
    """The file at `path`."""

    path: Path
    _noted: Anchor | None = None

    def note(self, head: Anchor) -> None:
        """Remember this head. Raises `OSError`; what was noted before stays then."""
        if head != self._noted:
            told = json.dumps({"seq": head.seq, "hash": head.hash_hex})
            write_private(self.path, told.encode() + b"\n")
            self._noted = head

    def known(self) -> Anchor | None:
        """The head that was noted last; None where none was, or where the file says nothing that can be read."""
        try:
            told = json.loads(self.path.read_bytes())
            return Anchor(int(told["seq"]), str(told["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def gap(self, chain: DatabaseChain, head_seq: int) -> Gap | None:
        """What the chain lacks of what was noted; None where nothing is."""
        known = self.known()
        if known is None or known.seq == 0:
            return None
        found = chain.at(known.seq)
        if found is not None and known.matches(found[5]):
            return None
        return Gap(known, head_seq)

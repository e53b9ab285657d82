"""The journal as JSON lines, to be given away: a line an event, then the signed head. Sealed parts stay sealed.

A line holds what its event says in the open and, as `body`, the bytes that were hashed: the chain is proved from the
export alone, by `journal verify`.
"""

import os
from pathlib import Path

from .rows import Trailer, export_line, opened_chain


def write_export(source: Path, out: Path, trailer: Trailer) -> int:
    """Write the events up to the trailer's head, then the trailer; answers how many events.

    `out` must not exist; it appears whole or not at all and only its owner can read it. Raises `FileExistsError`,
    `OSError`, `JournalUnreadable`. The chain is not checked here.
    """
    if out.exists():
        raise FileExistsError(f"{out} exists already: name another file, nothing is overwritten")
    half = out.with_name(out.name + ".part")
    half.unlink(missing_ok=True)
    count = 0
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, opened_chain(source) as chain:
            for row in chain.rows(trailer.head.seq):
                count += 1
                file.write(export_line(row) + b"\n")
            file.write(trailer.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        half.rename(out)
    finally:
        half.unlink(missing_ok=True)
    return count

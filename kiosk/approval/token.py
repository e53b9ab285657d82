"""The bearer token in a file of its own, read at each use, so that a new one needs no restart."""

import stat
from pathlib import Path
from typing import Final

from .port import OurMistake

MOST_BYTES: Final = 8192
NOT_OURS: Final = stat.S_IRWXO | stat.S_IWGRP


def read_token(path: Path) -> str:
    """The token. Raises `OurMistake` for a file that others may read, or that holds none."""
    try:
        if path.stat().st_mode & NOT_OURS:
            raise _mistake(path, "may be read by everybody or written by others", f"chmod o=,g-w {path}")
        with path.open("rb") as file:
            token = file.read(MOST_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _mistake(
            path, f"cannot be read ({type(error).__name__})", "put the system's token there"
        ) from None
    if not token or not token.isprintable() or " " in token:
        raise _mistake(path, "holds no token", "put the system's token there, in one line")
    return token


def _mistake(path: Path, what: str, do: str) -> OurMistake:
    return OurMistake(f"approval.token_file: {path} {what}; {do}", everywhere=True)

"""One program at a time: an advisory lock that the kernel drops when its holder dies."""

import fcntl
import os
from pathlib import Path

from .errors import JournalBusy


class LockFile:
    """Holds `path` until `release`. Raises `JournalBusy` with the holder's process id where there is one."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise JournalBusy(
                f"{path.parent} is in use by process {holder}: end that program first, or use its command socket"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next program in."""
        os.close(self._handle)

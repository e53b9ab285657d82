"""A file that only takes up room: freed when the disk is full, so that the present session can close."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ballast:
    """`size` bytes held in reserve at `path`."""

    path: Path
    size: int

    def fill(self) -> bool:
        """Take the room (again); False where the disk has none to give."""
        if self.size == 0 or self.held() == self.size:
            return True
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(handle, 0, self.size)
        except OSError:
            os.ftruncate(handle, 0)
            return False
        finally:
            os.close(handle)
        return True

    def held(self) -> int:
        """Bytes in reserve now."""
        return self.path.stat().st_size if self.path.exists() else 0

    def free(self) -> int:
        """Give the room back; answers how many bytes that were."""
        size = self.held()
        self.path.unlink(missing_ok=True)
        return size

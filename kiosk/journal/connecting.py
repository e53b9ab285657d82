"""How a database file is opened: the one place that says so, since the simulator has a disk of its own."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

Connect = Callable[[Path], sqlite3.Connection]


def on_disk(path: Path) -> sqlite3.Connection:
    """Open or create a file that only its owner can read; each statement is a transaction unless one was begun."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    path.chmod(0o600)
    return db

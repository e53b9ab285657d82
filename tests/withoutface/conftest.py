"""A journal in a folder of its own, and work done on it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import Journal, opened

Work = Callable[[Journal], Coroutine[Any, Any, None]]


@pytest.fixture
def on_journal(tmp_path: Path) -> Callable[[Work], None]:
    """Runs work on the journal of this test; again on the same one when called again."""

    def run(work: Work) -> None:
        async def wrapped() -> None:
            async with opened(tmp_path / "state", ballast_bytes=0) as journal:
                await work(journal)

        asyncio.run(wrapped())

    return run

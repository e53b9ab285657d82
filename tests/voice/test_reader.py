"""The child that reads: its readings are those of the rules, in order, and it is there only while it is needed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kiosk.voice.reader import Reader, ReadingError
from kiosk.voice.reading import read
from screens.languages import ENGLISH, SIMPLIFIED

SENTENCES = ("请重做一次，银行卡 6222 021", "材料收到了，2026-11-22 22:05", "重写")
END_S = 10.0


def children() -> set[int]:
    """Process ids of this process's children."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for one in lists for pid in one.read_text(encoding="ascii").split()}


def play(use: Callable[[Reader], Awaitable[None]], idle_s: float = 60.0) -> None:
    """Use a reader; no child of it is left."""
    before = children()

    async def whole() -> None:
        reader = Reader(idle_s)
        try:
            await use(reader)
        finally:
            await reader.close()

    asyncio.run(whole())
    assert children() == before


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    ends = time.monotonic() + END_S
    while not true():
        assert time.monotonic() < ends
        await asyncio.sleep(0.02)  # the pace of looking; the deadline decides


def test_it_reads_as_the_rules_do_and_one_child_serves_all() -> None:
    async def use(reader: Reader) -> None:
        before = children()
        said = [await reader.read(words, SIMPLIFIED) for words in SENTENCES]
        assert said == [read(words, SIMPLIFIED) for words in SENTENCES]
        assert "chong2 zuo4" in said[0]
        assert await reader.read("Zhang 张, code 12345", ENGLISH) == read("Zhang 张, code 12345", ENGLISH)
        assert len(children() - before) == 1

    play(use)


def test_english_needs_no_child() -> None:
    async def use(reader: Reader) -> None:
        before = children()
        assert await reader.read("Take your receipt", ENGLISH) == "Take your receipt"
        assert children() == before

    play(use)


def test_an_answer_that_nobody_waits_for_any_more_is_nobody_else_s() -> None:
    async def use(reader: Reader) -> None:
        for words in SENTENCES:
            asked = asyncio.ensure_future(reader.read(words, SIMPLIFIED))
            await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait([asked])
        assert await reader.read(SENTENCES[0], SIMPLIFIED) == read(SENTENCES[0], SIMPLIFIED)
        for words in SENTENCES:  # the child is there now, and the question on its way
            asked = asyncio.ensure_future(reader.read(words, SIMPLIFIED))
            for _ in range(5):
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait([asked])
        assert await reader.read(SENTENCES[1], SIMPLIFIED) == read(SENTENCES[1], SIMPLIFIED)

    play(use)


def test_a_child_that_died_is_an_error_at_most_once() -> None:
    async def use(reader: Reader) -> None:
        before = children()
        await reader.read(SENTENCES[0], SIMPLIFIED)
        for pid in children() - before:
            os.kill(pid, signal.SIGKILL)
        try:
            said = await reader.read(SENTENCES[2], SIMPLIFIED)
        except ReadingError:
            said = await reader.read(SENTENCES[2], SIMPLIFIED)
        assert said == read(SENTENCES[2], SIMPLIFIED)

    play(use)


def test_what_cannot_start_is_an_error_that_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(reader: Reader) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(ReadingError, match="/nowhere/python"):
            await reader.read(SENTENCES[0], SIMPLIFIED)

    play(use)


def test_nobody_listens_and_it_ends_and_comes_again() -> None:
    async def use(reader: Reader) -> None:
        before = children()
        await reader.read(SENTENCES[0], SIMPLIFIED)
        await until(lambda: children() == before)
        assert await reader.read(SENTENCES[1], SIMPLIFIED) == read(SENTENCES[1], SIMPLIFIED)

    play(use, idle_s=0.2)


def test_the_program_itself_does_not_load_the_dictionary() -> None:
    """It would stay for months: 55 MB, and half a second of each start."""
    code = "import sys, kiosk.runtime.program; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0

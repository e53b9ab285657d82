"""The duty desk over the network: asked, answered, taken back; whatever it does, the kiosk goes on in time."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.emulators.control import Control
from kiosk.withoutface.desk import DeskSays, HttpsDesk, Outcome, Question
from tests.notify.certificates import new_authority

QUESTION = Question("lobby-1-0a1b", "lobby-1", "food", "测***", "110***********023X")
SOON_S = 10.0


@contextmanager
def desk(folder: Path, *options: str) -> Iterator[tuple[Control, str]]:
    """The emulated desk as a process, and where it is."""
    socket = folder / "control"
    command = [sys.executable, "-m", "drivers.emulators.dutydesk", "--control", str(socket), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            _, url, _ = process.stdout.readline().split()
            control = Control(socket)
            yield control, url
            control.close()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, str]]:
    with desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


async def until_waiting(control: Control) -> None:
    async with asyncio.timeout(SOON_S):
        while not control.do("state")["waiting"]:  # noqa: ASYNC110  # another process tells
            await asyncio.sleep(0.02)


def asked(url: str, control: Control, *, state: str = "", limit_s: float = SOON_S) -> DeskSays:
    """What the kiosk hears when the desk says `state`, or nothing."""

    async def work() -> DeskSays:
        asking = asyncio.create_task(HttpsDesk(url, limit_s, poll_s=0.05).ask(QUESTION))
        if state:
            await until_waiting(control)
            control.do("answer", state=state, by="1007")
        return await asking

    return asyncio.run(work())


@pytest.mark.parametrize("outcome", [Outcome.ALLOWED, Outcome.REFUSED])
def test_the_desk_says_who_looked(plain: tuple[Control, str], outcome: Outcome) -> None:
    control, url = plain
    assert asked(url, control, state=outcome.value) == DeskSays(outcome, "1007")
    assert control.do("state")["waiting"] == 0


def test_what_the_desk_is_told_is_masked(plain: tuple[Control, str]) -> None:
    control, url = plain

    async def work() -> None:
        asking = asyncio.create_task(HttpsDesk(url, SOON_S, poll_s=0.05).ask(QUESTION))
        await until_waiting(control)
        (told,) = control.do("requests")["requests"]
        assert told == {
            "request": "lobby-1-0a1b", "kiosk": "lobby-1", "item": "food", "name": "测***",
            "number": "110***********023X",
        }  # fmt: skip
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(work())
    assert control.do("state")["waiting"] == 0, "who goes another way takes the question back"


def test_a_desk_that_says_nothing_is_not_waited_for(plain: tuple[Control, str]) -> None:
    control, url = plain
    assert asked(url, control, limit_s=0.3).outcome is Outcome.NO_ANSWER
    assert control.do("state")["waiting"] == 0


@pytest.mark.parametrize("fault", ["http_500", "not_json", "not_ours"])
def test_an_answer_that_is_none_lets_nobody_in(plain: tuple[Control, str], fault: str) -> None:
    control, url = plain
    control.do("fault", name=fault)
    try:
        assert asked(url, control) == DeskSays(Outcome.NO_ANSWER)
    finally:
        control.do("fault", name="none")


def test_no_desk_is_no_answer(plain: tuple[Control, str]) -> None:
    control, _ = plain
    assert asked("http://127.0.0.1:1", control) == DeskSays(Outcome.NO_ANSWER)


def test_certificates_on_both_sides(tmp_path: Path) -> None:
    authority, stranger = new_authority(tmp_path, "ours"), new_authority(tmp_path, "theirs")
    server, kiosk, forged = (
        authority.issue("desk", host="127.0.0.1"), authority.issue("lobby-1"), stranger.issue("lobby-1"),
    )  # fmt: skip
    options = (
        "--certificate",
        str(server.certificate),
        "--key",
        str(server.key),
        "--clients",
        str(authority.path),
    )
    with desk(tmp_path, *options) as (control, url):

        async def ask(trust: Path, certificate: Path, key: Path) -> DeskSays:
            client = HttpsDesk(url, SOON_S, trust, certificate, key, poll_s=0.05)
            asking = asyncio.create_task(client.ask(QUESTION))
            while not asking.done() and not control.do("state")["waiting"]:  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.02)
            control.do("answer", state="allowed", by="1007")
            return await asking

        assert asyncio.run(ask(authority.path, kiosk.certificate, kiosk.key)).outcome is Outcome.ALLOWED
        for trust, files in ((authority.path, forged), (stranger.path, kiosk)):
            told = asyncio.run(ask(trust, files.certificate, files.key))
            assert told.outcome is Outcome.NO_ANSWER

"""The link: deadlines, stale input, a port that goes and comes, over a pty and over a socket."""

import asyncio
import os
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from drivers.errors import LinkClosed, LinkTimeout
from drivers.link import Drop, Link, NeedMore, Parsed


def line_of_text(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    """Frames are `<…>`; everything else is dropped."""
    if data[:1] != b"<":
        return Drop()
    end = data.find(b">")
    return NeedMore() if end < 0 else Parsed(data[1:end], end + 1)


def line_of_news(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    """Frames are `[…]`; everything else is dropped."""
    if data[:1] != b"[":
        return Drop()
    end = data.find(b"]")
    return NeedMore() if end < 0 else Parsed(data[1:end], end + 1)


class Peer:
    """The far end of a pty: answers each chunk it reads with the next of its scripted answers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answers: list[bytes] = []
        self.heard: list[bytes] = []
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        path.symlink_to(os.ttyname(self._slave))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while data := self._read():
            if data == b"!":
                return
            self.heard.append(data)
            if self.answers:
                os.write(self._master, self.answers.pop(0))

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 100)
        except OSError:
            return b""

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def vanish(self) -> None:
        """End the thread, then the port."""
        if self._thread.is_alive():
            os.write(self._slave, b"!")
            self._thread.join()
            self.path.unlink()
            os.close(self._slave)
            os.close(self._master)


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    peer = Peer(tmp_path / "port")
    yield peer
    peer.vanish()


def link(peer: Peer) -> Link:
    return Link(str(peer.path), baudrate=9600, name="test")


def test_an_exchange_skips_noise_and_counts_it(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        peer.answers = [b"noise<one>", b"<two><left over>"]
        assert await wire.exchange(b"a", line_of_text, timeout_s=1) == b"one"
        assert await wire.exchange(b"b", line_of_text, timeout_s=1) == b"two"
        assert await wire.receive(line_of_text, timeout_s=1) == b"left over"
        assert (wire.counters.frames, wire.counters.dropped_bytes) == (3, 5)
        await wire.close()

    asyncio.run(main())
    assert peer.heard == [b"a", b"b"]


def test_the_line_rests_between_an_answer_and_the_next_question(peer: Peer) -> None:
    rest_s = 0.05

    async def main() -> None:
        wire = link(peer)
        wire.rest_s = rest_s
        peer.answers = [b"<one>", b"<two>", b"<three>"]
        asked_s = []
        for question in (b"a", b"b", b"c"):
            await wire.exchange(question, line_of_text, timeout_s=5)
            asked_s.append(time.monotonic())
        assert asked_s[2] - asked_s[0] >= 2 * rest_s
        await wire.close()

    asyncio.run(main())


def test_stale_input_is_discarded_before_a_question(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        peer.answers = [b"<one><stale>", b"<two>"]
        assert await wire.exchange(b"a", line_of_text, timeout_s=1) == b"one"
        assert await wire.exchange(b"b", line_of_text, timeout_s=1) == b"two"
        await wire.close()

    asyncio.run(main())


def test_what_is_said_unasked_is_heard_and_spoils_no_answer(peer: Peer) -> None:
    heard: list[bytes] = []

    async def main() -> None:
        wire = link(peer)
        wire.listen(line_of_news, heard.append)
        peer.answers = [b"[early]<one>[cut", b" in two]<two>", b"[quiet]", b"<three>"]
        assert await wire.exchange(b"a", line_of_text, timeout_s=1) == b"one"
        assert await wire.exchange(b"b", line_of_text, timeout_s=1) == b"two"
        peer.say(b"[between]")
        await wire.send(b"c", quiet_s=0.1)
        assert await wire.exchange(b"d", line_of_text, timeout_s=1) == b"three"
        await wire.close()

    asyncio.run(main())
    assert heard == [b"early", b"cut in two", b"between", b"quiet"]


def test_a_deadline_holds_though_bytes_keep_coming(peer: Peer) -> None:
    stop = threading.Event()

    def chatter() -> None:
        while not stop.wait(0.01):
            peer.say(b"x")

    async def main() -> None:
        wire = link(peer)
        started = time.monotonic()
        with pytest.raises(LinkTimeout, match=r"test: no complete answer .* within 0\.15 s"):
            await wire.exchange(b"a", line_of_text, timeout_s=0.15)
        assert time.monotonic() - started < 1.0
        assert wire.counters.timeouts == 1
        await wire.close()

    thread = threading.Thread(target=chatter)
    thread.start()
    try:
        asyncio.run(main())
    finally:
        stop.set()
        thread.join()


def test_half_an_answer_is_no_answer(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        peer.answers = [b"<ha"]
        with pytest.raises(LinkTimeout, match="3 bytes of an unfinished one"):
            await wire.exchange(b"a", line_of_text, timeout_s=0.1)
        await wire.close()

    asyncio.run(main())


def test_what_comes_in_the_quiet_after_a_send_is_discarded(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        peer.answers = [b"<answer nobody wants>"]
        await wire.send(b"a", quiet_s=0.1)
        assert wire.counters.dropped_bytes == 21
        with pytest.raises(LinkTimeout):
            await wire.receive(line_of_text, timeout_s=0.05)
        await wire.close()

    asyncio.run(main())


def test_requests_wait_for_each_other(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        peer.answers = [b"<1>", b"<2>", b"<3>"]
        asked = [wire.exchange(b"?", line_of_text, timeout_s=1) for _ in range(3)]
        assert await asyncio.gather(*asked) == [b"1", b"2", b"3"]
        await wire.close()

    asyncio.run(main())


def test_a_port_that_vanishes_is_said_and_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "port"

    async def main() -> None:
        first = Peer(path)
        wire = link(first)
        await wire.open()
        first.vanish()
        with pytest.raises(LinkClosed, match="went away"):
            await wire.exchange(b"a", line_of_text, timeout_s=0.2)
        assert not wire.is_open
        with pytest.raises(LinkClosed, match="cannot open"):
            await wire.exchange(b"a", line_of_text, timeout_s=0.2)
        second = Peer(path)
        second.answers = [b"<back>"]
        assert await wire.exchange(b"a", line_of_text, timeout_s=1) == b"back"
        await wire.close()
        second.vanish()

    asyncio.run(main())


def test_a_port_that_vanishes_while_listening(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        await wire.open()
        listening = asyncio.create_task(wire.receive(line_of_text, timeout_s=5))
        await asyncio.sleep(0)
        peer.vanish()
        with pytest.raises(LinkClosed):
            await listening
        await wire.close()

    asyncio.run(main())


def test_who_closes_a_link_that_is_listened_to_does_not_wait_for_the_end_of_that(peer: Peer) -> None:
    async def main() -> None:
        wire = link(peer)
        await wire.open()
        listening = asyncio.create_task(wire.receive(line_of_text, timeout_s=3600))
        await asyncio.sleep(0.1)  # it may listen by now; where it does not yet, it must not begin
        async with asyncio.timeout(20):
            await wire.close()
            with pytest.raises(LinkClosed, match="closed"):
                await listening

    asyncio.run(main())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_stays_open(peer: Peer) -> None:
    async def main() -> None:
        before = open_files()
        wire = link(peer)
        await wire.open()
        await wire.close()
        assert open_files() == before
        await wire.close()
        with pytest.raises(LinkClosed, match="for good"):
            await wire.open()

    asyncio.run(main())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bus-test")]


def test_a_socket_is_a_line_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(10) == b"a"
                connection.sendall(b"<from afar>")
                connection.recv(10)

        thread = threading.Thread(target=serve)
        thread.start()

        async def main() -> None:
            wire = Link(f"socket://127.0.0.1:{server.getsockname()[1]}", baudrate=9600, name="test")
            assert await wire.exchange(b"a", line_of_text, timeout_s=1) == b"from afar"
            await wire.close()

        asyncio.run(main())
        thread.join()


def text_but_no_question(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    """As `line_of_text`, and `<ask>` is a question, never an answer."""
    return Drop() if data.startswith(b"<ask>") else line_of_text(data)


def any_three(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    """Any three bytes, as of a board that confirms by repeating the request."""
    return NeedMore() if len(data) < 3 else Parsed(data[:3], 3)


@pytest.mark.parametrize("echo", [True, False])
def test_the_echo_of_the_question_is_no_answer(peer: Peer, echo: bool) -> None:
    async def main() -> None:
        wire = Link(str(peer.path), baudrate=9600, name="test", echo=echo)
        peer.answers = [b"<ask><answer>", b"<ask>"]
        assert await wire.exchange(b"<ask>", text_but_no_question, timeout_s=5) == b"answer"
        with pytest.raises(LinkTimeout):
            await wire.exchange(b"<ask>", text_but_no_question, timeout_s=0.1)
        assert (wire.counters.echoes, wire.counters.dropped_bytes) == (2, 0)
        await wire.close()

    asyncio.run(main())


def test_an_answer_that_repeats_the_question_is_one_unless_the_line_echoes(peer: Peer) -> None:
    async def main() -> None:
        quiet = Link(str(peer.path), baudrate=9600, name="test")
        peer.answers = [b"abc", b"abc", b"abcabc"]
        assert await quiet.exchange(b"abc", any_three, timeout_s=5) == b"abc"
        await quiet.close()
        echoing = Link(str(peer.path), baudrate=9600, name="test", echo=True)
        with pytest.raises(LinkTimeout):
            await echoing.exchange(b"abc", any_three, timeout_s=0.1)
        assert await echoing.exchange(b"abc", any_three, timeout_s=5) == b"abc"
        assert echoing.counters.echoes == 2
        await echoing.close()

    asyncio.run(main())


async def _opened(url: str) -> None:
    link = Link(url, baudrate=9600, name="test")
    try:
        await link.open()
    finally:
        await link.close()


def test_a_port_that_another_program_holds_is_left_alone_and_said() -> None:
    master, slave = os.openpty()
    try:
        with (
            serial.Serial(os.ttyname(slave), exclusive=True),
            pytest.raises(LinkClosed, match="another program uses it; end that one first"),
        ):
            asyncio.run(_opened(os.ttyname(slave)))
        asyncio.run(_opened(os.ttyname(slave)))
    finally:
        os.close(master)
        os.close(slave)

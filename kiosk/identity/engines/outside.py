"""An engine of somebody else in a process of its own: `docs/external-face-engine.md` has the protocol, byte by byte.

Such libraries crash, hang and print. Whatever it does beside a proper answer ends it; the next question starts it anew.
"""

import contextlib
import os
import select
import signal
import struct
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.contracts.camera import Image
from kiosk import coredumps
from kiosk.identity.detector import Face
from kiosk.models import ModelsError

PROTOCOL: Final = 1
# Ends it when its parent ends, however that comes about: it has seen faces.
TIED_TO_US: Final = ("setpriv", "--pdeathsig", "KILL", "--")
REQUEST: Final = struct.Struct("<IIB")  # bytes that follow this field, number, kind
ANSWER: Final = struct.Struct("<IIB")  # bytes that follow this field, number, status
BEHIND_LENGTH: Final = 5
HELLO: Final = struct.Struct("<II")  # protocol, bytes of a template
PICTURE: Final = struct.Struct("<II14f")  # width, height, box, five points; then BGR rows
PAIR: Final = struct.Struct("<II")
MAX_TEMPLATE_BYTES: Final = 65_536
MAX_TEXT_BYTES: Final = 200
PART_BYTES: Final = 65_536
SAID_BYTES: Final = 300  # of what it printed before it was ready


class EngineFailed(ModelsError):
    """The engine's process broke its promise. It has been ended; the next question starts it anew."""


class Kind(IntEnum):
    """What is asked."""

    HELLO = 1
    TEMPLATE = 2
    COMPARE = 3
    LIVENESS = 4


class Status(IntEnum):
    """How it is answered."""

    DONE = 0
    REFUSED = 1  # nothing can be made of this picture
    UNSUPPORTED = 2


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who the engine says it is (name and version, printable), and how long a template of its is."""

    version: str
    template_bytes: int


class OutsideProcess:
    """Asks the engine, one question at a time. For one thread.

    `start_s`: from its start to its greeting; `answer_s`: for each answer after that.
    """

    def __init__(self, command: Sequence[str], *, start_s: float, answer_s: float) -> None:
        self._command = (*TIED_TO_US, *command)
        self._name = command[0]
        self._start_s = start_s
        self._answer_s = answer_s
        self._child: subprocess.Popen[bytes] | None = None
        self._greeting: Greeting | None = None
        self._number = 0
        self._said = b""

    def greet(self) -> Greeting:
        """Start it, where it does not run, and hear who it is. Raises `EngineFailed`."""
        if self._child is None or self._greeting is None or self._child.poll() is not None:
            self.close()
            child = self._start()
            told = self._ask(
                Kind.HELLO, (struct.pack("<I", PROTOCOL),), self._start_s, HELLO.size + MAX_TEXT_BYTES
            )
            self._greeting = self._parsed(told)
            coredumps.leave_nothing_of(child.pid)  # again: a wrapper's `exec` under way undoes the first one
        return self._greeting

    def template(self, image: Image, face: Face) -> bytes:
        """What stands for this face. Raises `EngineFailed`; `ValueError` where the engine refuses the picture."""
        size = self.greet().template_bytes
        return self._exactly(Kind.TEMPLATE, _picture(image, face), size)

    def compare(self, ones: Sequence[bytes], others: Sequence[bytes]) -> NDArray[np.float32]:
        """Likeness of each of the ones to each of the others, -1 to 1. Raises `EngineFailed`."""
        size = self.greet().template_bytes
        if any(len(template) != size for template in (*ones, *others)):
            raise self._broken("its templates have another length than before")
        parts = (PAIR.pack(len(ones), len(others)), *ones, *others)
        raw = self._exactly(Kind.COMPARE, parts, 4 * len(ones) * len(others))
        return self._bounded(raw, -1.0).reshape(len(ones), len(others))

    def liveness(self, image: Image, face: Face) -> float:
        """0 (an artefact) to 1 (a living person). Raises `EngineFailed`; `ValueError` where the engine refuses."""
        self.greet()
        return float(self._bounded(self._exactly(Kind.LIVENESS, _picture(image, face), 4), 0.0)[0])

    def close(self) -> None:
        """End it, and what it started."""
        child, self._child, self._greeting = self._child, None, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            child = self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                bufsize=0, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise EngineFailed(f"{self._name}: cannot be started: {error.strerror}") from error
        coredumps.leave_nothing_of(child.pid)
        for pipe in (child.stdin, child.stdout, child.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        return child

    def _parsed(self, told: bytes) -> Greeting:
        if len(told) < HELLO.size:
            raise self._broken(f"its greeting has {len(told)} bytes")
        protocol, size = HELLO.unpack_from(told)
        version = told[HELLO.size :].decode("utf-8", errors="replace")
        if protocol != PROTOCOL:
            raise self._broken(f"it speaks protocol {protocol}; this program speaks {PROTOCOL}")
        if not size <= MAX_TEMPLATE_BYTES or not version.isprintable() or not version:
            raise self._broken("its greeting makes no sense")
        return Greeting(version, size)

    def _exactly(self, kind: Kind, parts: Sequence[bytes], size: int) -> bytes:
        raw = self._ask(kind, parts, self._answer_s, max(size, MAX_TEXT_BYTES))
        if len(raw) != size:
            raise self._broken(f"it answered {len(raw)} bytes to {kind.name}; {size} were expected")
        return raw

    def _bounded(self, raw: bytes, lowest: float) -> NDArray[np.float32]:
        numbers = np.frombuffer(raw, dtype="<f4")
        if not np.isfinite(numbers).all() or (
            numbers.size and not lowest <= numbers.min() <= numbers.max() <= 1.0
        ):
            raise self._broken(f"it answered scores that are not within {lowest:g} to 1")
        return numbers

    def _ask(self, kind: Kind, parts: Sequence[bytes], limit_s: float, most: int) -> bytes:
        """One question and its answer. Raises `EngineFailed`; `ValueError` where the engine refuses."""
        deadline_s = time.monotonic() + limit_s
        self._number = (self._number + 1) % 2**32
        body = b"".join(parts)
        self._send(REQUEST.pack(BEHIND_LENGTH + len(body), self._number, kind) + body, deadline_s)
        length, number, status = ANSWER.unpack(self._receive(ANSWER.size, deadline_s))
        if number != self._number or not BEHIND_LENGTH <= length <= BEHIND_LENGTH + most:
            raise self._broken("it answered what the protocol does not allow")
        answer = self._receive(length - BEHIND_LENGTH, deadline_s)
        if status == Status.REFUSED:
            raise ValueError("the engine refused the picture")
        if status != Status.DONE:
            raise self._broken(f"it does not support {kind.name} (status {status})")
        return answer

    def _send(self, message: bytes, deadline_s: float) -> None:
        child = self._running()
        assert child.stdin is not None
        rest = memoryview(message)
        while rest:
            self._wait(child.stdin.fileno(), select.POLLOUT, deadline_s)
            try:
                rest = rest[child.stdin.write(rest) or 0 :]
            except OSError as error:
                raise self._ended() from error

    def _receive(self, size: int, deadline_s: float) -> bytes:
        child = self._running()
        assert child.stdout is not None
        answer = bytearray()
        while len(answer) < size:
            self._wait(child.stdout.fileno(), select.POLLIN, deadline_s)
            part = os.read(child.stdout.fileno(), min(PART_BYTES, size - len(answer)))
            if not part:
                raise self._ended()
            answer += part
        return bytes(answer)

    def _wait(self, wanted: int, event: int, deadline_s: float) -> None:
        """Until `wanted` is ready. What the engine prints meanwhile is taken off it: a full pipe would stop it."""
        child = self._running()
        assert child.stderr is not None
        poll = select.poll()
        poll.register(wanted, event)
        poll.register(child.stderr.fileno(), select.POLLIN)
        while True:
            left_s = deadline_s - time.monotonic()
            ready = dict(poll.poll(max(0.0, left_s) * 1000))
            if child.stderr.fileno() in ready and not self._hear(child.stderr.fileno()):
                poll.unregister(child.stderr.fileno())
            if wanted in ready:
                return
            if left_s <= 0:
                raise self._broken("it did not answer in time")

    def _hear(self, fd: int) -> bool:
        """Take what it printed; False when it closed that line. After its greeting it may speak of faces: not kept."""
        part = os.read(fd, PART_BYTES)
        self._said = (self._said + part)[-SAID_BYTES:] if self._greeting is None else b""
        return bool(part)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise EngineFailed(f"{self._name}: it does not run")
        return self._child

    def _ended(self) -> EngineFailed:
        child = self._running()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._broken(f"it ended with status {child.wait(1.0)}")
        return self._broken("it hung up")

    def _broken(self, why: str) -> EngineFailed:
        lines = (
            self._said.decode("utf-8", errors="replace").strip().splitlines()
            if self._greeting is None
            else []
        )
        self._said = b""
        self.close()
        return EngineFailed(f"{self._name}: {why}{'; it said: ' + lines[-1] if lines else ''}")


def _picture(image: Image, face: Face) -> tuple[bytes, ...]:
    height, width = image.shape[:2]
    points = (float(number) for number in face.points.ravel())
    head = PICTURE.pack(width, height, face.x, face.y, face.width, face.height, *points)
    return head, np.ascontiguousarray(image).tobytes()

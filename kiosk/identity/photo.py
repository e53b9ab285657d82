"""Decoders of the chip's photo block: the vendor's library in a process of its own, and the emulated cards' stand-in.

The codec of real cards is closed; its library is licensed with the reader. Libraries of this kind crash and hang, so
one runs in a child that is ended and started anew. ABI table: docs/protocols/sam-v.md.
"""

import contextlib
import os
import select
import subprocess
import sys
import time
from typing import Final, Protocol

import cv2
import numpy as np

from drivers.contracts.camera import Image
from drivers.contracts.idreader import PHOTO_BYTES
from drivers.contracts.photo import PHOTO_HEIGHT, PHOTO_WIDTH
from drivers.errors import PhotoUndecodable

HEADER_BYTES: Final = 8
END_S: Final = 1.0  # from the end of the output to the end of the process
RAW_BYTES: Final = PHOTO_WIDTH * PHOTO_HEIGHT * 3


class VendorConfig(Protocol):
    """What `create_vendor` reads."""

    @property
    def library(self) -> str:
        """Path of the vendor's shared library."""

    @property
    def abi(self) -> str:
        """Name of the function and its shape: `unpack`, `Unpack`, `WltToBmp` (docs/protocols/sam-v.md)."""

    @property
    def code(self) -> int:
        """The integer that the vendor issued."""

    @property
    def timeout_s(self) -> float:
        """How long a decoding may take."""


class StandInDecoder:
    """Decodes the WebP picture that emulated cards carry behind the header of real blocks."""

    def decode(self, untrusted_photo: bytes) -> Image:
        """Raises `PhotoUndecodable`."""
        _check_size(untrusted_photo)
        packed = np.frombuffer(untrusted_photo[HEADER_BYTES:], np.uint8)
        try:
            picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        except cv2.error as error:  # a picture that claims to be huge
            raise PhotoUndecodable("photo: no picture in the emulated card's block") from error
        if picture is None or picture.shape != (PHOTO_HEIGHT, PHOTO_WIDTH, 3):
            raise PhotoUndecodable("photo: no picture of 102 x 126 in the emulated card's block")
        return np.asarray(picture, dtype=np.uint8)

    def close(self) -> None:
        """Nothing to end."""


class VendorDecoder:
    """Asks the vendor's library, which runs in `kiosk.identity.photo_child`."""

    def __init__(self, library: str, *, abi: str, code: int, timeout_s: float) -> None:
        self._command = [sys.executable, "-m", "kiosk.identity.photo_child", library, abi, str(code)]
        self._timeout_s = timeout_s
        self._child: subprocess.Popen[bytes] | None = None

    def decode(self, untrusted_photo: bytes) -> Image:
        """Raises `PhotoUndecodable`; the child is then ended, the next call starts a fresh one."""
        _check_size(untrusted_photo)
        try:
            raw = self._ask(untrusted_photo)
        except (OSError, PhotoUndecodable) as error:
            self.close()
            raise PhotoUndecodable(f"photo: {error}") from error
        picture = np.frombuffer(raw, np.uint8).reshape(PHOTO_HEIGHT, PHOTO_WIDTH, 3)
        return np.ascontiguousarray(picture)

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _ask(self, photo: bytes) -> bytes:
        deadline = time.monotonic() + self._timeout_s
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(photo)
        child.stdin.flush()
        answer = bytearray()
        while len(answer) < RAW_BYTES + 1:
            readable, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                raise PhotoUndecodable(f"the vendor's library did not answer within {self._timeout_s:g} s")
            part = os.read(child.stdout.fileno(), RAW_BYTES + 1 - len(answer))
            if not part:
                raise PhotoUndecodable(f"the vendor's library {_end_of(child)}")
            answer += part
            if answer[0] != 1:
                raise PhotoUndecodable("the vendor's library refused the block")
        return bytes(answer[1:])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._child


def _end_of(child: subprocess.Popen[bytes]) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return f"ended with status {child.wait(END_S)}"
    return "hung up"


def _check_size(untrusted_photo: bytes) -> None:
    if len(untrusted_photo) != PHOTO_BYTES:
        raise PhotoUndecodable(f"photo: {len(untrusted_photo)} bytes; expected {PHOTO_BYTES}")


def create_vendor(config: VendorConfig) -> VendorDecoder:
    """The vendor's library as the settings name it; its process starts with the first picture."""
    return VendorDecoder(config.library, abi=config.abi, code=config.code, timeout_s=config.timeout_s)


def create_standin(_config: object = None) -> StandInDecoder:
    """The emulated cards' codec."""
    return StandInDecoder()

"""Passport reader by PC/SC: the chip opened with Basic Access Control, data groups 1 and 2 read.

What it does not: PACE (chips since 2018 may know nothing else), and Passive Authentication: nothing here proves that a
state signed the data; that needs the states' certificates.
"""

import asyncio
from typing import Final

from drivers.contracts.passport import AccessKey, RawPassport
from drivers.errors import CardLifted, CardUnreadable, DeviceRefused
from drivers.pcsc import PcscTerminal, Terminal, answer_of
from drivers.registry import PassportPcscConfig

from .access import GET_CHALLENGE, SELECT_APPLICATION, BasicAccess, Channel, read_binary, select_file
from .lds import DG1, DG2, face_of, mrz_of
from .tlv import head_of

CHUNK_BYTES: Final = 0xDF  # what fits a short answer with secure messaging on every chip
HEAD_BYTES: Final = 6
LONGEST_FILE: Final = 0x7FFF  # offsets of READ BINARY


class PassportPcscReader:
    """`drivers.contracts.passport.PassportReader`. The blocking work happens in threads of the loop's pool."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def connect(self) -> None:
        """See that the reader is there."""
        await self.present()

    async def present(self) -> bool:
        """Whether a chip lies on the reader."""
        return await asyncio.to_thread(self._present)

    async def read(self, key: AccessKey) -> RawPassport:
        """Open the chip with what is printed, read it. Raises `CardLifted`, `CardUnreadable`."""
        return await asyncio.to_thread(self._read, key)

    async def close(self) -> None:
        """Nothing is held between two readings."""

    def _present(self) -> bool:
        found = self._terminal.connect() is not None
        if found:
            self._terminal.disconnect()
        return found

    def _read(self, key: AccessKey) -> RawPassport:
        if self._terminal.connect() is None:
            raise CardLifted("passport: no chip lies on the reader")
        try:
            channel = open_chip(self._terminal, BasicAccess(key))
            untrusted_mrz = mrz_of(read_file(self._terminal, channel, DG1))
            face, face_format = face_of(read_file(self._terminal, channel, DG2))
            return RawPassport(untrusted_mrz, face, face_format)
        finally:
            self._terminal.disconnect()


def open_chip(terminal: Terminal, access: BasicAccess) -> Channel:
    """Select the travel document, prove the key to each other. Raises `CardUnreadable`, `CardLifted`."""
    try:
        answer_of(terminal, SELECT_APPLICATION, "for a travel document")
        challenge = answer_of(terminal, GET_CHALLENGE, "for a challenge")
    except DeviceRefused as error:
        raise CardUnreadable(f"{error}; no travel document with Basic Access Control") from error
    return access.channel(terminal.transmit(access.command(challenge)))


def read_file(terminal: Terminal, channel: Channel, file_id: int) -> bytes:
    """A whole file, as long as its head says. Raises `CardUnreadable` for none, `ProtocolError`, `CardLifted`."""
    try:
        channel.opened(terminal.transmit(channel.protect(select_file(file_id))))
        content = channel.opened(terminal.transmit(channel.protect(read_binary(0, HEAD_BYTES))))
        _, length, head = head_of(content)
    except (DeviceRefused, ValueError) as error:
        raise CardUnreadable(f"passport: file {file_id:04X} cannot be read: {error}") from error
    total = head + length
    if total > LONGEST_FILE:
        raise CardUnreadable(
            f"passport: file {file_id:04X} has {total} bytes; at most {LONGEST_FILE} can be read"
        )
    while len(content) < total:
        count = min(CHUNK_BYTES, total - len(content))
        part = channel.opened(terminal.transmit(channel.protect(read_binary(len(content), count))))
        if not part:
            raise CardUnreadable(f"passport: file {file_id:04X} ends after {len(content)} of {total} bytes")
        content += part
    return content[:total]


def create(config: PassportPcscConfig) -> PassportPcscReader:
    """A reader from its settings. Raises `ImportError` without pyscard."""
    return PassportPcscReader(PcscTerminal(config.reader))

"""Smart cards by PC/SC: a terminal with a card in it or not, commands and answers as bytes.

pyscard is an extra of the distribution (`nightdesk[pcsc]`), or Debian's python3-pyscard; imported when a configuration
names a driver that needs it.
"""

import contextlib
from typing import Any, Final, Protocol

from .errors import CardLifted, DeviceRefused, LinkClosed

GET_UID: Final = bytes.fromhex("FF CA 00 00 00")  # PC/SC part 3, 3.2.2.1.3
SUCCESS: Final = b"\x90\x00"


class Terminal(Protocol):
    """One PC/SC reader. Blocking; one thread at a time. Raises `LinkClosed` when reader or service is gone."""

    def connect(self) -> bytes | None:
        """Power the card up; its answer to reset, None when no card lies there."""

    def transmit(self, command: bytes) -> bytes:
        """One command APDU; data and status word of the answer. Raises `CardLifted`."""

    def disconnect(self) -> None:
        """Let the card go."""


class PcscTerminal:
    """A `Terminal` by pyscard; `name`: part of the reader's name, empty for the only one there is."""

    def __init__(self, name: str) -> None:
        import smartcard.Exceptions
        import smartcard.pcsc.PCSCExceptions
        import smartcard.System

        self._name = name
        self._readers: Any = smartcard.System.readers
        self._connection: Any = None
        self._failures: Any = (
            smartcard.Exceptions.SmartcardException,
            smartcard.pcsc.PCSCExceptions.BaseSCardException,
        )

    def connect(self) -> bytes | None:
        """Power the card up; its answer to reset, None when no card lies there."""
        connection = self._reader().createConnection()
        try:
            connection.connect()
        except (
            self._failures
        ):  # none there, or one that is leaving; a reader that left is not listed next time
            return None
        self._connection = connection
        return bytes(connection.getATR())

    def transmit(self, command: bytes) -> bytes:
        """One command APDU; data and status word of the answer. Raises `CardLifted`."""
        try:
            data, sw1, sw2 = self._connection.transmit(list(command))
        except self._failures as error:
            raise CardLifted("PC/SC: the card left in the middle") from error
        return bytes((*data, sw1, sw2))

    def disconnect(self) -> None:
        """Let the card go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*self._failures):  # the card is gone already
                connection.disconnect()

    def _reader(self) -> Any:
        try:
            there = self._readers()
        except self._failures as error:
            raise LinkClosed(f"PC/SC: {error}; check that pcscd runs (systemctl status pcscd)") from error
        fitting = [reader for reader in there if self._name in str(reader)]
        if len(fitting) != 1:
            names = ", ".join(str(reader) for reader in there) or "none"
            raise LinkClosed(
                f"PC/SC: {len(fitting)} readers fit, expected one; there are: {names}; set `reader` to a part of"
                " one name"
            )
        return fitting[0]


def answer_of(terminal: Terminal, command: bytes, what: str) -> bytes:
    """The data of a successful answer. Raises `DeviceRefused` with the status word, `CardLifted`."""
    answer = terminal.transmit(command)
    if answer[-2:] != SUCCESS:
        raise DeviceRefused(f"smart card: {answer[-2:].hex(' ').upper()} when asked {what}")
    return answer[:-2]

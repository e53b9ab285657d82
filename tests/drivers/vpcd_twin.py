"""A PC/SC reader without PC/SC: vpcd's side of the line to emulated cards, as a `drivers.pcsc.Terminal`."""

import contextlib
import select
import socket

from drivers.errors import CardLifted, LinkClosed

ANSWER_S = 5.0


class VpcdTwin:
    """Listens like vpcd; the emulator's connection is the card. `gone`: the reader itself was unplugged."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._card: socket.socket | None = None
        self.gone = False
        self.answer_s = ANSWER_S

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def connect(self) -> bytes | None:
        if self.gone:
            raise LinkClosed("PC/SC: no reader")
        if select.select([self._server], [], [], 0)[0]:
            self._drop()
            self._card, _ = self._server.accept()
        if self._card is None:
            return None
        try:
            self._send(b"\x01")
            self._send(b"\x04")
            return self._receive()
        except OSError:
            self._drop()
            return None

    def transmit(self, command: bytes) -> bytes:
        try:
            self._send(command)
            return self._receive()
        except OSError as error:
            self._drop()
            raise CardLifted("the card left in the middle") from error

    def disconnect(self) -> None:
        with contextlib.suppress(OSError):
            self._send(b"\x00")

    def close(self) -> None:
        self._drop()
        self._server.close()

    def _send(self, message: bytes) -> None:
        if self._card is None:
            raise OSError("no card")
        self._card.settimeout(self.answer_s)
        self._card.sendall(len(message).to_bytes(2, "big") + message)

    def _receive(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def _exactly(self, count: int) -> bytes:
        assert self._card is not None
        data = b""
        while len(data) < count:
            more = self._card.recv(count - len(data))
            if not more:
                raise OSError("the card left")
            data += more
        return data

    def _drop(self) -> None:
        if self._card is not None:
            self._card.close()
        self._card = None

"""A serial server that speaks RFC 2217, made of pyserial's own server half, in front of any port of pyserial."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import serial
from serial.rfc2217 import PortManager

POLL_S = 0.02


class _Telnet:
    """The connection as `PortManager` wants it: something to write to, from two threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            self._connection.sendall(data)


class _Server:
    def __init__(self, port: serial.Serial, server: socket.socket) -> None:
        self._port = port
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _serve(self) -> None:
        self._server.settimeout(POLL_S)
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._server.accept()
                with connection:
                    self._serve_client(connection)

    def _serve_client(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(POLL_S)
        telnet: Any = _Telnet(connection)
        port: Any = self._port
        manager = PortManager(port, telnet)
        left = threading.Event()
        reader = threading.Thread(target=self._read_port, args=(manager, telnet, left))
        reader.start()
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    data = connection.recv(1024)
                    if not data:
                        break
                    self._port.write(b"".join(manager.filter(data)))
        left.set()
        reader.join()

    def _read_port(self, manager: PortManager, telnet: _Telnet, left: threading.Event) -> None:
        while not (left.is_set() or self._ended.is_set()):
            if data := self._port.read(1):
                telnet.write(b"".join(manager.escape(data)))


@contextlib.contextmanager
def rfc2217_server(line: str) -> Iterator[str]:
    """`rfc2217://…` of a server in front of this port; ended at the end."""
    with (
        serial.serial_for_url(line, timeout=POLL_S) as port,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        server = _Server(port, listener)
        try:
            yield f"rfc2217://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.end()

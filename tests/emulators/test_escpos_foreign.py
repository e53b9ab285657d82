"""python-escpos' own clients, which are none of ours, against the emulated printer."""

import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from escpos.printer import Network, Serial

from drivers.emulators.control import Control
from drivers.emulators.escpos_render import interpret
from tests.drivers.emulated import emulated
from tests.drivers.test_escpos_ways import FAST, network_printer

DEADLINE_S = 10.0


@pytest.fixture(params=["network", "serial"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Any, Control]]:
    if request.param == "network":
        with network_printer(tmp_path, *FAST) as (control, url):
            parts = urlsplit(url)
            printer = Network(parts.hostname, parts.port, timeout=5)
            yield printer, control
            printer.close()
        return
    with emulated("escpos", tmp_path, *FAST) as control:
        printer = Serial(str(tmp_path / "pty"), baudrate=115_200, timeout=0.3)
        yield printer, control
        printer.close()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_receipt_of_a_foreign_client_is_printed(client: tuple[Any, Control]) -> None:
    printer, control = client
    printer.text("Nightdesk\n")
    printer.qr("ND-7", native=True)
    printer.cut()
    assert eventually(lambda: control.do("state")["jobs_printed"] == 1)
    job = interpret(b64decode(control.do("job.last")["bytes"]))
    assert job.unknown == []
    assert job.text.startswith("Nightdesk")
    assert job.qr_contents == ["ND-7"]
    assert len(job.cuts) == 1


def test_a_foreign_client_sees_the_paper_and_the_cover(client: tuple[Any, Control]) -> None:
    printer, control = client
    assert printer.is_online()
    assert printer.paper_status() == 2
    control.do("paper.low")
    assert printer.paper_status() == 1
    control.do("paper.out")
    assert printer.paper_status() == 0
    assert not printer.is_online()
    control.do("paper.refill")
    control.do("cover.open")
    assert printer.query_status(b"\x10\x04\x02") == b"\x16"

"""Contacts and lamps of the cabinet while the whole program runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.emulators.control import Control
from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from tests.drivers.emulated import emulated
from tests.faults.machine_eyes import is_told
from tests.faults.playing import Kiosk, demo_file, running
from tests.runtime.test_signals import DOOR, LAMP

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
SIGNALS = """\
[devices.signals]
driver = "modbus_signals"
url = "{url}"
inputs = {{ cabinet_door = {{ number = 5 }} }}
outputs = {{ lamp_free = {{ number = 3 }}, buzzer = {{ number = 4 }} }}
"""


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kiosk, Control]]:
    folder: Path = tmp_path_factory.mktemp("cabinet")
    overrides: dict[str, dict[str, Any]] = {
        "face": {"engine": "none"},
        "session": {"door_warn_after_s": 1, "door_warn_every_s": 1},
    }
    stage = Stage(folder / "kiosk", cells_of(demo_file()), demo_file(), options=OPTIONS, overrides=overrides)
    with emulated("modbus", folder, "--channels", "2", "--outputs", "8", "--inputs", "8") as control:
        (stage.folder / "conf.d").mkdir(parents=True)
        table = SIGNALS.format(url=folder / "pty")
        (stage.folder / "conf.d" / "signals.toml").write_text(table, encoding="utf-8")
        for kiosk in running(stage):
            yield kiosk, control


def lamp_is_on(control: Control, number: str = LAMP) -> bool:
    return bool(control.do("state")["outputs"]["1"][number]["on"])


def test_lamp_buzzer_and_service_door(cabinet: tuple[Kiosk, Control]) -> None:
    kiosk, control = cabinet
    kiosk.to_home()
    mark = kiosk.mark
    is_told(kiosk, "signals", "online")
    kiosk.until(lambda: lamp_is_on(control), "lamp that is lit")
    control.do("input.set", input=DOOR, on=True)
    assert kiosk.recorded("CabinetForced", after=mark)["contact"] == "cabinet_door"
    kiosk.until(lambda: any("维护门" in text for text in kiosk.sms()), "text message to staff")
    control.do("input.set", input=DOOR, on=False)
    kiosk.recorded("CabinetShut", after=mark)
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.opens()
    kiosk.until(
        lambda: control.do("state")["outputs"]["1"]["4"]["longest_s"] > 0,
        "buzzer that asks to close the door",
    )
    kiosk.puts_in(cell)
    kiosk.leaves()
    kiosk.signs_in()
    kiosk.sees("staff.list")
    control.do("input.set", input=DOOR, on=True)
    assert kiosk.recorded("CabinetOpened", after=mark)["staff_no"] == "1001"
    assert len(kiosk.journal("CabinetForced")) == 1

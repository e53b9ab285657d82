"""The physical world of one emulated kiosk: every emulator as a process of its own, and what a person can do to it.

`World` starts and ends the processes; `perform` takes the words of the demo's prompt (`card place jia`,
`papers put A-03`). `ports.json` in its folder says where everything is, so that a second program finds a running one.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .control import Control

START_TIMEOUT_S: Final = 20.0
STOP_TIMEOUT_S: Final = 5.0
SERIAL: Final = {
    "board": "kerong",
    "reader": "samv",
    "printer": "escpos",
    "modem": "gsm",
    "staff_card": "staffcard",
    "scanner": "scanner",
}
DEVICES: Final = (*SERIAL, "camera", "broker")
DESK: Final = "desk"  # the document camera, where it is asked for
DESK_PX: Final = (1296, 972)

HELP: Final = """card place NAME | card lift
face show NAME|print-of-NAME|replay-of-NAME|two|none
face do turn_left|turn_right|blink|open_mouth|come_closer|look_up|look_aside
face leave | face stand middle|near|far|side | face wear mask|sunglasses|nothing
light on|off | backlight on|off
papers put A-03 | papers take A-03
door close A-03 | door open A-03
paper out | paper refill | paper low
cover open | cover close
broker stop | broker start
sim remove | sim insert
network lose | network find
fault DEVICE NAME | fault DEVICE none
staff card zhang|stranger
code hold receipt | code hold TEXT
sheet lay a4|a5|card | sheet scene KIND SEED | sheet take
state DEVICE"""


@dataclass(frozen=True, slots=True)
class Options:
    """How the world starts. `mute`: devices that never answer, from the start on; `desk`: with a document camera."""

    mute: tuple[str, ...] = ()
    read_delay_ms: int = 900
    extra: Mapping[str, tuple[str, ...]] | None = None
    desk: bool = False


class World:
    """All emulators in one folder. `cells`: compartment name -> channel of the lock board."""

    def __init__(self, folder: Path, cells: Mapping[str, int], options: Options = Options()) -> None:
        self.folder = folder
        self.cells = dict(cells)
        self._options = options
        self.devices = (*DEVICES, DESK) if options.desk else DEVICES
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def start(self) -> None:
        """Start every emulator and wait until each says that it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            for device in self.devices:
                self._launch(device)
            for device in self.devices:
                self._await_ready(device)
            for device in self._options.mute:
                self._mute(device)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every emulator."""
        for process in self._processes.values():
            process.send_signal(signal.SIGINT)
        for process in self._processes.values():
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._processes.clear()

    @property
    def variables(self) -> dict[str, str]:
        """What a site file of this world needs to know: the ports that are not fixed by name."""
        desk = self.folder / "desk.url"
        url = {"desk_url": desk.read_text(encoding="utf-8").strip()} if DESK in self.devices else {}
        return url | {
            "camera_url": (self.folder / "camera.url").read_text(encoding="utf-8").strip(),
            "infrared_url": (self.folder / "infrared.url").read_text(encoding="utf-8").strip(),
            "mqtt_port": (self.folder / "broker.port").read_text(encoding="utf-8").strip(),
        }

    def do(self, device: str, act: str, **values: Any) -> dict[str, Any]:
        """Perform one act of one emulator. Raises `ValueError` with the emulator's words."""
        if device not in self.devices:
            raise ValueError(f"no device {device!r}; there are {', '.join(self.devices)}")
        control = Control(self.folder / f"{device}.control")
        try:
            return control.do(act, **values)
        finally:
            control.close()

    def perform(self, line: str) -> str:
        """One line of the demo's prompt; answers what happened. Raises `ValueError` with what is allowed."""
        match line.split():
            case ["card", "place", person]:
                self.do("reader", "card.place", person=person)
            case ["card", "lift"]:
                self.do("reader", "card.lift")
            case ["face", "show", name]:
                self.do("camera", "face.show", name=name)
            case ["face", "do", step]:
                self.do("camera", "face.do", step=step)
            case ["face", "leave"]:
                self.do("camera", "face.leave")
            case ["face", "stand", place]:
                self.do("camera", "face.stand", place=place)
            case ["face", "wear", what]:
                self.do("camera", "face.wear", what=what)
            case [("light" | "backlight") as what, ("on" | "off") as how]:
                self.do("camera", what, on=how == "on")
            case ["papers", ("put" | "take") as what, cell]:
                self.do("board", f"item.{what}", channel=self._channel(cell))
            case ["door", ("close" | "open") as what, cell]:
                self.do("board", f"door.{what}", channel=self._channel(cell))
            case ["paper", ("out" | "refill" | "low") as what]:
                self.do("printer", f"paper.{what}")
            case ["cover", ("open" | "close") as what]:
                self.do("printer", f"cover.{what}")
            case ["broker", ("stop" | "start") as what]:
                self.do("broker", f"broker.{what}")
            case ["sim", ("remove" | "insert")] | ["network", ("lose" | "find")] as words:
                self.do("modem", ".".join(words))
            case ["fault", device, name]:
                self.do(device, "fault", name=name)
            case ["sheet", what, *how]:
                self._sheet(what, *how)
            case ["state", device]:
                return json.dumps(self.do(device, "state"), ensure_ascii=False)
            case ["staff", "card", what] | ["code", "hold", what] as words:
                self._hold_up(words[0], what)
            case _:
                raise ValueError(f"not understood: {line!r}. What there is:\n{HELP}")
        return "ok"

    def _sheet(self, what: str, *how: str) -> None:
        """What lies under the document camera."""
        match (what, *how):
            case ("lay", sheet):
                self.do(DESK, "paper.lay", sheet=sheet, turn=90 if sheet == "a4" else 3)
            case ("scene", kind, seed):
                self.do(DESK, "paper.scene", kind=kind, seed=int(seed))
            case ("take",):
                self.do(DESK, "paper.take")
            case _:
                raise ValueError(f"not understood: sheet {what}. What there is:\n{HELP}")

    def _hold_up(self, kind: str, what: str) -> None:
        """A card or a code is held to its reader."""
        if kind == "staff":
            self.do("staff_card", "card.present", name=what)
        else:
            self.do("scanner", "scan", text=self._printed_code() if what == "receipt" else what)

    def _printed_code(self) -> str:
        """What a scanner reads of the newest paper: the code as it is drawn there."""
        import zxingcpp  # these take longer to load than all the rest
        from PIL import Image

        picture = self.folder / "held.png"
        self.do("printer", "job.save", path=str(picture))
        codes = zxingcpp.read_barcodes(Image.open(picture))
        if not codes:
            raise ValueError("the newest paper has no code")
        return str(codes[0].text)

    def _channel(self, cell: str) -> int:
        try:
            return self.cells[cell]
        except KeyError:
            raise ValueError(f"no compartment {cell!r}; there are {', '.join(self.cells)}") from None

    def _launch(self, device: str) -> None:
        control = str(self.folder / f"{device}.control")
        if device in SERIAL:
            module = SERIAL[device]
            arguments = ["--pty", str(self.folder / device), "--control", control]
        elif device == "camera":
            module = "camera"
            arguments = ["--http", str(self.folder / "camera.url"), "--control", control]
            arguments += ["--infrared", str(self.folder / "infrared.url")]
        elif device == DESK:
            module = "camera"
            arguments = ["--scene", "desk", "--size", "{}x{}".format(*DESK_PX)]
            arguments += ["--http", str(self.folder / "desk.url"), "--control", control]
        else:
            module = "broker"
            log = str(self.folder / "mqtt.jsonl")
            port = str(self.folder / "broker.port")
            arguments = ["--port-file", port, "--control", control, "--subscribe-log", log]
        if device == "reader":
            arguments += ["--read-delay-ms", str(self._options.read_delay_ms)]
        arguments += (self._options.extra or {}).get(device, ())
        with (self.folder / f"{device}.log").open("w", encoding="utf-8") as log_file:
            self._processes[device] = subprocess.Popen(
                [sys.executable, "-m", f"drivers.emulators.{module}", *arguments],
                stdout=subprocess.PIPE, stderr=log_file, text=True, start_new_session=True,
            )  # fmt: skip

    def _await_ready(self, device: str) -> None:
        process = self._processes[device]
        deadline = time.monotonic() + START_TIMEOUT_S
        assert process.stdout is not None
        line = process.stdout.readline()
        while not line.startswith("ready"):
            if process.poll() is not None or time.monotonic() > deadline or not line:
                log = (self.folder / f"{device}.log").read_text(encoding="utf-8")[-2000:]
                raise RuntimeError(f"the emulator of the {device} did not start:\n{log}")
            line = process.stdout.readline()

    def _mute(self, device: str) -> None:
        if device == "broker":
            self.do("broker", "broker.stall")
        else:
            self.do(device, "fault", name="mute")

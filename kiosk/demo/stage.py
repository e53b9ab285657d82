"""Sets the demo up: a world of emulators, a site file that points at them, an account, the program itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.emulators.sheets import DESK_MM
from drivers.emulators.world import DESK_PX, Options, World
from kiosk import tomltext

STOP_TIMEOUT_S: Final = 15.0
DESK_TIMEOUT_S: Final = 15.0  # of a picture: the emulator draws them, and the processor may be busy


@dataclass(slots=True)
class Stage:
    """Everything the demo runs on. `site` is written into `folder`; `language` of the first page.

    `under`: a command that the program is started by, a tracer for example.
    """

    folder: Path
    cells: Mapping[str, int]
    demo_file: Path
    language: str = "zh_CN"
    options: Options = field(default_factory=Options)
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    under: tuple[str, ...] = ()
    world: World = field(init=False)
    program: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Prepare; nothing is started."""
        self.world = World(self.folder / "world", self.cells, self.options)

    @property
    def site(self) -> Path:
        """The site file."""
        return self.folder / "site.toml"

    @property
    def probe_socket(self) -> Path:
        """Where the program's screen can be asked."""
        return self.folder / "probe.sock"

    def begin(self) -> None:
        """Start the world, write the site file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.world.start()
        self.write_site()

    def write_site(self) -> None:
        """The demo's settings with this world's ports."""
        self.site.write_text(self._filled(self.demo_file.read_text(encoding="utf-8")), encoding="utf-8")
        layer = {"screen": {"language": self.language}, **self.overrides}
        folder = self.folder / "conf.d"
        folder.mkdir(exist_ok=True)
        (folder / "demo.toml").write_text(self._filled(_toml(layer)), encoding="utf-8")
        if self.options.desk:
            width, height = DESK_PX
            lens = {
                "name": "desk", "driver": "opencv_document", "source": self.world.variables["desk_url"],
                "width": width, "height": height, "settle_frames": 2, "timeout_s": DESK_TIMEOUT_S,
                "desk_width_mm": DESK_MM[0],
            }  # fmt: skip
            rows = "\n".join(f"{key} = {tomltext.value(value)}" for key, value in lens.items())
            table = f"[[devices.document_cameras]]\n{rows}\n"
            (folder / "desk.toml").write_text(table, encoding="utf-8")

    def _filled(self, text: str) -> str:
        """Settings with what is known once the world has started."""
        variables = self.world.variables
        text = text.replace("{runtime_dir}/camera", variables["camera_url"])
        text = text.replace("{runtime_dir}/infrared", variables["infrared_url"])
        text = text.replace("{runtime_dir}/state", str(self.folder / "state"))
        text = text.replace("{runtime_dir}", str(self.world.folder))
        return text.replace("port = 18830", f"port = {variables['mqtt_port']}")

    def nightdesk(self, *arguments: str, stdin: str | None = None) -> None:
        """Run one verb of the command line to its end. Raises `CalledProcessError`."""
        command = [*self.under, sys.executable, "-m", "kiosk", *arguments]
        subprocess.run(command, check=True, input=stdin, text=True, stdout=subprocess.DEVNULL)

    def launch(self, *, offscreen: bool, headless: bool = False) -> None:
        """Start the program."""
        command = [
            *self.under,
            sys.executable,
            "-m",
            "kiosk",
            "run",
            "--config",
            str(self.site),
            "--probe",
            str(self.probe_socket),
        ]
        if headless:
            command.append("--headless")
        environment = dict(os.environ)
        if offscreen:
            environment["SDL_VIDEODRIVER"] = "offscreen"
        with (self.folder / "program.log").open("ab") as log:
            self.program = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def alive(self) -> bool:
        """Whether the program runs."""
        return self.program is not None and self.program.poll() is None

    def quit(self) -> int:
        """End the program in order; its exit status."""
        if self.program is None:
            return 0
        self.program.send_signal(signal.SIGTERM)
        try:
            status = self.program.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.program.pid, signal.SIGKILL)
            status = self.program.wait()
        self.program = None
        return status

    def kill(self) -> None:
        """A power cut of the kiosk's computer: the program and its children at once, the world lives on."""
        assert self.program is not None
        os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()
        self.program = None

    def end(self) -> None:
        """End program and world."""
        self.quit()
        self.world.stop()


def _toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    lines: list[str] = []
    for table, values in tables.items():
        lines += [f"[{table}]", *tomltext.pairs(values)]
    return "\n".join(lines) + "\n"

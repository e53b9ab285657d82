"""Commissioning: a played person at emulated cabinets whose wiring is permuted and whose switches speak otherwise."""

import asyncio
import contextlib
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drivers.boardtables import KerongCu16Config, Lock8a80Config, ModbusRelayConfig
from drivers.contracts.board import DoorState, ItemState
from drivers.emulators.control import Control
from kiosk import tomltext
from kiosk.commission.command import Commission, written
from kiosk.commission.learning import Lesson, Opening, learnt
from kiosk.commission.visit import NONE, QUIT, Ask, Left
from kiosk.journal.journal import opened
from kiosk.runtime.command import CommandRefused
from kiosk.settings import DEFAULT_FILE, Settings, check, load
from locker.events import DepositHeld, DepositRequested, Evidence
from tests.drivers.emulated import emulated

HEAD = """
profile = "emulated"
[kiosk]
id = "x"
place_zh = "甲"
place_en = "A"
hotline = "0533-12345"
[devices.reader]
driver = "sam_v_serial"
url = "/dev/reader"
"""


def site(folder: Path, board: Mapping[str, Any], cells: Mapping[str, int]) -> Path:
    file = folder / "site.toml"
    rows = [
        {"name": name, "size": "S", "board": "main", "channel": channel, "row": row, "column": 1,
         "bottom_mm": 400 + 100 * row, "top_mm": 490 + 100 * row}
        for row, (name, channel) in enumerate(cells.items(), 1)
    ]  # fmt: skip
    lines = ["[[devices.boards]]", *tomltext.pairs({"name": "main", "url": str(folder / "pty"), **board})]
    lines += [
        "[cabinet]",
        *tomltext.rows("cells", rows),
        "[paths]",
        *tomltext.pairs({"state_dir": str(folder / "state")}),
    ]
    file.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return file


@dataclass
class Player:
    """Plays the person: `behind` is the compartment that really hangs on a channel. `leaves_at`: quits there."""

    control: Control
    behind: Mapping[int, str]
    has_items: bool = True
    leaves_at: int = 0
    said: list[str] = field(default_factory=list)
    asked: list[Ask] = field(default_factory=list)

    async def say(self, text: str) -> None:
        self.said.append(text)

    async def ask(self, what: Ask, text: str) -> str:
        self.asked.append(what)
        match what:
            case Ask.READY:
                return ""
            case Ask.WHICH:
                return await asyncio.to_thread(self._which)
            case Ask.PUT_IN:
                if self.has_items:
                    self.control.do("item.put", channel=self._open()[0])
            case Ask.CLOSE:
                for channel in self._open():
                    with contextlib.suppress(ValueError):
                        self.control.do("item.take", channel=channel)
                    self.control.do("door.close", channel=channel)
        return ""

    def _open(self) -> list[int]:
        channels = self.control.do("state")["channels"]
        return [int(channel) for channel, box in channels.items() if box["door"] == "open"]

    def _which(self) -> str:
        """Looks at the cabinet for as long as a latch may travel."""
        if self.leaves_at and sum(what is Ask.WHICH for what in self.asked) == self.leaves_at:
            return QUIT
        seen = self._open()
        return self.behind.get(seen[0], NONE).lower() if seen else NONE


def settings_of(file: Path) -> Settings:
    return load([DEFAULT_FILE, file])


def learn(settings: Settings, player: Player) -> dict[str, Lesson]:
    return asyncio.run(Commission(settings, player, "2001", move_s=1.0).run(()))


def test_an_8a80_cabinet_with_everything_the_other_way_round(tmp_path: Path) -> None:
    """Doors permuted, contacts that close with the door, the bytes in the other order."""
    behind = {1: "A-03", 2: "A-01", 3: "A-04", 4: "A-02"}
    options = ("--channels", "5", "--shut-is-one", "--low-byte", "first")
    board = {"driver": "lock_8a80", "channels": 5, "board": 1}
    with emulated("lock_8a80", tmp_path, "--board", "1", *options) as control:
        control.do("fault", name="stuck", channel=5)
        file = site(tmp_path, board, {f"A-0{n}": n for n in range(1, 5)})
        lesson = learn(settings_of(file), Player(control, behind))["main"]
        layer = tmp_path / "30.toml"
        layer.write_text(written(settings_of(file), {"main": lesson}), encoding="utf-8")
        again = learn(load([DEFAULT_FILE, file, layer]), Player(control, behind))["main"]
        state = control.do("state")["channels"]
    assert lesson.troubles == ()
    assert lesson.changes == {"closed_is_one": True, "low_byte": "first"}
    assert lesson.cells == {cell: channel for channel, cell in behind.items()}
    assert (again.changes, again.cells) == ({}, lesson.cells)  # as written it is right
    assert {box["unlocks"] for box in state.values()} == {2}
    assert {box["door"] for box in state.values()} == {"closed"}
    told = tomllib.loads(layer.read_text(encoding="utf-8"))
    assert {cell["name"]: cell["channel"] for cell in told["cabinet"]["cells"]} == lesson.cells
    assert check([DEFAULT_FILE, file, layer]) == []


def test_a_cu16_with_item_sensors_told_wrongly(tmp_path: Path) -> None:
    board = {"driver": "kerong_cu16", "channels": 3, "closed_is_one": False, "item_is_one": False}
    with emulated("kerong", tmp_path, "--channels", "3") as control:
        file = site(tmp_path, board, {"A-01": 1, "A-02": 2, "A-03": 3})
        lesson = learn(settings_of(file), Player(control, {1: "A-01", 2: "A-02", 3: "A-03"}))["main"]
        without = learn(
            settings_of(file), Player(control, {1: "A-01", 2: "A-02", 3: "A-03"}, has_items=False)
        )["main"]
    assert (lesson.changes, lesson.troubles) == ({"closed_is_one": True, "item_is_one": True}, ())
    assert without.changes == {"closed_is_one": True, "has_ir": False}


def test_what_may_hold_papers_stays_shut_and_every_pull_is_recorded_before(tmp_path: Path) -> None:
    async def hold(settings: Settings) -> None:
        async with opened(settings.paths.state_dir) as journal:
            await journal.append(
                [
                    DepositRequested("261122-0001", "A-02", "x"),
                    DepositHeld("261122-0001", "A-02", Evidence.SENSOR),
                ]
            )

    async def pulls(settings: Settings) -> list[Mapping[str, Any]]:
        async with opened(settings.paths.state_dir) as journal:
            return [
                event.data for event in await journal.events(kinds=("ChannelPulled", "BoardCommissioned"))
            ]

    with emulated("kerong", tmp_path, "--channels", "4") as control:
        file = site(tmp_path, {"driver": "kerong_cu16", "channels": 4}, {"A-01": 1, "A-02": 2, "A-03": 3})
        settings = settings_of(file)
        asyncio.run(hold(settings))
        player = Player(control, {1: "A-01", 3: "A-03"})
        lesson = learn(settings, player)["main"]
        unlocks = {channel: box["unlocks"] for channel, box in control.do("state")["channels"].items()}
    assert unlocks == {
        "1": 1,
        "2": 0,
        "3": 1,
        "4": 0,
    }  # nobody knows what is behind 4 while papers lie somewhere
    assert "A-02" in player.said[0]
    assert lesson.cells == {"A-01": 1, "A-03": 3}
    *pulled, done = asyncio.run(pulls(settings))
    assert [(event["channel"], event["by"]) for event in pulled] == [(1, "2001"), (3, "2001")]
    assert done["doors"] == 2


def test_who_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    with emulated("kerong", tmp_path, "--channels", "3") as control:
        file = site(tmp_path, {"driver": "kerong_cu16", "channels": 3}, {"A-01": 1, "A-02": 2, "A-03": 3})
        with pytest.raises(Left):
            learn(settings_of(file), Player(control, {1: "A-01"}, leaves_at=2))
        assert control.do("state")["channels"]["3"]["unlocks"] == 0


def test_a_strange_board_and_a_running_program_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(site(tmp_path, {"driver": "kerong_cu16"}, {"A-01": 1}))
    commission = Commission(settings, Player(None, {}), "2001")  # type: ignore[arg-type]  # nobody gets that far
    with pytest.raises(ValueError, match="no board 'left' is configured; there is main"):
        asyncio.run(commission.run(["left"]))
    monkeypatch.setattr("kiosk.commission.command.ask", lambda *_, **__: {})
    with pytest.raises(CommandRefused, match="systemctl stop"):
        asyncio.run(commission.run(()))


def test_on_a_terminal(tmp_path: Path) -> None:
    with emulated("kerong", tmp_path, "--channels", "1") as control:
        file = site(tmp_path, {"driver": "kerong_cu16", "channels": 1, "closed_is_one": False}, {"A-01": 1})
        command = [sys.executable, "-m", "kiosk", "commission", "--config", str(file), "--by", "2001"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if "paper inside" in line:
                    control.do("item.put", channel=1)
                if "take everything out" in line:
                    control.do("item.take", channel=1)
                    control.do("door.close", channel=1)
                if "press Enter" in line or "Which door" in line:
                    process.stdin.write("\n")
                    process.stdin.flush()
        told = "".join(said)
        assert process.returncode == 0, told
        assert "board main: closed_is_one = true" in told
        after = load([DEFAULT_FILE, file, tmp_path / "conf.d" / "30-commissioned.toml"])
        assert after.devices.boards[0].table()["closed_is_one"] is True
        left = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert left.returncode == 1
        assert "nothing was written" in left.stderr


# what openings teach ------------------------------------------------------------------------------------------------

CU16 = KerongCu16Config(url="u")


def door(
    channel: int,
    cell: str,
    *moved: int,
    shut: DoorState = DoorState.CLOSED,
    item: ItemState | None = ItemState.PRESENT,
) -> Opening:
    return Opening(channel, cell, moved, shut, item)


@pytest.mark.parametrize(
    ("openings", "said"),
    [
        ([door(1, "A-01", 1), door(2, "A-01", 2)], "A-01: opened by channel 1 and by channel 2"),
        ([door(1, "A-01")], "no switch told it"),
        ([door(1, "A-01", 1, 2)], "1, 2 moved at once"),
        ([door(1, "", 1)], "no door opened"),
        ([door(1, "A-01", 2), door(2, "A-02", 1)], "its switch is wired to channel 2"),
        (
            [door(1, "A-01", 1), door(2, "A-02", 2, shut=DoorState.OPEN)],
            "channels 2: the switch speaks the other way",
        ),
        ([door(1, "A-01", 1), door(2, "A-02", 2, item=None)], "channels 2: the item sensor saw nothing"),
        (
            [door(1, "A-01", 1), door(2, "A-02", 2, item=ItemState.ABSENT)],
            "channels 2: the item sensor speaks",
        ),
    ],
)
def test_what_no_setting_mends_is_said(openings: list[Opening], said: str) -> None:
    lesson = learnt(CU16, openings)
    assert any(said in trouble for trouble in lesson.troubles), lesson.troubles
    assert lesson.changes == {}


def test_a_cabinet_as_configured_teaches_nothing_new() -> None:
    assert learnt(CU16, [door(1, "A-01", 1), door(2, "", shut=DoorState.UNKNOWN)]) == Lesson({}, {"A-01": 1})


def test_a_relay_boards_inputs_may_be_wired_at_will() -> None:
    config = ModbusRelayConfig(url="u", channels=3)
    lesson = learnt(
        config, [door(1, "A-01", 2, item=None), door(2, "A-02", 3, item=None), door(3, "A-03", 1, item=None)]
    )
    assert lesson == Lesson({"door_inputs": [2, 3, 1]}, {"A-01": 1, "A-02": 2, "A-03": 3})
    again = config.model_copy(update={"door_inputs": (2, 3, 1)})
    assert learnt(again, [door(1, "A-01", 1, item=None)]).changes == {}


def test_bytes_in_another_order_are_no_crossed_wires() -> None:
    config = Lock8a80Config(url="u", channels=24)
    mirrored = [door(1, "A-01", 17, item=None), door(9, "A-02", 9, item=None), door(24, "A-03", 8, item=None)]
    assert learnt(config, mirrored).changes == {"low_byte": "first"}
    assert learnt(config, [door(1, "A-01", 2, item=None)]).troubles


def test_a_door_that_nobody_found_stops_the_writing(tmp_path: Path) -> None:
    settings = settings_of(site(tmp_path, {"driver": "kerong_cu16"}, {"A-01": 1, "A-02": 2}))
    with pytest.raises(ValueError, match="A-02"):
        written(settings, {"main": Lesson({}, {"A-01": 2})})

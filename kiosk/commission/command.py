"""`nightdesk commission`: guides a person through the cabinet and writes what was learnt into `conf.d`."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from drivers.boardtables import BoardConfig, KerongCu16Config, MaskBoardConfig
from drivers.buses import Buses, create_boards
from drivers.registry import DriverKind, parse
from kiosk import tomltext
from kiosk.journal.events import BoardCommissioned, ChannelPulled
from kiosk.journal.journal import Journal, opened
from kiosk.runtime.command import CommandRefused, ask
from kiosk.settings import Settings, check, layers

from .learning import Lesson, learnt
from .visit import Ask, Left, Person, Visit

FILE_NAME: Final = "30-commissioned.toml"


class Terminal:
    """A person at a terminal: questions on standard output, answers by typed lines; the end of input is `quit`."""

    async def say(self, text: str) -> None:
        """Print it."""
        print(text, flush=True)

    async def ask(self, what: Ask, text: str) -> str:
        """Print it and wait for a line."""
        del what  # the words say it
        print(text, flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
        return line.strip() if line else "quit"


@dataclass(frozen=True, slots=True)
class Commission:
    """`by`: who opens the doors. `move_s`: how long a switch may take to follow its door."""

    settings: Settings
    person: Person
    by: str
    move_s: float = 2.0

    async def run(self, names: Sequence[str]) -> dict[str, Lesson]:
        """What each of these boards (all, when none is named) teaches.

        Raises `CommandRefused` while the program runs, `ValueError` for a strange name, `Left`, `DeviceError`,
        `JournalError`.
        """
        if (
            await asyncio.to_thread(ask, self.settings.paths.state_dir, "diagnose", names=["journal"])
            is not None
        ):
            raise CommandRefused(
                "the program runs and holds the locks; end it first: systemctl stop nightdesk"
            )
        configs = self._configs()
        if strange := sorted(set(names) - configs.keys()):
            raise ValueError(f"no board {strange[0]!r} is configured; there is {', '.join(configs)}")
        wide = {name: _whole(config) for name, config in configs.items()}
        boards = create_boards(wide, profile=self.settings.profile, buses=Buses())
        paths = self.settings.paths
        lessons = {}
        async with opened(paths.state_dir, master_key_file=paths.master_key_file) as journal:
            try:
                for name in names or configs:
                    visit = self._visit(name, boards[name], journal)
                    channels = await self._channels(name, configs[name], journal)
                    lessons[name] = learnt(configs[name], await visit.run(channels))
                    await journal.append(BoardCommissioned(name, self.by, len(lessons[name].cells)))
            finally:
                for board in boards.values():
                    await board.close()
        return lessons

    def _configs(self) -> dict[str, BoardConfig]:
        boards = self.settings.devices.boards
        return {board.name: cast(BoardConfig, parse(DriverKind.BOARD, board.table())) for board in boards}

    def _visit(self, name: str, board: Any, journal: Journal) -> Visit:
        async def record(channel: int) -> None:
            await journal.append(ChannelPulled(name, channel, self.by))

        cells = self.settings.cabinet.cells
        expected = {cell.channel: cell.name for cell in cells if cell.board == name}
        return Visit(
            name, board, frozenset(cell.name for cell in cells), expected, self.person, record, self.move_s
        )

    async def _channels(self, name: str, config: BoardConfig, journal: Journal) -> list[int]:
        """Those that may be pulled. Where anything may lie in the cabinet, a channel without a compartment stays shut:
        nobody knows what is behind it."""
        known = await journal.compartments()
        kept = {cell for cell, one in known.items() if not one.may_be_tried}
        expected = {cell.channel: cell.name for cell in self.settings.cabinet.cells if cell.board == name}
        channels = range(1, config.channels + 1)
        if not kept:
            return list(channels)
        await self.person.say(
            f"Board {name}: papers lie in the cabinet, or may: {', '.join(sorted(kept))}. What the journal does not"
            " know to be empty stays shut; staff collect first."
        )
        return [channel for channel in channels if channel in expected and expected[channel] not in kept]


def _whole(config: BoardConfig) -> BoardConfig:
    """The same board with every bit that it sends: with its bytes in another order a lock's bit stands elsewhere, and
    item sensors may be there that nobody told of."""
    match config:
        case MaskBoardConfig():
            return config.model_copy(update={"channels": 8 * config.state_bytes})
        case KerongCu16Config():
            return config.model_copy(update={"has_ir": True})
        case _:
            return config


def written(settings: Settings, lessons: Mapping[str, Lesson]) -> str:
    """The boards' tables and the cabinet as they are now known, as TOML. Raises `ValueError` where two compartments
    would hang on one channel."""
    places = {
        cell: (name, channel) for name, lesson in lessons.items() for cell, channel in lesson.cells.items()
    }
    taken: dict[tuple[str, int], str] = {place: cell for cell, place in places.items()}
    lost = []
    cells = []
    for cell in settings.cabinet.cells:
        place = places.get(cell.name, (cell.board, cell.channel))
        if taken.setdefault(place, cell.name) != cell.name:
            lost.append(cell.name)
        cells.append({**cell.model_dump(mode="json"), "board": place[0], "channel": place[1]})
    if lost:
        raise ValueError(
            f"no lock was seen to open {', '.join(lost)}, and its channel is another's;"
            " find its lock, then run this again"
        )
    lines = ["# Written by `nightdesk commission`: what was seen at the cabinet."]
    for board in settings.devices.boards:
        changes = lessons[board.name].changes if board.name in lessons else {}
        lines += ["", "[[devices.boards]]", *tomltext.pairs({"name": board.name, **board.table(), **changes})]
    return "\n".join([*lines, "", "[cabinet]", *tomltext.rows("cells", cells)]) + "\n"


def main(settings: Settings, site: Path, *, names: Sequence[str], by: str, out: Path | None) -> int:
    """0: learnt and written; 1: something needs a screwdriver, or the person left. Raises as `Commission.run`."""
    try:
        lessons = asyncio.run(Commission(settings, Terminal(), by).run(names))
    except Left:
        print("ended; nothing was written", file=sys.stderr)
        return 1
    for name, lesson in lessons.items():
        for key, value in lesson.changes.items():
            print(f"board {name}: {key} = {tomltext.value(value)}")
        for trouble in lesson.troubles:
            print(f"board {name}: {trouble}", file=sys.stderr)
    target = out or site.parent / "conf.d" / FILE_NAME
    try:
        text = written(settings, lessons)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    problems = check(layers(site)) if target.parent == site.parent / "conf.d" else []
    print("\n".join([str(target), *(str(problem) for problem in problems)]))
    return 1 if problems or any(lesson.troubles for lesson in lessons.values()) else 0

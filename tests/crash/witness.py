"""Gathers what is known outside the journal, and has the checker compare."""

import base64
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final

from drivers.emulators.escpos_render import interpret

from .checker import Outside, check
from .ending import newest
from .visits import Visitor

ANCHOR: Final = re.compile(r"J-(\d+)-([0-9A-F]{8})")


class Witness:
    """Sees cabinet, broker, modem and printer of one world, and remembers the heads of the chain that were seen."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._known: dict[int, str] = {}

    def remember(self, seen: tuple[int, str] | None) -> None:
        """A fact that somebody saw: it must stay."""
        if seen is not None:
            self._known[seen[0]] = seen[1]

    def look(self, *, at_rest: bool) -> list[str]:
        """What the checker says, of the journal and of all that is known outside it."""
        world, file = self._visitor.world, self._visitor.file
        if not file.exists():
            return []
        self.remember(newest(file))
        self._remember_receipt()
        channels = world.do("board", "state")["channels"]
        boxes = {cell: channels[str(channel)] for cell, channel in world.cells.items()}
        outside = Outside(
            inside={cell: box["item"] for cell, box in boxes.items()},
            open=frozenset(cell for cell, box in boxes.items() if box["door"] != "closed"),
            unlocks={cell: box["unlocks"] for cell, box in boxes.items()},
            keys=self._keys() if at_rest else None,
            heard=self._heard(),
            texts=[message["text"] for message in world.do("modem", "messages")["messages"]],
            known=tuple(self._known.items()),
        )
        return check(file, at_rest=at_rest, outside=outside)

    def _remember_receipt(self) -> None:
        """The head of the chain that stands on the newest receipt."""
        try:
            printed = self._visitor.world.do("printer", "job.last")["bytes"]
        except ValueError:  # nothing was printed yet
            return
        for seq, digits in ANCHOR.findall(interpret(base64.b64decode(printed)).text):
            self._known.setdefault(int(seq), digits)

    def _keys(self) -> frozenset[str] | None:
        """Whose keys there are; None where a change was cut off, which the next start undoes."""
        file = self._visitor.file.with_name("keys") / "keys.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10.0)) as db:
            try:
                return frozenset(owner for (owner,) in db.execute("SELECT owner FROM keys"))
            except sqlite3.OperationalError:
                return None

    def _heard(self) -> list[Mapping[str, Any]]:
        """Events that the subscriber wrote down, whole lines only."""
        path = self._visitor.world.folder / "mqtt.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        received = [json.loads(line) for line in lines if line.endswith("\n")]
        return [line["payload"] for line in received if "/event/" in line["topic"]]

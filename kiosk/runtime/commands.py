"""What the running program does for who calls at its command socket."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.journal.journal import Journal
from kiosk.staff import StaffRegistry

from . import accounts
from .command import Answer, Command
from .diagnosis import diagnosis
from .oversight import Oversight
from .records import attest
from .reporting import Reporter
from .traces import cabinet_frames

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Commands:
    """The program's parts that are asked."""

    journal: Journal
    staff: StaffRegistry
    oversight: Oversight
    reporter: Reporter
    zone: ZoneInfo

    def table(self) -> Mapping[str, Command]:
        """Each command by the name of `do`."""
        return {
            "diagnose": self._diagnose,
            "staff": self._staff,
            "readiness": self._readiness,
            "frames": self._frames,
            "records": self._records,
        }

    async def _diagnose(self, request: Request) -> Answer:
        return await diagnosis(self.oversight.subjects(), [str(name) for name in request["names"]])

    async def _staff(self, request: Request) -> Answer:
        return {"lines": await accounts.perform(self.staff, accounts.Order(**request["order"]))}

    async def _readiness(self, request: Request) -> Answer:
        return asdict(await self.reporter.write(str(request["by"]), (), on_paper=bool(request["print"])))

    async def _frames(self, _: Request) -> Answer:
        return {"frames": await asyncio.to_thread(cabinet_frames, self.oversight.subjects(), self.zone)}

    async def _records(self, request: Request) -> Answer:
        return await attest(self.journal, self.staff, request["reading"], datetime.now(self.zone))

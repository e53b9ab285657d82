"""What the running program does for who calls at its command socket."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.journal.journal import Journal
from kiosk.onetimecode import OneTimeCodes
from kiosk.staff import StaffRegistry

from . import accounts, waycommands
from .approving import ApprovalCommands
from .certificatecommands import CertificateCommands
from .command import Answer, Command, CommandRefused
from .custodycommands import CustodyCommands
from .diagnosis import diagnosis
from .erasure import carry_out
from .oversight import Oversight
from .records import attest
from .reporting import Reporter
from .scancommands import ScanCommands
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
    codes: OneTimeCodes
    custody: CustodyCommands
    certificates: CertificateCommands
    approval: ApprovalCommands
    scans: ScanCommands

    def table(self) -> Mapping[str, Command]:
        """Each command by the name of `do`."""
        return {
            "diagnose": self._diagnose,
            "staff": self._staff,
            "readiness": self._readiness,
            "frames": self._frames,
            "records": self._records,
            "staff_code": self._staff_code,
            "phones": self._phones,
            "erase": self._erase,
            "custody_key": self.custody.key,
            "custody_exchange": self.custody.exchange,
            "approval_standing": self.approval.standing,
            "certificate": self.certificates.order,
            "certificate_register": self.certificates.register,
            "scans": self.scans.listed,
            "scans_export": self.scans.export,
        }

    async def _diagnose(self, request: Request) -> Answer:
        return await diagnosis(self.oversight.subjects(), [str(name) for name in request["names"]])

    async def _staff(self, request: Request) -> Answer:
        return {"lines": await accounts.perform(self.staff, accounts.Order(**request["order"]))}

    async def _readiness(self, request: Request) -> Answer:
        return asdict(await self.reporter.write(str(request["by"]), (), on_paper=bool(request["print"])))

    async def _frames(self, _: Request) -> Answer:
        return {"frames": await asyncio.to_thread(cabinet_frames, self.oversight.subjects(), self.zone)}

    async def _staff_code(self, request: Request) -> Answer:
        now = datetime.now(self.zone)
        return await waycommands.give_code(self.staff, self.codes, waycommands.order_of(request), now)

    async def _phones(self, request: Request) -> Answer:
        try:
            count = await waycommands.take_phones(
                self.journal, Path(str(request["file"])), str(request["by"])
            )
        except OSError as error:
            raise CommandRefused(f"the running program cannot read that file: {error.strerror}") from error
        return {"phones": count}

    async def _records(self, request: Request) -> Answer:
        return await attest(self.journal, self.staff, request["reading"], datetime.now(self.zone))

    async def _erase(self, request: Request) -> Answer:
        return await carry_out(self.journal, self.staff, request["erasure"], datetime.now(self.zone))

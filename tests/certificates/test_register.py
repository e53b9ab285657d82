"""The register beside a clock that is a little off."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.certificates.content import Reason
from kiosk.certificates.issuing import Certificates, Holder, Wanted
from kiosk.certificates.sealed import read_register
from kiosk.certificates.verifying import Outcome, check
from kiosk.certificatesettings import CertificateKind, CertificateSettings
from kiosk.journal import opened
from tests.journal.facts import story

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
A_LITTLE = timedelta(minutes=2)
KIND = CertificateKind(code="residence", name_zh="居住证明", name_en="Proof of residence", days=1)


def test_what_was_revoked_is_not_good_for_a_clock_that_is_behind(tmp_path: Path) -> None:
    """Its end has come by the issuer's clock, and not yet by the checker's."""

    async def work() -> None:
        clock = [NOON]
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: clock[0]) as journal:
            await journal.append(story("c1"))
            office = Certificates(
                journal, CertificateSettings(kinds=(KIND,)), issuer="lobby-1", name=("大厅", "Lobby"),
                zone=ZoneInfo("Asia/Shanghai"), now=lambda: clock[0],
            )  # fmt: skip
            issued = await office.issue(Wanted("residence", "c1", Holder("测试", "12345678")), by="1001")
            await office.revoke(issued.certificate.number, Reason.HOLDER_ASKED, by="9001")
            clock[0] = issued.certificate.expires + A_LITTLE
            register, _ = read_register(await office.register(by="root"))
        assert check(issued.code, [register], clock[0] - 2 * A_LITTLE).outcome is Outcome.REVOKED

    asyncio.run(work())

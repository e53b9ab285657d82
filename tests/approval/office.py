"""A running approval system, a journal that submits to it, and what both have to say of a case."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.emulators.control import Control
from kiosk.approval.courier import ApprovalCourier, Patience
from kiosk.approval.https import HttpsAccess, HttpsApproval
from kiosk.approval.port import Applicant, Kind, Material, Proof, Submission
from kiosk.catalogue import load
from kiosk.journal import Journal
from kiosk.journal.types import Clock, Event, Notice, Recorded, new_message_id, utc_now
from kiosk.runtime.approving import submissions
from kiosk.runtime.tasks import running
from kiosk.settings import CONFIG_FOLDER
from tests.journal.facts import NAME, NUMBER, story

TOKEN = "Zk3-test-token"
KIOSK = "lobby-1"
SOON = Patience(poll_s=0.05, retry_min_s=0.05, retry_max_s=0.2)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CATALOGUE = load(CONFIG_FOLDER / "services")
SUBMISSION = Submission(
    "0f5c4c4e-6b0e-4c62-9a1d-0c6a3d2f8e11", KIOSK, "c1", Kind.APPLICATION, "sole-trader", "市场监管",
    Applicant(NAME, NUMBER),
    {"name_of_shop": "甲店"}, (Material(1, "身份证", "original", 1, needed=True, sha256="ab" * 32),),
    Proof("A-03", "SENSOR", "verified", NOW, 6, "cd" * 32),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """The emulated system: its address, its hands, and files to reach it with."""

    folder: Path
    url: str
    control: Control

    @property
    def access(self) -> HttpsAccess:
        """As a kiosk of the test asks it."""
        return HttpsAccess(
            self.url, KIOSK, trust=self.folder / "approval-ca.pem", token=self.folder / "token",
            connect_timeout_s=5.0, answer_timeout_s=5.0,
        )  # fmt: skip

    def hurried(self) -> HttpsAccess:
        """The same with little patience for one answer."""
        return replace(self.access, answer_timeout_s=0.4)

    def has(self, fault: str) -> None:
        """Set one fault in the place of all others; `none`: none."""
        self.control.do("fault", name="none")
        if fault != "none":
            self.control.do("fault", name=fault)

    def state(self) -> dict[str, Any]:
        """What was taken and asked."""
        return self.control.do("state")

    def case(self, case_id: str) -> dict[str, Any]:
        """What it has of a case."""
        found: dict[str, Any] = self.control.do("cases")["cases"][case_id]
        return found


@contextmanager
def office(folder: Path, *options: str) -> Iterator[Office]:
    """The system as a process of its own, with a token. The store is a file of `folder`."""
    folder.mkdir(exist_ok=True)
    socket, token = folder / "control", folder / "token"
    token.write_text(f"{TOKEN}\n", encoding="ascii")
    token.chmod(0o600)
    own = ("--control", str(socket), "--token", str(token), "--store", str(folder / "store.json"))
    command = [sys.executable, "-m", "drivers.emulators.approval", *own, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            _, url, _ = process.stdout.readline().split()
            control = Control(socket)
            yield Office(folder, url, control)
            control.close()
        finally:
            process.terminate()


@asynccontextmanager
async def submitting(folder: Path) -> AsyncIterator[Journal]:
    """A journal on disk by whose policy held papers are submitted, as the running program has it."""
    opened: list[Journal] = []

    def policy(event: Event, recorded: Recorded) -> tuple[Notice, ...]:
        return tuple(submissions(KIOSK, opened[0], CATALOGUE)(event, recorded))

    journal = await Journal.open(folder, notice_policy=policy, ballast_bytes=0)
    opened.append(journal)
    try:
        yield journal
    finally:
        await journal.close()


@asynccontextmanager
async def carrying(
    journal: Journal, access: HttpsAccess, patience: Patience = SOON, clock: Clock = utc_now
) -> AsyncIterator[ApprovalCourier]:
    """A courier at work."""
    system = HttpsApproval(access)
    courier = ApprovalCourier(system, journal, patience, clock=clock)
    journal.outbox.on_change(courier.poke)
    try:
        async with running(courier.run(), "approval", courier.close):
            yield courier
    finally:
        await system.close()


async def hands_in(journal: Journal, case_id: str = "c1", cell: str = "A-03") -> None:
    """The story of one deposit."""
    await journal.append(story(case_id, cell))


def new_submission() -> Submission:
    """With a key of its own."""
    return replace(SUBMISSION, message_id=new_message_id())

"""What a kiosk runs on: clock, disk and devices as the settings name them. The simulator brings another."""

import asyncio
import secrets
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from drivers.contracts.codes import CodeScanner
from drivers.contracts.health import Health
from drivers.contracts.paper import Paper
from drivers.contracts.power import PowerSupply
from drivers.contracts.printer import ReceiptPrinter
from drivers.contracts.sms import SmsChannel
from drivers.contracts.staffcard import StaffCardReader
from drivers.tables import DriverConfig
from kiosk.approval.port import ApprovalSystem
from kiosk.catalogue import load as load_catalogue
from kiosk.catalogue.items import Catalogue
from kiosk.identity.process import IdentityService, OnEvent
from kiosk.journal.history import Entry, Subject, passage
from kiosk.journal.journal import Journal
from kiosk.journal.outbox import Outbox
from kiosk.journal.pagefiles import PageFiles, PagesOnDisk
from kiosk.journal.rows import opened_chain
from kiosk.journal.types import NoticePolicy
from kiosk.notify.head import CompareHead
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.ratinginvitation import NoInvitation, RatingInvitation
from kiosk.settings import Settings
from kiosk.voice.speaker import Speaker
from kiosk.withoutface.desk import DutyDesk

from . import approving, devices
from .command import SOCKET_NAME, CommandServer
from .commands import Commands
from .devices import Locks
from .disk import Disk
from .examine import look_at
from .histories import LEAST, ReadPassage
from .identityacts import IdentityCommands
from .inventory import Item
from .printing import new_paper
from .scanner import LensScanner, Scanner
from .sound import Sounds
from .voice import speaker
from .who import duty_desk


class Identity(IdentityCommands, Protocol):
    """The identity process, seen from here."""

    async def start(self) -> None:
        """Begin, with a warm spare."""

    async def close(self) -> None:
        """End it."""

    async def begin_view(self) -> None:
        """Show a technician the live picture."""

    def read_preview(self) -> bytearray | None:
        """The newest preview picture."""


class Machine:
    """The real one. Nothing is opened before it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.zone = ZoneInfo(settings.kiosk.timezone)
        self.hasher = PasswordHasher()

    def now(self) -> datetime:
        """The kiosk's local time."""
        return datetime.now(self.zone)

    def new_id(self) -> str:
        """A session's number."""
        return secrets.token_hex(8)

    def catalogue(self) -> Catalogue:
        """The service items. Raises `CatalogueError`."""
        kinds = [kind.code for kind in self.settings.certificates.kinds]
        return load_catalogue(self.settings.paths.services_dir, kinds)

    def disk(self) -> Disk:
        """The disk under the journal."""
        return Disk(self.settings.paths.state_dir, self.settings.journal.least_free_mb)

    async def journal(self, policy: NoticePolicy) -> Journal:
        """Open the journal. Raises `JournalError`."""
        paths = self.settings.paths
        return await Journal.open(
            paths.state_dir, notice_policy=policy, master_key_file=paths.master_key_file
        )

    def passages(self, journal: Journal) -> ReadPassage:
        """Reads histories beside the journal's own thread, which goes on writing; see `HistoryDesk`."""

        def read(subject: Subject, upto: int, before: int) -> tuple[list[Entry], bool]:
            with opened_chain(journal.file) as chain:
                return passage(chain, subject, upto, before, LEAST)

        return lambda *wanted: asyncio.to_thread(read, *wanted)

    @property
    def has_camera(self) -> bool:
        """Whether a camera for the face check is configured."""
        return devices.identity(self.settings).camera is not None

    def identity(self, hear: OnEvent) -> Identity:
        """Reader, camera and all that is biometric."""
        return IdentityService(devices.identity(self.settings), hear)

    def locks(self) -> Locks:
        """What moves and watches the doors."""
        return devices.locks(self.settings)

    def printer(self) -> tuple[ReceiptPrinter, DriverConfig] | None:
        """The receipt printer, None where none is fitted."""
        return devices.printer(self.settings)

    def paper(self, config: DriverConfig) -> Paper:
        """Fresh paper for the receipt printer."""
        return new_paper(config)

    def sms(self) -> SmsChannel | None:
        """The way to send text messages, None where there is none."""
        return devices.sms(self.settings)

    def ups(self) -> PowerSupply | None:
        """The uninterruptible power supply, None where there is none."""
        return devices.ups(self.settings)

    def staff_cards(self) -> StaffCardReader | None:
        """The reader of staff cards, None where there is none."""
        return devices.staff_cards(self.settings)

    def codes(self) -> CodeScanner | None:
        """The scanner that receipts are held to, None where there is none."""
        return devices.codes(self.settings)

    def scanner(self) -> Scanner | None:
        """The document camera that pages are scanned with, None where there is none."""
        camera = devices.document_camera(self.settings)
        return None if camera is None else LensScanner(camera)

    async def look_at(self, item: Item) -> Health:
        """How a device is that nobody holds open. Raises `DeviceError`."""
        return await look_at(item)

    def page_files(self) -> PageFiles:
        """Where sealed pages lie."""
        return PagesOnDisk(self.settings.paths.state_dir)

    def broker(self, outbox: Outbox, compare: CompareHead) -> MqttCourier | None:
        """The way to the broker, None where none is configured. `compare`: with the head that it has kept."""
        if self.settings.mqtt is None:
            return None
        return MqttCourier(devices.mqtt(self.settings), outbox, compare=compare)

    def approval(self) -> ApprovalSystem | None:
        """The city's approval system, None where none is configured."""
        return approving.elsewhere(self.settings)

    def sounds(self) -> Sounds:
        """Plays sounds."""
        return Sounds(self.settings.paths.state_dir)

    def voice(self) -> Speaker | None:
        """Speaks pages and sentences of the screen; None where what it needs is not installed."""
        return speaker(self.settings)

    def rating_invitation(self) -> RatingInvitation:
        """Asks those later who left without a rating: nobody, until a site has an adapter."""
        return NoInvitation()

    def desk(self) -> DutyDesk | None:
        """The duty desk, None where none is configured."""
        return duty_desk(self.settings)

    def commands(self, commands: Commands) -> CommandServer | None:
        """Where other programs on this machine ask."""
        return CommandServer(self.settings.paths.state_dir / SOCKET_NAME, commands.table())

"""Puts the staff's acts together: who may sign, and the desks for slips, audits and results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.catalogue.items import Catalogue
from kiosk.journal.journal import Journal
from kiosk.notify.texts import Language
from kiosk.onetimecode import OneTimeCodes
from kiosk.presenter.house import House
from kiosk.readiness.content import Place
from kiosk.receipt import ReceiptLanguage
from kiosk.recordwords import Teller
from kiosk.session import events as ev
from kiosk.session import staffevents as told
from kiosk.settings import Settings
from kiosk.staff import Locked, Role, SignedIn, StaffRegistry, WrongPin
from locker.cabinet import Cabinet
from locker.doors import DoorService
from locker.ledger import Ledger
from screens.words import words

from .auditing import AuditDesk
from .facts import Terms
from .helperlists import ListDesk
from .histories import HistoryDesk, ReadPassage
from .reporting import FOLDER
from .resultacts import Mouth, ResultDesk
from .slips import PrintJob, Site, SlipDesk
from .staffacts import StaffActs


def terms_of(settings: Settings, catalogue: Catalogue) -> Terms:
    """What time limits are reckoned with."""
    custody = settings.custody
    return Terms(
        {item.code: item.promised_days for item in catalogue}, custody.warn_days, custody.result_days,
        frozenset(paper.later_days for item in catalogue for paper in item.materials if paper.later),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """Checks numbers and PINs at the kiosk's screen."""

    staff: StaffRegistry
    now: Callable[[], datetime]

    async def sign_in(self, staff_no: str, pin: str) -> told.SignInAnswer:
        """Somebody wants to begin."""
        match await self.staff.sign_in(staff_no, pin, self.now()):
            case SignedIn(member):
                technician, helper = member.role is Role.TECHNICIAN, member.role is Role.HELPER
                return told.SignInAnswer(staff_no, ok=True, technician=technician, helper=helper)
            case WrongPin(wait_s=wait_s) | Locked(wait_s=wait_s):
                return told.SignInAnswer(staff_no, ok=False, wait_s=round(wait_s))

    async def countersign(self, staff_no: str, pin: str) -> told.Countersigned:
        """Somebody answers for one thing, and is gone again, if they answer for what citizens left."""
        match await self.staff.sign_in(staff_no, pin, self.now()):
            case SignedIn(member):
                await self.staff.sign_out(staff_no, "countersigned")
                return told.Countersigned(staff_no, ok=member.role.may_collect)
            case WrongPin(wait_s=wait_s) | Locked(wait_s=wait_s):
                return told.Countersigned(staff_no, ok=False, wait_s=round(wait_s))


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What the staff's acts are made of."""

    settings: Settings
    catalogue: Catalogue
    journal: Journal
    ledger: Ledger
    doors: DoorService
    cabinet: Cabinet
    staff: StaffRegistry
    codes: OneTimeCodes
    print_job: PrintJob | None
    language_of: Callable[[str], Language]
    now: Callable[[], datetime]
    houses: Mapping[str, House]
    passages: ReadPassage

    def results(self) -> ResultDesk:
        """The desk for results."""
        mouth = Mouth(self._place, self.language_of)
        return ResultDesk(
            self.journal, self.ledger, self.doors, self.cabinet, self.codes, mouth, self.now,
            self.settings.custody.result_s,
        )  # fmt: skip

    def acts(self, post: Callable[[ev.Event], None]) -> StaffActs:
        """The performer."""
        gate = Gate(self.staff, self.now)
        slips = SlipDesk(self.journal, self.print_job, self._site(), self._item_name, self.now)
        return StaffActs(
            self.journal, self.ledger, self.doors, gate.sign_in, gate.countersign, slips, self.audits(),
            self.results(), self._histories(), self._lists(), post,
        )  # fmt: skip

    def _lists(self) -> ListDesk:
        return ListDesk(self.journal, self.print_job, self._site(), self._item_name, self.now)

    def _histories(self) -> HistoryDesk:
        zone = ZoneInfo(self.settings.kiosk.timezone)
        tellers = {lang: Teller(words(lang), zone, house.title) for lang, house in self.houses.items()}
        return HistoryDesk(
            self.journal, self.staff, self.passages, tellers, self.print_job, self._site(), self.now
        )

    def audits(self) -> AuditDesk:
        """The desk for physical audits."""
        kiosk = self.settings.kiosk
        place = Place(kiosk.id, kiosk.name_zh, kiosk.name_en, kiosk.place_zh, kiosk.place_en)
        folder = self.settings.paths.state_dir / FOLDER
        return AuditDesk(self.journal, self.print_job, place, folder, len(self.cabinet.cells), self.now)

    def _site(self) -> Site:
        kiosk, english = self.settings.kiosk, self.settings.staff.language == "en"
        name = kiosk.name_en if english else kiosk.name_zh
        return Site(ReceiptLanguage(self.settings.staff.language), name, self._place(self._language))

    @property
    def _language(self) -> Language:
        return Language(self.settings.staff.language)

    def _place(self, language: Language) -> str:
        kiosk = self.settings.kiosk
        return kiosk.place_en if language is Language.ENGLISH else kiosk.place_zh

    def _item_name(self, code: str) -> str:
        item = self.catalogue.get(code)
        return code if item is None else item.title.of(self.settings.staff.language)

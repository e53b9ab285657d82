"""Who is told what: the look-ups of the notice policy, kept in memory, and what couriers ask of the journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kiosk import staff as staff_module
from kiosk.catalogue.items import Catalogue
from kiosk.journal.journal import Journal
from kiosk.notify.policy import CITIZEN_PREFIX
from kiosk.notify.texts import Language
from kiosk.staff import StaffRegistry


@dataclass(slots=True)
class Lookups:
    """Answers the policy's questions from memory: it runs in the journal's thread, inside the transaction."""

    catalogue: Catalogue
    _told_for: dict[str, list[str]] = field(default_factory=dict)
    _on_call: list[str] = field(default_factory=list)
    _technicians: list[str] = field(default_factory=list)

    async def refresh(self, journal: Journal) -> None:
        """Read again who is told for what; after each change of staff."""
        items = {item.code: item.department.zh for item in self.catalogue}
        self._told_for, self._on_call, self._technicians = await journal.read(
            lambda db: (
                staff_module.told_for_each(db, items), staff_module.on_call(db), staff_module.technicians(db),
            )
        )  # fmt: skip

    def told_for(self, item_code: str) -> Sequence[str]:
        """Recipients for an item, in order."""
        return self._told_for.get(item_code, ())

    def on_call(self) -> Sequence[str]:
        """Recipients of alarms."""
        return self._on_call

    def technicians(self) -> Sequence[str]:
        """Who mends the kiosk."""
        return self._technicians

    def item_name(self, item_code: str, language: Language) -> str | None:
        """An item's name."""
        item = self.catalogue.get(item_code)
        return None if item is None else item.title.of(language.value)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Telephone numbers at the moment of sending. A citizen's number is opened for its own message only.

    `of_code`: the number that a one-time code goes to, while somebody waits for it.
    """

    journal: Journal
    staff: StaffRegistry
    of_code: Callable[[str], str | None]

    async def __call__(self, recipient: str) -> str | None:
        """Recipient -> number, None where there is none (erased, disabled)."""
        if recipient.startswith(CITIZEN_PREFIX):
            case_id = recipient.removeprefix(CITIZEN_PREFIX)
            opened = await self.journal.personal(case_id, staff_no="", reason="the citizen's own message")
            phone: str | None = opened.get("phone") or None
            return phone
        return self.of_code(recipient) or await self.staff.phone(recipient)

"""The house's own texts in one language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemText:
    """One service item in one language."""

    code: str
    title: str
    note: str
    materials: tuple[str, ...]
    time_limit: str
    fee: str
    office: str
    often: bool


@dataclass(frozen=True, slots=True)
class House:
    """The kiosk's own texts in one language."""

    name: str
    hotline: str
    collect: str  # "tomorrow before 9"
    items: tuple[ItemText, ...]

    def item(self, code: str) -> ItemText:
        """One item by its code; raises `KeyError`."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def office(self, code: str, otherwise: str) -> str:
        """Who is in charge of an item; of one that is not in the catalogue any more, what the journal says."""
        return next((item.office for item in self.items if item.code == code), otherwise)

    def title(self, code: str) -> str:
        """An item's title; of one that is not in the catalogue any more, the code itself."""
        return next((item.title for item in self.items if item.code == code), code)

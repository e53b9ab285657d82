"""The house's texts for the presenter: the catalogue and the kiosk's own words, in each language."""

from collections.abc import Mapping

from kiosk.catalogue.items import Catalogue, Item
from kiosk.presenter.house import House, ItemText
from kiosk.settings import KioskSettings


def houses(kiosk: KioskSettings, catalogue: Catalogue) -> Mapping[str, House]:
    """One house a language."""
    zh = tuple(_item(item, "zh_CN") for item in catalogue)
    en = tuple(_item(item, "en") for item in catalogue)
    return {
        "zh_CN": House(kiosk.name_zh, kiosk.hotline, kiosk.staff_collect_zh, zh),
        "en": House(kiosk.name_en, kiosk.hotline, kiosk.staff_collect_en, en),
    }


def _item(item: Item, lang: str) -> ItemText:
    limit = _days(item.promised_days, lang)
    materials = tuple(material.of(lang) for material in item.materials)
    fee = item.fee.of(lang)
    return ItemText(
        item.code, item.title.of(lang), limit, materials, limit, fee, item.department.of(lang), item.often
    )


def _days(days: int, lang: str) -> str:
    if lang == "en":
        return "same day" if days == 0 else f"{days} working day{'s' if days > 1 else ''}"
    return "当日办结" if days == 0 else f"{days} 个工作日"

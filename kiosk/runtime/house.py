"""The house's texts for the presenter: the catalogue and the kiosk's own words, in each language."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from kiosk.catalogue import Catalogue, Item
from kiosk.catalogue.search import SearchIndex
from kiosk.presenter.house import House, ItemText, PaperText, Spell, ThemeText
from kiosk.settings import KioskSettings
from screens.languages import ENGLISH, SIMPLIFIED, TRADITIONAL, on_paper
from screens.traditional import traditional


def houses(
    kiosk: KioskSettings, catalogue: Catalogue, index: SearchIndex, spell: Spell
) -> Mapping[str, House]:
    """One house a language."""
    chinese, english = (kiosk.name_zh, kiosk.staff_collect_zh), (kiosk.name_en, kiosk.staff_collect_en)
    own = {
        SIMPLIFIED: chinese,
        ENGLISH: english,
        TRADITIONAL: (traditional(chinese[0]), traditional(chinese[1])),
    }
    return {
        lang: House(
            name, kiosk.hotline, collect,
            tuple(_item(item, kiosk.id, lang, catalogue.pictures) for item in catalogue),
            tuple(ThemeText(theme.code, theme.of(lang), theme.kind) for theme in catalogue.themes),
            partial(index.find, language=on_paper(lang)), spell, kiosk.id,
        )
        for lang, (name, collect) in own.items()
    }  # fmt: skip


def _item(item: Item, kiosk_id: str, lang: str, pictures: Path) -> ItemText:
    limit = _days(item.promised_days, lang)
    return ItemText(
        code=item.code, title=item.title.of(lang), note=limit,
        papers=tuple(
            PaperText(
                paper.of(lang), paper.kind.value, paper.count, paper.optional, paper.later, paper.zh,
                "" if paper.picture is None else str(pictures / paper.picture),
            )
            for paper in item.materials
        ),
        time_limit=limit, legal_limit=_days(item.legal_days, lang), fee=item.fee.of(lang),
        office=item.department.of(lang), often=item.often, who=item.who.of(lang), result=item.result.of(lang),
        conditions=tuple(words.of(lang) for words in item.conditions),
        laws=tuple(words.of(lang) for words in item.legal_basis), themes=item.themes,
        here=item.offer.at(kiosk_id), since=item.offer.since, until=item.offer.until,
        in_person=item.in_person,
        rules=() if item.instant is None else tuple(rule.reason.of(lang) for rule in item.instant.rules),
        asked=tuple((one.question.of(lang), one.answer.of(lang)) for one in item.often_asked),
        grants="" if item.instant is None else item.instant.grants.of(lang),
    )  # fmt: skip


def _days(days: int, lang: str) -> str:
    if lang == ENGLISH:
        return "same day" if days == 0 else f"{days} working day{'s' if days > 1 else ''}"
    said = "当日办结" if days == 0 else f"{days} 个工作日"
    return traditional(said) if lang == TRADITIONAL else said

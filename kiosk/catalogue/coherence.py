"""What an item's keys say together: references that lead nowhere, doubles, dates and limits the wrong way round."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from .forms import WRITTEN, YES_NO, FieldType, FormField
from .items import Item, ResultForm
from .problems import CatalogueProblem
from .rules import CARD_AGE, OF_THE_CARD, Rule

_COUNTED: Final = (FieldType.DIGITS, FieldType.NUMBER)
_FITTING: Final = {
    "at_least": _COUNTED, "at_most": _COUNTED, "one_of": (FieldType.CHOICE, FieldType.YES_NO),
    # digits may begin with something too: a region's code
    "starts_with": (*WRITTEN, FieldType.DIGITS, FieldType.ID_NUMBER), "within_days": (FieldType.DATE,),
}  # fmt: skip
_SIGNS: Final = "\u4e00", "\u9fff"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an item may refer to. `themes` None: they could not be read, which is a problem of its own.

    `pictures`: the folder of examples.
    `certificates`: kinds that the settings know; None where no settings are asked.
    """

    themes: frozenset[str] | None
    pictures: Path
    certificates: frozenset[str] | None = None


def inner_problems(file: Path, item: Item, known: Surroundings) -> list[CatalogueProblem]:
    """Everything that does not fit together."""
    looks: tuple[Callable[[], Iterator[tuple[str, str]]], ...] = (
        lambda: _head(file, item), lambda: _references(item, known), lambda: _doubles(item),
        lambda: _rules(item),
    )  # fmt: skip
    return [CatalogueProblem(file.name, key, message) for look in looks for key, message in look()]


def _head(file: Path, item: Item) -> Iterator[tuple[str, str]]:
    if file.stem != item.code:
        yield "code", f"is {item.code} in a file named {file.name}; make them the same"
    if item.promised_days > item.legal_days:
        yield "promised_days", f"is more than legal_days; 0 to {item.legal_days}"
    since, until = item.offer.since, item.offer.until
    if since is not None and until is not None and until < since:
        yield "offer.until", f"is before offer.since ({since}); the item would never be open"
    both = sorted(set(item.offer.kiosks) & set(item.offer.not_kiosks))
    if both:
        yield "offer.not_kiosks", f"{', '.join(both)} stands in offer.kiosks too; take it out of one"
    signs = sum(_SIGNS[0] <= sign <= _SIGNS[1] for sign in item.title.zh)
    if item.title.pinyin is not None and len(item.title.pinyin.split()) != signs:
        yield "title.pinyin", f"has {len(item.title.pinyin.split())} syllables for {signs} Chinese signs"


def _references(item: Item, known: Surroundings) -> Iterator[tuple[str, str]]:
    certificate = item.result.certificate
    if certificate is not None and known.certificates is not None and certificate not in known.certificates:
        there = ", ".join(sorted(known.certificates)) or "none"
        yield (
            "result.certificate",
            f"{certificate} is no kind of [certificates] in the settings; there is {there}",
        )
    if certificate is not None and ResultForm.ELECTRONIC not in item.result.forms:
        yield "result.certificate", 'is electronic; write "electronic" into result.forms too'
    for theme in item.themes:
        if known.themes is not None and theme not in known.themes:
            yield "themes", f"{theme} is not in themes.toml; there are {', '.join(sorted(known.themes))}"
    for number, material in enumerate(item.materials, start=1):
        if material.picture is not None:
            yield from _picture(f"materials.{number}.picture", known.pictures / material.picture)
        if "later_days" in material.model_fields_set and not material.later:
            yield (
                f"materials.{number}.later_days",
                "is for a material that may follow; write later = true too",
            )


def _picture(key: str, file: Path) -> Iterator[tuple[str, str]]:
    if not file.is_file():
        yield key, f"there is no {file.parent.name}/{file.name}"
        return
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            picture.verify()
    except (OSError, SyntaxError) as error:  # PIL says SyntaxError of a broken PNG
        yield key, f"{file.parent.name}/{file.name} is no picture that can be read: {error}"


def _doubles(item: Item) -> Iterator[tuple[str, str]]:
    listed: dict[str, Iterable[str]] = {
        "themes": item.themes, "audience": item.audience, "result.forms": item.result.forms,
        "materials": (material.zh for material in item.materials),
        "fields": (one.name for one in item.fields),
    }  # fmt: skip
    for key, values in listed.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield key, f"{value} is there {count} times; once is enough"


def _rules(item: Item) -> Iterator[tuple[str, str]]:
    fields = {one.name: one for one in item.fields}
    for number, rule in enumerate(item.instant.rules if item.instant else (), start=1):
        key = f"instant.rules.{number}"
        if rule.decides in fields:
            yield from ((f"{key}.{part}", why) for part, why in _misfit(rule, fields[rule.decides]))
        elif rule.decides not in OF_THE_CARD:
            there = ", ".join((*fields, *OF_THE_CARD))
            yield f"{key}.decides", f"{rule.decides} is no field of this form; there are {there}"
        elif (rule.decides == CARD_AGE) != (_FITTING[rule.comparisons[0]] is _COUNTED):
            yield f"{key}.{rule.comparisons[0]}", f"does not fit {rule.decides}"


def _misfit(rule: Rule, field: FormField) -> Iterator[tuple[str, str]]:
    comparison = rule.comparisons[0]
    if field.type not in _FITTING[comparison]:
        yield comparison, f"does not fit {field.name}, which is a field of type {field.type.value}"
        return
    known = YES_NO if field.type is FieldType.YES_NO else [choice.code for choice in field.choices]
    if strange := sorted(set(rule.one_of).difference(known)):
        yield comparison, f"{', '.join(strange)} is no choice of {field.name}"
    elif rule.one_of and set(rule.one_of) == set(known):
        yield comparison, f"allows every choice of {field.name}: nothing is decided by it; take the rule away"

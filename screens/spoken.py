"""What is said of a page, from its view model alone: a new page speaks by itself. No Kivy.

Fields are read in the order in which they are declared. What is not known to be for anybody's ears is private: a
string stands in `PUBLIC`, an argument of a text in `PUBLIC_ARGUMENTS`, or it is said by headphones only. Sentences
that say how a person's own case stands are private whatever is in them (`OWN`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

from . import viewmodels as vm
from .viewmodels import Action, Line, Text, ViewModel, text

PUBLIC: Final = frozenset({  # strings of the house, the same for everybody
    ("ItemsPage", "heading"), ("ItemsPage", "sentence"), ("ItemRow", "title"), ("ItemRow", "note"),
    ("ThemeTile", "title"), ("GuidePage", "title"), ("PaperRow", "title"), ("SamplePage", "heading"),
    ("SheetPage", "sentence"),
})  # fmt: skip
PUBLIC_LINES: Final = ("guide.", "notice.hotline", "notice.collect", "receipt.collect")  # begins of labels
PUBLIC_ROWS: Final = frozenset({"form.choice"})  # pages whose rows are the house's own words
PUBLIC_ARGUMENTS: Final = frozenset({"cell", "hotline", "hours", "label", "size", "weekday", "when"})
OWN: Final = (
    "cut_off.", "decided.granted", "decided.refused", "decided.person", "decided.met", "decided.notMet",
    "decided.unknown", "notice.no_cases", "progress.fetch_it", "progress.later", "progress.light", "progress.step",
    "progress.city", "progress.taken_back", "progress.to_complete", "progress.until", "progress.waits",
    "certificate.case", "notice.certificate",
)  # fmt: skip
SILENT: Final = frozenset({  # names for programs, what only an eye can use, what is said elsewhere
    "chrome", "name", "tone", "qr", "picture", "figure", "code", "cells", "case_id", "intent", "look", "target",
    "bars", "plots", "hex", "touched", "strokes", "signs", "key", "sensor_tone", "result_tone", "lamp", "compartment",
})  # fmt: skip
FOR_EYES: Final = ("rating.stars.",)  # begins of texts that no voice has words for
_CHOICES: Final = (
    vm.ItemRow,
    vm.ThemeTile,
    vm.PaperRow,
    vm.PickRow,
    vm.CaseRow,
    vm.DeviceRow,
    vm.CandidateView,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is said. `private`: to whoever wears headphones, to nobody else."""

    text: Text | str = field(repr=False)
    private: bool = False

    @property
    def prompt(self) -> str:
        """The key of a fixed sentence, which can be rendered ahead; empty for all else."""
        return self.text.key if isinstance(self.text, Text) and not self.text.args else ""


def spoken(view: ViewModel) -> tuple[Part, ...]:
    """The page's parts in their order: what it is, what it says, then its choices, each with its number.

    A question that stands over the page is said instead of it.
    """
    seconds = view.chrome.seconds_left
    if seconds is not None:
        keys = (text("timeout.heading"), text("timeout.note", seconds=seconds), text("voice.still_here"))
        return tuple(Part(one) for one in keys)
    reading = _Reading(view.name)
    said = list(reading.fields(view))
    if view.chrome.step:
        said.insert(1, Part(text("step.of", step=view.chrome.step, steps=view.chrome.steps)))
    if reading.choices:
        said.append(Part(text("voice.choices", count=len(reading.choices))))
    for number, choice in enumerate(reading.choices, start=1):
        said += [Part(text("voice.number", number=number)), *choice]
    return tuple(said)


def is_own(said: Text) -> bool:
    """Whether a text is for the person alone: by an argument that may be theirs, or by what it tells of their case."""
    if said.key.startswith(OWN) and not said.key.endswith("_go_on"):
        return True
    return any(
        is_own(value) if isinstance(value, Text) else isinstance(value, str) and name not in PUBLIC_ARGUMENTS
        for name, value in said.args
    )


class _Reading:
    """One page while it is read; what can be touched is kept for the end."""

    def __init__(self, page: str) -> None:
        self._page = page
        self.choices: list[tuple[Part, ...]] = []

    def fields(self, value: Any) -> Iterator[Part]:
        for one in fields(value):
            if one.name not in SILENT:
                yield from self._inside(getattr(value, one.name), type(value).__name__, one.name)

    def _inside(self, value: object, owner: str, name: str) -> Iterator[Part]:
        match value:
            case Text(key) if key.startswith(FOR_EYES):
                pass
            case Text():
                yield Part(value, is_own(value))
            case str():
                yield from self._string(value, owner, name)
            case Action():
                self.choices.append(_action(value))
            case vm.Choice(action, note):
                self.choices.append((*_action(action), Part(note, is_own(note))))
            case vm.Setting(title, options):
                for option in options:
                    chosen = (Part(text("voice.chosen")),) if option.chosen else ()
                    self.choices.append((Part(title), Part(option.label), *chosen))
            case Line(label, str(told)):
                yield from (Part(label, is_own(label)), Part(told, not label.key.startswith(PUBLIC_LINES)))
            case tuple():
                for one in value:
                    yield from self._inside(one, owner, name)
            case _ if isinstance(value, _CHOICES):
                yield from self._row(value)
            case _ if is_dataclass(value):
                yield from self.fields(value)
            case _:
                pass  # numbers, marks, nothing

    def _string(self, value: str, owner: str, name: str) -> Iterator[Part]:
        if any(sign.isalnum() for sign in value):  # stars are for the eye
            on_row = owner == "PickRow" and self._page in PUBLIC_ROWS
            yield Part(value, not on_row and (owner, name) not in PUBLIC)

    def _row(self, row: Any) -> Iterator[Part]:
        parts = tuple(self.fields(row))
        match row:
            case vm.PickRow(intent=None):
                yield from parts
            case vm.PaperRow(ticked=ticked):
                self.choices.append((*parts, Part(text("voice.ticked" if ticked else "voice.not_ticked"))))
            case vm.PickRow(enabled=False):
                self.choices.append((*parts, Part(text("voice.not_now"))))
            case _:
                self.choices.append(parts)


def _action(action: Action) -> tuple[Part, ...]:
    label = Part(action.label, is_own(action.label))
    return (label,) if action.enabled else (label, Part(text("voice.not_now")))

"""A history in the words of one language, line by line: for a terminal, for paper."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from kiosk.journal.history import OPENING_REQUEST, Entry, Open, Subject
from kiosk.journal.rows import Trailer
from kiosk.journal.salvage import Unread
from screens.words import Words

_NAMED: Final = re.compile(r"staff (\d+): (.+)")
_BETWEEN_WORDS: Final = re.compile(r"[^0-9A-Za-z]+")
STAFF_PREFIX: Final = "staff:"
NOT_SHOWN: Final = "\N{REPLACEMENT CHARACTER}"  # a line break inside a name would write lines of its own


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `ref`: its number and hash, as `journal verify --anchor` takes them; `notes`: what stands below it.

    `source`: how it is known, which is the first note as well.
    """

    ref: str
    at: str
    what: str
    source: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells histories in one language, with the local time of `zone`. `item_name`: what an item code is called."""

    words: Words
    zone: tzinfo
    item_name: Callable[[str], str] = str

    def heading(self, subject: Subject, since: datetime | None, until: datetime | None) -> Iterator[str]:
        """What it is the history of."""
        yield self._say(subject.view.value, name=subject.name)
        if since or until:
            ends = (self._time(end) if end else self._say("range_open") for end in (since, until))
            yield self._say("range", **dict(zip(("since", "until"), ends, strict=True)))

    def person(self, personal: Mapping[str, Any] | None, *, is_erased: bool) -> str:
        """Whose case it is, as far as it may be told. `personal`: opened, or None."""
        if personal:
            told = self._say("person", **personal)
            semicolon = self._say("semicolon")
            if personal.get("agent_name"):  # a helper's number stands in the open
                relation = self._value("relation", personal["relation"])
                agent = self._say("agent", **{**personal, "relation": relation})
                told = f"{told}{semicolon}{agent}"
            said = [one for one in (personal.get("words"), *personal.get("papers", ())) if one]
            if not said:  # the newest that the approval system said
                return told
            return f"{told}{semicolon}{self._say('person_told', words=semicolon.join(said))}"
        return self._say("person_erased" if is_erased else "person_sealed")

    def lines(self, entries: Sequence[Entry]) -> Iterator[Line]:
        """One for each entry."""
        for entry in entries:
            yield Line(
                entry.row.anchor.text,
                self._time(entry.event.at),
                self._what(entry),
                self._say(f"known.{entry.known.value}"),
                tuple(self._notes(entry)),
            )

    def label(self, name: str) -> str:
        """A word of the printed form, with the places that the form fills by itself."""
        return self.words.sentences[f"record.form.{name}"]

    def proved(self, head: Trailer, last: str) -> Iterator[str]:
        """That the chain is whole and how to check it, for paper that shows the head by itself."""
        yield self._say("checked", events=head.head.seq)
        if not head.head.signature:
            yield self._say("unsigned")
        yield self._say("check_it", anchor=last)

    def unread(self, unread: Unread) -> Iterator[str]:
        """That events are missing where they can't be read, and what to do."""
        yield self._say("unread", first=unread.first, last=unread.last, file=unread.file)
        yield self._say("unread_remedy")

    def closing(self, head: Trailer, last: str, *, is_whole: bool) -> Iterator[str]:
        """The head that the history ends with and how to check it. `last`: the anchor text of a line of it."""
        anchor = head.head
        yield self._say("checked" if is_whole else "checked_rest", events=anchor.seq)
        yield self._say("head", anchor=anchor.text, hash=anchor.hash_hex)
        signed = {"signature": anchor.signature, "key": head.public_key}
        yield self._say("signed", **signed) if anchor.signature else self._say("unsigned")
        yield self._say("check_it", anchor=last)

    def _what(self, entry: Entry) -> str:
        event, sentences = entry.event, self.words.sentences
        if f"record.{event.type}" not in sentences:  # of a version that we do not know
            return self._say("unnamed", kind=event.type, data=json.dumps(event.data, ensure_ascii=False))
        of_nobody = f"{event.type}.nobody"  # the program itself, where staff could have been named
        is_nobody = event.data.get("staff_no") == "" and f"record.{of_nobody}" in sentences
        values = {name: self._value(name, value) for name, value in event.data.items()}
        return self._say(of_nobody if is_nobody else event.type, **values)

    def _notes(self, entry: Entry) -> Iterator[str]:
        yield self._say("known", source=self._say(f"known.{entry.known.value}"))
        if entry.by:
            yield self._say("authority", who=self._who(entry.by))
        if entry.event.wall != entry.event.at:
            yield self._say("clock", wall=self._time(entry.event.wall))
        if entry.unwatched_since is not None:
            yield self._say("unwatched", since=self._time(entry.unwatched_since))
        if entry.open is not None:
            what = "outcome" if entry.event.type == OPENING_REQUEST else "doubt"
            yield self._unknown(what, entry.open)

    def _unknown(self, what: str, left: Open) -> str:
        if left.until is None or left.at is None:
            return self._say(f"{what}_open")
        return self._say(f"{what}_until", until=self._time(left.at), ref=left.until.anchor.text)

    def _who(self, actor: str) -> str:
        """`citizen`, `staff:1001`, a staff number, or the name of a user of the system."""
        number = actor.removeprefix(STAFF_PREFIX)
        if number.isdecimal():
            return self._say("member", number=number)
        return self.words.sentences.get(f"record.actor.{actor}", actor)

    def _value(self, name: str, value: Any) -> str:
        if value is None or value in ("", []):
            return self._say("nothing")
        if isinstance(value, bool):
            return self._say("true" if value else "false")
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        if name == "actor":
            return self._who(str(value))
        if name == "said_at":
            return self._time(datetime.fromisoformat(str(value)))
        if name == "item_code":
            return self.item_name(str(value))
        if name == "reason":
            return self._reason(str(value))
        return self.words.sentences.get(f"record.{name}.{value}", str(value))

    def _reason(self, reason: str) -> str:
        """A code, or what the program writes in its parts: `staff 1001: NOT_FOUND`, `cut off; its door is open`."""
        found = _NAMED.fullmatch(reason)
        if found is not None:
            return f"{self._say('member', number=found[1])}{self._say('colon')}{self._reason(found[2])}"
        parts = [self._part(part) for part in reason.split("; ")]
        return self._say("semicolon").join(parts)

    def _part(self, reason: str) -> str:
        slug = _BETWEEN_WORDS.sub("_", reason).strip("_")
        return self.words.sentences.get(f"record.reason.{slug}", reason)

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(sep=" ", timespec="seconds")

    def _say(self, key: str, /, **values: object) -> str:
        told = self.words.sentences[f"record.{key}"].format_map(_Given(values))
        return "".join(one if one.isprintable() else NOT_SHOWN for one in told)


class _Given(dict[str, object]):
    """An event of an older version may lack a field that its sentence has."""

    def __missing__(self, key: str) -> str:
        return "–"

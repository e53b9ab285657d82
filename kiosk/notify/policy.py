"""Which notices a fact calls for: pure, from the event and a few look-ups to the rows of the outbox."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from drivers.contracts.sms import SmsMessage
from kiosk.journal.types import Channel, Event, Notice, Recorded, new_message_id

from .messages import BY_EVENT, MessageKind, cloud_event, event_topic, public_data
from .texts import TEXTS, Language, placeholders, render

CITIZEN_PREFIX: Final = "citizen:"
CLAIMED: Final = "CLAIMED"  # evidence of a deposit that no sensor has seen
HELD_KIND: Final = "deposit.held"
FILED_KIND: Final = "pages.sealed"
ADDED_KIND: Final = "pages.added"
PROBLEM_KIND: Final = "problem.reported"
PERSON: Final = "person"  # of a problem: nothing is broken, somebody is needed
LATE_KIND: Final = "promise.overdue"
RECALLED_KIND: Final = "result.recalled"
ALARM_KINDS: Final = frozenset(
    {
        "custody.disputed",
        "door.forced",
        "door.left_open",
        "card.left_behind",
        "face.blocked",
        "cabinet.forced",
        "cabinet.shaken",
        "kiosk.parked",
        "journal.events_missing",
        "audit.cut_off",
        "compartment.not_empty",
        "compartment.out_of_service",
        "submission.refused",
    }
)
TIME_FORMAT: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What notices may say of a case: nothing personal. `language` is the one the citizen chose."""

    item_code: str
    identity: str = ""
    language: Language = Language.CHINESE
    has_phone: bool = True


@dataclass(frozen=True, slots=True)
class SmsPayload:
    """What the outbox keeps of a text message: the words, what they were made of, who is next; never a telephone
    number. `key`, `language` and `values` are for providers that send registered templates only.
    """

    kind: str
    text: str
    next_recipients: tuple[str, ...] = ()
    key: str = ""
    language: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def message_to(self, number: str) -> SmsMessage:
        """What a channel is asked to send."""
        return SmsMessage(number, self.text, self.key, self.language, self.values)

    def encode(self) -> bytes:
        """UTF-8 JSON."""
        fields = {
            "kind": self.kind, "text": self.text, "next": list(self.next_recipients),
            "key": self.key, "language": self.language, "values": dict(self.values),
        }  # fmt: skip
        return json.dumps(fields, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, payload: bytes) -> "SmsPayload":
        """Read back. Raises `ValueError` for bytes that `encode` did not make."""
        fields = json.loads(payload)
        try:
            return cls(
                str(fields["kind"]),
                str(fields["text"]),
                tuple(map(str, fields["next"])),
                str(fields.get("key", "")),  # rows of releases before templates have none of these
                str(fields.get("language", "")),
                {str(name): str(value) for name, value in fields.get("values", {}).items()},
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("not an SMS payload") from error


@dataclass(frozen=True, slots=True)
class NoticeWriter:
    """The policy. Its look-ups run inside the journal's transaction: quick, and without a side effect.

    `told_for` gives the recipients for an item in the order in which they are told, `on_call` those who get
    alarms, `technicians` who mends the kiosk, `case_facts` what is known of a case, `item_name` the name of an item
    in a language, `place` where the kiosk stands.
    """

    kiosk_id: str
    place: Callable[[Language], str]
    timezone: tzinfo
    told_for: Callable[[str], Sequence[str]]
    on_call: Callable[[], Sequence[str]]
    case_facts: Callable[[str], CaseFacts | None]
    item_name: Callable[[str, Language], str | None]
    staff_language: Language = Language.CHINESE
    technicians: Callable[[], Sequence[str]] = tuple

    def __call__(self, event: Event, recorded: Recorded) -> tuple[Notice, ...]:
        """All notices for one fact; none for a fact that is not public."""
        kind = BY_EVENT.get(type(event).__name__)
        if kind is None:
            return ()
        notices = [self._mqtt(event, kind, recorded)]
        if kind.kind == HELD_KIND:
            notices += self._came(HELD_KIND, event, recorded)
        elif kind.kind == FILED_KIND and getattr(
            event, "whole", False
        ):  # else the papers' own notice follows
            notices += self._came(FILED_KIND, event, recorded)
        elif kind.kind == ADDED_KIND:
            notices += self._came(ADDED_KIND, event, recorded)
        elif kind.kind == RECALLED_KIND:
            notices += self._recalled(event, recorded)
        elif kind.kind == PROBLEM_KIND:
            notices += self._problem(event, recorded)
        elif kind.kind == LATE_KIND:
            notices += self._late(event, recorded)
        elif kind.kind in ALARM_KINDS:
            notices += self._alarm(event, kind, recorded)
        return tuple(notices)

    def _mqtt(self, event: Event, kind: MessageKind, recorded: Recorded) -> Notice:
        message_id = new_message_id()
        payload = cloud_event(
            kiosk_id=self.kiosk_id,
            kind=kind.kind,
            message_id=message_id,
            data=self._data(event, kind),
            at=recorded.at,
            seq=recorded.seq,
        )
        topic = event_topic(self.kiosk_id, kind)
        return Notice(Channel.MQTT, topic, payload, message_id=message_id)

    def _data(self, event: Event, kind: MessageKind) -> dict[str, Any]:
        data = public_data(event, kind)
        if kind.kind == HELD_KIND:
            facts = self._facts(data["case_id"])
            data |= {"item_code": facts.item_code, "identity": facts.identity}
        return data

    def _came(self, kind: str, event: Event, recorded: Recorded) -> list[Notice]:
        """Something of a case came in: to staff, one after the other until somebody has it, and to the citizen."""
        case_id = str(getattr(event, "case_id"))  # noqa: B009  # the journal's Event promises no fields
        facts = self._facts(case_id)
        notices = []
        told = tuple(self.told_for(facts.item_code)) or tuple(self.on_call())
        if told:
            words = self._words(kind, f"{kind}.staff", event, recorded, self.staff_language)
            notices.append(self._sms(told[0], replace(words, next_recipients=told[1:]), case_id))
        if facts.has_phone:
            words = self._words(f"{kind}.citizen", f"{kind}.citizen", event, recorded, facts.language)
            notices.append(self._sms(CITIZEN_PREFIX + case_id, words, case_id))
        return notices

    def _recalled(self, event: Event, recorded: Recorded) -> list[Notice]:
        case_id = str(getattr(event, "case_id"))  # noqa: B009  # the journal's Event promises no fields
        language = self._facts(case_id).language
        of_reason = f"{RECALLED_KIND}.{getattr(event, 'reason', '')}.citizen"
        key = of_reason if of_reason in TEXTS[language] else f"{RECALLED_KIND}.citizen"
        words = self._words(RECALLED_KIND, key, event, recorded, language)
        return [self._sms(CITIZEN_PREFIX + case_id, words, case_id)]

    def _problem(self, event: Event, recorded: Recorded) -> list[Notice]:
        """To technicians, or where there are none to those who get alarms; that somebody is needed, the other way
        round."""
        if not getattr(event, "texted", False):
            return []
        words = self._words(PROBLEM_KIND, f"{PROBLEM_KIND}.staff", event, recorded, self.staff_language)
        told = self.technicians(), self.on_call()
        first, then = reversed(told) if getattr(event, "problem", "") == PERSON else told
        return [self._sms(whom, words, None) for whom in first or then]

    def _late(self, event: Event, recorded: Recorded) -> list[Notice]:
        """To whom the item's papers are told, one after the other until somebody has it."""
        case_id = str(getattr(event, "case_id"))  # noqa: B009  # the journal's Event promises no fields
        told = tuple(self.told_for(self._facts(case_id).item_code)) or tuple(self.on_call())
        if not told:
            return []
        words = self._words(LATE_KIND, f"{LATE_KIND}.staff", event, recorded, self.staff_language)
        return [self._sms(told[0], replace(words, next_recipients=told[1:]), case_id)]

    def _alarm(self, event: Event, kind: MessageKind, recorded: Recorded) -> list[Notice]:
        of_reason = (
            f"{kind.kind}.{getattr(event, 'reason', '')}.staff"  # some reasons have words of their own
        )
        said = of_reason if of_reason in TEXTS[self.staff_language] else f"{kind.kind}.staff"
        words = self._words(kind.kind, said, event, recorded, self.staff_language)
        case_id = getattr(event, "case_id", None)
        return [self._sms(recipient, words, case_id) for recipient in self.on_call()]

    def _sms(self, recipient: str, payload: SmsPayload, case_id: str | None) -> Notice:
        return Notice(Channel.SMS, recipient, payload.encode(), case_id=case_id)

    def _facts(self, case_id: str) -> CaseFacts:
        return self.case_facts(case_id) or CaseFacts(item_code="", has_phone=False)

    def _words(self, kind: str, key: str, event: Event, recorded: Recorded, language: Language) -> SmsPayload:
        case_id = str(getattr(event, "case_id", None) or "—")
        facts = self._facts(case_id)
        values = {
            "place": self.place(language),
            "time": _local(recorded.at, self.timezone),
            "cell": str(getattr(event, "cell", "")),
            "case": case_id,
            "pages": str(getattr(event, "pages", "")),
            "audit": str(getattr(event, "audit", "")),
            "counted": str(getattr(event, "looked_into", "")),
            "total": str(getattr(event, "compartments", "")),
            "reason": _reason(str(getattr(event, "reason", "")), language),
            "code": str(getattr(event, "code", "")),  # of a refusal: a short name, never its sentence
            "report": str(getattr(event, "report", "")),
            "until": str(getattr(event, "until", "")),
            "missing": str(len(getattr(event, "missing", ()))),
            "problem": _problem(str(getattr(event, "problem", "")), language),
            "item": self.item_name(facts.item_code, language) or render(language, "item.unknown", {}),
            "remarks": _remarks(str(getattr(event, "evidence", "")), facts.identity, language),
        }
        told = {name: values[name] for name in placeholders(key)}
        return SmsPayload(kind, render(language, key, told), (), key, language.value, told)


def follow_up(payload: SmsPayload, case_id: str | None) -> tuple[Notice, ...]:
    """The same words to the next recipient; empty when there is none left."""
    if not payload.next_recipients:
        return ()
    following = replace(payload, next_recipients=payload.next_recipients[1:])
    return (Notice(Channel.SMS, payload.next_recipients[0], following.encode(), case_id=case_id),)


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime(TIME_FORMAT)


def _remarks(evidence: str, identity: str, language: Language) -> str:
    keys = []
    if evidence.upper() == CLAIMED:
        keys.append("remark.claimed")
    if f"remark.{identity}" in TEXTS[language]:
        keys.append(f"remark.{identity}")
    return " ".join(render(language, key, {}) for key in keys)


def _problem(code: str, language: Language) -> str:
    return TEXTS[language].get(f"problem.{code}", code)


def _reason(code: str, language: Language) -> str:
    """The words for a reason that has some, else the code itself."""
    return TEXTS[language].get(f"reason.{code}", code)

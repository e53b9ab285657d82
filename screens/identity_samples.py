"""Examples of the pages that find out who it is: consent, card, face, and the ways without one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from screens import intents as ask
from screens.viewmodels import (
    Action,
    CardPage,
    Choice,
    ChoicePage,
    Chrome,
    ConsentPage,
    FacePage,
    KeypadPage,
    Line,
    NoticePage,
    Tone,
    ViewModel,
    text,
)

HINTS: Final = (
    "no_face", "several_faces", "too_small", "too_large", "too_dark", "backlit", "blurred", "covered", "turned",
)  # fmt: skip
MOVEMENTS: Final = ("turn_left", "turn_right", "blink", "open_mouth", "come_closer")
PICTURES: Final = {"code_sms": "message", "code_staff": "phone", "duty_desk": "desk", "card_only": "card"}


def identity_samples(chrome: Chrome, hotline: str) -> Iterator[ViewModel]:
    """All of them, in the order of the story."""
    yield from _consents(chrome, hotline)
    yield from _cards(chrome)
    yield from _faces(chrome)
    yield from _ways(chrome, hotline)
    yield from _codes(chrome, hotline)


def _consents(chrome: Chrome, hotline: str) -> Iterator[ViewModel]:
    decline = Action(ask.WithoutFace(), text("consent.decline"))
    for name, points in (
        ("consent", ("purpose", "stored", "duration", "freely")),
        ("guardian", ("who", "child", "stored", "freely")),
    ):
        told = tuple(text(f"{name}.{point}") for point in points)
        accept = Action(ask.AcceptFace(), text(f"{name}.accept"))
        asked = text("consent.ask", hotline=hotline)
        yield ConsentPage(chrome, text(f"{name}.heading"), (*told, asked), accept, decline, name)


def _cards(chrome: Chrome) -> Iterator[ViewModel]:
    back = (Action(ask.Back(), text("action.back")),)
    card = CardPage(chrome, text("card.place"), text("card.place_note"), Tone.PLAIN, False, back)
    yield card
    yield replace(
        card, heading=text("card.reading"), sentence=text("card.reading_note"), reading=True, actions=(),
        name="card.reading",
    )  # fmt: skip
    for problem in ("lifted", "unreadable", "expired", "invalid", "old_card"):
        tone = Tone.CAUTION if problem in {"lifted", "old_card"} else Tone.BAD
        heading, note = text(f"card.{problem}"), text(f"card.{problem}_note")
        yield replace(card, heading=heading, sentence=note, tone=tone, name=f"card.problem.{problem}")


def _faces(chrome: Chrome) -> Iterator[ViewModel]:
    actions = (
        Action(ask.OtherMovements(), text("face.other_movements")),
        Action(ask.WithoutFace(), text("face.without")),
    )
    face = FacePage(
        chrome, text("face.hint.hold_still"), text("face.distance"), 0.6, True, actions, figure="hold_still"
    )
    yield face
    yield replace(face, heading=text("face.looking"), progress=0.0, figure="looking", name="face.looking")
    for hint in HINTS:
        heading = text(f"face.hint.{hint}")
        yield replace(face, heading=heading, progress=0.2, figure=hint, name=f"face.hint.{hint}")
    for at, step in enumerate(MOVEMENTS):
        key = f"face.challenge.{step}"
        yield replace(
            face, heading=text(key), sentence=text(f"{key}_note"), figure=step, name=key, seconds=6.0,
            count=text("face.count", number=at % 3 + 1, total=3),
        )  # fmt: skip


def _choice(way: str, hotline: str) -> Choice:
    action = Action(ask.Choose(way), text(f"way.{way}"))
    return Choice(action, text(f"way.{way}_note", hotline=hotline), PICTURES[way])


def _ways(chrome: Chrome, hotline: str) -> Iterator[ViewModel]:
    ways = tuple(_choice(way, hotline) for way in PICTURES)
    page = ChoicePage(
        chrome, text("way.heading"), text("way.note"), Tone.PLAIN, ways[:2], (), "identity.ways"
    )
    yield page
    yield replace(page, choices=ways, name="identity.ways.all")
    told = text("way.sms_no_phone")
    yield replace(page, sentence=told, tone=Tone.CAUTION, choices=ways[:3], name="identity.ways.no_phone")
    again = Action(ask.TryAgain(), text("face.try_again"))
    retry = Choice(again, text("face.try_again_note"), "face")
    for outcome, note, choices in (
        ("no_match", "no_match", (retry, *ways[:2])), ("uncertain", "uncertain", (retry, *ways)),
        ("challenge_failed", "challenge_failed", (retry, *ways[:2])), ("camera_gone", "camera_gone", ways[:2]),
        ("blocked", "blocked", ways[1:3]), ("no_model", "other", ways[:2]),
    ):  # fmt: skip
        yield ChoicePage(
            chrome, text(f"face.outcome.{outcome}"), text(f"face.outcome.{note}_note"), Tone.CAUTION, choices, (),
            f"face.undecided.{outcome}",
        )  # fmt: skip


def _codes(chrome: Chrome, hotline: str) -> Iterator[ViewModel]:
    proceed = Action(ask.Proceed(), text("code.next"), primary=True)
    again = Action(ask.TryAgain(), text("code.send_again"))
    other = Action(ask.Back(), text("way.other"))
    page = KeypadPage(
        chrome, text("code.heading_sms"), text("code.sent_to", tail="12"), "482 913", Tone.PLAIN,
        (other, proceed), "code.sms",
    )  # fmt: skip
    yield page
    sending = (other, replace(again, enabled=False))
    yield replace(page, sentence=text("code.sending"), shown="", actions=sending, name="code.sending")
    wrong = text("code.wrong_wait", left=2, seconds=15)
    yield replace(
        page, sentence=wrong, shown="", tone=Tone.CAUTION, actions=(other, again), name="code.wrong"
    )
    yield replace(
        page, heading=text("code.heading_staff"), sentence=text("code.call_staff", hotline=hotline), shown="482",
        actions=(other, replace(proceed, enabled=False)), name="code.staff",
    )  # fmt: skip
    yield NoticePage(
        chrome, text("way.desk_asked"), text("way.desk_asked_note"), Tone.PLAIN, "desk",
        (Line(text("notice.hotline"), hotline),), (other,), "identity.desk", waiting=True,
    )  # fmt: skip

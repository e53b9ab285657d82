"""Papers that follow later: what is missing, the promise to sign; what of a promise comes in now."""

from datetime import date

from kiosk.session import state as st
from kiosk.session.facts import PromiseFact
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, PickRow, Text, Tone, text

from .view import View, back


def promise_pages(view: View, stage: st.ChoosingMissing | st.Signing) -> vm.ViewModel:
    """What is missing, or the pad."""
    return _missing(view, stage) if isinstance(stage, st.ChoosingMissing) else _sign(view, stage)


def promise_lines(view: View, visit: st.Visit) -> tuple[Line, ...]:
    """What the confirmation says of papers that follow, or that have followed."""
    lines = []
    if visit.promise is not None:
        names = " · ".join(view.house.papers(visit.item_code, visit.promise.missing))
        told = text("promise.until", papers=names, day=day_of(visit.promise.until))
        lines.append(Line(text("promise.label"), told))
    if visit.followed is not None:
        names = " · ".join(view.house.papers(visit.item_code, visit.followed.papers))
        lines.append(Line(text("promise.followed_label"), names))
    return tuple(lines)


def without_missing(view: View, visit: st.Visit, titles: tuple[str, ...]) -> tuple[str, ...]:
    """The papers of the item that are there."""
    if visit.promise is None:
        return titles
    missing = view.house.papers(visit.item_code, visit.promise.missing)
    return tuple(title for title in titles if title not in missing)


def day_of(iso: str) -> Text:
    """A day as people say it."""
    day = date.fromisoformat(iso)
    weekday = text(f"weekday.{day.weekday()}")
    return text("promise.day", year=day.year, month=day.month, day=day.day, weekday=weekday)


def is_late(view: View, until: str) -> bool:
    """Whether the day has passed."""
    return view.now.date() > date.fromisoformat(until)


def missing_of(view: View, promise: PromiseFact) -> Text:
    """What staff read of a promise."""
    papers = " · ".join(view.house.papers(promise.item_code, promise.missing))
    day = f"{date.fromisoformat(promise.until):%m-%d}"
    return text(
        "staff.missing_late" if is_late(view, promise.until) else "staff.missing", papers=papers, day=day
    )


def _missing(view: View, stage: st.ChoosingMissing) -> vm.PickPage:
    visit = stage.visit
    supplement = visit.errand is st.Errand.SUPPLEMENT
    kind = "followed" if supplement else "papers"
    titles = view.house.papers(visit.item_code, stage.papers)
    days = {paper.name: paper.days for paper in view.session.policy.later_papers(visit.item_code)}
    rows = []
    for number, (name, title) in enumerate(zip(stage.papers, titles, strict=True)):
        note, lamp = text("promise.here"), Tone.GOOD
        if number in stage.lacking:
            lamp, note = Tone.CAUTION, text("promise.later")
            if not supplement:
                note = text("promise.by", day=day_of(view.session.facts.day_after(days[name])))
        rows.append(PickRow(f"paper.{number}", ask.Bring(number), title, note, lamp))
    some = bool(stage.lacking) and not supplement
    go_on = Action(
        ask.Proceed(), text("promise.go_on" if some or supplement else "promise.all_here"), primary=True
    )
    return vm.PickPage(
        view.visit_chrome(3, visit), text(f"promise.{kind}"), text(f"promise.{kind}_note"), Tone.PLAIN, tuple(rows),
        (back(), go_on), f"promise.{kind}",
    )  # fmt: skip


def _sign(view: View, stage: st.Signing) -> vm.SignPage:
    visit, promise, strokes = stage.visit, stage.visit.promise, stage.drawn.strokes
    assert promise is not None
    papers = view.house.papers(visit.item_code, promise.missing)
    actions = (
        back(),
        Action(ask.ClearTyped(), text("promise.clear"), enabled=bool(strokes)),
        Action(ask.Proceed(), text("promise.signed"), primary=True, enabled=bool(strokes)),
    )
    return vm.SignPage(
        view.visit_chrome(4, visit), text("promise.sign"),
        text("promise.not_enough" if stage.empty else "promise.sign_note"),
        Tone.BAD if stage.empty else Tone.PLAIN,
        text("promise.words", day=day_of(promise.until)), papers, strokes, text("promise.pad"), actions,
    )  # fmt: skip

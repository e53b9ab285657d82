"""The presenter over every state that can be reached: a page for each, words in both languages, nothing unmasked."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from string import Formatter

import pytest

from kiosk.presenter.house import House, ItemText, PaperText, ThemeText
from kiosk.presenter.presenter import Presenter
from kiosk.session import custodystate as cs
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import CaseFact, Facts
from kiosk.session.machine import step
from screens import intents
from screens import viewmodels as vm
from screens.languages import LANGUAGES
from screens.spoken import spoken
from screens.words import words
from tests.session.scenes import (
    CARD,
    CASE,
    FINE,
    ITEM,
    NAME,
    NOTHING_WORKS,
    NUMBER,
    PERSONAL,
    PHONE,
    PIN,
    POLICIES,
    SCAN_PLAN,
    moves,
    reachable,
    start,
    words_in,
)

NOW = datetime(2026, 11, 22, 22, 47, tzinfo=UTC)
VISIT = st.Visit("s", ITEM, card=CARD, card_present=True)
PAPERS = (PaperText("form", "form"), PaperText("plan", count=2), PaperText("proof", "copy", later=True))
ITEMS = (
    ItemText(
        ITEM, "title", "note", PAPERS, "3 days", "none", "office", often=True, who="anyone", themes=("theme",),
        conditions=("one", "two"), laws=("the law",), rules=("of age",), grants="a card",
    ),
    *(ItemText(f"item-{n}", f"item {n}", "note", PAPERS, "", "", "office", often=True, themes=("theme",))
      for n in range(9)),
)  # fmt: skip
THEMES = (ThemeText("theme", "the theme", "life_event"), ThemeText("empty", "nothing in it", "theme"))
HOUSES = {
    lang: House("kiosk", "12345", "before 9", ITEMS, THEMES, lambda typed: (ITEM,) if typed == "g" else ())
    for lang in LANGUAGES
}
PRESENTER = Presenter(HOUSES)
NAMES = {
    "scan.offer", "scan.broken", "scan.lay", "scan.taking", "scan.wrong", "scan.failed", "scan.page", "scan.filing",
    "agency.relation", "agency.fetch", "agency.swap", "agency.same", "agency.lay", "agency.card.reading",
    "helper.desk", "helper.printing", "helper.done", "helper.lay", "helper.card.reading", "helper.card.lifted",
    "helper.card.unreadable", "helper.card.invalid", "helper.card.expired",
    "agency.card.lifted", "agency.card.unreadable", "agency.card.invalid", "agency.card.expired", "form.id_number",
    "notice.agent_again", "notice.agent_child",
    "promise.papers", "promise.followed", "promise.sign", "staff.promises",
    "form.choice", "form.text", "form.date", "form.review", "decided.granted", "decided.refused", "decided.person",
    "everyone", "home", "items", "items.themes", "items.theme", "items.search", "guide", "guide.missing",
    "guide.sample", "guide.sheet",
    "consent", "card", "card.reading", "card.lifted", "card.unreadable", "card.invalid",
    "card.expired", "face", "face.challenge.turn_left", "face.challenge.blink", "face.undecided", "guardian",
    "identity.ways", "identity.desk", "code.sms", "code.staff", "phone", "confirm", "compartment.reserving",
    "compartment.opening", "compartment.open", "compartment.close_it", "compartment.left_open",
    "compartment.failed_once", "compartment.other_open", "compartment.failed_twice", "compartment.nothing_seen",
    "compartment.closed_seen", "receipt.printing", "receipt.take", "receipt.no_paper", "receipt.unknown",
    "notice.take_card", "notice.take_card_long", "notice.done", "notice.goodbye", "notice.no_compartment",
    "notice.disk_full", "notice.board_gone", "notice.deposit_refused", "notice.door_forced", "notice.reader_gone",
    "notice.interrupted", "notice.help", "staff.number", "staff.pin", "staff.list",
    "staff.opening", "staff.take", "staff.still_seen", "staff.failed", "staff.resolve_question", "staff.recording",
    "staff.collected", "vendor.list", "vendor.device", "vendor.frames", "vendor.touch", "vendor.cells",
    "vendor.opening", "vendor.door_open",
    "compartment.another", "compartment.larger", "compartment.no_reach",
    "compartment.sealing", "compartment.take", "notice.fetched",
    "notice.nothing_waits", "notice.pickup_blocked", "notice.pickup_expired", "notice.pickup_none",
    "notice.pickup_revoked", "notice.pickup_stuck", "notice.pickup_used", "notice.too_large", "own.cases",
    "notice.no_cases", "notice.not_open", "own.cut_off", "own.looking", "progress.case", "progress.cases",
    "progress.number", "progress.ways",
    "certificate", "certificate.issuing", "notice.certificate_none", "notice.certificate_expired",
    "notice.certificate_revoked", "notice.certificate_refused",
    "quiet", "quiet.too_few", "rating", "rating.reasons",
    "pickup.close_it", "pickup.code", "pickup.failed", "pickup.have_you",
    "notice.not_mine", "notice.not_mine_open", "notice.not_now", "notice.pickup_lost", "pickup.put_back",
    "pickup.open", "pickup.opening", "pickup.still_inside", "pickup.taken", "staff.audit", "staff.audit.done",
    "staff.audit.summary", "staff.cells", "staff.department", "staff.key", "staff.menu", "staff.reason",
    "staff.result.case", "staff.result.id_number", "staff.result.kind", "staff.result.nothing_seen",
    "staff.result.number", "staff.result.phone", "staff.result.placed", "staff.result.put_in", "staff.result.size",
    "staff.second", "staff.second.pin", "staff.sign.pin", "staff.slips", "staff.waiting", "staff.waiting.one",
    "staff.history", "staff.history.refused", "staff.looking_up", "staff.history.cells", "staff.history.case",
    "staff.history.number", "staff.history.staff", "staff.history.lines",
}  # fmt: skip


@cache
def pages() -> tuple[tuple[st.Session, vm.ViewModel], ...]:
    """Every state that a step led to, with its page."""
    led_to = (move.outcome.session for move in moves() if move.outcome.session != move.before)
    sessions = dict.fromkeys((*reachable(), *led_to))
    return tuple((session, PRESENTER.present(session, NOW)) for session in sessions)


def texts_in(value: object) -> Iterator[vm.Text]:
    """Every text key of a page with its arguments."""
    if isinstance(value, vm.Text):
        yield value
        for _, argument in value.args:
            yield from texts_in(argument)
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_the_sign_in_page_says_that_a_card_will_do() -> None:
    def sentence(stage: ss.SigningIn, *, cards: bool) -> str:
        session = replace(start(st.Policy(staff_cards=cards)), stage=stage)
        page = PRESENTER.present(session, NOW)
        assert isinstance(page, vm.KeypadPage)
        return page.sentence.key

    assert sentence(ss.SigningIn(), cards=False) == "staff.number_note"
    assert sentence(ss.SigningIn(), cards=True) == "staff.number_or_card"
    assert sentence(ss.SigningIn(strange_card=True), cards=True) == "staff.strange_card"


def test_a_scanner_is_mentioned_only_where_one_listens() -> None:
    def sentence(stage: st.Stage, *, reads: bool) -> str:
        page = PRESENTER.present(replace(start(facts=replace(FINE, reads_codes=reads)), stage=stage), NOW)
        assert isinstance(page, vm.ChoicePage | vm.KeypadPage)
        return page.sentence.key

    for stage, plain in ((cs.AskingHow(), "progress.note"), (cs.ByNumber(), "progress.number_note")):
        assert sentence(stage, reads=False) == plain
        assert sentence(stage, reads=True) == f"{plain}_or_code"
        assert sentence(replace(stage, strange=True), reads=True) == "progress.strange_code"
    assert sentence(cs.ByNumber(unknown=True), reads=True) == "progress.unknown"


@pytest.mark.parametrize("too_far", [2, 7])
def test_a_list_that_got_shorter_is_turned_back_from_the_page_that_is_seen(too_far: int) -> None:
    """Two quick touches, or smaller print, leave the session on a page that the list does not have any more."""
    session = replace(start(), stage=st.ChoosingItem(page=too_far))
    last = PRESENTER.present(replace(session, stage=st.ChoosingItem(page=1)), NOW)
    page = PRESENTER.present(session, NOW)
    assert isinstance(page, vm.ItemsPage)
    assert isinstance(last, vm.ItemsPage)
    assert page.items == last.items
    (earlier,) = [one.intent for one in page.actions if one.label.key == "list.earlier"]
    before = step(session, earlier).session
    assert before.stage == st.ChoosingItem(page=0)


def test_page_names_are_these() -> None:
    """Names are a promise to tests and to the demo's player: one is added or changed on purpose."""
    assert {page.name for _, page in pages()} == NAMES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_has_words_and_their_arguments(lang: str) -> None:
    catalogue = words(lang).sentences
    for text in {text for _, page in pages() for text in texts_in(page)}:
        assert text.key in catalogue
        assert placeholders(catalogue[text.key]) <= {name for name, _ in text.args}, text.key


def test_the_frame_is_on_every_page() -> None:
    for session, page in pages():
        assert page.chrome.hotline == "12345"
        assert page.chrome.lang == session.lang
        assert page.chrome.clock == "22:47"
        assert page.chrome.seconds_left == session.seconds_left
        assert page.chrome.large == session.large


def test_copies_are_asked_for_only_where_a_compartment_could_take_them() -> None:
    full = replace(FINE, no_room=frozenset({ITEM}))
    paper = SCAN_PLAN.papers[0].number
    for stage in (st.OfferingScan(VISIT, broken=True), st.Scanning(VISIT, paper, failed=True)):
        session = replace(start(POLICIES[0], FINE), stage=stage)
        room, none = PRESENTER.present(session, NOW), PRESENTER.present(replace(session, facts=full), NOW)
        assert intents.Skip() in [action.intent for action in actions_in(room)]
        assert intents.Skip() not in [action.intent for action in actions_in(none)]
        assert [action.intent for action in actions_in(none) if action.primary]
    broken = PRESENTER.present(
        replace(start(POLICIES[0], full), stage=st.OfferingScan(VISIT, broken=True)), NOW
    )
    assert isinstance(broken, vm.PickPage)
    assert isinstance(broken.sentence, vm.Text)
    assert broken.sentence.key == "scan.no_room_note"


def test_nobody_has_to_scan_anything() -> None:
    """What a QR code carries stands on the page as well, or a touch has it printed, or goes on without it."""
    with_code = [page for _, page in pages() if getattr(page, "qr", "")]
    for page in with_code:
        match page:
            case vm.ReceiptPage(qr=qr, case_number=number):
                assert number
                assert number in qr
            case vm.SheetPage(actions=actions):
                onward = (intents.Back(), intents.Proceed())
                assert any(action.intent in onward and action.enabled for action in actions)
            case _:
                pytest.fail(f"{page.name} shows a code that nothing else on it tells")
    assert {type(page) for page in with_code} == {vm.ReceiptPage, vm.SheetPage}


def test_names_numbers_and_pins_never_reach_a_page_whole() -> None:
    for session, page in pages():
        typed = session.stage.digits if isinstance(session.stage, ss.PreparingResult) else None
        shown = " ".join(word for word in words_in(page) if word != typed)  # who types it sees it
        assert NAME not in shown
        assert NUMBER not in shown
        assert PIN not in shown
        if not isinstance(session.stage, st.EnteringPhone):
            assert PHONE not in shown


def test_what_is_touched_is_understood() -> None:
    """Each control that a page offers changes something or says why not: no button that does nothing."""
    for session in reachable():
        page = PRESENTER.present(session, NOW)
        for action in actions_in(page):
            if action.enabled:
                outcome = step(session, action.intent)
                typing = (st.EnteringPhone, ss.PreparingResult)
                said_already = isinstance(session.stage, typing) and session.stage.invalid
                changed = outcome.session != session or outcome.effects or said_already
                assert changed, (page.name, type(action.intent).__name__)


def actions_in(value: object) -> Iterator[vm.Action]:
    """Every control of a page."""
    if isinstance(value, vm.Action):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from actions_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from actions_in(getattr(value, field.name))


def test_home_says_what_works() -> None:
    home = PRESENTER.present(start(facts=FINE), NOW)
    assert isinstance(home, vm.HomePage)
    assert (home.heading.key, home.deposit.enabled, home.problems) == ("home.heading_ready", True, ())
    closed = PRESENTER.present(start(facts=NOTHING_WORKS), NOW)
    assert isinstance(closed, vm.HomePage)
    assert (closed.heading.key, closed.deposit.enabled, closed.staff_lamp) == (
        "home.heading_closed",
        False,
        True,
    )
    assert {problem.key for problem in closed.problems} >= {"home.problem.reader", "home.problem.printer"}
    full = PRESENTER.present(start(facts=replace(FINE, free=(("S", 0),))), NOW)
    assert isinstance(full, vm.HomePage)
    assert [problem.key for problem in full.problems] == ["home.problem.full"]


def test_the_confirmation_masks_the_card_and_shows_the_phone_number() -> None:
    visit = st.Visit("s", ITEM, card=CARD, phone=PHONE)
    page = PRESENTER.present(replace(start(), stage=st.Confirming(visit)), NOW)
    assert isinstance(page, vm.ConfirmPage)
    shown = [line.value for line in page.lines]
    assert CARD.masked_name in shown
    assert "131 3131 3131" in shown  # whole, in groups: it is to be compared


@pytest.mark.parametrize(
    ("department", "theirs", "says", "offers_all"),
    [
        (None, ("other",), "other", True),
        (None, ("other", "office"), "staff.department.own", True),
        (None, (), "staff.department.all", False),
        ("", ("other",), "staff.department.all", False),
        ("office", ("other",), "office", True),
    ],
)
def test_the_list_says_whose_papers_it_shows(
    department: str | None, theirs: tuple[str, ...], says: str, *, offers_all: bool
) -> None:
    cases = tuple(
        CaseFact(f"c{n}", f"A-0{n}", "gone", NOW.isoformat(), "verified", False, False, office)
        for n, office in enumerate(("other", "office", "office", "third"))
    )
    stage = ss.StaffList("1001", department=department)
    session = st.Session(stage=stage, facts=Facts(cases=cases, offices=(("1001", theirs),)))
    page = PRESENTER.present(session, NOW)
    assert isinstance(page, vm.StaffListPage)
    labels = {action.label.key: dict(action.label.args) for action in page.actions}
    shown = labels["staff.department_of"]["name"]
    assert (shown.key if isinstance(shown, vm.Text) else shown) == says
    assert labels.get("staff.show_all") == ({"count": 4} if offers_all else None)


def test_no_reachable_page_tells_everybody_anything_of_a_person() -> None:
    say = words(LANGUAGES[0])
    heard = {say(part.text) for _, view in pages() for part in spoken(view) if not part.private}
    only_own = {say(part.text) for _, view in pages() for part in spoken(view) if part.private}
    assert len(heard) > 100
    assert any(one in said for said in only_own for one in PERSONAL)
    digits = {"".join(filter(str.isalnum, one)) for one in (*PERSONAL, CASE)}
    for said in heard:
        bare = "".join(filter(str.isalnum, said))
        assert not [one for one in (*PERSONAL, CASE) if one in said], said
        assert not [one for one in digits if len(one) > 4 and one in bare], said

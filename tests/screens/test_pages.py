"""Every page drawn by the real window: nothing cut off, targets large and apart, touches emit their intents."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from screens.samples import Samples
from screens.theme import HEIGHT, LOW, TARGET_GAP, TARGET_MIN, WIDTH

NAMES = [view.name for view in Samples("zh_CN").every()]
FIRST_OF_EACH = list({type(view): view.name for view in reversed(list(Samples("zh_CN").every()))}.values())
ROWS_OF_LISTS = {
    "item", "device", "menu", "slip", "department", "reason", "case", "kind", "size", "result", "audit", "paper",
    "missing", "history", "people", "step", "problem", "rating", "answer", "relation",
}  # fmt: skip
_FOOT = {"action.help", "action.language", "action.everyone", "action.start_over"}
LOW_LIST_PX = 160  # in low mode: a row and the begin of the next
WHOLE_GLASS = {"vendor.touch"}  # what tries every square of it
NOT_LOW = {"everyone", *WHOLE_GLASS}  # the sheet has a sample of its own for it
LOW_PAGES = {"low": LOW}
LOW_SPOKEN = {"low": LOW, "voice": {"on": True, "volume": 3}}


def _top(control: dict[str, Any]) -> float:
    """Its upper edge above the screen's lower one, in px."""
    return float(HEIGHT - control["y"] + control["height"] / 2)


def _apart(first: dict[str, Any], second: dict[str, Any]) -> float:
    across = abs(first["x"] - second["x"]) - (first["width"] + second["width"]) / 2
    down = abs(first["y"] - second["y"]) - (first["height"] + second["height"]) / 2
    return float(max(across, down))


@pytest.mark.parametrize(
    ("lang", "large", "chrome", "names"),
    [
        ("zh_CN", False, {}, NAMES),
        ("en", True, LOW_PAGES, NAMES),
        ("zh_CN", False, LOW_SPOKEN, FIRST_OF_EACH),
        ("zh_CN", True, {}, FIRST_OF_EACH),
        ("en", False, {}, FIRST_OF_EACH),
        ("en", True, {}, FIRST_OF_EACH),
    ],
    ids=["zh_CN", "en-large-low", "zh_CN-low-spoken", "zh_CN-large", "en", "en-large"],
)
def test_every_page_is_whole(
    window: Any, lang: str, large: bool, chrome: dict[str, Any], names: list[str]
) -> None:
    """Low mode has the least room, and large English words need the most of it: who passes that has room elsewhere."""
    wrong: dict[str, Any] = {}
    low = "low" in chrome
    for name in names:
        if low and name in NOT_LOW:
            continue
        page = window.show(name, lang, large=large, **chrome)
        texts = window.do(do="texts", least=LOW_LIST_PX if low else 200)
        high = [c["key"] for c in page["controls"] if low and c["visible"] and _top(c) > LOW + 1]
        small = [
            control for control in page["controls"] if min(control["width"], control["height"]) < TARGET_MIN
        ]
        close = [
            (first["key"], second["key"])
            for first, second in itertools.combinations([c for c in page["controls"] if c["whole"]], 2)
            if _apart(first, second) < TARGET_GAP - 1
            and not {first["key"].split(".")[0], second["key"].split(".")[0]} <= ROWS_OF_LISTS
        ]
        if texts["cut"] or texts["outside"] or texts["copies"] or small or close or high:
            wrong[name] = (texts["cut"], texts["outside"], texts["copies"], small, close, high)
        assert not [said for said in texts["said"] if "{" in said or said in NAMES]
    assert not wrong


def test_foot_bar_is_on_every_page_at_the_same_place(window: Any) -> None:
    places = set()
    for name in ("home", "face", "compartment.open", "staff.list", "notice.done"):
        foot = [control for control in window.show(name)["controls"] if control["key"] in _FOOT]
        places.add(tuple((control["key"], control["x"], control["y"]) for control in foot))
    assert len(places) == 1
    assert len(places.pop()) == len(_FOOT)


@pytest.mark.parametrize(
    ("name", "key", "intent"),
    [
        ("home", "home.deposit", {"type": "StartDeposit"}),
        ("home", "item.food-licence", {"type": "ChooseItem", "code": "food-licence"}),
        ("home", "head.staff", {"type": "StaffEntrance"}),
        ("consent", "consent.decline", {"type": "WithoutFace"}),
        ("phone", "digit.7", {"type": "Digit", "digit": 7}),
        ("phone", "digit.delete", {"type": "DeleteDigit"}),
        ("compartment.nothing_seen", "compartment.papers_inside", {"type": "PapersInside"}),
        ("staff.list", "staff.collect", {"type": "CollectCase", "case_id": "261122-0007", "cell": "A-03"}),
        ("staff.history", "history.staff", {"type": "Choose", "name": "staff"}),
        ("staff.history.lines", "staff.history.older", {"type": "ShowLine", "number": 19}),
        ("staff.history.lines", "staff.history.print", {"type": "Choose", "name": "print"}),
        ("guide", "action.language", {"type": "SwitchLanguage"}),
        ("guide", "action.everyone", {"type": "ShowEveryone"}),
        ("everyone", "scheme.contrast", {"type": "SwitchScheme", "scheme": "contrast"}),
        ("everyone", "language.zh_Hant", {"type": "ChooseLanguage", "lang": "zh_Hant"}),
        ("everyone", "volume.5", {"type": "Louder", "by": 2}),
        ("everyone", "everyone.close", {"type": "Back"}),
        ("everyone", "everyone.done", {"type": "Proceed"}),
        ("everyone.low", "everyone.staff", {"type": "StaffEntrance"}),
        ("items", "items.search", {"type": "ShowSearch"}),
        ("items.themes", "theme.life_event-1", {"type": "ChooseTheme", "code": "life_event-1"}),
        ("items.search", "letter.q", {"type": "Letter", "letter": "q"}),
        ("items.search", "letter.delete", {"type": "DeleteDigit"}),
        ("items.theme", "list.more", {"type": "Turn", "by": 1}),
        ("guide", "paper.3", {"type": "Bring", "number": 3}),
        ("guide", "sample.1", {"type": "ShowSample", "number": 1}),
        ("guide.sample", "guide.sample_back", {"type": "Back"}),
        ("guide", "guide.have_all", {"type": "BringAll", "count": 5}),
        ("guide", "guide.start_anyway", {"type": "StartIncomplete"}),
        ("guide.missing", "missing.have_all", {"type": "Proceed"}),
        ("guide.sheet", "sheet.print", {"type": "PrintSheet"}),
        ("home.warning", "timeout.still_here", {"type": "StillHere"}),
    ],
)
def test_a_touch_emits_its_intent(window: Any, name: str, key: str, intent: dict[str, Any]) -> None:
    window.show(name)
    window.do(do="intents")
    window.do(do="tap", key=key)
    assert window.do(do="intents")["intents"] == [intent]


def test_the_second_half_of_a_double_tap_does_not_skip_the_page_that_came_in_between(window: Any) -> None:
    """Old hands tap twice: what is on the confirmation where Next was before must not be taken for read."""
    digit = next(one for one in window.show("phone")["controls"] if one["key"] == "digit.7")
    window.do(do="intents")
    window.do(do="tap", key="digit.7")
    window.do(do="second_tap", x=digit["x"], y=digit["y"])
    assert len(window.do(do="intents")["intents"]) == 2  # the same digit twice
    page = window.show("confirm")
    confirm = next(one for one in page["controls"] if one["intent"]["type"] == "Proceed")
    window.do(do="second_tap", x=confirm["x"], y=confirm["y"])
    assert window.do(do="intents")["intents"] == []
    window.do(do="touch", x=confirm["x"], y=confirm["y"])
    assert [one["type"] for one in window.do(do="intents")["intents"]] == ["Proceed"]


def test_a_finger_that_was_down_before_touches_nothing_of_the_page_that_came(window: Any) -> None:
    first, second = (
        next(one for one in window.show(name)["controls"] if one["key"] == "form.next")
        for name in ("form.id_number", "form.date")
    )
    assert (first["x"], first["y"]) == (second["x"], second["y"])
    window.do(do="intents")
    window.do(do="press", x=first["x"], y=first["y"])
    window.show("form.id_number")
    window.do(do="lift")
    assert window.do(do="intents")["intents"] == []
    window.do(do="press", x=first["x"], y=first["y"])
    window.do(do="lift")
    assert [one["type"] for one in window.do(do="intents")["intents"]] == ["Proceed"]


def test_nothing_that_was_answered_stays_in_a_list(window: Any) -> None:
    answers = {"131 3131 3131"}
    window.show("form.review")
    assert answers <= set(window.do(do="texts")["said"])
    window.show("home")
    assert not answers & set(window.do(do="kept")["kept"])


def test_what_is_off_or_under_the_warning_can_not_be_touched(window: Any) -> None:
    page = window.show("home.closed")
    deposit = next(control for control in page["controls"] if control["key"] == "home.deposit")
    assert not deposit["enabled"]
    window.do(do="intents")
    window.do(do="touch", x=deposit["x"], y=deposit["y"])
    assert not window.ask(do="tap", key="home.deposit")["ok"]
    page = window.show("home.warning")
    assert [control["key"] for control in page["controls"]] == ["timeout.still_here"]
    window.do(do="touch", x=200, y=1850)
    assert window.do(do="intents")["intents"] == []


def test_a_row_below_the_fold_is_reached_by_sliding(window: Any) -> None:
    page = window.show("guide", "en", large=True)
    last = page["controls"][-1 - len(_FOOT)] if page["controls"] else {}
    hidden = [control for control in page["controls"] if not control["visible"]]
    assert hidden, last
    window.do(do="intents")
    window.do(do="tap", key=hidden[-1]["key"])
    assert window.do(do="intents")["intents"] == [hidden[-1]["intent"]]


def test_a_guide_is_read_to_its_end_by_touching(window: Any) -> None:
    """No gesture is needed; each touch says that somebody is there, and every row is shown whole once."""
    window.show("home")  # a page that stood before stays turned where it was
    page = window.show("guide", "en", large=True)
    rows = {control["key"] for control in page["controls"] if control["key"].startswith("paper.")}
    seen: set[str] = set()
    window.do(do="intents")
    turns = 0
    while True:
        seen |= {control["key"] for control in page["controls"] if control["whole"] and control["visible"]}
        down = next(control for control in page["controls"] if control["key"] == "list.down")
        if not down["enabled"]:
            break
        window.do(do="tap", key="list.down")
        page = window.do(do="wait", name="guide", timeout_s=10)
        turns += 1
    assert rows <= seen
    assert window.do(do="intents")["intents"] == [{"type": "StillHere"}] * turns
    for _ in range(turns + 1):
        up = next(control for control in page["controls"] if control["key"] == "list.up")
        if up["enabled"]:
            window.do(do="tap", key="list.up")
            page = window.do(do="wait", name="guide", timeout_s=10)
    assert not next(control for control in page["controls"] if control["key"] == "list.up")["enabled"]


def test_another_page_is_another_picture_and_the_same_page_the_same(window: Any, tmp_path: Path) -> None:
    pictures = []
    for at, name in enumerate(("home", "guide", "home")):
        window.show(name)
        path = tmp_path / f"{at}.png"
        window.do(do="screenshot", path=str(path))
        with Image.open(path) as picture:
            assert picture.size == (WIDTH, HEIGHT)
            pictures.append(picture.tobytes())
    assert pictures[0] == pictures[2] != pictures[1]


def test_other_colours_can_be_touched_and_the_first_ones_come_back(window: Any, tmp_path: Path) -> None:
    pictures = []
    for at, scheme in enumerate(("night", "contrast", "night")):
        window.do(do="show", name="home", chrome={"scheme": scheme})
        window.do(do="wait", name="home", timeout_s=30)
        path = tmp_path / f"{at}.png"
        window.do(do="screenshot", path=str(path))
        with Image.open(path) as picture:
            pictures.append(picture.tobytes())
        window.do(do="intents")
        window.do(do="tap", key="home.deposit")
        assert window.do(do="intents")["intents"] == [{"type": "StartDeposit"}]
    assert pictures[0] == pictures[2] != pictures[1]


def test_answers_tell_when_a_page_was_drawn_and_the_window_beats(window: Any) -> None:
    first = window.show("home")
    second = window.show("guide")
    assert second["serial"] > first["serial"]
    assert second["shown_at"] > first["shown_at"]
    assert window.do(do="rss")["pss_kib"] > 0
    assert window.do(do="intents")["beats"] > 0


def test_the_probe_says_what_it_can_not_do(window: Any) -> None:
    window.show("home")
    assert "no control" in window.ask(do="tap", key="no.such")["error"]
    assert "waited" in window.ask(do="wait", name="card.*", timeout_s=0.1)["error"]
    assert "don't know" in window.ask(do="nonsense")["error"]


def test_pages_of_staff_go_with_staff(window: Any) -> None:
    """They are 3 MB each, and a citizen sees none of them."""

    def kept() -> list[str]:
        return sorted(window.do(do="kept")["kept"])

    window.show("card")
    window.show("home")
    before = kept()
    window.show("staff.list")
    said = set(window.do(do="texts")["said"])
    window.show("card")
    assert len(said & set(kept())) > len(said & set(before))
    window.show("home")
    assert kept() == before

"""The on-screen keyboards under a real finger: every key does what stands on it, is large enough, and stands apart."""

import itertools
from string import ascii_lowercase
from typing import Any

import pytest

from screens.theme import TARGET_GAP, TARGET_MIN

PAGES = ("form.text", "form.code", "form.date", "form.id_number")


def keys_of(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {control["key"]: control for control in page["controls"]}


@pytest.mark.parametrize(("lang", "large"), [("zh_CN", False), ("zh_CN", True), ("en", True)])
def test_keys_are_as_large_as_a_finger_and_apart(window: Any, lang: str, *, large: bool) -> None:
    for name in PAGES:
        page = window.show(name, lang, large=large)
        texts = window.do(do="texts")
        assert (texts["cut"], texts["outside"]) == ([], []), name
        for key, control in keys_of(page).items():
            assert min(control["width"], control["height"]) >= TARGET_MIN, (name, key)
        for one, other in itertools.combinations(page["controls"], 2):
            across = abs(one["x"] - other["x"]) - (one["width"] + other["width"]) / 2
            down = abs(one["y"] - other["y"]) - (one["height"] + other["height"]) / 2
            assert max(across, down) >= TARGET_GAP - 1, (name, one["key"], other["key"])


def test_what_stands_on_a_key_is_what_it_writes(window: Any) -> None:
    keys = keys_of(window.show("form.text"))
    assert {key: control["intent"] for key, control in keys.items() if key.startswith("letter.")} == {
        f"letter.{letter}": {"type": "Letter", "letter": letter} for letter in ascii_lowercase
    }
    window.do(do="intents")
    touched = ("letter.j", "letter.p", "digit.1", "digit.0", "sign.号", "form.space", "digit.delete", "form.clear",
               "candidate.1", "form.more_words", "form.keys.pinyin", "form.next")  # fmt: skip
    for key in touched:
        window.do(do="tap", key=key)
    assert window.do(do="intents")["intents"] == [
        {"type": "Letter", "letter": "j"}, {"type": "Letter", "letter": "p"}, {"type": "Digit", "digit": 1},
        {"type": "Digit", "digit": 0}, {"type": "Sign", "sign": "号"}, {"type": "Sign", "sign": " "},
        {"type": "DeleteDigit"}, {"type": "ClearTyped"}, {"type": "PickWord", "word": "见", "used": 7},
        {"type": "Turn", "by": 1}, {"type": "SwitchKeys"}, {"type": "Proceed"},
    ]  # fmt: skip


def test_an_id_number_has_its_x_and_a_code_no_signs(window: Any) -> None:
    assert "digit.x" in keys_of(window.show("form.id_number"))
    assert "digit.x" not in keys_of(window.show("form.date"))
    code = keys_of(window.show("form.code"))
    assert not [key for key in code if key.startswith("sign.")]
    assert "form.space" not in code
    assert [key for key in keys_of(window.show("form.text")) if key.startswith("sign.")]  # they come back


def test_nothing_of_a_person_stays_in_the_keys(window: Any) -> None:
    window.show("form.text")
    window.show("home")
    window.show("form.code")
    said = window.do(do="texts")["said"]
    assert not {"建设", "jianshe"} & set(said)

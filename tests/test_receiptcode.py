"""The code on a receipt: it says which case of which kiosk, and whatever else a scanner may read is no receipt."""

import re

import pytest

from kiosk.receiptcode import case_of, receipt_code

CASE = "261122-0007"
CODE = "NDR1:EAST-01:261122-0007:00BD3F05"


def test_golden_code() -> None:
    assert receipt_code("east-01", CASE) == CODE
    assert case_of("east-01", CODE) == CASE
    assert case_of("east-01", f"{CODE} 7f3a 91c2") == CASE  # as the screen shows it


def test_it_is_short_and_of_signs_that_every_scanner_types() -> None:
    longest = receipt_code("k" * 32, CASE)
    assert re.fullmatch(r"[0-9A-Z:-]+", longest)
    assert len(longest) < 70


def test_a_keyboard_in_the_wrong_case_changes_nothing() -> None:
    assert case_of("east-01", CODE.lower()) == CASE


@pytest.mark.parametrize(
    "text",
    [
        "", ":", "::", CASE, f":{CASE}:", CODE.replace("EAST", "WEST"), CODE.replace("0007", "0008"), CODE[1:],
        CODE[:-1], f" {CODE}", f"{CODE}:", CODE.replace("7", "\uff17"), CODE.replace("S", "\u017f"),
        "ND1:6BF1X$QFXJ3*5",
        "https://example.org/261122-0007", CODE + CODE,
    ],
)  # fmt: skip
def test_whatever_else_is_no_receipt(text: str) -> None:
    assert case_of("east-01", text) == ""


def test_one_wrong_sign_anywhere_is_no_receipt() -> None:
    for at, sign in enumerate(CODE):
        wrong = "0" if sign != "0" else "1"
        assert case_of("east-01", CODE[:at] + wrong + CODE[at + 1 :]) == ""

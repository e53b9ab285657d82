"""Identity numbers against published vectors, and against what looks like one."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.idnumber import (
    NumberInvalid,
    birth_of,
    check_digit,
    citizen_number,
    permit_check,
    permit_number,
    region_hint,
)

GOOD = [
    "11010519491231002X",
    "440524188001010014",
    "360426199101010071",
    "810000199408230021",
    "830000199201300022",
    "820000199009090019",
    "911398199012310021",
    "34052419800101001X",  # a county that libraries refuse
    "110111198012010078",  # a county younger than the person
]


@pytest.mark.parametrize("number", GOOD)
def test_published_numbers_are_taken(number: str) -> None:
    assert citizen_number(number) == number
    assert check_digit(number[:17]) == number[17]


def test_a_small_x_becomes_a_large_one() -> None:
    assert citizen_number(" 11010519491231002x ") == "11010519491231002X"


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",
        "",
        "130503670401001",  # 15 digits: no document of today
        "11010519491231002",
        "11010519491231002XX",
        "11010519490231002X",  # 31 February
        "01010519491231002X",
        "1101051949123100-2",
        "１１０１０５１９４９１２３１００２X",  # full-width digits
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002X\x00",
    ],
)
def test_others_are_refused_without_being_quoted(number: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        citizen_number(number)
    assert not number or number not in str(refused.value)


@pytest.mark.parametrize("birth", ["19900230", "19901301", "00000101"])
def test_a_date_that_does_not_exist_is_refused_though_the_check_digit_is_right(birth: str) -> None:
    first_17 = f"110105{birth}001"
    with pytest.raises(NumberInvalid, match="date of birth"):
        citizen_number(first_17 + check_digit(first_17))


@pytest.mark.parametrize("number", GOOD)
def test_any_one_wrong_digit_is_noticed(number: str) -> None:
    for at in range(17):
        for digit in set("0123456789") - {number[at]}:
            with pytest.raises(NumberInvalid):
                citizen_number(number[:at] + digit + number[at + 1 :])


@given(st.text(max_size=20))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for check in (citizen_number, permit_number):
        with contextlib.suppress(NumberInvalid):
            assert check(text).isascii()


def test_the_birth_inside() -> None:
    assert birth_of("11010519491231002X") == date(1949, 12, 31)
    assert region_hint("11010519491231002X") == "11"


def test_a_permit_of_2017() -> None:
    assert permit_number("kaz110090123105") == "KAZ110090123105"
    assert permit_check("KAZ11009012310") == "5"


@pytest.mark.parametrize(
    "number", ["KAZ110090123106", "KAZ11009012310", "KA1110090123105", "ſAZ110090123105", ""]
)
def test_other_permits_are_refused(number: str) -> None:
    with pytest.raises(NumberInvalid):
        permit_number(number)

"""Identity numbers: GB 11643 (18 digits, MOD 11-2) and the 15-character number of foreigners' permits of 2017.

A region code never rejects: codes are retired and used again, and the one on a card is that of first registration.
"""

import re
from datetime import date
from typing import Final

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
PERMIT_WEIGHTS: Final = (7, 3, 1)

_CITIZEN: Final = re.compile(r"[1-9][0-9]{16}[0-9Xx]")  # \d takes digits of every script
_PERMIT: Final = re.compile(r"[A-Za-z]{3}[0-9]{12}")


class NumberInvalid(ValueError):
    """Not such a number; the text says which rule it breaks and never the number."""


def citizen_number(untrusted: str) -> str:
    """The 18-character number, X in upper case. Raises `NumberInvalid`."""
    if _CITIZEN.fullmatch(untrusted.strip()) is None:
        raise NumberInvalid("expected 17 digits and a digit or X")
    number = untrusted.strip().upper()
    birth_of(number)
    if check_digit(number[:17]) != number[17]:
        raise NumberInvalid("the check digit is wrong")
    return number


def check_digit(first_17: str) -> str:
    """ISO 7064 MOD 11-2 as GB 11643 uses it."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> date:
    """The date of birth inside an 18-character number. Raises `NumberInvalid`."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise NumberInvalid("the date of birth inside does not exist") from None


def is_male(number: str) -> bool:
    """What an 18-character number says of the sex (GB 11643: the 17th digit is odd for men)."""
    return int(number[16]) % 2 == 1


def permit_number(untrusted: str) -> str:
    """The 15-character number of a foreigner's permit of 2017. Raises `NumberInvalid`."""
    if _PERMIT.fullmatch(untrusted.strip()) is None:
        raise NumberInvalid("expected 3 letters and 12 digits")
    number = untrusted.strip().upper()
    if permit_check(number[:14]) != number[14]:
        raise NumberInvalid("the check digit is wrong")
    return number


def permit_check(first_14: str) -> str:
    """ICAO 9303 check digit, weights 7-3-1, A = 10 to Z = 35."""
    total = sum(int(sign, 36) * PERMIT_WEIGHTS[at % 3] for at, sign in enumerate(first_14))
    return str(total % 10)


def region_hint(number: str) -> str:
    """First two digits: the province of first registration, for display and statistics only."""
    return number[:2]

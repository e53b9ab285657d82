"""Numbers that people read aloud: a letter for what it is, the day, a count within the day."""

from datetime import datetime


def next_number(letter: str, at: datetime, newest: str) -> str:
    """`<letter>-YYMMDD-NN`; `newest`: the last number given, empty where there was none."""
    day = f"{letter}-{at:%y%m%d}-"
    before = int(newest.removeprefix(day)) if newest.startswith(day) else 0
    return f"{day}{before + 1:02d}"

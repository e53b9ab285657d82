"""Numbers that people read aloud: a letter for what it is, the day, a count within the day."""

from datetime import datetime


def next_number(letter: str, at: datetime, newest: str) -> str:
    """`<letter>-YYMMDD-NN`; `newest`: the last number given, empty where there was none.

    A clock that was set back gives no number twice: the count goes on in the later day.
    """
    before, _, count = newest.rpartition("-")
    day = max(f"{letter}-{at:%y%m%d}", before)
    return f"{day}-{int(count) + 1 if day == before else 1:02d}"

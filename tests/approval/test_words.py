"""What the approval system said, in a history: codes in words for all, its sentences for a supervisor."""

from datetime import UTC

import pytest

from kiosk.recordwords import Teller
from screens.words import words

PERSON = {"name": "甲", "id_number": "1", "phone": "2"}


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_a_supervisor_reads_what_was_said_last(lang: str) -> None:
    teller = Teller(words(lang), UTC)
    told = teller.person({**PERSON, "words": "请补正", "papers": ["复印件", "申请表"]}, is_erased=False)
    assert told.startswith(teller.person(PERSON, is_erased=False))
    assert all(one in told for one in ("请补正", "复印件", "申请表"))
    assert teller.person({**PERSON, "words": "", "papers": []}, is_erased=False) == teller.person(
        PERSON, is_erased=False
    )

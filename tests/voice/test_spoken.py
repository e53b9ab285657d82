"""Every page has something to say, and says nothing of a person to everybody."""

import pytest

from kiosk.voice.prompts import NOT_SPOKEN
from kiosk.voice.reading import read
from screens.languages import ENGLISH, LANGUAGES, SIMPLIFIED
from screens.samples import Samples
from screens.spoken import OWN, PUBLIC, Part, spoken
from screens.viewmodels import PickPage, PickRow, Tone, text
from screens.words import words

INVENTED = (
    "131 3131 3131",
    "临淄区人民路12号",
    "110105194912310021",
    "王*芳",
    "261122-0007",
    "139 0000",
    "好再来",
)


@pytest.mark.parametrize("lang", [SIMPLIFIED, ENGLISH])
def test_every_page_has_something_to_say_to_everybody(lang: str) -> None:
    silent = []
    for view in Samples(lang).every():
        heard = [read(words(lang)(part.text), lang) for part in spoken(view) if not part.private]
        if not any(sum(sign.isalpha() for sign in one) > 3 for one in heard) and not view.name.startswith(
            "vendor."
        ):
            silent.append(view.name)
    assert silent == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_part_has_words(lang: str) -> None:
    known = words(lang).sentences
    texts = [
        part.text for view in Samples(lang).every() for part in spoken(view) if not isinstance(part.text, str)
    ]
    assert len(texts) > 1000
    assert {one.key for one in texts} - set(known) == set()


def test_what_the_samples_invented_of_persons_is_private() -> None:
    for view in Samples(SIMPLIFIED).every():
        for part in spoken(view):
            said = words(SIMPLIFIED)(part.text)
            assert part.private or not [one for one in INVENTED if one in said], (view.name, said)


def test_a_choice_has_its_number_and_whether_it_can_be_touched() -> None:
    view = next(view for view in Samples(ENGLISH).every() if view.name == "home.closed")
    said = [words(ENGLISH)(part.text) for part in spoken(view)]
    at = said.index("Hand in papers")
    assert said[at - 1 : at + 2] == ["Number 1.", "Hand in papers", "not available now"]
    count = next(int(one.split()[3]) for one in said if one.startswith("You can touch"))
    assert f"Number {count}." in said
    assert f"Number {count + 1}." not in said


def test_a_new_page_is_private_until_somebody_says_what_is_not() -> None:
    chrome = next(iter(Samples(ENGLISH).every())).chrome
    row = PickRow("new", None, "Jane Doe", text("progress.light.green", days=3))
    page = PickPage(chrome, text("new.heading"), text("new.note", who="Jane"), Tone.PLAIN, (row,), (), "new")
    assert spoken(page) == (
        Part(text("new.heading")),
        Part(text("new.note", who="Jane"), private=True),
        Part("Jane Doe", private=True),
        Part(text("progress.light.green", days=3), private=True),
    )


def test_the_question_over_a_page_is_said_instead_of_it() -> None:
    warning = next(view for view in Samples(ENGLISH).every() if view.name == "home.warning")
    assert spoken(warning)[0].text == text("timeout.heading")
    assert len(spoken(warning)) == 3


def test_the_lists_name_what_there_is() -> None:
    known = words(SIMPLIFIED).sentences
    assert [begin for begin in (*OWN, *NOT_SPOKEN) if not any(key.startswith(begin) for key in known)] == []
    samples = {type(view).__name__ for view in Samples(SIMPLIFIED).every()}
    assert {owner for owner, _ in PUBLIC} - samples <= {"ItemRow", "ThemeTile", "PaperRow"}

"""Traditional Chinese: the same sentences in other signs, on the screen only."""

import pytest

from kiosk.catalogue.texts import Label
from screens.languages import LANGUAGES, WRITTEN, next_language, on_paper
from screens.traditional import in_traditional, traditional
from screens.viewmodels import text
from screens.words import words


def test_the_button_goes_through_all_languages_and_comes_back() -> None:
    lang, seen = LANGUAGES[0], []
    for _ in LANGUAGES:
        seen.append(lang)
        offered = words(lang)(text("action.language"))
        lang = next_language(lang)
        assert words(lang).sentences["action.language"] != offered
    assert (lang, set(seen)) == (LANGUAGES[0], set(LANGUAGES))


def test_papers_are_written_in_the_two_languages_that_papers_have() -> None:
    assert {lang: on_paper(lang) for lang in LANGUAGES} == {"zh_CN": "zh_CN", "en": "en", "zh_Hant": "zh_CN"}
    assert set(WRITTEN) == {on_paper(lang) for lang in LANGUAGES}


@pytest.mark.parametrize(
    ("simplified", "other"),
    [("请把材料放进去", "請把材料放進去"), ("打印机里没有纸", "打印機裡沒有紙"), ("里程", "里程"), ("干部", "幹部"),
     ("后天，请在{hour}点后来", "後天，請在{hour}點後來"), ("Nightdesk", "Nightdesk")],
)  # fmt: skip
def test_signs_change_by_phrase_and_words_stay(simplified: str, other: str) -> None:
    assert traditional(simplified) == other


def test_no_sign_is_left_that_only_simplified_writing_has() -> None:
    only_simplified = set("们这为证请门关时间单发还认说话对应纸张号码办领")
    simplified, said = words("zh_CN").sentences, words("zh_Hant").sentences
    assert only_simplified <= set("".join(simplified.values()))
    left = {key for key, sentence in said.items() if only_simplified & set(sentence)}
    assert left == set()


def test_the_catalogue_s_texts_follow_and_samples_too() -> None:
    label = Label(zh="营业执照（正本）", en="Business licence")
    assert [label.of(lang) for lang in LANGUAGES] == [
        "营业执照（正本）",
        "Business licence",
        "營業執照（正本）",
    ]
    assert in_traditional({"papers": (("执照", 2),), "n": 1}) == {"papers": (("執照", 2),), "n": 1}

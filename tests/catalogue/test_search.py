"""The search: initials, pinyin, words and signs; what is meant by signs with several readings; what comes first."""

import itertools
from pathlib import Path

import pytest

from kiosk.catalogue import load
from kiosk.catalogue.search import SearchIndex, normal
from kiosk.pinyin import NoReadingsError, readings

SERVICES = Path(__file__).resolve().parents[2] / "config" / "services"
CATALOGUE = load(SERVICES)
INDEX = SearchIndex(CATALOGUE)


def read(name: str) -> str:
    """How the program reads a name, all names asked at once."""
    names = tuple(dict.fromkeys((*(n.zh for item in CATALOGUE for n in (item.title, *item.also)), *OTHERS)))
    return " ".join(readings(names)[names.index(name)])


OTHERS = ("音乐会许可", "重复登记", "长期居住", "快乐", "绿化", "A类许可")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("银行卡挂失", "yin hang ka gua shi"),
        ("行医", "xing yi"),
        ("重度残疾人护理补贴", "zhong du can ji ren hu li bu tie"),
        ("重复登记", "chong fu deng ji"),
        ("长期居住", "chang qi ju zhu"),
        ("丧葬补助金申领", "sang zang bu zhu jin shen ling"),
        ("产假工资", "chan jia gong zi"),
        ("不动产登记查询", "bu dong chan deng ji cha xun"),
        ("音乐会许可", "yin yue hui xu ke"),
        ("快乐", "kuai le"),
        ("绿化", "lv hua"),
        ("城乡居民医保参保", "cheng xiang ju min yi bao can bao"),
        ("A类许可", "A lei xu ke"),
    ],
)
def test_signs_with_several_readings_are_read_as_meant(name: str, said: str) -> None:
    assert read(name) == said


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("gtgsh", "sole-trader"),
        ("getigongshanghu", "sole-trader"),
        ("getigsh", "sole-trader"),
        ("GTGSH", "sole-trader"),
        ("gong shang hu", "sole-trader"),  # from inside the name, spaces and all
        ("spjyxkz", "food-permit"),
        ("kaifandian", "food-permit"),  # what people call it
        ("xingyi", "clinic-filing"),
        ("falvyuanzhu", "legal-aid"),
        ("个体", "sole-trader"),
        ("高龄jint", "old-age-allowance"),
    ],
)
def test_an_item_is_found_first_by(typed: str, code: str) -> None:
    assert INDEX.find(typed)[0] == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [("food", "food-permit"), ("fbp", "food-permit"), ("foodperm", None), ("foodbusp", "food-permit"),
     ("smallloan", "startup-loan"), ("gtgsh", "sole-trader"), ("veter", "veteran-card")],
)  # fmt: skip
def test_in_english_by_words_and_beside_them_by_pinyin(typed: str, code: str | None) -> None:
    assert (INDEX.find(typed, "en") or (None,))[0] == code


def test_every_item_is_found_by_its_initials_and_each_letter_narrows() -> None:
    for item in CATALOGUE:
        said = read(item.title.zh).split()
        for typed in ("".join(word[0] for word in said), "".join(said)):
            found = [set(INDEX.find(typed[: length + 1])) for length in range(len(typed))]
            assert all(item.code in codes for codes in found), (item.code, typed)
            assert all(later <= earlier for earlier, later in itertools.pairwise(found))
            assert INDEX.find(typed)[0] == item.code


def test_a_name_s_beginning_comes_before_its_inside_and_a_title_before_what_people_say() -> None:
    found = INDEX.find("canji")
    assert found[:2] == ("disability-card", "disability-allowance")
    inside = INDEX.find("zhufang")  # 公共租赁住房, 租房提取住房公积金
    assert set(inside) == {"public-housing", "housing-fund-rent"}
    assert INDEX.find("yingyezhizhao") == ("sole-trader",)


@pytest.mark.parametrize("typed", ["", " ", "qqqq", "gtgshx", "!?", "鑫"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert INDEX.find(typed) == ()


def test_what_was_typed_has_one_shape() -> None:
    assert normal(" Ｇe-Lü ") == "gelv"


def test_an_item_s_own_reading_comes_before_the_dictionary_s() -> None:
    item = CATALOGUE.items[0]
    said = "ge ti gong shang hu dang ji"
    own = item.model_copy(update={"title": item.title.model_copy(update={"pinyin": said})})
    assert SearchIndex([own]).find("dangji") == (item.code,)
    assert SearchIndex([own]).find("dengji") == ()


def test_without_readings_signs_are_still_found(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        raise NoReadingsError("no dictionary")

    index = SearchIndex(CATALOGUE, read=refuse)
    assert index.find("个体") == ("sole-trader",)
    assert index.find("gt") == ()
    assert "no dictionary" in caplog.text

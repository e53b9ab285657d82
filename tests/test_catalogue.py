"""The catalogue: the samples that ship, and everything that can be wrong with an item, reported at once."""

import shutil
from pathlib import Path

import pytest

from kiosk.catalogue import CatalogueError, check, load

SERVICES = Path(__file__).resolve().parent.parent / "config" / "services"


def test_the_samples_that_ship_are_whole_and_marked() -> None:
    catalogue = load(SERVICES)
    assert len(catalogue) == 8
    assert all(item.sample for item in catalogue)
    assert [item.order for item in catalogue] == sorted(item.order for item in catalogue)
    assert {item.envelope for item in catalogue} == {"S", "M", "L"}


def test_chinese_texts_are_chinese_and_english_ones_english() -> None:
    for item in load(SERVICES):
        for zh, en in [
            *((words.zh, words.en) for words in (item.title, item.department, item.who, item.result)),
            *((paper.zh, paper.en) for paper in item.materials),
            *((q.question.zh, q.question.en) for q in item.often_asked),
            *((q.answer.zh, q.answer.en) for q in item.often_asked),
        ]:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in zh), (item.code, zh)
            assert not set(zh) & set(",?!;:"), (item.code, zh)
            assert en.isascii(), (item.code, en)


def test_items_are_found_by_code_and_speak_both_languages() -> None:
    item = load(SERVICES).get("sole-trader")
    assert item is not None
    assert item.title.of("zh_CN") == "个体工商户登记"
    assert item.title.of("en") == "Sole trader registration"
    assert item.materials[0].of("en").startswith("Application form")
    assert load(SERVICES).get("nothing") is None


def test_everything_wrong_is_reported_at_once(tmp_path: Path) -> None:
    good = (SERVICES / "sole-trader.toml").read_text(encoding="utf-8")
    files = {
        "a-syntax.toml": "code = ",
        "b-unknown.toml": good.replace('code = "sole-trader"', 'code = "b-unknown"\ncolour = "red"'),
        "c-missing.toml": good.replace('code = "sole-trader"\n', ""),
        "d-size.toml": good.replace('envelope = "S"', 'envelope = "XL"').replace("sole-trader", "d-size"),
        "e-days.toml": good.replace("promised_days = 1", "promised_days = 9").replace(
            '"sole-trader"', '"e-days"'
        ),
        "f-name.toml": good,
        "sole-trader.toml": good,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {(problem.file, problem.key) for problem in check(tmp_path)}
    assert found == {
        ("a-syntax.toml", ""),
        ("b-unknown.toml", "colour"),
        ("c-missing.toml", "code"),
        ("d-size.toml", "envelope"),
        ("e-days.toml", "promised_days"),
        ("f-name.toml", "code"),
        (tmp_path.name, "code"),
    }
    with pytest.raises(CatalogueError, match="envelope"):
        load(tmp_path)


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert len(check(tmp_path)) == 1


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    shutil.copy(SERVICES / "sole-trader.toml", tmp_path)
    (tmp_path / "x.toml").write_text("code = 'x'\n\n= 3\n", encoding="utf-8")
    (problem,) = check(tmp_path)
    assert "line 3" in str(problem)

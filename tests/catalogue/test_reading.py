"""Reading the services folder: every problem of every file at once, each saying what, where and what to do."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from kiosk.catalogue import CatalogueError, check, load

SERVICES = Path(__file__).resolve().parents[2] / "config" / "services"
GOOD = (SERVICES / "old-age-allowance.toml").read_text(encoding="utf-8")
THEMES = (SERVICES / "themes.toml").read_text(encoding="utf-8")

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    assert old in GOOD
    return lambda text: text.replace(old, new, 1)


def say(message: str) -> str:
    return f"old-age-allowance.toml: {message}"


WRONG: list[tuple[Change, list[str]]] = [
    (swap("sample = true", "sampel = true"), [say("sampel: unknown key; did you mean sample?")]),
    (swap("sample = true", 'colour = "red"'), [say(
        "colour: unknown key; known: also, audience, code, conditions, department, envelope, fee, fields, in_person, "
        "instant, legal_basis, legal_days, materials, offer, often, often_asked, order, promised_days, result, sample, "
        "themes, title, who"
    )]),
    (swap('kind = "form"', 'kind = "form"\nlate = true'), [say("materials.1.late: unknown key; did you mean later?")]),
    (swap('kind = "form"', 'kind = "fax"'), [
        say("materials.1.kind: is not known; allowed: 'original', 'copy' or 'form'")
    ]),
    (swap('"signed-form.png"', '"form.png"'), [
        say("materials.1.picture: there is no pictures/form.png")
    ]),
    (swap('"signed-form.png"', '"Form 1.png"'), [say(
        "materials.1.picture: is not written as it has to be: a file in pictures/ such as id-card.png: small letters, "
        "digits and hyphens, .png or .jpg"
    )]),
    (swap('"retirement"', '"Retirement"'), [say(
        "themes.1: is not written as it has to be: codes of themes.toml: small letters, digits and hyphens"
    )]),
    (swap('en = "Old-age allowance"', 'en = "Old-age allowance"\npinyin = "Gao"'), [say(
        "title.pinyin: is not written as it has to be: small letters, a syllable a sign, one blank between"
    )]),
    (swap('forms = ["electronic"]', 'forms = ["electronic"]\ncertificate = "Card!"'), [say(
        "result.certificate: is not written as it has to be: small letters, digits and hyphens, a letter first, 2 to "
        "24 signs"
    )]),
    (swap('name = "bank_card"', 'name = "bank card"'), [say(
        "fields.5.name: is not written as it has to be: small letters, digits and _, a letter first, 2 to 32 signs"
    )]),
    (swap('code = "here"', 'code = "Here"'), [say(
        "fields.4.choices.1.code: is not written as it has to be: small letters, digits and _, a letter first, 2 to 32 "
        "signs"
    )]),
    (swap("yuan = 0", 'yuan = "free"'), [say("fee.yuan: is no number; write it without quotes")]),
    (swap("yuan = 0", "yuan = [0]"), [say("fee.yuan: is no number; write it without quotes")]),
    (swap("legal_days = 20", "legal_days = true"), [say("legal_days: is true or false, which says nothing here")]),
    (swap('en = "Old-age allowance"', 'en = "Old-age\\nallowance"'), [say(
        "title.en: has a line break or another sign that can't be seen; write one line"
    )]),
    (swap("legal_days = 20", "legal_days = nan"), [say("legal_days: is no number")]),
    (swap('envelope = "S"', 'envelope = "XL"'), [say("envelope: is not known; allowed: 'S', 'M' or 'L'")]),
    (swap('envelope = "S"\n', ""), [say("envelope: is missing; add it")]),
    (swap("promised_days = 5", "promised_days = 50"), [say("promised_days: is more than legal_days; 0 to 20")]),
    (swap("legal_days = 20", 'legal_days = "20 days"'), [
        say("legal_days: is no whole number; write it without quotes")
    ]),
    (swap("legal_days = 20", "legal_days = 2000"), [say("legal_days: is too large; 365 or less")]),
    (swap('zh = "高龄津贴申领"', f'zh = "{"长" * 15}"'), [say("title.zh: is longer than 14 signs; shorten it")]),
    (swap('en = "Old-age allowance"', 'en = "Old-age allowance"\npinyin = "gao ling"'), [
        say("title.pinyin: has 2 syllables for 6 Chinese signs")
    ]),
    (swap('"retirement"', '"retirment"'), [say(
        "themes: retirment is not in themes.toml; there are bereavement, birth, business, city, hardship, home, "
        "household, illness, insurance, job-lost, moving, open-shop, proofs, property, retirement, work"
    )]),
    (swap('"retirement", "hardship"', '"hardship", "hardship"'), [
        say("themes: hardship is there 2 times; once is enough")
    ]),
    (swap('decides = "registered"', 'decides = "residence"'), [say(
        "instant.rules.2.decides: residence is no field of this form; there are name, id_number, birth_date, "
        "registered, bank_card, card.age, card.sex, card.region"
    )]),
    (swap('one_of = ["here"]', 'one_of = ["there"]'), [
        say("instant.rules.2.one_of: there is no choice of registered")
    ]),
    (swap('one_of = ["here"]', 'one_of = ["elsewhere", "here"]'), [
        say("instant.rules.2.one_of: allows every choice of registered: nothing is decided by it; take the rule away")
    ]),
    (swap('one_of = ["here"]', "at_most = 3"), [
        say("instant.rules.2.at_most: does not fit registered, which is a field of type choice")
    ]),
    (swap("at_least = 80", 'one_of = ["80"]'), [say("instant.rules.1.one_of: does not fit card.age")]),
    (swap("at_least = 80", "at_least = 80\nat_most = 90"), [say(
        "instant.rules.1: has to have exactly one of at_least, at_most, one_of, starts_with, within_days"
    )]),
    (swap('name = "bank_card"', 'name = "birth_date"'), [say("fields: birth_date is there 2 times; once is enough")]),
    (swap('type = "choice"', 'type = "digits"'), [
        say("fields.4: a choice needs two or more choices, and no other field has any")
    ]),
    (swap("[fee]", "[offer]\nsince = 2026-09-01\nuntil = 2026-08-31\n\n[fee]"), [
        say("offer.until: is before offer.since (2026-09-01); the item would never be open")
    ]),
    (swap("[fee]", "[offer]\nsince = 2026-09-01T08:00:00\n\n[fee]"), [
        say("offer.since: is a date with a time; write 2026-01-31")
    ]),
    (swap("[fee]", '[offer]\nkiosks = ["a"]\nnot_kiosks = ["a"]\n\n[fee]'), [
        say("offer.not_kiosks: a stands in offer.kiosks too; take it out of one")
    ]),
    (swap('code = "old-age-allowance"', 'code = "old-age"'), [
        say("code: is old-age in a file named old-age-allowance.toml; make them the same")
    ]),
]  # fmt: skip


def folder_with(home: Path, **files: str) -> Path:
    (home / "themes.toml").write_text(THEMES, encoding="utf-8")
    copytree(SERVICES / "pictures", home / "pictures")
    for name, text in files.items():
        (home / f"{name}.toml").write_text(text, encoding="utf-8")
    return home


@pytest.mark.parametrize(
    ("change", "told"), WRONG, ids=lambda value: value[0] if isinstance(value, list) else ""
)
def test_an_error_says_what_where_and_what_to_do(tmp_path: Path, change: Change, told: list[str]) -> None:
    folder = folder_with(tmp_path, **{"old-age-allowance": change(GOOD)})
    assert [str(problem) for problem in check(folder)] == told


def test_the_item_that_is_changed_here_is_good(tmp_path: Path) -> None:
    assert check(folder_with(tmp_path, **{"old-age-allowance": GOOD})) == []


def test_a_picture_has_to_be_one(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, **{"old-age-allowance": GOOD})
    form = folder / "pictures" / "signed-form.png"
    good = form.read_bytes()
    for broken in (b"no picture", good[:3000] + bytes([good[3000] ^ 1]) + good[3001:]):
        form.write_bytes(broken)
        (problem,) = check(folder)
        told = say("materials.1.picture: pictures/signed-form.png is no picture that can be read")
        assert str(problem).startswith(told)
    form.write_bytes(good)
    assert check(folder) == []


def test_every_file_is_told_of_at_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, a="code = ", b=GOOD, **{"old-age-allowance": GOOD.replace("fee", "fees")})
    (folder / "c.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueError) as refused:
        load(folder)
    assert str(refused.value).splitlines() == [
        "a.toml: is not TOML: Invalid value (at end of document)",
        "b.toml: code: is old-age-allowance in a file named b.toml; make them the same",
        "c.toml: is not UTF-8; save it as UTF-8",
        "old-age-allowance.toml: fee: is missing; add it",
        "old-age-allowance.toml: fees: unknown key; did you mean fee?",
    ]


def test_a_code_in_two_files_is_a_problem(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, b=GOOD, **{"old-age-allowance": GOOD})
    said = [str(problem) for problem in check(folder)]
    assert f"{folder.name}: code: old-age-allowance is there 2 times; give each its own" in said


def test_themes_have_to_be_there_and_differ(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, **{"old-age-allowance": GOOD})
    (folder / "themes.toml").write_text(THEMES.replace('"proofs"', '"city"'), encoding="utf-8")
    assert [str(p) for p in check(folder)] == ["themes.toml: code: city is there 2 times; give each its own"]
    (folder / "themes.toml").unlink()
    assert [str(p) for p in check(folder)] == [
        "themes.toml: is missing; items are found by the themes it lists"
    ]


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = check(tmp_path)
    assert "is paths.services_dir right?" in str(problem)


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, x="code = 'x'\n\n= 3\n")
    (problem,) = check(folder)
    assert "line 3" in str(problem)


@pytest.mark.parametrize(
    ("kinds", "forms", "says"),
    [
        ({"proof"}, '["electronic"]', []),
        (None, '["electronic"]', []),
        (set(), '["electronic"]', ["proof is no kind of [certificates] in the settings; there is none"]),
        ({"a", "b"}, '["electronic"]', ["proof is no kind of [certificates] in the settings; there is a, b"]),
        ({"proof"}, '["paper"]', ['is electronic; write "electronic" into result.forms too']),
    ],
)
def test_a_certificate_is_of_a_kind_that_the_settings_have(
    tmp_path: Path, kinds: set[str] | None, forms: str, says: list[str]
) -> None:
    with_kind = swap('forms = ["electronic"]', f'forms = {forms}\ncertificate = "proof"')
    folder = folder_with(tmp_path, **{"old-age-allowance": with_kind(GOOD)})
    told = [str(problem) for problem in check(folder, kinds)]
    assert told == [say(f"result.certificate: {one}") for one in says]

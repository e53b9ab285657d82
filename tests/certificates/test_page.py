"""The verification page: its script says of every code what the kiosk says, with WebCrypto and without."""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.certificates.content import Register
from kiosk.certificates.page import FOLDER, page_of
from kiosk.certificates.signatures import Algorithm
from kiosk.certificates.verifying import Outcome, check
from kiosk.certificates.words import WORDS
from tests.certificates.office import (
    CERTIFICATE,
    DAY,
    NOON,
    code,
    key,
    packed,
    published,
    register,
    revocation,
)
from tests.certificates.test_slip import picture, tilted
from tests.certificates.test_verifying import bent_bytes, bent_signs

RUNNER = Path(__file__).with_name("check.js")
SOON = NOON + timedelta(hours=2)


@dataclass(frozen=True)
class Case:
    """One look at a code."""

    code: str
    registers: Sequence[Register]
    now: datetime = SOON


def cases() -> list[Case]:
    """Every outcome by every way that leads to it."""
    one, sm2 = [register()], [register(key(algorithm=Algorithm.SM2))]
    early = replace(CERTIFICATE, not_before=NOON + 3 * DAY)
    alone = [
        Case(code(), one), Case(f" {code()}\n", one), Case(code(algorithm=Algorithm.SM2), sm2),
        Case(code(early), one), Case(code(), one, NOON - DAY), Case(code(), one, NOON + 90 * DAY),
        Case(code(), one, NOON + 7 * DAY), Case(code(), [register(issued=SOON + DAY)]), Case(code(), []),
        Case(code(), [register(revoked=(revocation(),))]), Case(code(), [register(replace(key(), revoked=SOON))]),
        Case(code(), [register(), register(issued=NOON + DAY, revoked=(revocation(),))], NOON + DAY),
        Case(code(secret=b"o" * 32), one), Case(code(secret=b"o" * 32, key_id=key().key_id), one),
        Case(code(algorithm=Algorithm.SM2), one), Case(code(), sm2), Case(code(replace(CERTIFICATE, issuer="x")), one),
        Case(code(replace(CERTIFICATE, issued=NOON - 3 * DAY)), one), Case("", one), Case("ND1:", one),
        Case("https://example.org/", one), Case(code().lower(), one), Case("ND1:" + "A" * 1600, one),
    ]  # fmt: skip
    return alone + [Case(text, one) for text in (*bent_bytes(), *bent_signs()[::5])]


def run_page(page: Path, told: dict[str, Any], *options: str) -> dict[str, Any]:
    given = page.with_suffix(".json")
    given.write_text(json.dumps(told), encoding="utf-8")
    done = subprocess.run(
        ["node", RUNNER, page, given, *options], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    return dict(json.loads(done.stdout))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(page_of([published(register())]), encoding="utf-8")
    return file


@pytest.mark.parametrize("options", [[], ["--without-webcrypto"]])
def test_the_page_and_the_kiosk_say_the_same(page: Path, options: list[str]) -> None:
    looked = cases()
    told = [
        {"code": one.code, "registers": [packed(r) for r in one.registers], "now": one.now.timestamp()}
        for one in looked
    ]
    said = run_page(page, {"checks": told}, *options)
    assert said["subtle"] is not bool(options)
    assert len(said["verdicts"]) == len(looked)
    ours = [check(one.code, one.registers, one.now) for one in looked]
    assert [one["outcome"] for one in said["verdicts"]] == [one.outcome.value for one in ours]
    assert {one["outcome"] for one in said["verdicts"]} == set(Outcome)
    for theirs, mine in zip(said["verdicts"], ours, strict=True):
        assert theirs.get("reason") == (mine.revocation and mine.revocation.reason.value)
        assert (theirs.get("certificate") or {}).get("holder") == (
            mine.certificate and mine.certificate.holder
        )
    assert said["verdicts"][0]["certificate"] == {
        "issuer": "linzi-bank-01", "number": "Z-261122-01", "kind": "residence", "holder": "王**", "idTail": "001X",
        "issued": NOON.timestamp(), "notBefore": NOON.timestamp(), "expires": (NOON + 90 * DAY).timestamp(),
    }  # fmt: skip


def test_a_register_that_was_changed_counts_for_nothing(page: Path) -> None:
    good = published(register())
    bent = [bytes([*good[:at], good[at] ^ 1, *good[at + 1 :]]) for at in range(len(good))]
    strange = published(register(), b"o" * 32)  # signed by another root: the page is what it is trusted by
    told = [
        {"code": code(), "registers": [b64encode(one).decode()], "now": SOON.timestamp()}
        for one in (*bent, strange)
    ]
    verdicts = run_page(page, {"checks": told})["verdicts"]
    assert [one["registers"] for one in verdicts] == [0] * len(bent) + [1]
    assert {one["outcome"] for one in verdicts[:-1]} == {"unknown_issuer"}


def test_the_page_reads_the_printed_code(page: Path) -> None:
    paper = picture()
    shapes = [paper, tilted(paper, 7)]
    told = [
        {"width": one.width, "height": one.height, "grey": b64encode(one.tobytes()).decode()}
        for one in shapes
    ]
    assert run_page(page, {"pictures": told})["codes"] == [code()] * len(shapes)
    nothing = Image.new("L", (300, 300), 255)
    empty = {"width": 300, "height": 300, "grey": b64encode(nothing.tobytes()).decode()}
    assert run_page(page, {"pictures": [empty]})["codes"] == [None]


# the file ------------------------------------------------------------------------------------------------------------


def test_the_page_loads_nothing_and_runs_nothing_but_its_own() -> None:
    text = page_of([published(register())])
    html = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)
    assert re.findall(r"(?:src|href|action)\s*=|url\(|https?://", html) == []
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for tag, source in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy[1]
    assert len(text) < 250_000


def test_no_text_of_a_register_can_end_the_script() -> None:
    evil = replace(register(), name=("</script><script>alert(1)", "x"))
    assert page_of([published(evil)]).count("</script>") == 1
    assert all("</" not in text for words in WORDS.values() for text in words)


def test_every_word_that_the_page_says_exists() -> None:
    source = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("page.html", "page.js"))
    named = set(re.findall(r"""data-word="([^"]+)"|say\('([^']+)'\)""", source))
    keys = {first or second for first, second in named}
    assert len(keys) > 8
    assert keys <= WORDS.keys()
    for prefix, values in (("outcome", Outcome), ("advice", Outcome)):
        assert {f"{prefix}.{value}" for value in values} <= WORDS.keys()


def test_the_libraries_are_those_of_the_lock_file() -> None:
    """`setup/verifypage/build.sh --check` bundles them anew and compares, which needs npm and the network."""
    lock = json.loads(
        (Path(__file__).parents[2] / "setup/verifypage/package-lock.json").read_text(encoding="utf-8")
    )
    wanted = lock["packages"][""]["dependencies"]
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted
    pinned = [one for name, one in lock["packages"].items() if name]
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in pinned)
    banner = (FOLDER / "libraries.js").read_text(encoding="utf-8").split("*/", 1)[0]
    inside = {
        name.rpartition("node_modules/")[2]
        for name, one in lock["packages"].items()
        if name and "dev" not in one
    }
    assert {name for name in inside if name not in banner} == set()  # each is named with its licence

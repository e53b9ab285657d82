"""Calls of `nightdesk` that make no sense: each is answered in a line that says what is wrong, with status 2."""

import io
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.settings import DEMO_FILE

STAFF = ("--config", str(DEMO_FILE))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("staff", "add", *STAFF), "staff add: needs a staff number"),
        (("staff", "disable", *STAFF), "staff disable: needs a staff number"),
        (("staff", "add", "1001", *STAFF), "no PIN was typed"),
        (("demo", "--mute", "reader"), "--mute and --keep belong to --auto"),
        (("demo", "--auto", "--deadline", "-3"), "must be above 0: -3"),
        (("bench", "--sessions", "0"), "must be above 0: 0"),
        (("bench", "--sessions", "many"), "many"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    call: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setattr("getpass.getpass", lambda _prompt: input())
    assert status(call) == 2
    assert says in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert status(("demo", "--auto", "--out", str(tmp_path / "file" / "demo"))) == 2
    assert str(tmp_path / "file" / "demo") in capsys.readouterr().err


def status(call: tuple[str, ...]) -> int | str | None:
    """How the call ends, whoever ends it."""
    try:
        return main(call)
    except SystemExit as ended:
        return ended.code

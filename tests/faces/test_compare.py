"""`nightdesk face compare` on files as strangers bring them: the right outcome, never an exception, never a match."""

import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.faces import command
from kiosk.faces.compare import Outcome, compare
from kiosk.faces.engines import EngineChoice
from kiosk.faces.pictures import NoFile, NoPicture, read_picture
from kiosk.identity.matching import FaceMatcher
from tests.faces.strangers import CHIP, LIVE, NEVER_A_MATCH, OTHER, STILL_A_MATCH, huge_white, photo

NOT_ACCEPTED = set(Outcome) - {Outcome.MATCH}
SHOWS_NO_FACE = {"white.png", "black.png", "grey.png", "one_pixel.png", "strip.png"}


@pytest.fixture(scope="module")
def matcher() -> Iterator[FaceMatcher]:
    with EngineChoice().opened() as opened:
        yield opened


def test_the_same_person_matches_and_another_does_not(matcher: FaceMatcher) -> None:
    same, other = compare(matcher, CHIP, [LIVE]), compare(matcher, CHIP, [OTHER])
    assert (same.outcome, other.outcome) == (Outcome.MATCH, Outcome.NO_MATCH)
    assert same.score is not None
    assert other.score is not None
    assert other.score < same.threshold <= same.score


@pytest.mark.parametrize("name", NEVER_A_MATCH)
def test_what_strangers_bring_is_never_a_match(name: str, matcher: FaceMatcher, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(NEVER_A_MATCH[name]())
    as_live, as_id = compare(matcher, CHIP, [path]), compare(matcher, path, [LIVE])
    assert {as_live.outcome, as_id.outcome} <= NOT_ACCEPTED
    if name in SHOWS_NO_FACE:
        assert as_live.outcome is as_id.outcome is Outcome.NO_FACE
    elif name == "two.jpg":
        assert as_live.outcome is as_id.outcome is Outcome.MANY_FACES
    elif name != "noise.png":
        assert as_live.outcome is as_id.outcome is Outcome.POOR_QUALITY
        assert as_live.pictures[1].why
        assert as_live.pictures[1].why != "no face", "there is one, and something is wrong with it"


@pytest.mark.parametrize("name", STILL_A_MATCH)
def test_one_face_in_every_guise_is_the_same_face(name: str, matcher: FaceMatcher, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(STILL_A_MATCH[name]())
    assert compare(matcher, CHIP, [path]).outcome is Outcome.MATCH


def test_one_usable_live_picture_is_enough(matcher: FaceMatcher, tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    white.write_bytes(NEVER_A_MATCH["white.png"]())
    told = compare(matcher, CHIP, [white, LIVE])
    assert told.outcome is Outcome.MATCH
    assert [one.outcome for one in told.pictures] == [None, Outcome.NO_FACE, None]


def test_live_pictures_of_two_people_are_never_a_match(matcher: FaceMatcher) -> None:
    told = compare(matcher, CHIP, [LIVE, LIVE, LIVE, OTHER])
    assert told.score is not None
    assert told.score >= told.threshold, "the mean alone would have let them in"
    assert told.outcome is Outcome.UNCERTAIN


def test_what_a_huge_picture_takes_is_bounded(matcher: FaceMatcher, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(huge_white())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert compare(matcher, CHIP, [path]).outcome is Outcome.NO_FACE
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 450, "one copy of 8000 x 8000 pixels and a little"


@given(at=st.integers(0, 60_000), junk=st.binary(max_size=40), cut=st.integers(0, 60_000))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_file_gives_a_picture_or_says_why_not(
    at: int, junk: bytes, cut: int, tmp_path: Path
) -> None:
    whole = photo()
    path = tmp_path / "broken.jpg"
    path.write_bytes((whole[:at] + junk + whole[at + len(junk) :])[: max(cut, at)])
    try:
        said = str(read_picture(path).shape)
    except NoPicture as error:
        said = str(error)
    assert said


def test_what_is_not_there_is_a_call_that_cannot_be_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, said in (
        (tmp_path / "gone.jpg", "no such file; check the path"),
        (tmp_path, "is a folder; name the pictures in it"),
        (tmp_path / "pipe", "is a device"),
        (tmp_path / ("x" * 300), "check the path"),
    ):
        for given_paths in ([str(CHIP), str(path)], [str(path), str(LIVE)]):
            assert command.main(["compare", *given_paths, "--json"]) == 2
            out, err = capsys.readouterr()
            assert out == ""
            assert err.startswith("face compare: ")
            assert said in err
    with pytest.raises(NoFile):
        read_picture(tmp_path)


def test_the_verb_tells_the_fields_of_the_manual(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "a name with blanks.jpg"
    picture.write_bytes(photo())
    assert command.main(["compare", str(CHIP), str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcome"] == "match"
    assert told["engine"] == "mobilefacenets"
    assert told["score"] >= told["threshold"] > 0
    assert told["ms"] > 0
    assert command.main(["compare", str(CHIP), str(OTHER)]) == 1
    assert capsys.readouterr().out.startswith("no_match  score 0.")

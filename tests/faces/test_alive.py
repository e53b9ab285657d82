"""`nightdesk face liveness` on films of the emulated person, of what is held up instead, and on what is no film."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.faces import command
from kiosk.faces.alive import ChallengeInvalid, Eyes, look, steps_of
from kiosk.faces.clips import LONGEST_S, PICTURES_A_SECOND, pictures_of
from kiosk.faces.engines import eyes
from kiosk.faces.pictures import read_picture
from kiosk.identity.liveness.contract import ChallengeStep, PassiveVerdict
from tests.faces.strangers import FPS, LIVE, NEVER_A_MATCH, film, lobby_film


@pytest.fixture(scope="module")
def watching() -> Iterator[Eyes]:
    with eyes(None, None, challenged=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def turning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands still, turns to the own left, stands still, shuts the eyes."""
    path = tmp_path_factory.mktemp("films") / "turning.avi"
    return lobby_film(path, "obama3", 6.5, {0.5: "turn_left", 3.4: "blink"})


def test_a_person_who_does_what_is_asked_passes(watching: Eyes, turning: Path) -> None:
    told = look(watching, turning, steps_of("turn_left,blink"))
    assert (told.frames, told.faces) == (65, 65)
    assert told.verdict is PassiveVerdict.LIVE
    assert told.live_after_s is not None
    assert told.live_after_s < 4
    assert told.challenge is not None
    assert told.challenge.performed
    assert told.passed


@pytest.mark.parametrize("shown", ["print-of-obama3", "replay-of-obama3"])
def test_what_is_held_up_is_not_live(shown: str, watching: Eyes, tmp_path: Path) -> None:
    told = look(watching, lobby_film(tmp_path / "held.avi", shown, 2.5))
    assert told.verdict is not PassiveVerdict.LIVE
    assert told.live_after_s is None


def test_one_picture_says_nothing_of_life(watching: Eyes) -> None:
    told = look(watching, LIVE)
    assert (told.frames, told.faces, len(told.scores), told.verdict) == (1, 1, 1, PassiveVerdict.UNCERTAIN)


@pytest.mark.parametrize("name", NEVER_A_MATCH)
def test_what_strangers_bring_is_never_live(name: str, watching: Eyes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(NEVER_A_MATCH[name]())
    told = look(watching, path, (ChallengeStep.BLINK,))
    assert told.verdict is PassiveVerdict.UNCERTAIN
    assert not told.passed
    assert told.frames in (0, 1)


def test_of_a_film_that_is_cut_off_what_came_before_counts(
    watching: Eyes, turning: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.avi"
    path.write_bytes(turning.read_bytes()[: turning.stat().st_size // 3])
    told = look(watching, path, steps_of("turn_left"))
    assert 5 < told.frames < 65
    assert told.verdict is PassiveVerdict.LIVE
    assert told.challenge is not None
    assert not told.challenge.performed, "the turn to the left does not come to its end"
    assert told.challenge.failure
    assert not told.passed


def test_a_film_that_is_a_list_of_others_opens_none_of_them(turning: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.avi"
    path.write_text(f"ffconcat version 1.0\nfile '{turning}'\n", encoding="utf-8")
    assert list(pictures_of(path)) == []
    path.write_text(f"#EXTM3U\n#EXTINF:4,\n{turning}\n", encoding="utf-8")
    assert list(pictures_of(path)) == []


def test_a_long_film_is_looked_at_for_a_minute(tmp_path: Path) -> None:
    small = read_picture(LIVE)[::16, ::16][:64, :42]
    path = film(tmp_path / "long.avi", (small for _ in range(round(80 * FPS))))
    times_s = [frame.taken_at_s for frame in pictures_of(path)]
    assert times_s[-1] == pytest.approx(LONGEST_S, abs=1)
    assert len(times_s) <= LONGEST_S * PICTURES_A_SECOND


def test_a_challenge_is_of_one_kind_and_has_known_steps() -> None:
    assert steps_of("turn_left, blink") == (ChallengeStep.TURN_LEFT, ChallengeStep.BLINK)
    for text in ("", "jump", "turn_left,,blink", "blink,open_mouth"):
        with pytest.raises(ChallengeInvalid, match="standard: turn_left"):
            steps_of(text)


def test_the_verb_tells_each_file(turning: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("no film", encoding="utf-8")
    assert command.main(["liveness", str(letter), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["faces"], told["scores"], told["verdict"]) == (0, 0, [], "uncertain")
    assert told["why"] == "no picture or clip that can be read"
    assert command.main(["liveness", str(letter), str(tmp_path / "gone.mp4")]) == 2
    assert "gone.mp4: no such file" in capsys.readouterr().err
    assert command.main(["liveness", str(LIVE), "--challenge", "jump"]) == 2
    assert command.main(["liveness", str(LIVE), "--engine", "minifasnet"]) == 2
    assert "--config" in capsys.readouterr().err

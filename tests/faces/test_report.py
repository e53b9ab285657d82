"""`nightdesk face report`: one page, nothing outside it, and the words of ISO/IEC 30107-3 with their counts."""

import re
import xml.etree.ElementTree
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kiosk.faces import command
from kiosk.faces.alive import Looked
from kiosk.faces.attacks import Presentation, attack_rates
from kiosk.faces.bootstrap import Bootstrap
from kiosk.faces.evaluate import AtFar, Evaluation, Rates, Refused
from kiosk.faces.folds import accuracy
from kiosk.faces.idside import IdSide
from kiosk.faces.rates import Scores, det
from kiosk.faces.report import NAME, Report, page
from kiosk.identity.calibration import Calibration
from kiosk.identity.liveness.contract import PassiveThresholds, PassiveVerdict

PEOPLE = 30
THRESHOLDS = PassiveThresholds(spoof_below=0.2, live_from=0.5)


def scores(genuine: int = 300, impostor: int = 3000) -> Scores:
    random = np.random.default_rng(3)
    pairs = random.integers(0, PEOPLE, (impostor, 2)).astype(np.int32)
    pairs[:, 1] = (pairs[:, 0] + 1 + pairs[:, 1] % (PEOPLE - 1)) % PEOPLE
    return Scores(
        random.normal(0.65, 0.1, genuine).astype(np.float32),
        random.integers(0, PEOPLE, genuine).astype(np.int32),
        random.normal(0.1, 0.12, impostor).astype(np.float32),
        pairs,
        PEOPLE,
    )


def evaluation(told: Scores) -> Evaluation:
    drawn, thresholds = Bootstrap(told, replicates=50), Calibration(0.4, 0.49, models="0123456789ab")
    threshold, eer = drawn.eer()
    right = accuracy(
        np.array([0.1, 0.9, 0.2, 0.8], np.float32), np.array([False, True] * 2), ["x", "x", "y", "y"]
    )
    rates = Rates(
        drawn.tar(0.49), drawn.far(0.49), drawn.tar(0.4, below=0.49), drawn.far(0.4, below=0.49),
        tuple(AtFar(far, *drawn.tar_at(far)) for far in (1e-2, 1e-3)), eer, threshold, right,
    )  # fmt: skip
    refused = (Refused(Path("<b>Somebody</b>_0001.jpg"), IdSide.NONE, "no face"),)
    return Evaluation(
        "mobilefacenets", thresholds, IdSide.WEBP1K, 3, PEOPLE, 2, 90, refused, 4, told, rates, 1.0
    )


def clip(species: str, verdict: PassiveVerdict, values: Sequence[float] = (0.5,)) -> Presentation:
    looked = Looked(Path(f"{species}.mp4"), "fr_liveness", 9, 9, tuple(values), verdict, None, None)
    return Presentation(species, looked)


def test_errors_are_counted_by_species_and_the_uncertain_do_not_pass() -> None:
    live, spoof, uncertain = PassiveVerdict.LIVE, PassiveVerdict.SPOOF, PassiveVerdict.UNCERTAIN
    told = attack_rates(
        [clip("", live), clip("", live), clip("", uncertain)]
        + [clip("print", spoof)] * 5
        + [clip("replay", spoof), clip("replay", live), clip("replay", uncertain)]
    )
    assert {species: (rate.hits, rate.total) for species, rate in told.apcer.items()} == {
        "print": (0, 5), "replay": (1, 3),
    }  # fmt: skip
    assert told.apcer["print"].high == pytest.approx(0.5218, abs=1e-4), "none of five is no proof"
    assert (told.bpcer.hits, told.bpcer.total, told.uncertain) == (1, 3, 2)


def test_a_det_curve_falls() -> None:
    accepted, rejected = det(scores(), 100)
    assert np.all(np.diff(accepted) <= 0)
    assert np.all(np.diff(rejected) >= 0)
    assert (accepted[0], rejected[-1]) == (1.0, pytest.approx(1.0, abs=0.01))


def test_the_page_stands_alone_and_names_nobody() -> None:
    clips = [clip("", PassiveVerdict.LIVE, (0.8, 0.9)), clip("paper <print>", PassiveVerdict.SPOOF, (0.1,))]
    text = page(Report({"night shift & day": evaluation(scores())}, clips, THRESHOLDS))
    assert "Somebody" not in text, "failures are counted, not named"
    assert "1 not enrolled" in text
    assert "night shift &amp; day" in text
    assert "APCER, paper &lt;print&gt;" in text
    assert "0 of 1" in text
    assert not re.search(r'(?:src|href)="(?!#)', text), "nothing is loaded from elsewhere"
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        xml.etree.ElementTree.fromstring(drawing.replace("xlink:href", "href"))


def test_scores_without_strangers_make_a_page_too() -> None:
    text = page(Report({"alone": evaluation(scores(impostor=0))}, [], None))
    assert "too few pairs" in text


def test_the_verb_writes_the_page_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new"
    assert command.main(["report", "--out", str(out)]) == 2
    assert "nothing to report on" in capsys.readouterr().err
    letter = tmp_path / "letter.mp4"
    letter.write_text("no film", encoding="utf-8")
    assert command.main(["report", "--out", str(out), "--attack", "letter", str(letter)]) == 0
    assert capsys.readouterr().out.strip() == str(out / NAME)
    assert "0 of 1" in (out / NAME).read_text(encoding="utf-8")
    for wrong in (
        ["--attack", "print"],
        ["--people", str(letter)],
        ["--live-clip", str(tmp_path / "gone.mp4")],
    ):
        assert command.main(["report", "--out", str(out), *wrong]) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_without_matplotlib_nothing_is_computed_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert command.main(["report", "--out", str(tmp_path), "--live-clip", str(tmp_path / "any.mp4")]) == 2
    assert "pip install 'nightdesk[report]'" in capsys.readouterr().err

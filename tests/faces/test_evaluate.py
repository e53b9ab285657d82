"""`nightdesk face evaluate` on a small crowd: views of the public faces, everyone against everyone and as pairs."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from kiosk.faces import command
from kiosk.faces.comparisons import ListInvalid, of_pairs, of_people
from kiosk.faces.engines import EngineChoice
from kiosk.faces.idside import CHIP_BYTES, HEIGHT_PX, WIDTH_PX, IdSide, as_id_photo, id_file
from kiosk.faces.pictures import read_picture
from kiosk.faces.vectors import Task, vectors
from kiosk.identity import calibration
from kiosk.models import default_target
from tests.faces.strangers import LIVE, OTHER, face

VIEWS = 4


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four views of each of two people, and one of nobody, whose head nobody finds."""
    folder = tmp_path_factory.mktemp("crowd")
    for name, path in (("Night_Owl", LIVE), ("Early_Bird", OTHER)):
        small = face(path).resize((341, 558))
        for number in range(VIEWS):
            turned = small.rotate(3 * number - 4, fillcolor="white")
            view = ImageEnhance.Brightness(turned).enhance(0.8 + 0.1 * number)
            view.save(folder / f"{name}_{number + 1:04d}.jpg", quality=90)
    Image.new("RGB", (250, 250), "white").save(folder / "Nobody_0001.jpg")
    (folder / "people.txt").write_text("# a comment\nNight_Owl\nEarly_Bird\n", encoding="utf-8")
    return folder


def pairs(folder: Path, *lines: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tell(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert command.main(["evaluate", *map(str, arguments), "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_everyone_against_everyone(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = tell(capsys, "--people", crowd / "people.txt", "--images", crowd)
    assert told["pairs"] == {"same": 2 * 6, "different": 4 * 4, "not_compared": 0}, "each two pictures once"
    assert told["failures_to_enrol"] == {"count": 0, "pictures": []}
    assert isinstance(tar := told["tar"], dict)
    assert (tar["value"], tar["count"], tar["of"], tar["high"]) == (1.0, 12, 12, 1.0)
    assert tar["low"] == pytest.approx(0.025 ** (1 / 2), abs=1e-4), "two people, not twelve pairs"
    assert isinstance(far := told["far"], dict)
    assert (far["value"], far["low"]) == (0.0, 0.0)
    assert isinstance(at := told["tar_at_far"], dict)
    assert set(at) == {"1e-2", "1e-3"}
    assert at["1e-3"]["value"] is None, "sixteen impostor pairs say nothing of one in a thousand"


def test_a_chip_s_photo_against_the_mean_of_three(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--people", crowd / "people.txt", "--images", crowd, "--id-side", "webp1k", "--live", 3)
    told = tell(capsys, *arguments)
    assert told["pairs"] == {"same": 8, "different": 8, "not_compared": 0}
    assert isinstance(tar := told["tar"], dict)
    assert tar["value"] == 1.0
    assert told["threshold"] == 0.475


def test_the_id_side_is_each_picture_in_turn_when_it_is_degraded(crowd: Path) -> None:
    plan = of_people(crowd / "people.txt", crowd, live=1, ordered=True)
    same = plan.id_people[plan.pairs[:, 0]] == plan.template_people[plan.pairs[:, 1]]
    assert (same.sum(), (~same).sum()) == (2 * 4 * 3, 2 * 4 * 4)
    for number, template in plan.pairs[same]:
        assert plan.id_pictures[number] not in plan.templates[template]


def test_nobody_is_compared_with_a_mean_of_their_own_card(crowd: Path) -> None:
    plan = of_people(crowd / "people.txt", crowd, live=2, ordered=True)
    for number, template in plan.pairs:
        assert plan.id_pictures[number] not in plan.templates[template]
        assert len(plan.templates[template]) == 2
    assert len({tuple(pair) for pair in plan.pairs}) == len(plan.pairs)


def test_pairs_with_folds_and_a_failure_to_enrol(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "fold,a,b,same,source",
        "1,Night_Owl_0001.jpg,Night_Owl_0002.jpg,1,x",
        "1,Night_Owl_0001.jpg,Early_Bird_0001.jpg,0,x",
        "2,Early_Bird_0003.jpg,Early_Bird_0004.jpg,true,x",
        "2,Early_Bird_0003.jpg,Night_Owl_0003.jpg,false,x",
        "2,Nobody_0001.jpg,Night_Owl_0003.jpg,no,x",
    ]
    told = tell(capsys, "--pairs", pairs(crowd, *lines), "--images", crowd)
    assert told["pairs"] == {"same": 2, "different": 2, "not_compared": 1}
    assert isinstance(failures := told["failures_to_enrol"], dict)
    assert [Path(one["path"]).name for one in failures["pictures"]] == ["Nobody_0001.jpg"]
    assert isinstance(right := told["accuracy"], dict)
    assert (right["value"], right["count"], right["of"]) == (1.0, 4, 4)
    assert [fold["fold"] for fold in right["folds"]] == ["1", "2"]


def test_a_table_for_people(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["evaluate", "--people", str(crowd / "people.txt"), "--images", str(crowd)]) == 0
    out = capsys.readouterr().out
    assert "TAR at the threshold 0.475            100 %" in out
    assert "TAR at FAR 1e-3                    too few pairs to say" in out


def test_the_calibration_of_too_few_people_says_so(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = ["--people", str(crowd / "people.txt"), "--images", str(crowd)]
    assert command.main(["evaluate", *people, "--calibration"]) == 0
    out = capsys.readouterr().out
    row = tomllib.loads(out)["calibration"]["mobilefacenets"]
    assert dict(zip(row["files"], row["sha256"], strict=True)) == calibration.pinned(default_target())
    assert not row.keys() & {"far_1e2", "far_1e3", "far_1e4"}
    assert "# far_1e4: needs at least 10000 pairs of two people" in out


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a,b", "x,y"], "no column same"),
        (["a,b,same"], "no pairs"),
        (["a,b,same", "Night_Owl_0001.jpg,gone.jpg,1"], "line 2: there is no"),
        (["a,b,same", "Night_Owl_0001.jpg,Night_Owl_0002.jpg,perhaps"], "line 2: same is 'perhaps'"),
        (["a,b,same", "Night_Owl_0001.jpg"], "line 2: a picture has no name"),
        (
            ["a,b,same", *(f"Night_Owl_0001.jpg,Night_Owl_0002.jpg,{same}" for same in (1, 0))],
            "line 3: Night_Owl_0001.jpg and Night_Owl_0002.jpg are said to be two people",
        ),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(
    lines: list[str], said: str, crowd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["evaluate", "--pairs", str(pairs(tmp_path, *lines)), "--images", str(crowd)]) == 2
    assert said in capsys.readouterr().err


def test_a_list_of_pairs_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(b"a,b,same\n\xff\xfe\0,1,1\n")
    with pytest.raises(ListInvalid, match="not a CSV file"):
        of_pairs(path, tmp_path)


def test_people_of_whom_there_is_no_picture(crowd: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("Night_Owl\nSomebody_Else\n", encoding="utf-8")
    with pytest.raises(ListInvalid, match="fewer than two of its people"):
        of_people(path, crowd, live=1, ordered=False)
    with pytest.raises(ListInvalid, match="no such folder"):
        of_people(path, crowd / "nowhere", live=1, ordered=False)


def test_a_person_s_pictures_may_lie_in_a_folder_of_their_own(crowd: Path, tmp_path: Path) -> None:
    for path in crowd.glob("*.jpg"):
        person = path.stem.rpartition("_")[0]
        (tmp_path / person).mkdir(exist_ok=True)
        (tmp_path / person / path.name).write_bytes(path.read_bytes())
    flat = of_people(crowd / "people.txt", crowd, live=1, ordered=True)
    nested = of_people(crowd / "people.txt", tmp_path, live=1, ordered=True)
    assert [path.name for path in nested.id_pictures] == [path.name for path in flat.id_pictures]
    listed = pairs(tmp_path, "a,b,same", "Night_Owl_0001.jpg,Early_Bird_0001.jpg,0")
    assert of_pairs(listed, tmp_path).people == 2


@pytest.mark.parametrize("side", [IdSide.WEBP1K, IdSide.JPEG1K, IdSide.JPEG50])
def test_a_chip_s_photo_is_small_and_its_eyes_stand_where_they_belong(side: IdSide) -> None:
    image = read_picture(LIVE)
    with EngineChoice().opened() as matcher:
        seen = matcher.detector.detect(image)[0]
        photo = as_id_photo(image, seen, side)
        again = matcher.detector.detect(photo)[0]
    assert photo.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert (len(id_file(image, seen, side)) <= CHIP_BYTES) == (side is not IdSide.JPEG50)
    assert np.abs(again.points[:2] - [(39, 44), (63, 44)]).max() < 3
    assert photo[2:8, 2:8].min() > 235, "the corner is white"


def test_vectors_are_the_same_whoever_computes_them(crowd: Path) -> None:
    """And a picture that is not one stops nobody."""
    (crowd / "letter.jpg").write_text("not a picture", encoding="utf-8")
    paths = [*sorted(crowd.glob("*_000?.jpg")), crowd / "letter.jpg"]
    tasks = [Task(path, (IdSide.NONE, IdSide.WEBP1K)) for path in paths]
    alone = {(one.path, one.side): one for one in vectors(tasks, EngineChoice(), processes=1)}
    shared = {(one.path, one.side): one for one in vectors(tasks, EngineChoice(), processes=2)}
    assert alone.keys() == shared.keys()
    for key, one in alone.items():
        if one.embedding is None:
            assert shared[key].why == one.why != ""
        else:
            assert np.array_equal(one.embedding, np.asarray(shared[key].embedding))
    assert sum(one.embedding is None for one in alone.values()) == 4, "nobody and the letter, as both sides"

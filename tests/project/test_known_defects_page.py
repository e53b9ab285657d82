"""The page of known defects: each has a test, and each test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<defect>.+?) \| (?P<test>.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/\S+\.py)::(\w+)`")
HEADS = {"defect", "---"}


def rows() -> dict[str, str]:
    page = (ROOT / "docs" / "known-defects.md").read_text(encoding="utf-8")
    return {row["defect"]: row["test"] for row in ROW.finditer(page) if row["defect"] not in HEADS}


def defined(path: str) -> set[str]:
    """Tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_each_defect_has_a_test_that_exists() -> None:
    found = rows()
    for defect, named in found.items():
        test = NAMED.fullmatch(named)
        assert test is not None, f"{defect}: {named} names no test"
        assert (ROOT / test[1]).is_file(), f"{defect}: there is no {test[1]}"
        assert test[2] in defined(test[1]), f"{defect}: {test[1]} has no {test[2]}"
    assert len(set(found.values())) == len(found)


def test_all_that_is_shown_in_one_place_stands_on_the_page() -> None:
    """A test of a known defect that the page does not name would not be found by who looks for it."""
    path = "tests/faults/test_known_defects.py"
    assert defined(path) == {
        test[2] for one in rows().values() if (test := NAMED.fullmatch(one)) and test[1] == path
    }

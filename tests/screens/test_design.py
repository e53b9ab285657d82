"""The design system's document says what the code says, and its components exist."""

import importlib.util
from pathlib import Path

from screens import theme
from screens.design import LEGIBLE_DEG, TABLES, USES, angle_deg, renewed
from screens.parts import PARTS
from screens.samples import Samples

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "design-system.md").read_text(encoding="utf-8")
NAMES = {view.name for view in Samples("zh_CN").every()}


def test_the_tables_are_those_of_the_code() -> None:
    assert renewed(DOCUMENT) == DOCUMENT, "python -m screens.design docs/design-system.md"
    assert [name for name in TABLES if f"<!-- table: {name} -->" not in DOCUMENT] == []


def test_every_colour_has_its_use() -> None:
    assert set(USES) == set(theme.colours())


def test_every_component_is_in_the_code_and_its_pictures_in_the_gallery() -> None:
    for part in PARTS:
        module, _, name = part.code.rpartition(".")
        source = ROOT / "screens" / f"{module.replace('.', '/')}.py"
        assert importlib.util.find_spec(f"screens.{module}") is not None
        assert f"\nclass {name}(" in source.read_text(encoding="utf-8"), part.code
        assert not [picture for _, picture in part.states if picture and picture not in NAMES], part.name


def test_headings_are_legible_from_a_metre_and_all_else_from_where_one_touches() -> None:
    assert angle_deg(theme.HEADING_MIN, 1.0) >= LEGIBLE_DEG
    assert angle_deg(theme.BODY, 0.6) >= LEGIBLE_DEG

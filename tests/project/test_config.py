"""Every TOML file is valid, and so is the example that the README gives."""

import re
import tomllib
from pathlib import Path

import pytest

from kiosk import settings

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"


def site_in_readme() -> str:
    blocks = re.findall(
        r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert len(blocks) == 1
    return str(blocks[0])


def test_every_file_parses() -> None:
    files = sorted(CONFIG.rglob("*.toml"))
    assert {"default.toml", "demo.toml", "face.toml"} <= {path.name for path in files}
    for path in files:
        tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_demonstration_is_valid() -> None:
    problems = settings.check(
        [CONFIG / "default.toml", CONFIG / "demo.toml"], variables={"runtime_dir": "/run/demo"}
    )
    assert problems == []


def test_the_site_of_the_readme_is_valid_in_production(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(site_in_readme(), encoding="utf-8")
    assert tomllib.loads(site.read_text(encoding="utf-8"))["profile"] == "production"
    assert settings.check([CONFIG / "default.toml", site]) == []


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ('source = "/dev/video0"', 'source = "face.png"', "source"),
        ("channels = 16", "chanels = 16", "chanels"),
        ('library = "/opt/vendor/libwltrs.so"', "", "library"),
    ],
)
def test_a_mistake_in_it_is_found(tmp_path: Path, right: str, wrong: str, key: str) -> None:
    site = tmp_path / "site.toml"
    assert right in site_in_readme()
    site.write_text(site_in_readme().replace(right, wrong), encoding="utf-8")
    problems = settings.check([CONFIG / "default.toml", site])
    assert any(key in str(problem) for problem in problems)


def test_configuration_can_not_be_imported() -> None:
    assert list(CONFIG.rglob("*.py")) == []

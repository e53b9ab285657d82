"""What a site writes of the approval system, and asking it by hand."""

import asyncio
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from kiosk import settings as settings_module
from kiosk.approvalorders import EMBEDDED, main
from kiosk.runtime.examine import _PARTS
from kiosk.runtime.inventory import inventory
from kiosk.settings import CONFIG_FOLDER, SettingsError, layers, load
from tests.approval.office import Office
from tests.project.test_config import site_in_readme

NOWHERE = Path("nowhere.toml")


def site(folder: Path, table: str) -> Path:
    """The README's site with a table `[approval]`."""
    path = folder / "site.toml"
    path.write_text(f"{site_in_readme()}\n{table}", encoding="utf-8")
    return path


def connected(folder: Path, city: Office, token: Path | None = None) -> Path:
    return site(
        folder,
        f'[approval]\nurl = "{city.url}/"\nca_file = "{city.access.trust}"\n'
        f'token_file = "{token or city.access.token}"\n',
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('url = "http://approval.example"\ntoken_file = "/t"', "https://"),
        ('url = "https://user:word@approval.example"\ntoken_file = "/t"', "token_file"),
        ('url = "https://approval.example/?a=1"\ntoken_file = "/t"', "https://"),
        ('url = "https://approval.example"', "has to know which kiosk asks"),
        ('url = "https://approval.example"\ncert_file = "/c"', "belong together"),
        (
            'url = "https://approval.example"\ntoken_file = "/t"\nretry_min_s = 60\nretry_max_s = 30',
            "retry_max_s",
        ),
        ('url = "https://approval.example"\ntoken_file = "/t"\ntoken = "secret"', "token"),
    ],
)
def test_what_is_wrong_in_the_table_is_said(tmp_path: Path, table: str, says: str) -> None:
    problems = settings_module.check(
        [CONFIG_FOLDER / "default.toml", site(tmp_path, f"[approval]\n{table}\n")]
    )
    assert any(says in str(problem) for problem in problems), problems


def test_a_whole_table_is_taken_and_the_address_has_no_slash_at_its_end(tmp_path: Path, city: Office) -> None:
    settings = load(layers(connected(tmp_path, city)))
    assert settings.approval is not None
    assert settings.approval.url == city.url
    assert [item.name for item in inventory(settings)][-1] == "approval"


def test_the_system_is_asked_by_hand(
    tmp_path: Path, city: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    config = connected(tmp_path, city)
    assert main(["check", "--config", str(config)], NOWHERE) == 0
    assert "answers" in capsys.readouterr().out
    city.has("forbidden")
    assert main(["check", "--config", str(config)], NOWHERE) == 1
    assert "does not know this kiosk" in capsys.readouterr().err


def test_without_a_table_the_kiosk_decides_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(site(tmp_path, ""))], NOWHERE) == 0
    assert capsys.readouterr().out.strip() == EMBEDDED


def test_a_case_is_asked_of_the_running_program_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f'[paths]\nstate_dir = "{tmp_path}"\n'
    plain = site(tmp_path, "")
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "state.toml").write_text(text, encoding="utf-8")
    assert main(["show", "c1", "--config", str(plain)], NOWHERE) == 1
    assert "no program runs" in capsys.readouterr().err


def test_settings_that_cannot_be_read_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"], NOWHERE) == 1
    assert "nowhere.toml" in capsys.readouterr().err
    with pytest.raises(SettingsError):
        load(layers(NOWHERE))


def test_it_is_a_device_that_can_be_diagnosed(tmp_path: Path, city: Office) -> None:
    settings = load(layers(connected(tmp_path, city)))

    async def looked() -> Health:
        return await _PARTS["approval"](settings)

    assert asyncio.run(looked()).status is DeviceStatus.ONLINE
    city.has("error_500")
    health = asyncio.run(looked())
    assert (health.status, health.action) == (DeviceStatus.OFFLINE, ErrorAction.SUSPEND)

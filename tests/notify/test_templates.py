"""Templates that a provider has registered, against the texts they stand for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from drivers.registry import MasSmsConfig, SmsTemplate
from kiosk import settings
from kiosk.notify.templates import message_keys, template_problems
from kiosk.notify.texts import placeholders
from tests.drivers.sms_rigs import table

ALL = {key: placeholders(key) for key in message_keys()}


def problems(
    chinese: Mapping[str, Sequence[str]], english: Mapping[str, Sequence[str]] | None = None
) -> tuple[str, ...]:
    def templates(named: Mapping[str, Sequence[str]]) -> dict[str, SmsTemplate]:
        return {key: SmsTemplate(id="1", parameters=tuple(names)) for key, names in named.items()}

    return template_problems(
        MasSmsConfig(
            base_url="https://mas.example", ec_name="e", ap_id="a", sign="s", secret_file=Path("/nowhere"),
            templates=templates(chinese), templates_en=templates(english or {}),
        )
    )  # fmt: skip


def test_one_for_each_text_is_right_and_so_is_none_at_all() -> None:
    assert problems(ALL, {"deposit.held.citizen": ("case",)}) == ()
    assert problems({}) == ()


def test_what_is_missing_strange_or_misspelt_is_said() -> None:
    some = {key: names for key, names in ALL.items() if key != "door.forced.staff"}
    assert problems(some) == ("templates: no template for door.forced.staff",)
    assert "deposit.held.citizen" in problems({**ALL, "deposit.hold.citizen": ()})[0]
    assert problems({**ALL, "door.forced.staff": ("cel",)}) == (
        "templates: door.forced.staff has no value 'cel'; there is: place, time, cell",
    )


def test_check_config_says_it(tmp_path: Path) -> None:
    sms = table("tencent", tmp_path, None)
    site = tmp_path / "site.toml"
    lines = ["[devices.sms]", *(f'{key} = "{value}"' for key, value in sms.items() if isinstance(value, str))]
    lines += ['templates."deposit.held.staff" = { id = "1", parameters = ["place", "who"] }']
    site.write_text("\n".join(lines), encoding="utf-8")
    found = [str(problem) for problem in settings.check([settings.DEFAULT_FILE, site])]
    assert any(
        "[devices.sms] templates: no template for" in text and "deposit.held.citizen" in text
        for text in found
    )
    assert any("no value 'who'" in text for text in found)

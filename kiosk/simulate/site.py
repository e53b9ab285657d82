"""The simulated site: a small cabinet, so that it is full now and then, and limits as a busy lobby has them."""

from pathlib import Path
from typing import Final

from kiosk.settings import DEFAULT_FILE, Settings, load
from kiosk.staff import Role

from .world import Box

STAFF: Final = {"1001": "482915", "1002": "739046"}
TECHNICIAN: Final = "1003"
HELPER: Final = "1004"
PINS: Final = {**STAFF, TECHNICIAN: "615208", HELPER: "570184"}
ROLES: Final = {
    "1001": Role.STAFF, "1002": Role.SUPERVISOR, TECHNICIAN: Role.TECHNICIAN, HELPER: Role.HELPER,
}  # fmt: skip
KIOSK_ID: Final = "simulated-01"
SIZES: Final = ("S", "S", "M", "M", "M", "L")


def settings_for(folder: Path) -> Settings:
    """Settings of a kiosk whose devices are simulated."""
    file = folder / "site.toml"
    cells = ",\n".join(
        f'{{ name = "A-{n:02}", size = "{size}", board = "main", channel = {n}, row = {n}, column = 1,'
        f" bottom_mm = {1300 - 150 * n}, top_mm = {1440 - 150 * n} }}"
        for n, size in enumerate(SIZES, start=1)
    )
    file.write_text(
        f"""
profile = "emulated"
[kiosk]
id = "{KIOSK_ID}"
name_zh = "不打烊政务柜"
name_en = "Nightdesk"
place_zh = "模拟大厅"
place_en = "simulated lobby"
hotline = "0533-12345"
[paths]
state_dir = "{folder}/state"
[session]
board_poll_s = 1.0
idle_limit_s = 25
idle_warning_s = 10
door_open_limit_s = 40
door_warn_after_s = 15
card_left_limit_s = 20
receipt_page_s = 8
notice_page_s = 3
staff_idle_s = 20
sign_in_idle_s = 15
helper_idle_s = 30
[power]
poll_s = 1.0
[face]
spoken = false
[face.without]
ways = ["code_sms", "code_staff", "card_only"]
[devices.reader]
driver = "sam_v_serial"
url = "{folder}/reader"
[devices.scanner]
driver = "serial_scanner"
url = "{folder}/scanner"
[[devices.document_cameras]]
name = "desk"
driver = "opencv_document"
source = "{folder}/desk"
[[devices.boards]]
name = "main"
driver = "kerong_cu16"
url = "{folder}/board"
board = 0
channels = 16
[cabinet]
cells = [
{cells}
]
""",
        encoding="utf-8",
    )
    return load([DEFAULT_FILE, file])


def boxes(settings: Settings) -> list[Box]:
    """The compartments of it."""
    return [Box(cell.name, cell.channel) for cell in settings.cabinet.cells]

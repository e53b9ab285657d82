"""Settings: `config/default.toml` < site file < `conf.d/*.toml`, checked as a whole, every problem reported at once.

Secrets stand in files of their own; a settings file only names them.
"""

import tomllib
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from drivers.registry import DriverKind, Profile, parse
from drivers.tables import written
from kiosk.approvalsettings import ApprovalSettings
from kiosk.cabinettables import CabinetSettings, Code, Table, refuse_doubles
from kiosk.certificatesettings import CertificateSettings
from kiosk.countersettings import CounterSettings
from kiosk.custodysettings import CustodySettings
from kiosk.devicetables import wrong_keys
from kiosk.facesettings import FaceSettings
from kiosk.journalsettings import JournalSettings
from kiosk.layering import Origins, fill, merge, origin, unfilled
from kiosk.settingproblems import Problem, in_words
from kiosk.voicesettings import VoiceSettings

CONFIG_FOLDER: Final = Path(__file__).resolve().parent.parent / "config"
DEFAULT_FILE: Final = CONFIG_FOLDER / "default.toml"
DEMO_FILE: Final = CONFIG_FOLDER / "demo.toml"

Seconds = Annotated[float, Field(gt=0, le=86_400)]
SHORTEST_WARNING_S: Final = 20.0  # nobody is thrown out faster; tests with emulators only may shorten it
Port = Annotated[int, Field(ge=1, le=65_535)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Street = Annotated[
    str,
    written(
        "[\u4e00-\u9fff]{2,12}( [a-z]{1,6})*",
        "2 to 12 Chinese signs, e.g. 稷下街道, and syllables to correct their reading",
    ),
]


class KioskSettings(Table):
    """Who and where this kiosk is. `streets`: of streets, villages, estates, so that the pinyin keyboard knows them."""

    id: Annotated[  # also a level of MQTT topics
        str, written("[a-z0-9][a-z0-9-]{0,31}", "1 to 32 small letters, digits and hyphens, e.g. lobby-01")
    ]
    name_zh: Text
    name_en: Text
    place_zh: Text
    place_en: Text
    hotline: Annotated[
        str, written("[0-9+][0-9 -]{2,19}", "3 to 20 digits, blanks and hyphens, e.g. 0533-12345")
    ]
    staff_collect_zh: Text
    staff_collect_en: Text
    timezone: str = "Asia/Shanghai"
    streets: Annotated[tuple[Street, ...], Field(max_length=2000)] = ()

    @field_validator("streets")
    @classmethod
    def _a_syllable_a_sign(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            name, *syllables = entry.split(" ")
            if syllables and len(syllables) != len(name):
                raise ValueError(f"{name} has {len(name)} signs and {len(syllables)} syllables")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not a time zone of the IANA database, e.g. Asia/Shanghai") from error
        return value


class PathSettings(Table):
    """Where the program keeps what must last. `master_key_file`: 32 bytes from outside, e.g. a systemd credential."""

    state_dir: Path
    services_dir: Path = CONFIG_FOLDER / "services"
    models_dir: Path | None = None
    master_key_file: Path | None = None


class DeviceSettings(BaseModel):
    """One device: the driver's name, and beside it what that driver wants (see `drivers/registry.py`)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    driver: Text

    def table(self) -> dict[str, Any]:
        """The table for `drivers.registry.parse`."""
        return {"driver": self.driver, **(self.model_extra or {})}


class BoardSettings(DeviceSettings):
    """A device of which there may be several. Compartments name lock boards and boards of item sensors."""

    name: Code


class Devices(Table):
    """What is connected. A device that is not named is not there, and the kiosk does what it can without it."""

    boards: Annotated[tuple[BoardSettings, ...], Field(min_length=1)]
    item_boards: tuple[BoardSettings, ...] = ()
    reader: DeviceSettings
    photo_decoder: DeviceSettings | None = None
    camera: DeviceSettings | None = None
    infrared: DeviceSettings | None = None
    printer: DeviceSettings | None = None
    sms: DeviceSettings | None = None
    ups: DeviceSettings | None = None
    staff_card: DeviceSettings | None = None
    signals: DeviceSettings | None = None
    scanner: DeviceSettings | None = None
    document_cameras: tuple[BoardSettings, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Devices":
        several = (*self.boards, *self.item_boards, *self.document_cameras)
        refuse_doubles("name", [device.name for device in several])
        if self.infrared is not None and self.camera is None:
            raise ValueError("infrared is a second camera beside [devices.camera], which is missing")
        return self


class MqttSettings(Table):
    """The broker. Outside loopback only with TLS and a client certificate."""

    host: Text
    port: Port = 8883
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: Annotated[int, Field(ge=5, le=600)] = 15
    connect_timeout_s: Seconds = 5.0
    ack_timeout_s: Seconds = 10.0
    retry_min_s: Seconds = 0.5
    retry_max_s: Seconds = 60.0
    session_expiry_s: Annotated[int, Field(ge=0, le=604_800)] = 86_400

    @property
    def is_loopback(self) -> bool:
        """True when the broker runs on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def uses_tls(self) -> bool:
        """True when the connection is encrypted."""
        return self.ca_file is not None

    @model_validator(mode="after")
    def _safe_outside(self) -> "MqttSettings":
        missing = [name for name in ("ca_file", "cert_file", "key_file") if getattr(self, name) is None]
        if missing and (not self.is_loopback or len(missing) < 3):
            raise ValueError(
                f"TLS and a client certificate are needed outside loopback; missing: {', '.join(missing)}"
            )
        return self


class SessionSettings(Table):
    """Every limit of a session, in seconds."""

    idle_limit_s: Seconds = 60.0
    idle_warning_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    opening_deadline_s: Seconds = 3.0
    door_open_limit_s: Seconds = 120.0
    door_warn_after_s: Seconds = 30.0
    door_warn_every_s: Seconds = 5.0
    card_left_limit_s: Seconds = 60.0
    card_warn_every_s: Seconds = 5.0
    grace_s: Annotated[float, Field(ge=0, le=600)] = 30.0
    receipt_page_s: Seconds = 30.0
    notice_page_s: Seconds = 12.0
    staff_idle_s: Seconds = 60.0
    sign_in_idle_s: Seconds = 30.0
    helper_idle_s: Seconds = 180.0
    board_poll_s: Annotated[float, Field(gt=0, le=5)] = 0.25
    lock_gap_s: Annotated[float, Field(ge=0, le=10)] = 0.3
    printer_poll_s: Seconds = 5.0
    device_retry_s: Seconds = 2.0

    @model_validator(mode="after")
    def _warned_in_time(self) -> "SessionSettings":
        if self.idle_warning_s >= self.idle_limit_s:
            raise ValueError(
                "idle_warning_s must be less than idle_limit_s: it is how long before the limit one is asked"
            )
        return self


class StaffSettings(Table):
    """Who is told, and how sign-in behaves."""

    undelivered_after_s: Seconds = 600.0
    language: Literal["zh_CN", "en"] = "zh_CN"
    sign_in_attempts: Annotated[int, Field(ge=3, le=10)] = 5
    first_wait_s: Seconds = 15.0


class NotifySettings(Table):
    """How notices are tried again."""

    sms_retry_s: Seconds = 30.0
    sms_retry_max_s: Seconds = 600.0


class PowerSettings(Table):
    """What is done when the mains go; needs `devices.ups`.

    `silent_s`: a UPS that fell silent on battery counts as empty after this; `finish_s`: how long somebody at a door
    may go on once the battery ends; `shutdown_command`: switches the machine off, for sites without NUT's own upsmon.
    """

    poll_s: Seconds = 5.0
    silent_s: Seconds = 60.0
    finish_s: Seconds = 180.0
    shutdown_command: tuple[Text, ...] = ()


class SignalSettings(Table):
    """Contacts and buzzer; needs `devices.signals`. Blows within `shaken_again_s` of each other are one."""

    poll_s: Seconds = 0.25
    shaken_again_s: Seconds = 60.0
    buzzer_s: Annotated[float, Field(ge=0.1, le=10)] = 0.4


class ScreenSettings(Table):
    """The window and the words.

    `height_mm`: of the picture on the glass; `bottom_mm`: its lower edge above the floor; `reach_mm`: how high somebody
    in a wheelchair reaches (EN 301 549, 8.3.2: 1220 at most). `motion`: things move, unless somebody wants them still.
    """

    width: Annotated[int, Field(ge=540, le=4320)] = 1080
    height: Annotated[int, Field(ge=960, le=7680)] = 1920
    fullscreen: bool = True
    language: Literal["zh_CN", "en"] = "zh_CN"
    scheme: Literal["night", "light", "contrast"] = "night"
    light_from_hour: Annotated[int, Field(ge=0, le=23)] = 0
    light_until_hour: Annotated[int, Field(ge=0, le=24)] = 0
    motion: bool = True
    height_mm: Annotated[int, Field(ge=200, le=2000)] = 476
    bottom_mm: Annotated[int, Field(ge=0, le=1200)] = 900
    reach_mm: Annotated[int, Field(ge=900, le=1220)] = 1220


class Settings(Table):
    """Everything the program is told. Read once, never changed."""

    profile: Profile = "production"
    kiosk: KioskSettings
    paths: PathSettings
    cabinet: CabinetSettings
    devices: Devices
    mqtt: MqttSettings | None = None
    approval: ApprovalSettings | None = None
    session: SessionSettings = SessionSettings()
    face: FaceSettings = FaceSettings()
    staff: StaffSettings = StaffSettings()
    custody: CustodySettings = CustodySettings()
    counter: CounterSettings = CounterSettings()
    voice: VoiceSettings = VoiceSettings()
    notify: NotifySettings = NotifySettings()
    power: PowerSettings = PowerSettings()
    journal: JournalSettings = JournalSettings()
    certificates: CertificateSettings = CertificateSettings()
    signals: SignalSettings = SignalSettings()
    screen: ScreenSettings = ScreenSettings()

    @model_validator(mode="after")
    def _people_are_given_time(self) -> "Settings":
        if self.profile != "emulated" and self.session.idle_warning_s < SHORTEST_WARNING_S:
            raise ValueError(
                f"session.idle_warning_s: must be at least {SHORTEST_WARNING_S:g} where people come"
            )
        return self

    @model_validator(mode="after")
    def _boards_exist(self) -> "Settings":
        known = {board.name for board in self.devices.boards}
        strange = [f"{cell.board} of {cell.name}" for cell in self.cabinet.cells if cell.board not in known]
        if strange:
            raise ValueError(
                f"cabinet.cells: boards that devices.boards has not: {', '.join(strange)};"
                f" there is: {', '.join(sorted(known))}"
            )
        channels = {board.name: board.table().get("channels") for board in self.devices.boards}
        beyond = [
            f"{cell.name} has channel {cell.channel} of {cell.board}, which ends at {channels[cell.board]}"
            for cell in self.cabinet.cells
            if cell.channel > (channels[cell.board] or cell.channel)
        ]
        if beyond:
            raise ValueError(f"cabinet.cells: {', '.join(beyond)}")
        return self

    @model_validator(mode="after")
    def _item_sensors_exist(self) -> "Settings":
        known = {board.name for board in self.devices.item_boards}
        named = {cell.item_sensor.board for cell in self.cabinet.cells if cell.item_sensor is not None}
        if named - known:
            raise ValueError(
                "item_sensor in cabinet.cells names boards that devices.item_boards has not:"
                f" {', '.join(sorted(named - known))}"
            )
        if known - named:
            raise ValueError(
                f"devices.item_boards that no item_sensor in cabinet.cells names: {', '.join(sorted(known - named))}"
            )
        inputs = {
            board.name: _told(DriverKind.ITEM_BOARD, board, "inputs") for board in self.devices.item_boards
        }
        sees_items = {
            board.name: _told(DriverKind.BOARD, board, "sees_items") for board in self.devices.boards
        }
        for cell in self.cabinet.cells:
            sensor = cell.item_sensor
            if sensor is None:
                continue
            if sensor.input > (inputs[sensor.board] or sensor.input):
                raise ValueError(
                    f"{cell.name}: item_sensor.input is {sensor.input}, and {sensor.board} has {inputs[sensor.board]}"
                )
            if sees_items.get(cell.board):
                raise ValueError(
                    f"{cell.name} has two item sensors, its item_sensor and that of board {cell.board};"
                    " take one out (has_ir = false of a KERONG CU16, item_inputs of a Modbus board)"
                )
        return self


def _told(kind: DriverKind, board: BoardSettings, what: str) -> Any:
    """A property of the driver's own table; None where that table is wrong, which is told elsewhere."""
    try:
        return getattr(parse(kind, board.table()), what)
    except ValueError:
        return None


class SettingsError(Exception):
    """The settings cannot be used; `problems` says everything that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def layers(site: Path, default: Path = DEFAULT_FILE) -> list[Path]:
    """Files that make up the settings of a site, later ones winning: default, site, `conf.d/*.toml` beside it."""
    return [default, site, *sorted((site.parent / "conf.d").glob("*.toml"))]


def load(paths: Sequence[Path], *, variables: Mapping[str, str] | None = None) -> Settings:
    """Read, merge and check. `variables` fills `{name}` in texts (the demo's `{runtime_dir}`).

    Raises `SettingsError` with every problem.
    """
    settings, found = _examine(paths, variables or {})
    if settings is None or found:
        raise SettingsError(found)
    return settings


def check(paths: Sequence[Path], *, variables: Mapping[str, str] | None = None) -> list[Problem]:
    """Everything that is wrong with these files; empty when they can be used."""
    return _examine(paths, variables or {})[1]


def _examine(paths: Sequence[Path], variables: Mapping[str, str]) -> tuple[Settings | None, list[Problem]]:
    merged: dict[str, Any] = {}
    origins: Origins = {}
    found: list[Problem] = []
    for path in paths:
        try:
            merge(merged, tomllib.loads(path.read_text(encoding="utf-8")), path.name, origins)
        except OSError as error:
            found.append(Problem(str(path), "", "", f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError:
            found.append(Problem(str(path), "", "", "is not text in UTF-8"))
        except tomllib.TOMLDecodeError as error:
            found.append(Problem(path.name, "", "", f"is not TOML: {error}"))
    if found:
        return None, found  # what is missing may stand in the file that cannot be read
    last = paths[-1].name if paths else "(no file)"
    filled = fill(merged, variables)
    found += [
        Problem(
            origin(where, origins, last),
            ".".join(where[:-1]),
            where[-1],
            f"nothing fills {name} here: write the path or address itself (only the demonstration fills names)",
        )
        for where, name in unfilled(filled)
    ]
    found += _driver_problems(filled, origins, last)
    try:
        return Settings.model_validate(filled), found
    except ValidationError as error:
        items = error.errors(include_url=False)
        within = {item["loc"][:length] for item in items for length in range(len(item["loc"]))}
        own = [item for item in items if item["type"] != "too_short" or item["loc"] not in within]
        return None, [
            in_words(item, Settings, origins, last, shipped=DEFAULT_FILE.name) for item in own
        ] + found


def _driver_problems(merged: Mapping[str, Any], origins: Origins, last: str) -> list[Problem]:
    """What the drivers' own tables get wrong, and what may not run in this profile."""
    devices = merged.get("devices")
    if not isinstance(devices, dict):
        return []
    production = merged.get("profile", "production") == "production"
    return [
        Problem(
            origin(("devices", wrong.table.split(".")[0]), origins, last),
            f"devices.{wrong.table}",
            wrong.key,
            wrong.message,
            wrong.allowed,
        )
        for wrong in wrong_keys(devices, production=production)
    ]

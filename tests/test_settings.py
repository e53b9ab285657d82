"""Settings: layers, every problem at once with file, table, key and what is allowed."""

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.with_items import BoardWithItems
from kiosk.runtime.devices import locks
from kiosk.settings import DEFAULT_FILE, DEMO_FILE, MqttSettings, Settings, SettingsError, check, layers, load

RUNTIME = {"runtime_dir": "/run/nightdesk-demo"}


def site(folder: Path, *changes: tuple[str, str], more: str = "", filled: bool = True) -> list[Path]:
    """The demo's file with some places changed, as a site file, under the defaults."""
    text = DEMO_FILE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    text += more
    if filled:
        text = text.replace("{runtime_dir}", RUNTIME["runtime_dir"])
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return layers(folder / "site.toml")


def found(paths: list[Path]) -> set[tuple[str, str, str]]:
    return {(problem.file, problem.table, problem.key) for problem in check(paths)}


def test_the_demo_is_a_cabinet_of_sixteen() -> None:
    settings = load([DEFAULT_FILE, DEMO_FILE], variables=RUNTIME)
    cells = settings.cabinet.cells
    assert [cell.name for cell in cells] == [f"A-{n:02d}" for n in range(1, 17)]
    assert [cell.size for cell in cells].count("L") == 4
    assert {square for cell in cells for square in cell.squares()} == {
        (r, c) for r in range(1, 5) for c in range(1, 5)
    }
    assert settings.profile == "emulated"
    assert settings.devices.reader.table() == {"driver": "sam_v_serial", "url": "/run/nightdesk-demo/reader"}
    assert str(settings.paths.state_dir) == "/run/nightdesk-demo/state"


def test_layers_win_in_order_and_tables_merge(tmp_path: Path) -> None:
    paths = site(tmp_path, more="\n[session]\nidle_limit_s = 90\n")
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "20-b.toml").write_text("[session]\nidle_limit_s = 120\n", encoding="utf-8")
    (tmp_path / "conf.d" / "10-a.toml").write_text(
        "[session]\nidle_limit_s = 100\nstaff_idle_s = 77\n", encoding="utf-8"
    )
    paths = layers(tmp_path / "site.toml")
    assert [path.name for path in paths] == ["default.toml", "site.toml", "10-a.toml", "20-b.toml"]
    session = load(paths).session
    assert (session.idle_limit_s, session.staff_idle_s, session.door_warn_every_s) == (120, 77, 5)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    paths = site(
        tmp_path,
        ('profile = "emulated"', 'profile = "staging"'),
        ('hotline = "0533-12345"', "colour = 3"),
        ('driver = "gsm_modem"', 'driver = "gsm_moden"'),
        ("board = 0", "bord = 0"),
        ('size = "S"', 'size = "XL"'),
        more="\n[session]\nidle_limit_s = -1\n[sesion]\na = 1\n",
    )
    assert found(paths) == {
        ("site.toml", "", "profile"),
        ("site.toml", "kiosk", "hotline"),
        ("site.toml", "kiosk", "colour"),
        ("site.toml", "devices.sms", "driver"),
        ("site.toml", "devices.boards.0", "bord"),
        ("site.toml", "cabinet.cells.0", "size"),
        ("site.toml", "session", "idle_limit_s"),
        ("site.toml", "", "sesion"),
    }
    by_key = {problem.key: problem for problem in check(paths)}
    assert by_key["profile"].allowed == "'production' or 'emulated'"
    assert "gsm_modem" in by_key["driver"].allowed
    assert "board" in by_key["bord"].allowed
    assert "session" in by_key["sesion"].allowed
    assert "hotline" in by_key["colour"].allowed
    with pytest.raises(SettingsError) as caught:
        load(paths)
    assert len(caught.value.problems) == len(found(paths))


def test_boards_that_clash_on_a_line_are_named(tmp_path: Path) -> None:
    second = 'name = "left"\ndriver = "kerong_cu16"\nurl = "{runtime_dir}/board"\n'
    paths = site(tmp_path, more=f"\n[[devices.boards]]\n{second}")
    (clash,) = check(paths)
    assert (clash.table, clash.key) == ("devices.boards.1", "url")
    assert clash.message.startswith("main and left are both number 0 on /run/nightdesk-demo/board")


def test_a_port_is_one_device_s_unless_it_is_a_bus(tmp_path: Path) -> None:
    paths = site(
        tmp_path,
        ('url = "{runtime_dir}/printer"', 'url = "{runtime_dir}/reader"'),
        ('url = "{runtime_dir}/board"', 'url = "{runtime_dir}/modem"'),
    )
    assert sorted(str(problem).partition("; ")[0] for problem in check(paths)) == [
        "site.toml: [devices.boards.0] url: /run/nightdesk-demo/modem is already that of sms",
        "site.toml: [devices.printer] url: /run/nightdesk-demo/reader is already that of reader",
    ]


def test_a_cell_that_no_board_has_names_its_table_and_what_there_is(tmp_path: Path) -> None:
    cell = 'name = "A-01", size = "S", board = "main", channel = 1,'
    (problem,) = check(site(tmp_path, (cell, cell.replace('"main"', '"left"'))))
    assert str(problem) == (
        "site.toml: [cabinet] cells: boards that devices.boards has not: left of A-01 (allowed: main)"
    )
    (problem,) = check(site(tmp_path, (cell, cell.replace("= 1,", "= 17,"))))
    assert str(problem) == "site.toml: [cabinet] cells: A-01 has channel 17 of main, which ends at 16"


def test_a_street_is_told_from_what_is_none(tmp_path: Path) -> None:
    number = 'hotline = "0533-12345"'
    wrong = site(tmp_path, (number, f'{number}\nstreets = ["稷下街道", "Main Street"]'))
    assert [str(problem) for problem in check(wrong)] == [
        "site.toml: [kiosk.streets.1]: is not written as it must be"
        " (allowed: 2 to 12 Chinese signs, e.g. 稷下街道, and syllables to correct their reading)"
    ]
    short = site(tmp_path, (number, f'{number}\nstreets = ["乐陵路 lao ling"]'))
    assert [str(problem) for problem in check(short)] == [
        "site.toml: [kiosk] streets: 乐陵路 has 3 signs and 2 syllables"
    ]
    right = site(tmp_path, (number, f'{number}\nstreets = ["乐陵路 lao ling lu"]'))
    assert check(right) == []


def test_a_value_of_another_kind_is_told_in_plain_words(tmp_path: Path) -> None:
    paths = site(
        tmp_path,
        ("port = 18830", 'port = "many"'),
        ("fullscreen = false", 'fullscreen = "perhaps"'),
        ('hotline = "0533-12345"', 'hotline = "call me"'),
        ('ways = ["code_sms", "code_staff", "card_only"]', "ways = []"),
        more="\n[session]\nidle_limit_s = []\n",
    )
    assert {(problem.key, problem.message) for problem in check(paths)} == {
        ("port", "must be a whole number"),
        ("ways", "must have at least 1"),
        ("fullscreen", "must be true or false"),
        ("hotline", "is not written as it must be"),
        ("idle_limit_s", "must be a number"),
    }


def test_a_name_that_nothing_fills_is_told_in_paths_and_addresses_only(tmp_path: Path) -> None:
    notice = 'hotline = "0533-12345"\nplace_en = "the {lobby}"'
    paths = site(
        tmp_path, ('place_en = "24-hour lobby of the sample bank"', ""), (notice[:22], notice), filled=False
    )
    assert found(paths) == {
        ("site.toml", "paths", "state_dir"), ("site.toml", "devices.camera", "source"),
        *{
            ("site.toml", f"devices.{name}", "url")
            for name in ("reader", "printer", "sms", "staff_card", "scanner", "boards.0")
        },
    }  # fmt: skip
    assert str(check(paths)[0]) == (
        "site.toml: [paths] state_dir: nothing fills {runtime_dir} here: write the path or address itself"
        " (only the demonstration fills names)"
    )
    assert check(paths, variables=RUNTIME) == []


def test_how_a_text_is_written_is_told_in_words(tmp_path: Path) -> None:
    paths = site(
        tmp_path,
        ('id = "demo-01"', 'id = "Demo 01"'),
        ('hotline = "0533-12345"', 'hotline = "call me"'),
        ('name = "A-02"', 'name = "two"'),
        ('driver = "escpos_serial"\nurl = "{runtime_dir}/printer"', 'driver = "escpos_usb"\nurl = "printer"'),
    )
    assert [str(problem) for problem in check(paths)] == [
        "site.toml: [kiosk] id: is not written as it must be"
        " (allowed: 1 to 32 small letters, digits and hyphens, e.g. lobby-01)",
        "site.toml: [kiosk] hotline: is not written as it must be"
        " (allowed: 3 to 20 digits, blanks and hyphens, e.g. 0533-12345)",
        "site.toml: [cabinet.cells.1] name: is not written as it must be"
        " (allowed: capital letters and a number, e.g. A-01)",
        "site.toml: [devices.printer] url: is not written as it must be"
        " (allowed: usb://VVVV:PPPP, vendor and product)",
    ]


def test_a_problem_of_a_whole_row_has_no_key(tmp_path: Path) -> None:
    (problem,) = check(site(tmp_path, ("bottom_mm = 1240", "bottom_mm = 1500")))
    assert str(problem) == "site.toml: [cabinet.cells.0]: A-01: top_mm must be above bottom_mm"


def test_what_follows_from_another_problem_is_not_told(tmp_path: Path) -> None:
    text = DEMO_FILE.read_text(encoding="utf-8").replace('size = "', 'size = "X')
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    assert {problem.key for problem in check(layers(tmp_path / "site.toml"), variables=RUNTIME)} == {"size"}


def test_what_is_missing_belongs_into_the_site_file(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("", encoding="utf-8")
    problems = check(layers(tmp_path / "site.toml"))
    assert {problem.key for problem in problems} >= {"id", "hotline", "cabinet", "devices"}
    assert {problem.file for problem in problems} == {"site.toml"}


def test_a_file_that_cannot_be_read_is_named_in_full(tmp_path: Path) -> None:
    (missing,) = check(layers(tmp_path / "nowhere.toml"))
    assert str(missing) == f"{tmp_path}/nowhere.toml: cannot be read: No such file or directory"
    (tmp_path / "site.toml").write_bytes(b"\xff")
    (binary,) = check(layers(tmp_path / "site.toml"))
    assert binary.message == "is not text in UTF-8"


def test_a_problem_names_the_file_it_stands_in(tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "10-x.toml").write_text("[session]\nstaff_idle_s = 0\n", encoding="utf-8")
    assert found(layers(tmp_path / "site.toml")) == {("10-x.toml", "session", "staff_idle_s")}


def test_toml_errors_of_several_files_name_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1\ny = \n", encoding="utf-8")
    (tmp_path / "b.toml").write_text("[open\n", encoding="utf-8")
    texts = [
        str(problem) for problem in check([tmp_path / "a.toml", tmp_path / "b.toml", tmp_path / "none.toml"])
    ]
    assert len(texts) == 3
    assert "line 2" in texts[0]
    assert "line 1" in texts[1]
    assert "none.toml" in texts[2]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "A-02"', 'name = "A-01"', "A-01"),
        ("channel = 2,", "channel = 1,", "main/1"),
        ("row = 1, column = 2,", "row = 1, column = 1,", "row 1 column 1"),
        ('board = "main", channel = 3', 'board = "left", channel = 3', "left"),
        ("channels = 16", "channels = 15", "A-16"),
        ("bottom_mm = 1240", "bottom_mm = 1500", "top_mm"),
        ('id = "demo-01"', 'id = "Demo 01"', "id"),
    ],
)
def test_a_cabinet_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    problems = check(site(tmp_path, (old, new)))
    assert len(problems) == 1
    assert words in str(problems[0])


@pytest.mark.parametrize(
    ("mqtt", "good"),
    [
        ('host = "127.0.0.1"', True),
        ('host = "localhost"', True),
        ('host = "::1"', True),
        ('host = "broker.example"', False),
        ('host = "10.0.0.5"\nca_file = "ca.pem"', False),
        ('host = "10.0.0.5"\nca_file = "ca.pem"\ncert_file = "c.pem"\nkey_file = "k.pem"', True),
        ('host = "127.0.0.1"\nca_file = "ca.pem"', False),
    ],
)
def test_a_broker_elsewhere_asks_for_tls_and_a_certificate(tmp_path: Path, mqtt: str, *, good: bool) -> None:
    problems = check(site(tmp_path, ('host = "127.0.0.1"', mqtt)))
    assert (problems == []) is good
    assert good or problems[0].table == "mqtt" or problems[0].key == "mqtt"


def test_what_plays_hardware_is_refused_in_production(tmp_path: Path) -> None:
    problems = check(site(tmp_path, ('profile = "emulated"', 'profile = "production"')), variables=RUNTIME)
    assert {(problem.table, problem.key) for problem in problems} >= {
        ("devices.photo_decoder", "driver"),
        ("devices.camera", "source"),
    }


def test_the_warning_comes_before_the_end(tmp_path: Path) -> None:
    problems = check(site(tmp_path, more="\n[session]\nidle_limit_s = 20\n"))
    assert len(problems) == 1
    assert "idle_warning_s" in problems[0].message


def test_people_are_warned_early_wherever_people_come(tmp_path: Path) -> None:
    short = "\n[session]\nidle_warning_s = 3\n"
    assert check(site(tmp_path, more=short), variables=RUNTIME) == []
    real = check(
        site(tmp_path, ('profile = "emulated"', 'profile = "production"'), more=short), variables=RUNTIME
    )
    assert "[session] idle_warning_s: must be at least 20" in " ".join(map(str, real))


def test_the_default_file_states_every_limit_there_is() -> None:
    """What a site may set is found by reading one file, and that file says what the program does without it."""
    stated = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    for table in ("session", "face", "staff", "notify", "screen"):
        model = Settings.model_fields[table].annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        assert_states_all(stated[table], model, table)
        assert model.model_validate(stated[table]) == model(), table


def assert_states_all(stated: dict[str, object], model: type[BaseModel], table: str) -> None:
    """Every key of the table and of the tables in it, but those of what there is not unless a site names it."""
    assert set(stated) == {name for name, key in model.model_fields.items() if key.default is not None}, table
    for name, key in model.model_fields.items():
        if isinstance(key.default, BaseModel):
            inner = stated[name]
            assert isinstance(inner, dict)
            assert_states_all(inner, type(key.default), f"{table}.{name}")


def test_secrets_stand_in_files_only() -> None:
    """A key that could hold a secret itself does not exist: it would end up in backups and tickets."""
    models: list[type[BaseModel]] = [Settings, *_tables(Settings)]
    numbers = (int, float, bool)
    names = {
        name
        for model in models
        for name, field in model.model_fields.items()
        if field.annotation not in numbers
    }
    secret = {
        name for name in names if any(word in name for word in ("password", "secret", "key", "token", "pin"))
    }
    assert all(name.endswith("_file") for name in secret), secret


def _tables(model: type[BaseModel]) -> list[type[BaseModel]]:
    kinds = [field.annotation for field in model.model_fields.values()]
    return [kind for kind in (*kinds, MqttSettings) if isinstance(kind, type) and issubclass(kind, BaseModel)]


ITEM_BOARD = """
[[devices.item_boards]]
name = "di1"
driver = "modbus_inputs"
url = "/dev/serial/by-path/sensors"
inputs = 16
"""
NO_INFRARED = ("channels = 16", "channels = 16\nhas_ir = false")


def wired(channel: int, number: int, board: str = "di1") -> tuple[str, str]:
    old = f'board = "main", channel = {channel}, '
    return old, f'{old}item_sensor = {{ board = "{board}", input = {number} }}, '


def test_item_sensors_are_inputs_of_boards_of_their_own(tmp_path: Path) -> None:
    settings = load(site(tmp_path, NO_INFRARED, wired(1, 16), wired(7, 2), more=ITEM_BOARD))
    sensors = {cell.name: cell.item_sensor for cell in settings.cabinet.cells if cell.item_sensor}
    assert {name: (sensor.board, sensor.input) for name, sensor in sensors.items()} == {
        "A-01": ("di1", 16),
        "A-07": ("di1", 2),
    }
    built = locks(settings)
    assert isinstance(built.boards["main"], BoardWithItems)
    assert list(built.items) == ["di1"]


@pytest.mark.parametrize(
    ("changes", "more", "why"),
    [
        ([wired(1, 1)], ITEM_BOARD, "A-01 has two item sensors, its item_sensor and that of board main"),
        ([NO_INFRARED, wired(1, 1), wired(2, 1)], ITEM_BOARD, "the same item_sensor twice: di1/1"),
        ([NO_INFRARED, wired(1, 17)], ITEM_BOARD, "A-01: item_sensor.input is 17, and di1 has 16"),
        ([NO_INFRARED, wired(1, 1, "di2")], ITEM_BOARD, "devices.item_boards has not: di2"),
        ([NO_INFRARED], ITEM_BOARD, "that no item_sensor in cabinet.cells names: di1"),
        ([NO_INFRARED, wired(1, 1, "main")], "", "devices.item_boards has not: main"),
        ([NO_INFRARED, wired(1, 1)], ITEM_BOARD.replace("di1", "main"), "the same name twice: main"),
        ([NO_INFRARED, wired(1, 0)], ITEM_BOARD, "greater than or equal to 1"),
        ([NO_INFRARED, wired(1, 1)], ITEM_BOARD.replace("inputs = ", "imputs = "), "unknown key"),
        ([NO_INFRARED, wired(1, 1)], ITEM_BOARD.replace("modbus_inputs", "modbus"), "no item_board driver"),
    ],
)
def test_wiring_that_cannot_be_is_told(
    tmp_path: Path, changes: list[tuple[str, str]], more: str, why: str
) -> None:
    assert any(why in str(problem) for problem in check(site(tmp_path, *changes, more=more)))

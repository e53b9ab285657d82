"""`nightdesk scans` as two of staff call it: what lies here, a case's pages as files, and a place that takes none."""

import asyncio
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import opened
from kiosk.runtime.command import SOCKET_NAME, CommandServer
from kiosk.runtime.scancommands import scan_commands
from kiosk.scanorders import main
from kiosk.settings import DEMO_FILE, layers, load
from kiosk.staff import Role
from tests.runtime.test_scanning import CASE, NOW, SECRET, Kept
from tests.test_journal_command import CLERK, PIN, SUPERVISOR, Said, registry


class Office:
    """A kiosk's state folder with a case of three pages, and two of staff at its terminal."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.capsys, self.patch = capsys, patch
        self.site, self.state, self.out = folder / "site.toml", folder / "state", folder / "stick" / "pages"
        text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(folder))
        self.site.write_text(text, encoding="utf-8")
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        async with opened(self.state, ballast_bytes=0) as journal:
            for number, role in ((SUPERVISOR, Role.SUPERVISOR), (CLERK, Role.STAFF)):
                await registry(journal).add(number, name="测试", pin=PIN, role=role, by="root")
            await Kept(journal, self.state).filed()

    def export(self, second_pin: str = PIN) -> Said:
        who = ("--by", CLERK, "--second", SUPERVISOR, "--stdin")
        return self._say(
            "export", "--case", CASE, "--to", str(self.out), *who, typed=f"{PIN}\n{second_pin}\n"
        )

    def export_beside_the_program(self) -> Said:
        async def work() -> Said:
            async with opened(self.state, ballast_bytes=0) as journal:
                commands = scan_commands(load(layers(self.site)), journal, registry(journal), lambda: NOW)
                server = CommandServer(self.state / SOCKET_NAME, {"scans_export": commands.export})
                await server.start()
                try:
                    return await asyncio.to_thread(self.export)
                finally:
                    await server.close()

        return asyncio.run(work())

    def listed(self) -> dict[str, Any]:
        (row,) = json.loads(self._say("list", "--json").out)
        assert (row["case"], row["pages"], row["whole"]) == (CASE, 3, True)
        return dict(row)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())

    def _say(self, *arguments: str, typed: str = "") -> Said:
        self.patch.setattr("sys.stdin", StringIO(typed))
        self.capsys.readouterr()
        status = main([*arguments, "--config", str(self.site)], self.site)
        told = self.capsys.readouterr()
        return Said(status, told.out, told.err)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(tmp_path, capsys, monkeypatch)


@pytest.mark.parametrize("beside", [False, True])
def test_pages_become_files_for_the_office_alone(office: Office, *, beside: bool) -> None:
    assert office.listed()["exported_at"] is None
    said = office.export_beside_the_program() if beside else office.export()
    assert (said.status, said.error) == (0, "")
    assert office.files() == [f"{CASE}-{number:02}.jpg" for number in (1, 2, 3)]
    assert all(path.read_bytes().startswith(SECRET) for path in office.out.iterdir())
    assert {path.stat().st_mode & 0o777 for path in office.out.iterdir()} == {0o600}
    assert office.listed()["exported_at"] is not None


def test_nothing_is_on_record_as_taken_out_where_no_file_can_be_written(office: Office) -> None:
    """The citizen would read that staff have the papers."""
    office.out.parent.write_bytes(b"no stick")
    said = office.export()
    assert said.status == 1
    assert "can't be written" in said.error
    assert office.listed()["exported_at"] is None
    office.out.parent.unlink()
    assert office.export(second_pin="000000").status == 1
    assert office.listed()["exported_at"] is None


def test_what_was_not_written_is_written_by_the_same_call_again(office: Office) -> None:
    in_the_way = office.out / f"{CASE}-02.jpg"
    in_the_way.mkdir(parents=True)
    said = office.export()
    assert said.status == 1
    assert "1 of 3 pages" in said.error
    in_the_way.rmdir()
    assert office.export().status == 0
    assert len(office.files()) == 3

"""`nightdesk certificate` as staff, supervisors and an office elsewhere call it, with the program running or not."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.certificates.command import main
from kiosk.certificates.verifying import EXIT_STATUS, Outcome
from kiosk.journal import opened
from kiosk.runtime.certificatecommands import certificate_commands
from kiosk.runtime.command import SOCKET_NAME, CommandServer
from kiosk.settings import DEMO_FILE, layers, load
from kiosk.staff import Role
from tests.journal.facts import NAME, NUMBER, run, story
from tests.test_journal_command import CASE, CLERK, PIN, SUPERVISOR, Said, registry

TECHNICIAN = "2001"
END = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
LONG_NAME, ID = "欧阳测试", "11010119900307123X"
ISSUE = ("issue", "--kind", "residence", "--case", CASE, "--by", CLERK, "--pin-stdin")


@dataclass
class Office:
    """A kiosk's state folder with one case, and somebody at its terminal."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    @property
    def site(self) -> Path:
        return self.folder / "site.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def prepare(self) -> None:
        text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(self.folder))
        self.site.write_text(text, encoding="utf-8")

        async def work() -> None:
            async with opened(self.state, ballast_bytes=0) as journal:
                staff = registry(journal)
                for number, role in (
                    (SUPERVISOR, Role.SUPERVISOR),
                    (CLERK, Role.STAFF),
                    (TECHNICIAN, Role.TECHNICIAN),
                ):
                    await staff.add(number, name="测试", pin=PIN, role=role, by="root")
                await journal.append(story(CASE))

        run(work)

    def say(self, *arguments: str, typed: str = PIN) -> Said:
        self.patch.setattr("sys.stdin", StringIO(typed + "\n"))
        self.capsys.readouterr()
        status = main([*arguments, "--config", str(self.site)], self.site)
        told = self.capsys.readouterr()
        return Said(status, told.out, told.err)

    def beside_the_program(self, *arguments: str, typed: str = PIN) -> Said:
        async def work() -> Said:
            async with opened(self.state, ballast_bytes=0) as journal:
                settings = load(layers(self.site))
                commands = certificate_commands(
                    settings, journal, registry(journal), lambda: datetime.now(UTC)
                )
                table = {"certificate": commands.order, "certificate_register": commands.register}
                server = CommandServer(self.state / SOCKET_NAME, table)
                await server.start()
                try:
                    return await asyncio.to_thread(lambda: self.say(*arguments, typed=typed))
                finally:
                    await server.close()

        return asyncio.run(work())

    def issued(self, *more: str) -> Mapping[str, Any]:
        said = self.say(*ISSUE, *more, "--json")
        assert (said.status, said.error) == (0, "")
        return dict(json.loads(said.out))

    def verdict(self, code: str, *more: str) -> tuple[int, Mapping[str, Any]]:
        said = self.say("verify", code, *more, "--json")
        return said.status, dict(json.loads(said.out))

    def events(self, *kinds: str) -> list[Mapping[str, Any]]:
        async def look() -> list[Mapping[str, Any]]:
            async with opened(self.state, ballast_bytes=0) as journal:
                return [event.data for event in await journal.events(kinds=kinds)]

        return run(look)

    @contextmanager
    def later(self, days: float) -> Iterator[None]:
        """The machine's clock is so far ahead for the block."""

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> "Clock":
                return cls.fromtimestamp((datetime.now(UTC) + timedelta(days=days)).timestamp(), tz)

        with self.patch.context() as patch:
            for module in ("kiosk.certificates.command", "kiosk.runtime.certificatecommands"):
                patch.setattr(f"{module}.datetime", Clock)
            yield


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(tmp_path, capsys, monkeypatch)
    made.prepare()
    return made


def both_ways(office: Office) -> list[Callable[..., Said]]:
    return [office.say, office.beside_the_program]


# issue ---------------------------------------------------------------------------------------------------------------


def test_a_certificate_is_issued_with_the_program_and_without_and_is_good(office: Office) -> None:
    numbers = []
    for say in both_ways(office):
        said = say(*ISSUE, "--json")
        assert (said.status, said.error) == (0, "")
        told = json.loads(said.out)
        numbers.append(told["number"])
        status, verdict = office.verdict(told["code"])
        assert (status, verdict["outcome"]) == (0, "valid")
        assert verdict["certificate"]["holder"] == f"{NAME[:1]}**"
        assert verdict["certificate"]["id_tail"] == NUMBER[-4:]
        assert verdict["certificate"]["kind"] == "residence"
    day = numbers[0].rsplit("-", 1)[0]
    assert numbers == [f"{day}-01", f"{day}-02"]


def test_who_issued_what_is_on_record_and_nothing_of_the_person(office: Office) -> None:
    told = office.issued()
    (fact,) = office.events("CertificateIssued")
    assert (fact["number"], fact["case_id"], fact["by"], fact["kind"]) == (
        told["number"],
        CASE,
        CLERK,
        "residence",
    )
    assert office.events("PersonalDataRead")[0]["staff_no"] == CLERK
    everything = json.dumps(office.events(), ensure_ascii=False)
    assert NAME not in everything
    assert NUMBER not in everything
    assert told["code"] not in everything


def test_the_files_are_written_and_their_code_is_good(office: Office, tmp_path: Path) -> None:
    outs = [tmp_path / f"c{suffix}" for suffix in (".png", ".svg", ".pdf")]
    told = office.issued(*(part for out in outs for part in ("--out", str(out))))
    assert told["files"] == [str(out) for out in outs]
    assert all(out.stat().st_mode & 0o777 == 0o600 for out in outs)
    assert office.verdict(str(outs[0]))[0] == 0


@pytest.mark.parametrize("form", ["json", "toml", "-"])
def test_another_holder_comes_from_a_file_and_never_from_an_argument(
    office: Office, tmp_path: Path, form: str
) -> None:
    wanted = {
        "kind": "employment",
        "case": CASE,
        "holder": {"name": LONG_NAME, "id_number": ID},
    }
    file = tmp_path / f"holder.{form}"
    as_toml = f'kind="employment"\ncase="{CASE}"\nvalid_until={END}\n'
    as_toml += f'[holder]\nname="{LONG_NAME}"\nid_number="{ID}"'
    file.write_text(as_toml if form == "toml" else json.dumps(wanted), encoding="utf-8")
    typed = f"{PIN}\n{json.dumps(wanted)}" if form == "-" else PIN
    given = "-" if form == "-" else str(file)
    said = office.say("issue", given, "--by", CLERK, "--pin-stdin", "--json", typed=typed)
    assert (said.status, said.error) == (0, "")
    told = office.verdict(json.loads(said.out)["code"])[1]["certificate"]
    assert (told["holder"], told["id_tail"], told["kind"]) == ("欧***", "123X", "employment")
    assert told["expires"].startswith(f"{END}T16:00") is (form == "toml")
    assert office.events("PersonalDataRead") == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("--kind", "nothing"), "residence, property, employment"),
        (("--case", "000000-0000"), "no case 000000-0000"),
        (("--valid-until", "2020-01-01"), "ends on the day it begins, or later"),
        (("--valid-until", "9999-12-31"), "within 3650 days"),
        (("--valid-from", "2020-01-01"), "not good before the day"),
        (("--valid-until", "soon"), "a day such as 2027-03-01"),
        (("--by", "7777"), "do not belong together"),
        (("--by", TECHNICIAN), "technicians issue no certificates"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    office: Office, change: tuple[str, str], says: str
) -> None:
    said = office.say(*ISSUE, *change)
    assert said.status == 1
    assert says in said.error
    assert office.events("CertificateIssued") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no TOML"),
        ("[]", "table of keys"),
        ('{"nmae": 1}', "nmae"),
        ('{"holder": {"phone": 1}}', "name and id_number"),
    ],
)
def test_a_file_that_makes_no_sense(office: Office, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(text, encoding="utf-8")
    said = office.say(*ISSUE, str(file))
    assert said.status == 1
    assert says in said.error


@pytest.mark.parametrize("name", ["\u202e测试", "   ", "\ud800测"])
def test_a_name_that_nobody_could_read_afterwards_is_refused(office: Office, name: str) -> None:
    wanted = json.dumps({"holder": {"name": name, "id_number": ID}})
    said = office.say(*ISSUE, "-", typed=f"{PIN}\n{wanted}")
    assert said.status == 1
    assert office.events("CertificateIssued") == []


def test_what_cannot_be_written_is_issued_all_the_same_and_says_so(office: Office, tmp_path: Path) -> None:
    said = office.say(*ISSUE, "--out", str(tmp_path / "site.toml" / "c.png"))
    assert said.status == 1
    assert f"{office.events('CertificateIssued')[0]['number']} is issued, and not written" in said.error
    assert office.verdict(said.out.strip())[0] == 0


def test_a_case_whose_person_is_erased_needs_a_named_holder(office: Office) -> None:
    async def erase() -> None:
        async with opened(office.state, ballast_bytes=0) as journal:
            await journal.erase([CASE], by=SUPERVISOR, reason="asked")

    run(erase)
    said = office.say(*ISSUE)
    assert said.status == 1
    assert "name the holder" in said.error


# verify --------------------------------------------------------------------------------------------------------------


def test_an_office_elsewhere_checks_with_the_register_alone(office: Office, tmp_path: Path) -> None:
    code = office.issued()["code"]
    register = tmp_path / "office.register"
    said = office.say("register", "--out", str(register), "--json")
    root = json.loads(said.out)["registers"][0]["root"]
    assert root == json.loads(office.say("keys", "--json").out)["root"]
    elsewhere = ("--register", str(register))
    assert office.verdict(code, *elsewhere, "--root", root)[0] == 0
    refused = office.say("verify", code, *elsewhere, "--root", "00" * 32)
    assert refused.status == 1
    assert root in refused.error
    signed = register.read_bytes()
    register.write_bytes(signed[:-1] + bytes((signed[-1] ^ 1,)))
    assert office.say("verify", code, *elsewhere).status == 1


def test_every_outcome_has_its_status(office: Office, tmp_path: Path) -> None:
    code = office.issued()["code"]
    register = tmp_path / "office.register"
    assert office.say("register", "--out", str(register)).status == 0
    elsewhere = ("--register", str(register))
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    begins = office.issued("--valid-from", tomorrow)["code"]
    forged = code[:-4] + ("AAA0" if code[-4:] != "AAA0" else "BBB0")
    found = {
        office.verdict(code)[0], office.verdict(begins)[0], office.verdict(forged)[0], office.verdict("ND1:")[0],
    }  # fmt: skip
    with office.later(days=8):
        found.add(office.verdict(code, *elsewhere)[0])
        assert office.verdict(code)[0] == 0  # the kiosk's own register is always a fresh one
    with office.later(days=100):
        found.add(office.verdict(code, *elsewhere)[0])
    assert office.say("revoke", office.events("CertificateIssued")[0]["number"], "--reason", "error", "--by",
                      SUPERVISOR, "--pin-stdin").status == 0  # fmt: skip
    found.add(office.verdict(code)[0])
    other = tmp_path / "other"
    other.mkdir()
    stranger = Office(other, office.capsys, office.patch)
    stranger.prepare()
    assert stranger.say(*ISSUE).status == 0
    found.add(stranger.verdict(code)[0])
    assert found == set(EXIT_STATUS.values())


def test_what_is_no_picture_and_what_shows_no_code_are_unreadable(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"no picture")
    said = office.say("verify", str(file))
    assert said.status == EXIT_STATUS[Outcome.UNREADABLE]
    assert "no picture" in said.error
    for nothing in (str(tmp_path / "missing.png"), str(tmp_path), ""):
        refused = office.say("verify", nothing)
        assert refused.status == 1
        assert f"{nothing!r}: neither a code" in refused.error
    piped = office.say("verify", "-", typed=office.issued()["code"])
    assert piped.status == 0
    assert "真实有效 Valid" in piped.out


# revoke, keys --------------------------------------------------------------------------------------------------------


def test_only_supervisors_revoke_and_only_once(office: Office) -> None:
    number = office.issued()["number"]
    order = ("revoke", number, "--reason", "holder_asked", "--pin-stdin")
    assert "by supervisors" in office.say(*order, "--by", CLERK).error
    assert office.beside_the_program(*order, "--by", SUPERVISOR).status == 0
    again = office.say(*order, "--by", SUPERVISOR)
    assert (again.status, "revoked already" in again.error) == (1, True)
    missing = office.say("revoke", "Z-990101-01", "--reason", "error", "--by", SUPERVISOR, "--pin-stdin")
    assert "there is no certificate" in missing.error
    (fact,) = office.events("CertificateRevoked")
    assert (fact["number"], fact["case_id"], fact["reason"], fact["by"]) == (
        number,
        CASE,
        "holder_asked",
        SUPERVISOR,
    )


def test_a_revoked_key_takes_its_certificates_along_and_a_new_one_signs(office: Office) -> None:
    code = office.issued()["code"]
    (key,) = json.loads(office.say("keys", "--json").out)["keys"]
    assert office.say("revoke-key", key["key"], "--by", SUPERVISOR, "--pin-stdin").status == 0
    assert office.verdict(code)[1]["revoked"]["reason"] == "key_unsafe"
    assert office.verdict(office.issued()["code"])[0] == 0
    old, new = json.loads(office.say("keys", "--json").out)["keys"]
    assert old["revoked"] is not None
    assert (new["revoked"], new["key"] == old["key"]) == (None, False)


def test_the_next_key_is_in_every_register_before_it_signs(office: Office, tmp_path: Path) -> None:
    assert office.issued()
    with office.later(days=355):
        early = tmp_path / "early.register"
        assert office.say("register", "--out", str(early)).status == 0
        first, second = json.loads(office.say("keys", "--json").out)["keys"]
        assert office.issued()
    assert office.events("CertificateIssued")[-1]["key_id"] == first["key"]
    with office.later(days=361):
        code = office.issued()["code"]
        assert office.verdict(code, "--register", str(early))[0] == 0
    with office.later(days=366):
        assert office.issued()
    assert office.events("CertificateIssued")[-1]["key_id"] == second["key"]


def test_a_clock_that_was_set_back_gives_no_number_twice_and_no_forgery(office: Office) -> None:
    with office.later(days=2):
        first = office.issued()["number"]
    told = office.issued()
    assert told["number"] == f"{first[:-2]}02"
    assert office.verdict(told["code"])[0] == 0  # by a key that was there by this clock


def test_a_kiosk_that_lost_its_keys_signs_with_a_new_one(office: Office) -> None:
    code = office.issued()["code"]
    for file in (office.state / "keys").iterdir():
        file.unlink()
    run_staff_anew(office)
    wanted = json.dumps({"holder": {"name": "测试", "id_number": NUMBER}})
    said = office.say(*ISSUE, "-", "--by", "1002", "--json", typed=f"{PIN}\n{wanted}")
    assert (said.status, said.error) == (0, "")
    for one in (
        code,
        json.loads(said.out)["code"],
    ):  # the old one is proved by its public key, which is on record
        assert office.verdict(one)[0] == 0


def run_staff_anew(office: Office) -> None:
    async def work() -> None:
        async with opened(office.state, ballast_bytes=0) as journal:
            await registry(journal).add("1002", name="测试", pin=PIN, role=Role.STAFF, by="root")

    run(work)


def test_sm2_by_setting(office: Office) -> None:
    office.site.write_text(
        office.site.read_text(encoding="utf-8").replace(
            "[certificates]\n", '[certificates]\nalgorithm = "sm2"\n'
        ),
        encoding="utf-8",
    )
    assert office.verdict(office.issued()["code"])[0] == 0
    assert json.loads(office.say("keys", "--json").out)["keys"][0]["algorithm"] == "sm2"


# the page ------------------------------------------------------------------------------------------------------------


def test_the_page_has_this_kiosk_and_the_added_ones(office: Office, tmp_path: Path) -> None:
    other, page = tmp_path / "other.register", tmp_path / "page.html"
    assert office.say("register", "--out", str(other)).status == 0
    said = office.say("page", "--out", str(page), "--add", str(other), "--json")
    assert said.status == 0
    assert len(json.loads(said.out)["registers"]) == 2
    assert page.stat().st_mode & 0o777 == 0o644
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    stranger = Office(tmp_path / "stranger", office.capsys, office.patch)
    stranger.folder.mkdir()
    stranger.prepare()  # of the same name, with other keys
    assert stranger.say("register", "--out", str(other)).status == 0
    assert "signed by another key" in office.say("page", "--out", str(page), "--add", str(other)).error
    other.write_bytes(b"changed")
    assert office.say("page", "--out", str(page), "--add", str(other)).status == 1


def test_a_call_without_sense_ends_with_2(office: Office) -> None:
    for call in (("issue", "--by", CLERK), ("revoke", "Z-1"), ("verify",), (*ISSUE, "--out", "c.gif")):
        with pytest.raises(SystemExit) as ended:
            office.say(*call)
        assert ended.value.code == 2

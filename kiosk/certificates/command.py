"""`nightdesk certificate`: `issue`, `verify`, `revoke`; `keys`, `revoke-key`; `register` and `page` for who checks."""

import argparse
import asyncio
import getpass
import json
import sys
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from kiosk.filing import store
from kiosk.journal.errors import JournalError
from kiosk.runtime.certificatecommands import CertificateOrder, issue, printable, register, revoke
from kiosk.runtime.command import CommandRefused
from kiosk.settings import Settings, SettingsError, layers, load
from kiosk.staff import StaffError

from .content import Reason, Register
from .cose import Malformed
from .files import FORMS, code_in_picture
from .issuing import CertificateRefused
from .page import page_of
from .sealed import PREFIX, read_register
from .slip import Printable
from .verifying import EXIT_STATUS, Outcome, Verdict, check
from .words import WORDS

REFUSALS: Final = (
    StaffError,
    CertificateRefused,
    Malformed,
    JournalError,
    CommandRefused,
    OSError,
    RuntimeError,
)
GIVEN: Final = ("kind", "case", "valid_from", "valid_until")
STDIN: Final = "-"


def main(arguments: Sequence[str], site_file: Path) -> int:
    """One verb: 0 done or valid, 1 refused, 2 a call without sense; `verify` has a status for each outcome."""
    given = _parser(site_file).parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = given.work
    try:
        return work(given)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1


def _parser(site_file: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nightdesk certificate", description="certificates with a signed code"
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _add_making(verbs)
    _add_checking(verbs)
    for verb in verbs.choices.values():
        verb.add_argument(
            "--config", type=Path, default=site_file, help=f"the site's TOML file ({site_file})"
        )
        verb.add_argument("--json", action="store_true")
    return parser


def _add_making(verbs: Any) -> None:
    """Verbs that change what is good, by somebody who signs in."""
    new = _verb(verbs, "issue", _issue, "sign a certificate; print its code, or write it")
    new.add_argument(
        "file", nargs="?", metavar="FILE",
        help="TOML or JSON: kind, case, valid_from, valid_until, [holder] name and id_number; - reads JSON",
    )  # fmt: skip
    new.add_argument("--kind", help="one of [certificates] kinds")
    new.add_argument("--case", metavar="NUMBER", help="whose person is the holder, unless FILE names one")
    new.add_argument("--valid-from", metavar="DAY", help="2027-03-01; today")
    new.add_argument("--valid-until", metavar="DAY", help="the last day; as many days as the kind has")
    new.add_argument("--out", type=Path, action="append", default=[], metavar="FILE",
                     help="….png or ….svg: the code; ….pdf: on A4; may be given again")  # fmt: skip
    gone = _verb(verbs, "revoke", _revoke, "from the next register on a certificate is worth nothing")
    gone.add_argument("number")
    gone.add_argument("--reason", required=True, choices=[one.value for one in Reason])
    lost = _verb(verbs, "revoke-key", _revoke_key, "and every certificate that the key signed")
    lost.add_argument("key_id", metavar="KEY")
    for verb in (new, gone, lost):
        verb.add_argument(
            "--by", required=True, metavar="STAFF_NO", help="who does this; the PIN is asked for"
        )
        verb.add_argument(
            "--pin-stdin", action="store_true", help="read the PIN from standard input, first line"
        )


def _add_checking(verbs: Any) -> None:
    """Verbs for who checks."""
    proof = _verb(verbs, "verify", _verify, "say whether a certificate is good")
    proof.add_argument(
        "code", help=f"the text {PREFIX}…, a picture's file, or - for the text on standard input"
    )
    proof.add_argument("--register", type=Path, action="append", default=[], metavar="FILE",
                       help="instead of this kiosk's own; may be given again")  # fmt: skip
    proof.add_argument("--root", action="append", default=[], metavar="HEX",
                       help="public key that a register has to be signed by; may be given again")  # fmt: skip
    _verb(verbs, "keys", _keys, "the keys, and what is revoked")
    out = _verb(verbs, "register", _register, "keys and revocations, signed: for `verify --register`")
    page = _verb(verbs, "page", _page, "a page that checks certificates in any browser, without a server")
    page.add_argument("--add", type=Path, action="append", default=[], metavar="FILE",
                      help="the register of another kiosk; may be given again")  # fmt: skip
    for verb in (out, page):
        verb.add_argument("--out", type=Path, required=True, metavar="FILE")


def _verb(
    verbs: Any, name: str, work: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(work=work, refuse=parser.error)
    return parser


# issue, revoke ------------------------------------------------------------------------------------------------------


def _issue(given: argparse.Namespace) -> int:
    strange = [path.name for path in given.out if path.suffix.lower() not in FORMS]
    if strange:
        given.refuse(f"--out: {', '.join(strange)}: a file ends in {', '.join(FORMS)}")
    pin = _pin(given) if given.file == STDIN else ""  # the first line; the rest is the file
    told = _told(given)
    pin = pin or _pin(given)
    settings = _settings(given)
    holder = told.pop("holder", {})
    order = CertificateOrder(
        "issue", given.by, pin, told["kind"], told["case"], str(holder.get("name", "")),
        str(holder.get("id_number", "")), told["valid_from"], told["valid_until"],
    )  # fmt: skip
    issued = asyncio.run(issue(settings, order))
    slip = printable(settings, issued)
    try:
        for path in given.out:
            store(path, FORMS[path.suffix.lower()](slip))
    except (OSError, RuntimeError) as error:
        print(f"{issued.certificate.number} is issued, and not written: {error}", file=sys.stderr)
        print(issued.code)
        return 1
    if given.json:
        told = {
            "number": issued.certificate.number,
            "code": issued.code,
            "files": [str(one) for one in given.out],
        }
        print(json.dumps(told))
    else:
        print(f"{issued.certificate.number}  good until {slip.last_day}")
        print("\n".join(str(path) for path in given.out) or issued.code)
    return 0


def _told(given: argparse.Namespace) -> dict[str, Any]:
    """From the file, and from options, which count more."""
    told: dict[str, Any] = dict.fromkeys(GIVEN, "")
    if given.file is not None:
        told |= _read(given.file)
    told |= {key: getattr(given, key) for key in GIVEN if getattr(given, key) is not None}
    strange = told.keys() - {*GIVEN, "holder"}
    if strange:
        raise CertificateRefused(f"keys that no certificate has: {', '.join(sorted(strange))}")
    holder = told.get("holder", {})
    if not isinstance(holder, dict) or holder.keys() - {"name", "id_number"}:
        raise CertificateRefused("holder: a table with name and id_number")
    missing = [key for key in ("kind", "case") if not told[key]]
    if missing:
        given.refuse(f"missing: {', '.join(missing)}; in FILE or as options")
    return {key: value if key == "holder" else str(value) for key, value in told.items()}


def _read(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == STDIN else Path(name).read_text(encoding="utf-8")
        told = tomllib.loads(text) if name.lower().endswith(".toml") else json.loads(text)
    except (ValueError, UnicodeDecodeError):
        raise CertificateRefused(f"{name} is no TOML (….toml) or JSON in UTF-8") from None
    if not isinstance(told, dict):
        raise CertificateRefused(f"{name}: a table of keys is expected")
    return told


def _revoke(given: argparse.Namespace) -> int:
    order = CertificateOrder("revoke", given.by, _pin(given), number=given.number, reason=given.reason)
    return _revoked(given, order, given.number)


def _revoke_key(given: argparse.Namespace) -> int:
    return _revoked(
        given, CertificateOrder("revoke-key", given.by, _pin(given), key_id=given.key_id), given.key_id
    )


def _revoked(given: argparse.Namespace, order: CertificateOrder, what: str) -> int:
    asyncio.run(revoke(_settings(given), order))
    if given.json:
        print(json.dumps({"revoked": what}))
    else:
        print(f"{what} is revoked; give out a new register and a new page, so that others know")
    return 0


def _pin(given: argparse.Namespace) -> str:
    return sys.stdin.readline().strip() if given.pin_stdin else getpass.getpass(f"PIN of {given.by}: ")


# verify -------------------------------------------------------------------------------------------------------------


def _verify(given: argparse.Namespace) -> int:
    found = _read_all(_registers(given), {root.lower() for root in given.root})
    registers = [one for one, _ in found]
    try:
        verdict = check(_code(given.code), registers, datetime.now(UTC))
    except Malformed as error:
        print(f"{given.code}: {error}", file=sys.stderr)
        verdict = Verdict(Outcome.UNREADABLE)
    print(json.dumps(plain(verdict), ensure_ascii=False) if given.json else _in_words(verdict))
    return EXIT_STATUS[verdict.outcome]


def _registers(given: argparse.Namespace) -> list[tuple[bytes, str]]:
    if given.register:
        return [(path.read_bytes(), str(path)) for path in given.register]
    return [(asyncio.run(register(_settings(given), getpass.getuser())), "this kiosk")]


def _read_all(
    files: Sequence[tuple[bytes, str]], roots: Collection[str] = ()
) -> list[tuple[Register, bytes]]:
    """Each register with the key it is signed by, one of `roots` where any are given; one key for each issuer."""
    found: dict[str, bytes] = {}
    read: list[tuple[Register, bytes]] = []
    for data, where in files:
        try:
            one, root = read_register(data)
        except Malformed as error:
            raise Malformed(f"{where}: {error}") from None
        if roots and root.hex() not in roots:
            raise Malformed(f"{where}: signed by {root.hex()}, which --root does not name")
        if found.setdefault(one.issuer, root) != root:
            raise Malformed(f"{where}: {one.issuer} stands in another register too, signed by another key")
        read.append((one, root))
    return read


def _code(given: str) -> str:
    if given.startswith(PREFIX):
        return given
    try:
        return sys.stdin.read() if given == STDIN else code_in_picture(Path(given).read_bytes())
    except (FileNotFoundError, IsADirectoryError):
        raise CertificateRefused(
            f"{given!r}: neither a code, which begins with {PREFIX}, nor a file"
        ) from None
    except UnicodeDecodeError:
        raise Malformed("not text") from None


def plain(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON has it; nothing of the certificate where its signature is not good."""
    told: dict[str, Any] = {"outcome": verdict.outcome.value}
    one, found, gone = verdict.certificate, verdict.register, verdict.revocation
    if one is not None:
        told["certificate"] = {
            "issuer": one.issuer, "number": one.number, "kind": one.kind, "holder": one.holder,
            "id_tail": one.id_tail, "issued": one.issued.isoformat(), "not_before": one.not_before.isoformat(),
            "expires": one.expires.isoformat(),
        }  # fmt: skip
    if found is not None:
        told["register"] = {"issued": found.issued.isoformat(), "next_update": found.next_update.isoformat()}
    if gone is not None:
        told["revoked"] = {"at": gone.at.isoformat(), "reason": gone.reason.value}
    return told


def _in_words(verdict: Verdict) -> str:
    lines = [" ".join(WORDS[f"outcome.{verdict.outcome}"]), *WORDS[f"advice.{verdict.outcome}"]]
    one, found = verdict.certificate, verdict.register
    if one is not None and found is not None:
        slip = Printable(one, "", found.kinds.get(one.kind, (one.kind,) * 2), found.name, _here())
        rows = [("kind", " ".join(slip.kind)), ("issuer", " ".join(slip.issuer)), *slip.rows()]
        lines += [f"  {' '.join(WORDS[key])}: {value}" for key, value in rows]
    if verdict.revocation is not None:
        lines.append(f"  {' '.join(WORDS[f'reason.{verdict.revocation.reason}'])}")
    return "\n".join(lines)


def _here() -> tzinfo:
    """The zone of this machine, which need not be the issuer's."""
    return datetime.now(UTC).astimezone().tzinfo or UTC


# keys, register, page -----------------------------------------------------------------------------------------------


def _keys(given: argparse.Namespace) -> int:
    read, root = read_register(asyncio.run(register(_settings(given), getpass.getuser())))
    keys = [
        {"key": one.key_id.hex(), "algorithm": one.algorithm.value, "from": one.not_before.isoformat(),
         "until": one.not_after.isoformat(), "revoked": one.revoked and one.revoked.isoformat()}
        for one in read.keys
    ]  # fmt: skip
    gone = [
        {"number": one.number, "at": one.at.isoformat(), "reason": one.reason.value} for one in read.revoked
    ]
    if given.json:
        print(json.dumps({"root": root.hex(), "keys": keys, "revoked": gone}))
        return 0
    print(f"root {root.hex()}")
    rows: list[Mapping[str, object]] = [*keys, *gone]
    for row in rows:
        print("  ".join(str(value) for value in row.values() if value))
    return 0


def _register(given: argparse.Namespace) -> int:
    data = asyncio.run(register(_settings(given), getpass.getuser()))
    store(given.out, data)
    return _written(given, [read_register(data)])


def _page(given: argparse.Namespace) -> int:
    own = asyncio.run(register(_settings(given), getpass.getuser()))
    files = [(own, "this kiosk"), *((path.read_bytes(), str(path)) for path in given.add)]
    read = _read_all(files)
    store(given.out, page_of([data for data, _ in files]).encode())
    return _written(given, read)


def _written(given: argparse.Namespace, read: Sequence[tuple[Register, bytes]]) -> int:
    """Says whose they are and until when: a page is given out again before that. It is for everybody to read."""
    given.out.chmod(0o644)
    if given.json:
        told = [
            {"issuer": one.issuer, "root": root.hex(), "next_update": one.next_update.isoformat()}
            for one, root in read
        ]
        print(json.dumps({"file": str(given.out), "registers": told}))
        return 0
    for one, root in read:
        print(
            f"{one.issuer}: root {root.hex()}, give out a newer one before {one.next_update:%Y-%m-%d %H:%M} UTC"
        )
    return 0


def _settings(given: argparse.Namespace) -> Settings:
    return load(layers(given.config))

"""The command line `nightdesk`, and with it the composition root: the one place that joins program and window."""

import argparse
import asyncio
import getpass
import json
import logging
import runpy
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

SITE_FILE: Final = Path("/etc/nightdesk/site.toml")
BEAT_DEADLINES_S: Final = {"ui": 10.0, "loop": 10.0, "journal": 15.0}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status is 0 when all is well, 1 when it is not, 2 for a call that makes no sense."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["emulate"]:
        return _emulate(given[1:])
    if given[:1] == ["journal"]:
        from kiosk.history import main as journal

        return journal(given[1:], SITE_FILE)
    if given[:1] == ["simulate"]:
        from kiosk.simulate.command import main as simulate

        return simulate(given[1:])
    if given[:1] == ["face"]:
        from kiosk.faces.command import main as face

        return face(given[1:])
    if given[:1] == ["certificate"]:
        from kiosk.certificates.command import main as certificate

        return certificate(given[1:], SITE_FILE)
    if given[:1] == ["scans"]:
        from kiosk.scanorders import main as scans

        return scans(given[1:], SITE_FILE)
    if given[:1] == ["ratings"]:
        from kiosk.ratings import main as ratings

        return ratings(given[1:], SITE_FILE)
    if given[:1] == ["approval"]:
        from kiosk.approvalorders import main as approval

        return approval(given[1:], SITE_FILE)
    if given[:1] == ["custody"]:
        from kiosk.custody import main as custody

        return custody(given[1:])
    if given[:1] == ["phones"] or given[:2] == ["staff", "code"]:
        from kiosk import wayorders

        return wayorders.phones(given[1:]) if given[0] == "phones" else wayorders.code(given[2:])
    options = _parser().parse_args(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    verb: Callable[[argparse.Namespace], int] = options.verb
    return verb(options)


def _parser() -> argparse.ArgumentParser:
    from kiosk.demo.verb import add_arguments

    parser = argparse.ArgumentParser(
        prog="nightdesk", description="24-hour government kiosk with document lockers"
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    run = _verb(verbs, "run", _run, "serve citizens on the configured hardware")
    run.add_argument("--config", type=Path, required=True, help="the site's TOML file")
    run.add_argument("--headless", action="store_true", help="without a window")
    run.add_argument("--probe", type=Path, help="Unix socket for tests and the demo; refused in production")
    add_arguments(
        _verb(verbs, "demo", _demo, "the whole program on emulated hardware"), positive=_positive(float)
    )
    check = _verb(verbs, "check-config", _check_config, "say everything that is wrong with settings")
    check.add_argument("files", nargs="+", type=Path)
    models = _verb(verbs, "models", _models, "fetch or check the face models")
    models.add_argument("what", choices=("install", "verify"))
    models.add_argument("--into", type=Path, metavar="DIR", help="paths.models_dir, where a site has its own")
    models.add_argument("--json", action="store_true")
    _staff_verb(verbs)
    _technician_verbs(verbs)
    bench = _verb(verbs, "bench", _bench, "measure speed and size")
    bench.add_argument("--json", action="store_true")
    bench.add_argument("--quick", action="store_true", help="each thing a few times only")
    bench.add_argument(
        "--sessions", type=_positive(int), help="sessions over which memory is watched; 10000 take an evening"
    )
    bench.add_argument(
        "--only",
        choices=("story", "face", "idle", "scan", "search", "journal", "years", "simulator", "sessions"),
        help="one part alone",
    )
    _decode_verb(verbs)
    verbs.add_parser("journal", help="the journal: `show`, `export`, `verify`, `backup`, `restore`, `erase`")
    verbs.add_parser(
        "certificate", help="certificates with a code: `issue`, `verify`, `revoke`, `page` and others"
    )
    verbs.add_parser("scans", help="pages scanned instead of copied: `list`, `export`")
    verbs.add_parser("ratings", help="how visits were rated, by month or day")
    verbs.add_parser("approval", help="the city's approval system: `check`, `show CASE`")
    verbs.add_parser("custody", help="`custody key`: an opening with the mechanical key; `custody exchange`")
    verbs.add_parser("phones", help="`phones import FILE.csv`: telephones that the back office knows")
    verbs.add_parser("face", help="the face check on files: `compare`, `evaluate`, `liveness`, `report`")
    verbs.add_parser("emulate", help="`emulate DEVICE --pty PATH --control SOCKET`: run one emulator alone")
    return parser


def _verb(
    verbs: Any, name: str, work: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(verb=work)
    return parser


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def positive(text: str) -> float:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"must be above 0: {text}")
        return value

    return positive


def _technician_verbs(verbs: Any) -> None:
    diagnose = _verb(verbs, "diagnose", _diagnose, "how every device does, and what to mend first")
    diagnose.add_argument(
        "devices", nargs="*", metavar="DEVICE", help="only these, e.g. reader board printer"
    )
    diagnose.add_argument("--json", action="store_true")
    readiness = _verb(
        verbs, "readiness", _readiness, "write the readiness report: every device, every test, the verdict"
    )
    readiness.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="where a copy goes")
    readiness.add_argument("--by", default="", metavar="STAFF_NO", help="who runs it")
    readiness.add_argument("--print", action="store_true", help="on the receipt printer too")
    readiness.add_argument("--json", action="store_true")
    bundle = _verb(
        verbs, "bundle", _bundle, "one archive for a distant engineer, without anything of a person"
    )
    bundle.add_argument(
        "--out", type=Path, metavar="FILE.tar.gz|DIR", help="a file, or a folder such as a USB stick's"
    )
    bundle.add_argument(
        "--upload",
        metavar="URL",
        help="https://…, with the certificate of [mqtt]; a folder with a / at its end",
    )
    bundle.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="where the program's output goes, where it is not systemd's journal",
    )
    discover = _verb(verbs, "discover", _discover, "walk the serial ports and name what answers")
    discover.add_argument(
        "--ports", action="append", default=[], metavar="GLOB", help="only these, may be given again"
    )
    discover.add_argument("--numbers", type=int, default=8, help="board numbers to ask of each family (8)")
    discover.add_argument("--json", action="store_true")
    discover.add_argument(
        "--write", type=Path, metavar="FILE", help="the tables, e.g. /etc/nightdesk/conf.d/20-devices.toml"
    )
    commission = _verb(
        verbs, "commission", _commission, "learn from the cabinet which lock is which, and how it speaks"
    )
    commission.add_argument(
        "--board", action="append", default=[], metavar="NAME", help="only this one, may be given again"
    )
    commission.add_argument(
        "--by", default="", help="who opens the doors; the system's user name when not given"
    )
    commission.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="instead of conf.d/30-commissioned.toml beside the site file",
    )
    for verb in (diagnose, readiness, bundle, discover, commission):
        verb.add_argument(
            "--config", type=Path, default=SITE_FILE, help=f"the site's TOML file ({SITE_FILE})"
        )


def _decode_verb(verbs: Any) -> None:
    from drivers.explain import DEVICES

    decode = _verb(verbs, "decode", _decode, "explain captured bytes of a device, frame by frame")
    decode.add_argument("device", metavar="DEVICE", choices=[row.name for row in DEVICES],
                        help=", ".join(row.name for row in DEVICES))  # fmt: skip
    decode.add_argument("hex", nargs="+", metavar="HEX", help="in any common form; - reads standard input")
    decode.add_argument("--json", action="store_true")
    decode.add_argument("--show-personal", action="store_true", help="names, numbers and texts unmasked")
    decode.add_argument(
        "--asked", type=int, choices=(1, 2, 3, 4), help="escpos-status: the n of DLE EOT n that was asked"
    )


def _staff_verb(verbs: Any) -> None:
    staff = _verb(
        verbs, "staff", _staff, "accounts of staff: add, list, disable, reset-pin, card; and `code`"
    )
    staff.add_argument("what", choices=("add", "list", "disable", "reset-pin", "card", "code"))
    staff.add_argument("number", nargs="?", default="", help="staff number")
    staff.add_argument("--config", type=Path, required=True)
    staff.add_argument("--name", default="")
    staff.add_argument("--role", choices=("staff", "technician", "supervisor", "helper"), default="staff")
    staff.add_argument("--department", action="append", default=[])
    staff.add_argument("--phone", default="")
    staff.add_argument("--told-for", action="append", default=[], help="item code, or * for every item")
    staff.add_argument(
        "--card",
        default="",
        metavar="UID",
        help="card that stands for the number, in hexadecimal; none: no card",
    )
    staff.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input")
    staff.add_argument("--by", default="", help="who does this; the system's user name when not given")
    staff.add_argument("--json", action="store_true")


def _load(config: Path) -> Any:
    from kiosk.settings import SettingsError, layers, load

    try:
        return load(layers(config))
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


# run ---------------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    settings = _load(options.config)
    if options.probe is not None and settings.profile == "production":
        sys.exit("--probe: refused in production")
    from kiosk.runtime.program import run_headless, run_window

    run = run_headless if options.headless else run_window
    return run(settings, options.probe, BEAT_DEADLINES_S)


# demo --------------------------------------------------------------------------------------------------------------


def _demo(options: argparse.Namespace) -> int:
    from kiosk.demo.verb import run_demo

    return run_demo(options)


def _emulate(arguments: Sequence[str]) -> int:
    import drivers.emulators

    programs = {
        file.stem
        for folder in drivers.emulators.__path__
        for file in Path(folder).glob("*.py")
        if "def main()" in (text := file.read_text(encoding="utf-8"))
        and ("from .base import" in text or "from .control import" in text)
    }
    modules = {
        **{name: name for name in sorted(programs)},
        "board": "kerong",
        "reader": "samv",
        "printer": "escpos",
        "modem": "gsm",
        "staff_card": "staffcard",
    }
    usage = f"usage: nightdesk emulate DEVICE …; devices: {', '.join(sorted(modules))}\n"
    if arguments[:1] in (["-h"], ["--help"]):
        sys.stdout.write(f"{usage}`nightdesk emulate DEVICE --help` says what each can do\n")
        return 0
    if not arguments or arguments[0] not in modules:
        sys.stderr.write(usage)
        return 2
    name = modules[arguments[0]]
    sys.argv = [f"nightdesk emulate {arguments[0]}", *arguments[1:]]
    runpy.run_module(f"drivers.emulators.{name}", run_name="__main__")
    return 0


# settings, models, staff -------------------------------------------------------------------------------------------


def _check_config(options: argparse.Namespace) -> int:
    from kiosk import catalogue
    from kiosk.identity import calibration
    from kiosk.settings import check, layers, load

    problems = [problem for file in options.files for problem in check(layers(file))]
    for problem in problems:
        print(problem)
    if problems:
        return 1
    for file in options.files:
        settings = load(layers(file))
        items = catalogue.check(settings.paths.services_dir)
        for item in items:
            print(f"{settings.paths.services_dir}/{item}")
        if items:
            return 1
        face = settings.face
        try:
            not_fit = calibration.not_fit(face.engine, face.calibration)
        except calibration.NotCalibrated as error:
            print(f"{file}: [face] calibration: {error}; put it there, or take the key away")
            return 1
        if not_fit:
            print(f"{file}: [face] engine = {face.engine!r} is allowed, but {not_fit}")
    print("ok")
    return 0


def _models(options: argparse.Namespace) -> int:
    from kiosk import models
    from kiosk.identity import calibration

    def progress(line: str) -> None:
        print(line, file=sys.stderr if options.json else sys.stdout)

    try:
        install = options.what == "install"
        report = models.install(options.into, progress=progress) if install else models.verify(options.into)
        engines = calibration.examine(report.target)
    except (models.ModelsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        files = {file.name: file.status for file in report.files}
        told = {"ok": report.ok, "files": files, "engines": [asdict(engine) for engine in engines]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0 if report.ok else 1
    for file in report.files:
        print(f"{file.status:12} {file.name}")
    for engine in engines:
        print(f"engine {engine.engine}: {engine}")
    return 0 if report.ok else 1


def _staff(options: argparse.Namespace) -> int:
    from kiosk.journal.errors import JournalError
    from kiosk.runtime.accounts import Order, manage
    from kiosk.runtime.command import CommandRefused
    from kiosk.staff import StaffError

    if options.what != "list" and not options.number:
        print(f"staff {options.what}: needs a staff number", file=sys.stderr)
        return 2
    pin = ""
    if options.what in ("add", "reset-pin"):
        try:
            pin = sys.stdin.readline().strip() if options.pin_stdin else getpass.getpass("PIN (6 digits): ")
        except EOFError:
            print("no PIN was typed; --pin-stdin reads it as one line", file=sys.stderr)
            return 2
    order = Order(
        options.what, options.by or getpass.getuser(), options.number, options.name, pin, options.role,
        options.department, options.phone, options.told_for, options.card, options.json,
    )  # fmt: skip
    try:
        lines = asyncio.run(manage(_load(options.config), order))
    except (StaffError, JournalError, CommandRefused) as error:
        print(error, file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


def _diagnose(options: argparse.Namespace) -> int:
    from drivers.registry import RefusedInProduction
    from kiosk.diagnose import main as diagnose
    from kiosk.runtime.command import CommandRefused

    try:
        return diagnose(_load(options.config), options.devices, as_json=options.json)
    except (CommandRefused, RefusedInProduction, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _readiness(options: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from kiosk.journal.errors import JournalError
    from kiosk.runtime.command import CommandRefused
    from kiosk.runtime.reporting import order

    try:
        written = order(_load(options.config), options.out, by=options.by, on_paper=options.print)
    except (CommandRefused, JournalError, OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(asdict(written)))
        return 0 if written.fit else 1
    print(f"{written.number}  {'fit' if written.fit else 'NOT fit'} for service  {options.out}")
    if options.print:
        print(f"receipt printer: {written.printed or 'none is fitted'}")
    return 0 if written.fit else 1


def _bundle(options: argparse.Namespace) -> int:
    from kiosk.bundle.command import main as bundle
    from kiosk.runtime.command import CommandRefused

    try:
        return bundle(_load(options.config), out=options.out, url=options.upload, log_file=options.log)
    except (CommandRefused, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _discover(options: argparse.Namespace) -> int:
    from kiosk.discover import main as discover
    from kiosk.runtime.command import CommandRefused

    at_first = options.config == SITE_FILE and not options.config.exists()  # there is no site file yet
    settings = None if at_first else _load(options.config)
    try:
        return discover(
            settings, patterns=options.ports, numbers=options.numbers, as_json=options.json, out=options.write
        )
    except (CommandRefused, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _commission(options: argparse.Namespace) -> int:
    from drivers.errors import DeviceError
    from kiosk.commission.command import main as commission
    from kiosk.journal.errors import JournalError
    from kiosk.runtime.command import CommandRefused

    by = options.by or getpass.getuser()
    try:
        return commission(
            _load(options.config), options.config, names=options.board, by=by, out=options.write
        )
    except (CommandRefused, DeviceError, JournalError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _decode(options: argparse.Namespace) -> int:
    from kiosk.decode import main as decode

    return decode(
        options.device, options.hex,
        as_json=options.json, show_personal=options.show_personal, asked=options.asked,
    )  # fmt: skip


def _bench(options: argparse.Namespace) -> int:
    from kiosk.demo.bench import main as bench
    from kiosk.settings import DEMO_FILE

    return bench(
        DEMO_FILE, as_json=options.json, quick=options.quick, sessions=options.sessions, only=options.only
    )


if __name__ == "__main__":
    sys.exit(main())

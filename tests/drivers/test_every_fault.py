"""Every fault of the line on every device but lock boards: the right value or an error that helps, and well again.

Lock boards have test_board_contract.py; what has no line has tests of its own. docs/faults.yaml says which is where.
"""

import asyncio
from collections.abc import Iterator

import pytest

from drivers.errors import DeviceError
from tests.drivers.fault_rigs import RIGS, Device, Rig, act

# what other tests show already is left out
FAULTS = {
    "sam_v_serial": ("late", "glued", "echo", "slow_line", "power_cut"),
    "sam_v_usb": ("mute", "garbage", "glued", "echo", "slow_line", "power_cut"),
    "sam_v_hid": ("mute", "garbage", "glued", "echo", "slow_line", "power_cut"),
    "escpos_serial": ("late", "half", "echo", "power_cut"),
    "escpos_network": ("late", "half", "echo", "power_cut"),
    "escpos_usb": ("late", "half", "echo", "power_cut"),
    "gsm_modem": ("late", "glued", "echo", "slow_line", "power_cut"),
    "serial_scanner": ("late", "glued", "echo", "slow_line", "power_cut"),
    "staff_card_serial": ("echo", "power_cut"),
    "modbus_inputs": ("late", "garbage", "glued", "echo", "slow_line", "power_cut"),
    "modbus_signals": ("garbage", "glued", "echo", "slow_line", "power_cut"),
}
CELLS = [(name, fault) for name, faults in FAULTS.items() for fault in faults]
SOON_S = 20.0
SILENT = {"mute", "half", "bad_checksum", "wrong_address", "cable"}  # nothing can be done while it lasts


@pytest.fixture(scope="module")
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path_factory.mktemp(request.param)) as made:
        yield made


async def set_fault(rig: Rig, fault: str, *, on: bool) -> None:
    if fault == "cable":
        await act(rig.control, "cable.pull" if on else "cable.plug")
    else:
        await act(rig.control, "fault", name=fault if on else "none")


async def well(rig: Rig, device: Device) -> None:
    """The job is done again, sooner or later."""
    async with asyncio.timeout(SOON_S):
        while not await rig.try_job(device):
            pass


@pytest.mark.parametrize(
    ("rig", "fault"), CELLS, ids=[f"{name}-{fault}" for name, fault in CELLS], indirect=["rig"]
)
def test_no_wrong_value_and_well_again(rig: Rig, fault: str) -> None:
    said: list[str] = []

    async def main() -> None:
        device = rig.make()
        try:
            await device.connect()
            await set_fault(rig, fault, on=True)
            try:
                done = await rig.job(device, rig.control)
                assert not (done and fault in SILENT)
            except DeviceError as error:
                said.append(str(error))
            await set_fault(rig, fault, on=False)
            await well(rig, device)
        finally:
            await device.close()

    asyncio.run(main())
    assert all("check" in text for text in said), said

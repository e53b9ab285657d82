"""An emulator that answers in capitals, for the tests of what all emulators share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drivers.emulators.base import Answer, Emulator, arguments, run


class Shouter(Emulator):
    """Answers everything in capitals; has one act and one fault of its own."""

    BAUDRATE: ClassVar[int] = 1200
    FAULTS: ClassVar[Mapping[str, str]] = {**Emulator.FAULTS, "hoarse": "whispers"}

    def __init__(self) -> None:
        super().__init__()
        self.cups = 0
        self.fault_changes = 0

    def received(self, data: bytes) -> None:
        self.reply(data if "hoarse" in self.faults else data.upper())

    def fault_changed(self) -> None:
        self.fault_changes += 1

    def state(self) -> Answer:
        return {"cups": self.cups, "fault_changes": self.fault_changes}

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        if do != "drink":
            raise ValueError("known is drink")
        self.cups += int(call["cups"])
        return {"cups": self.cups}


if __name__ == "__main__":
    run(Shouter(), arguments("shouter").parse_args())

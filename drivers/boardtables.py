"""The tables of lock boards, and of what stands on the same bus."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .contracts.signals import Contact, Switch
from .tables import BusConfig, PositiveSeconds

MODBUS_SILENCE_BITS: Final = 40  # 3.5 characters of 11 bits
InputNumber = Annotated[int, Field(ge=1, le=256)]  # as printed on the board, from 1


class BoardConfig(BusConfig):
    """What the table of every lock board has.

    Polarity is installation data: it follows the wiring of the locks and is checked at commissioning. `settle_s`:
    how long the bus is left alone after an unlock.
    """

    channels: Annotated[int, Field(ge=1, le=64)]
    closed_is_one: bool = True
    settle_s: Annotated[float, Field(ge=0, le=1)] = 0.03

    @property
    def sees_items(self) -> bool:
        """True where the board has item sensors of its own."""
        return False


class MaskBoardConfig(BoardConfig):
    """A lock board that tells of its locks in `state_bytes` bytes, a bit each, and does not say how many they are."""

    state_bytes: Annotated[int, Field(ge=1, le=8)]

    @model_validator(mode="after")
    def _all_told(self) -> "MaskBoardConfig":
        if self.channels > 8 * self.state_bytes:
            raise ValueError(
                f"channels: {self.state_bytes} state_bytes tell of {8 * self.state_bytes} at most"
            )
        return self


class KerongCu16Config(BoardConfig):
    """KERONG CU16 lock board."""

    driver: Literal["kerong_cu16"] = "kerong_cu16"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 19200
    board: Annotated[int, Field(ge=0, le=9)] = 0
    channels: Annotated[int, Field(ge=1, le=16)] = 16
    has_ir: bool = True
    item_is_one: bool = True

    @property
    def sees_items(self) -> bool:
        """True where infrared sensors are fitted."""
        return self.has_ir


class KerongCu48Config(MaskBoardConfig):
    """KERONG CU48, CU24 and CU48B lock boards. `dialect` is named by the state request; `pulse_ms` is for 0x80 only.

    `state_bytes`: how many bytes of lock states the board sends. `lock_byte`: which byte of a 0x60 frame names the
    lock; the other one is the board's number.
    """

    driver: Literal["kerong_cu48"] = "kerong_cu48"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 19200
    board: Annotated[int, Field(ge=0, le=255)] = 0
    channels: Annotated[int, Field(ge=1, le=64)] = 48
    dialect: Literal["0x50", "0x60", "0x80"] = "0x50"
    lock_byte: Literal[1, 2] = 2
    state_bytes: Annotated[int, Field(ge=1, le=8)] = 6
    pulse_ms: Annotated[int, Field(ge=100, le=1000)] = 500

    @model_validator(mode="after")
    def _one_order(self) -> "KerongCu48Config":
        if self.lock_byte == 1 and self.dialect != "0x60":
            raise ValueError("lock_byte: 1 is known of dialect 0x60 only")
        return self


class Lock8a80Config(MaskBoardConfig):
    """The lock board that is opened by 8A and asked by 80, of 2 to 50 channels, from many makers.

    `closed_is_one` follows from the locks' contacts: false where they close when the door opens. `state_bytes`: 3 of
    boards up to 24 channels, 7 of those with 50. `low_byte`: which of them tells of channels 1 to 8; by default the
    last of 3, the first of 7.
    """

    SILENCE_BITS: ClassVar[int] = MODBUS_SILENCE_BITS

    driver: Literal["lock_8a80"] = "lock_8a80"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=1, le=32)] = 1
    channels: Annotated[int, Field(ge=1, le=50)] = 24
    closed_is_one: bool = False
    state_bytes: Literal[3, 7] = 3
    low_byte: Literal["first", "last"] | None = None
    settle_s: Annotated[float, Field(ge=0, le=1)] = 0.12


class WklyConfig(BoardConfig):
    """WKLY lock board. It answers an unlock 0.35 to 0.45 s later, or not at all, and may be deaf until then."""

    driver: Literal["wkly"] = "wkly"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=0, le=31)] = 0
    channels: Annotated[int, Field(ge=1, le=64)] = 12
    timeout_s: PositiveSeconds = 0.5
    settle_s: Annotated[float, Field(ge=0, le=1)] = 0.5


class WinnsenConfig(BoardConfig):
    """Winnsen lock board; `board` is its station."""

    driver: Literal["winnsen"] = "winnsen"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=0, le=255)] = 1
    channels: Annotated[int, Field(ge=1, le=16)] = 16
    closed_is_one: bool = False


class ModbusRelayConfig(BoardConfig):
    """Relay board that speaks Modbus RTU: relay n pulses lock n for `pulse_s`, the board's inputs tell of the doors.

    `door_inputs`: the input of each channel's lock switch, by default input n for channel n. `item_inputs`: that of
    each channel's item sensor, where there are any. `board` is the Modbus unit.
    """

    SILENCE_BITS: ClassVar[int] = MODBUS_SILENCE_BITS

    driver: Literal["modbus_relay"] = "modbus_relay"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=1, le=247)] = 1
    channels: Annotated[int, Field(ge=1, le=32)] = 8
    door_inputs: tuple[InputNumber, ...] = ()
    item_inputs: tuple[InputNumber, ...] = ()
    item_is_one: bool = True
    pulse_s: Annotated[float, Field(ge=0.1, le=3)] = 0.5
    settle_s: Annotated[float, Field(ge=0, le=0)] = 0.0  # its answer is awaited instead

    @model_validator(mode="after")
    def _wired_once(self) -> "ModbusRelayConfig":
        for key, inputs in (("door_inputs", self.door_inputs), ("item_inputs", self.item_inputs)):
            if inputs and len(inputs) != self.channels:
                raise ValueError(
                    f"{key}: {len(inputs)} inputs for {self.channels} channels; name one for each"
                )
        taken = [*(self.door_inputs or range(1, self.channels + 1)), *self.item_inputs]
        twice = sorted({number for number in taken if taken.count(number) > 1})
        if twice:
            raise ValueError(f"door_inputs and item_inputs name input {twice[0]} twice")
        return self

    @property
    def sees_items(self) -> bool:
        """True where item sensors are wired to the board's own inputs."""
        return bool(self.item_inputs)


class Wire(BaseModel):
    """Where a contact or a lamp is wired: the number printed on the board, and what its being on means.

    `active_is_one`: False for a contact that opens when it tells something, and for what is on when its relay is off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: InputNumber
    active_is_one: bool = True


class ModbusSignalsConfig(BusConfig):
    """Contacts, lamps, fan and buzzer at free inputs and relays of a Modbus board. `board` is its unit."""

    SILENCE_BITS: ClassVar[int] = MODBUS_SILENCE_BITS

    driver: Literal["modbus_signals"] = "modbus_signals"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=1, le=247)] = 1
    inputs: dict[Contact, Wire] = Field(default_factory=dict)
    outputs: dict[Switch, Wire] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _wired_once(self) -> "ModbusSignalsConfig":
        if not self.inputs and not self.outputs:
            raise ValueError("neither inputs nor outputs are named")
        for key, wires in (("inputs", self.inputs.values()), ("outputs", self.outputs.values())):
            numbers = [wire.number for wire in wires]
            twice = sorted({number for number in numbers if numbers.count(number) > 1})
            if twice:
                raise ValueError(f"{key} name {twice[0]} twice")
        buzzer = self.outputs.get(Switch.BUZZER)
        if buzzer is not None and not buzzer.active_is_one:
            raise ValueError("buzzer: active_is_one must be true, the board times how long its relay is on")
        return self


class ModbusInputsConfig(BusConfig):
    """Item sensors at the inputs of a Modbus board. `board` is its unit; `item_is_one`: a closed input is an item."""

    SILENCE_BITS: ClassVar[int] = MODBUS_SILENCE_BITS

    driver: Literal["modbus_inputs"] = "modbus_inputs"
    baudrate: Annotated[int, Field(ge=1200, le=921600)] = 9600
    board: Annotated[int, Field(ge=1, le=247)] = 1
    inputs: InputNumber = 8
    item_is_one: bool = True

"""GSM modem as an SMS channel: AT commands over a serial line, PDU mode."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from typing import Final, Protocol

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome, SmsRefused
from drivers.errors import DeviceRefused, LinkClosed, LinkError, LinkTimeout, ProtocolError
from drivers.link import Link, OnLink

from .at import CR, CTRL_Z, ESC, AtAnswer, AtError, parse_answer, parse_prompt
from .errors import meaning, refusal
from .pdu import SubmitPdu, encode_submit

SIGNAL_UNKNOWN: Final = 99

_CPIN: Final = re.compile(r"\+CPIN: *(.+)")
_CREG: Final = re.compile(r"\+CREG: *\d, *(\d)(?:,|$)")  # an unsolicited +CREG has no mode before the state
_CSQ: Final = re.compile(r"\+CSQ: *(\d+),")
_CMGS: Final = re.compile(r"\+CMGS: *(\d+)")

_REGISTRATION: Final[Mapping[int, Health | None]] = {  # None: registered
    0: Health(DeviceStatus.OFFLINE, "modem is not looking for a network", ErrorAction.MAINTENANCE),
    1: None,
    2: Health(DeviceStatus.OFFLINE, "modem is looking for a network", ErrorAction.SUSPEND),
    3: Health(DeviceStatus.OFFLINE, "network denies the SIM; ask the operator", ErrorAction.MAINTENANCE),
    4: Health(DeviceStatus.OFFLINE, "registration unknown", ErrorAction.SUSPEND),
    5: None,
}


class GsmConfig(Protocol):
    """What `create` reads."""

    @property
    def url(self) -> str:
        """Device path or pyserial URL."""

    @property
    def baudrate(self) -> int:
        """Bits a second, 115200 as a rule."""

    @property
    def answer_timeout_s(self) -> float:
        """Deadline of everything but sending."""

    @property
    def send_timeout_s(self) -> float:
        """Deadline of the network's answer to one part, 35 s as a rule."""


class GsmModem(OnLink):
    """`drivers.contracts.sms.SmsChannel` over one modem."""

    def __init__(
        self, link: Link, *, answer_timeout_s: float, send_timeout_s: float, first_reference: int = 0
    ) -> None:
        super().__init__(link)
        self._answer_timeout_s = answer_timeout_s
        self._send_timeout_s = send_timeout_s
        self._reference = first_reference & 0xFF
        self._alone = (
            asyncio.Lock()
        )  # a command that falls between prompt and PDU would become part of the PDU

    async def connect(self) -> None:
        """Open the line, leave any prompt, set the modem up. A missing SIM is a matter of `health`, not of this.

        Raises `LinkClosed`, `LinkTimeout`, or `DeviceRefused` when the modem does not know PDU mode.
        """
        async with self._alone:
            await self._link.open()
            await self._set_up()

    async def send(self, message: SmsMessage) -> SmsOutcome:
        """Send every part in turn; the first part that is refused refuses the message.

        Raises `DeviceError` when the modem is silent. After a `LinkTimeout` it is not known whether the part went out.
        """
        self._reference = (self._reference + 1) & 0xFF
        try:
            parts = encode_submit(message.number, message.text, reference=self._reference)
        except ValueError:
            return SmsRefused("message-invalid", permanent=True)
        async with self._alone:
            return await self._send_parts(parts)

    async def health(self) -> Health:
        """SIM, then registration, then signal. Never raises: a silent modem is a state."""
        try:
            async with self._alone:
                return await self._look()
        except LinkClosed:
            return Health(DeviceStatus.NO_DEVICE, "modem: the port is gone", ErrorAction.MAINTENANCE)
        except LinkError as error:
            return Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE)

    async def close(self) -> None:
        """Release the line."""
        await self._link.close()

    async def _set_up(self) -> None:
        await self._link.send(ESC)  # a prompt left over from a crash would swallow the commands
        for command in ("ATE0", "AT+CMEE=1", "AT+CMGF=0"):
            answer = await self._ask(command)
            if answer.error is not None and command == "AT+CMGF=0" and not _about_sim(answer.error):
                raise DeviceRefused("modem: refuses PDU mode (AT+CMGF=0); use a modem that has it")

    async def _ask(self, command: str) -> AtAnswer:
        request = (command + CR).encode("ascii")
        return await self._link.exchange(request, parse_answer, timeout_s=self._answer_timeout_s)

    async def _send_parts(self, parts: tuple[SubmitPdu, ...]) -> SmsOutcome:
        await self._set_up()  # cheap, and the modem may have restarted since
        references: list[str] = []
        for part in parts:
            answer = await self._send_part(part)
            if answer.error is not None:
                return refusal(answer.error.kind, answer.error.number)
            references.append(_reference_of(answer))
        return SmsAccepted(tuple(references))

    async def _send_part(self, part: SubmitPdu) -> AtAnswer:
        """One `AT+CMGS`. Whatever goes wrong, the modem does not stay at its prompt."""
        try:
            command = f"AT+CMGS={part.tpdu_octets}{CR}".encode("ascii")
            prompt = await self._link.exchange(command, parse_prompt, timeout_s=self._answer_timeout_s)
            if not prompt.prompt:
                return prompt
            pdu = part.hex.encode("ascii") + CTRL_Z
            return await self._link.exchange(pdu, parse_answer, timeout_s=self._send_timeout_s)
        except LinkTimeout:
            await self._link.send(ESC)
            raise

    async def _look(self) -> Health:
        sim = await self._ask("AT+CPIN?")
        if (trouble := _sim_trouble(sim)) is not None:
            return trouble
        registration = (await self._ask("AT+CREG?")).value(_CREG)
        signal = (await self._ask("AT+CSQ")).value(_CSQ)
        if registration is None or signal is None:
            raise ProtocolError("modem: answers OK without registration or signal; check that it is a modem")
        state = _REGISTRATION.get(int(registration[1]), _REGISTRATION[4])
        return state or Health(DeviceStatus.ONLINE, _signal_words(int(signal[1])))


def create(config: GsmConfig) -> GsmModem:
    """Modem as configured; opens nothing."""
    return GsmModem(
        Link(config.url, baudrate=config.baudrate, name="modem"),
        answer_timeout_s=config.answer_timeout_s,
        send_timeout_s=config.send_timeout_s,
        first_reference=secrets.randbelow(
            256
        ),  # a restart must not join its parts to those of the run before
    )


def _about_sim(error: AtError) -> bool:
    return refusal(error.kind, error.number).operator


def _reference_of(answer: AtAnswer) -> str:
    match = answer.value(_CMGS)
    if match is None:
        raise ProtocolError("modem: OK without +CMGS; whether the part went out is not known")
    return match[1]


def _sim_trouble(answer: AtAnswer) -> Health | None:
    if (error := answer.error) is not None:
        if not _about_sim(error):
            return Health(DeviceStatus.OFFLINE, meaning(error.kind, error.number), ErrorAction.SUSPEND)
        return _sim_needs_person(meaning(error.kind, error.number))
    state = answer.value(_CPIN)
    if state is None:
        raise ProtocolError("modem: OK without +CPIN; check that the device is a modem")
    return None if state[1] == "READY" else _sim_needs_person(f"SIM asks for {state[1].removeprefix('SIM ')}")


def _sim_needs_person(detail: str) -> Health:
    return Health(DeviceStatus.HARDWARE_ERROR, detail, ErrorAction.MAINTENANCE)


def _signal_words(level: int) -> str:
    """`AT+CSQ` level 0 to 31; dBm = -113 + 2 n."""
    return "signal unknown" if level == SIGNAL_UNKNOWN else f"signal {2 * level - 113} dBm"

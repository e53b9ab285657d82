"""What every way to send text messages promises: the modem and each provider, on their emulators."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.sms import SmsAccepted, SmsChannel, SmsOutcome, SmsRefused
from drivers.errors import LinkClosed, LinkError, LinkTimeout
from tests.drivers.sms_rigs import HELD, NUMBER, REFUSED, TEXT, Rig, rig

T = TypeVar("T")


@pytest.fixture(scope="module", params=["gsm", "aliyun", "tencent", "mas"])
def far_side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(request.param, tmp_path_factory.mktemp(request.param)) as made:
        yield made


@pytest.fixture
def sms(far_side: Rig) -> Iterator[Rig]:
    yield far_side
    far_side.mend()


def with_channel(sms: Rig, work: Callable[[SmsChannel], Awaitable[T]]) -> T:
    async def run() -> T:
        channel = sms.channel()
        try:
            await channel.connect()
            return await work(channel)
        finally:
            await channel.close()

    return asyncio.run(run())


def test_a_message_goes_out_once_and_says_what_it_should(sms: Rig) -> None:
    before = len(sms.messages())
    outcome = with_channel(sms, lambda channel: channel.send(HELD))
    assert isinstance(outcome, SmsAccepted)
    assert all(outcome.references)
    (number, said) = sms.messages()[-1]
    assert len(sms.messages()) == before + 1
    assert number == NUMBER[-11:]
    assert "ND-7" in said
    assert "A-03" in said


def test_a_refused_number_is_final(sms: Rig) -> None:
    sms.refuse(REFUSED)
    outcome = with_channel(sms, lambda channel: channel.send(replace(HELD, number=REFUSED)))
    assert isinstance(outcome, SmsRefused)
    assert (outcome.permanent, outcome.operator) == (True, False)
    assert REFUSED[-11:] not in repr(outcome)


def test_what_is_no_number_stays_here(sms: Rig) -> None:
    before = sms.control.do("state")
    outcome = with_channel(sms, lambda channel: channel.send(replace(HELD, number="none")))
    assert isinstance(outcome, SmsRefused)
    assert outcome.permanent
    assert sms.control.do("state")["messages"] == before["messages"]


def test_silence_is_no_outcome_and_passes(sms: Rig) -> None:
    async def silent_then_well(channel: SmsChannel) -> SmsOutcome:
        await asyncio.to_thread(sms.control.do, "fault", name="mute")
        with pytest.raises(LinkTimeout):
            await channel.send(HELD)
        await asyncio.to_thread(sms.control.do, "fault", name="none")
        await channel.connect()
        return await channel.send(HELD)

    assert isinstance(with_channel(sms, silent_then_well), SmsAccepted)


def test_half_an_answer_is_no_outcome(sms: Rig) -> None:
    async def cut(channel: SmsChannel) -> None:
        await asyncio.to_thread(sms.control.do, "fault", name="half")
        with pytest.raises(LinkError):
            await channel.send(HELD)

    with_channel(sms, cut)


def test_a_far_side_that_is_gone_is_said_and_comes_back(sms: Rig) -> None:
    async def gone(channel: SmsChannel) -> Health:
        await asyncio.to_thread(sms.unplug)
        with pytest.raises(LinkClosed) as caught:
            await channel.send(HELD)
        assert NUMBER[-11:] not in str(caught.value)
        return await channel.health()

    assert with_channel(sms, gone).status is not DeviceStatus.ONLINE
    sms.mend()
    assert isinstance(with_channel(sms, lambda channel: channel.send(HELD)), SmsAccepted)


def test_health_is_asked_and_never_raises(sms: Rig) -> None:
    async def both(channel: SmsChannel) -> tuple[Health, Health]:
        well = await channel.health()
        await asyncio.to_thread(sms.control.do, "fault", name="mute")
        return well, await channel.health()

    well, silent = with_channel(sms, both)
    assert well.status is DeviceStatus.ONLINE
    assert silent.status is not DeviceStatus.ONLINE
    assert silent.detail
    assert silent.action is not None


def test_closed_is_closed(sms: Rig) -> None:
    async def closed() -> None:
        channel = sms.channel()
        await channel.connect()
        await channel.close()
        await channel.close()
        with pytest.raises(LinkClosed):
            await channel.send(HELD)

    asyncio.run(closed())


@pytest.mark.parametrize("fault", ["none", "half"])
def test_neither_number_nor_text_reaches_a_log(
    sms: Rig, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def send(channel: SmsChannel) -> str:
        await asyncio.to_thread(sms.control.do, "fault", name=fault)
        try:
            return repr(await channel.send(HELD))
        except LinkError as error:
            return f"{error} {error!r}"

    with caplog.at_level(logging.DEBUG):
        said = with_channel(sms, send) + repr(HELD) + caplog.text
    assert NUMBER[-11:] not in said
    assert TEXT not in said
    assert "ND-7" not in said

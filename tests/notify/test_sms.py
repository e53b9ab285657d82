"""The SMS courier: one queue per recipient, refusals, lateness, a channel that is down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.sms import SmsOutcome, SmsRefused
from drivers.errors import LinkTimeout
from kiosk.journal.types import Channel, Notice, OutboxState
from kiosk.notify import sms
from kiosk.notify.policy import SmsPayload
from kiosk.notify.sms import SmsCourier, SmsSettings
from tests.notify.doubles import MemoryOutbox, MoodyChannel, Reports, Time, until

QUEUED, SENT, FAILED = OutboxState.QUEUED, OutboxState.SENT, OutboxState.FAILED
NUMBERS = {"S1": "13800000001", "S2": "13800000002", "S3": "13800000003", "citizen:ND-7": "13800000009"}
REFUSED = SmsRefused("unassignedNumber", permanent=True)
BUSY = SmsRefused("congestion", permanent=False)
NO_SIM = SmsRefused("simNotInserted", permanent=False, operator=True)


class Scene:
    """A courier among partners that a test can move."""

    def __init__(self, answers: dict[str, SmsOutcome | Exception] | None = None) -> None:
        self.time = Time()
        self.outbox = MemoryOutbox()
        self.channel = MoodyChannel({NUMBERS[name]: answer for name, answer in (answers or {}).items()})
        self.reports = Reports(self.outbox, self.time)
        self.numbers = dict(NUMBERS)
        self.courier = SmsCourier(
            self.channel,
            self.outbox,
            resolve=self._resolve,
            report=self.reports,
            settings=SmsSettings(connect_timeout_s=0.2, send_timeout_s=0.2),
            clock=self.time.now,
            monotonic=self.time.monotonic,
        )

    async def _resolve(self, recipient: str) -> str | None:
        return self.numbers.get(recipient)

    def tell(self, recipient: str, *following: str, text: str = "text") -> str:
        payload = SmsPayload("deposit.held", text, following)
        notice = Notice(Channel.SMS, recipient, payload.encode(), case_id="ND-7")
        self.outbox.add(notice, at=self.time.now())
        self.courier.poke()
        return notice.message_id

    def later(self, seconds: float) -> None:
        self.time.pass_by(seconds)
        self.courier.poke()

    def sent(self) -> list[str]:
        names = {number: name for name, number in NUMBERS.items()}
        return [names[message.number] for message in self.channel.sent]


def play(scene: Scene, story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        task = asyncio.create_task(scene.courier.run())
        try:
            await story()
        finally:
            scene.courier.close()
            await task

    asyncio.run(run())


def test_each_recipient_gets_their_texts_in_order() -> None:
    scene = Scene()

    async def story() -> None:
        for text in ("one", "two", "three"):
            scene.tell("S1", text=text)
        scene.tell("S2", text="other")
        await until(lambda: len(scene.channel.sent) == 4, "all sent")

    play(scene, story)
    to_first = [m.text for m in scene.channel.sent if m.number == NUMBERS["S1"]]
    assert to_first == ["one", "two", "three"]
    assert {row.state for row in scene.outbox.rows} == {SENT}
    assert scene.channel.connects == 1


def test_a_refused_number_holds_up_nobody_and_the_next_is_told_at_once() -> None:
    scene = Scene({"S1": REFUSED})

    async def story() -> None:
        scene.tell("S1", "S2", "S3")
        scene.tell("S3")
        await until(lambda: sorted(scene.sent()) == ["S2", "S3"], "the next recipient was told")

    play(scene, story)
    assert scene.outbox.state("S1") == [FAILED]
    assert scene.reports.made == [("S1", "unassignedNumber")]
    assert SmsPayload.decode(scene.outbox.rows[-1].payload).next_recipients == ("S3",)


def test_a_congested_number_waits_alone() -> None:
    scene = Scene({"S1": BUSY})

    async def story() -> None:
        scene.tell("S1", "S2")
        scene.tell("S3")
        await until(lambda: scene.sent() == ["S3"] and scene.outbox.rows[0].attempts == 1, "S1 was tried")
        scene.channel.answers.clear()
        scene.later(5.0)
        await until(lambda: scene.sent() == ["S3", "S1"], "S1 at the second try")

    play(scene, story)
    assert scene.reports.made == []


def test_back_off_grows_and_is_bounded() -> None:
    settings = SmsSettings(retry_min_s=5.0, retry_max_s=60.0)
    assert [settings.back_off_s(n) for n in (1, 2, 3, 5, 500)] == [5.0, 10.0, 20.0, 60.0, 60.0]


def test_who_does_not_get_it_in_time_is_passed_over() -> None:
    scene = Scene({"S1": BUSY})

    async def story() -> None:
        scene.tell("S1", "S2")
        await until(lambda: scene.outbox.rows[0].attempts == 1, "S1 was tried")
        scene.later(599.0)
        await until(lambda: scene.outbox.rows[0].attempts == 2, "S1 was tried again")
        assert scene.reports.made == []
        scene.later(1.0)
        await until(lambda: scene.sent() == ["S2"], "S2 was told")

    play(scene, story)
    assert scene.reports.made == [("S1", "notDeliveredInTime")]
    assert scene.outbox.state("S1") == [FAILED]


def test_the_last_in_the_line_is_reported_once_and_tried_on() -> None:
    scene = Scene({"S1": BUSY})

    async def story() -> None:
        scene.tell("S1")
        for tries in range(1, 5):
            await until(lambda n=tries: scene.outbox.rows[0].attempts == n, "tried")  # type: ignore[misc]
            scene.later(300.0)
        scene.channel.answers.clear()
        scene.later(300.0)
        await until(lambda: scene.sent() == ["S1"], "delivered at last")

    play(scene, story)
    assert scene.reports.made == [("S1", "notDeliveredInTime")]


def test_lateness_is_noticed_while_the_channel_is_down() -> None:
    scene = Scene()
    scene.channel.refuses_to_connect = LinkTimeout("the modem does not answer")

    async def story() -> None:
        scene.tell("S1", "S2")
        await until(lambda: scene.channel.connects == 1, "tried to connect")
        scene.later(600.0)
        await until(lambda: scene.outbox.state("S2") == [QUEUED], "handed on")
        health = await scene.courier.health()
        assert (health.status, health.action) == (DeviceStatus.OFFLINE, ErrorAction.SUSPEND)
        scene.channel.refuses_to_connect = None
        scene.later(300.0)
        await until(lambda: scene.sent() == ["S2"], "sent when the modem came back")
        assert (await scene.courier.health()).status is DeviceStatus.ONLINE

    play(scene, story)
    assert scene.reports.made == [("S1", "notDeliveredInTime")]


def test_a_citizen_does_not_become_late_for_staff() -> None:
    scene = Scene({"citizen:ND-7": BUSY})

    async def story() -> None:
        scene.tell("citizen:ND-7")
        await until(lambda: scene.outbox.rows[0].attempts == 1, "tried")
        scene.later(700.0)
        await until(lambda: scene.outbox.rows[0].attempts == 2, "tried again")

    play(scene, story)
    assert scene.reports.made == []


def test_what_was_tried_for_days_is_given_up() -> None:
    scene = Scene({"citizen:ND-7": BUSY})

    async def story() -> None:
        scene.tell("citizen:ND-7")
        await until(lambda: scene.outbox.rows[0].attempts == 1, "tried")
        scene.later(259_200.0)
        await until(lambda: scene.outbox.rows[0].state is FAILED, "given up")

    play(scene, story)
    assert scene.reports.made == [("citizen:ND-7", "triedTooLong")]


def test_a_recipient_without_a_number_is_passed_over() -> None:
    scene = Scene()
    del scene.numbers["S1"]

    async def story() -> None:
        scene.tell("S1", "S2")
        await until(lambda: scene.sent() == ["S2"], "S2 was told")

    play(scene, story)
    assert scene.reports.made == [("S1", "noNumber")]


def test_a_missing_sim_costs_nobody_a_try() -> None:
    scene = Scene({"S1": NO_SIM, "S2": NO_SIM})

    async def story() -> None:
        scene.tell("S1")
        scene.tell("S2")
        await until(lambda: scene.courier._trouble == "simNotInserted", "the SIM is missed")
        health = await scene.courier.health()
        assert health.action is ErrorAction.CLEAR
        assert [row.attempts for row in scene.outbox.rows] == [0, 0]
        scene.channel.answers.clear()
        scene.later(5.0)
        await until(lambda: sorted(scene.sent()) == ["S1", "S2"], "both, when the SIM is in")

    play(scene, story)


def test_a_modem_that_stops_in_the_middle_is_connected_anew() -> None:
    scene = Scene({"S1": LinkTimeout("no prompt")})

    async def story() -> None:
        scene.tell("S1")
        await until(lambda: scene.courier._channel_failures == 1, "the failure is seen")
        scene.channel.answers.clear()
        scene.later(5.0)
        await until(lambda: scene.sent() == ["S1"], "sent over the new connection")

    play(scene, story)
    assert scene.channel.connects == 2


def test_a_modem_that_never_answers_meets_the_deadline() -> None:
    scene = Scene()
    scene.channel.stuck = True

    async def story() -> None:
        scene.tell("S1")
        await until(lambda: scene.courier._trouble == "no answer in time", "the deadline")

    play(scene, story)
    assert scene.outbox.state("S1") == [QUEUED]


def test_a_clock_that_was_set_back_delays_nothing() -> None:
    scene = Scene({"S1": BUSY})

    async def story() -> None:
        scene.tell("S1", "S2")
        await until(lambda: scene.outbox.rows[0].attempts == 1, "tried")
        scene.channel.answers.clear()
        scene.time.pass_by(-86_400.0)
        scene.time.seconds += 86_400.0 + 10.0
        scene.courier.poke()
        await until(lambda: bool(scene.sent()), "sent although the clock says it is not due for a day")

    play(scene, story)


def test_an_erased_payload_is_given_up() -> None:
    scene = Scene()

    async def story() -> None:
        scene.outbox.add(Notice(Channel.SMS, "citizen:ND-7", b"", case_id="ND-7"))
        scene.courier.poke()
        await until(lambda: scene.outbox.state("citizen:ND-7") == [FAILED], "given up")

    play(scene, story)
    assert scene.reports.made == [("citizen:ND-7", "unreadablePayload")]


def test_numbers_and_texts_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene({"S1": REFUSED, "S2": LinkTimeout("no prompt")})
    with caplog.at_level(logging.DEBUG):

        async def story() -> None:
            scene.tell("S1", "S2", text="secret words")
            await until(lambda: scene.courier._channel_failures == 1, "both have failed")

        play(scene, story)
    assert "no prompt" in caplog.text
    assert "138" not in caplog.text
    assert "secret" not in caplog.text
    assert not any(number in repr(row) for row in scene.outbox.rows for number in NUMBERS.values())


def test_a_missing_sim_is_known_before_the_first_message(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.channel.state = Health(DeviceStatus.HARDWARE_ERROR, "SIM not inserted", ErrorAction.MAINTENANCE)

    async def story() -> None:
        await until(lambda: not scene.courier.last_met().works and scene.channel.looks == 1, "the first look")
        assert scene.courier.last_met() == scene.channel.state
        scene.channel.state = Health(DeviceStatus.ONLINE, "signal -71 dBm")
        scene.later(30.0)
        assert not scene.courier.last_met().works
        scene.later(30.0)
        await until(lambda: scene.courier.last_met().status is DeviceStatus.ONLINE, "the look after a minute")
        assert (await scene.courier.look()).detail == "signal -71 dBm"

    with caplog.at_level(logging.WARNING):
        play(scene, story)
    assert scene.channel.connects == 1
    assert [record.message for record in caplog.records] == [
        "text messages will not go out: SIM not inserted"
    ]


def test_a_silent_modem_is_known_before_the_first_message() -> None:
    scene = Scene()
    scene.channel.refuses_to_connect = LinkTimeout("modem: no answer within 0.2 s")

    async def story() -> None:
        await until(lambda: scene.courier.last_met().status is DeviceStatus.OFFLINE, "the first look")
        assert "no answer" in (await scene.courier.look()).detail
        scene.channel.refuses_to_connect = None
        assert (await scene.courier.look()).works
        scene.tell("S1")
        await until(lambda: scene.sent() == ["S1"], "a message goes out")

    play(scene, story)


def test_while_the_disk_is_full_nothing_goes_out_twice_and_the_courier_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sms, "PAUSE_S", 0.01)
    scene = Scene({"S2": REFUSED})
    scene.outbox.refusals = 3

    async def story() -> None:
        scene.tell("S1")
        await until(lambda: scene.outbox.state("S1") == [SENT], "recorded at the fourth try")
        scene.outbox.refusals = 2
        scene.tell("S2", "S3")
        await until(lambda: scene.outbox.state("S2") == [FAILED], "given up at the third try")
        await until(lambda: "S3" in scene.sent(), "the next is told")

    play(scene, story)
    assert scene.sent().count("S1") == 1

"""The real program after a power cut in an audit: the start says how it ended, and those on call are told."""

from kiosk.journal.staffevents import AuditStarted
from kiosk.journal.types import Channel
from kiosk.notify.policy import SmsPayload
from tests.simulate.test_told_at_once import Scene, played

AUDIT = "A-260302-01"


def test_an_audit_that_the_power_cut_off_is_told_at_the_next_start() -> None:
    lives: list[float] = []

    async def play(scene: Scene) -> None:
        lives.append(scene._now_s())
        if len(lives) == 1:
            await scene._journal.append(AuditStarted(AUDIT, "1001", "", False, 16))
            scene._disk.cut_in = 1
            await scene.deposit()
        ended = await scene._journal.last_event("AuditCutOff")
        assert ended is not None
        assert (ended.data["audit"], ended.data["looked_into"]) == (AUDIT, 0)
        told = [row for row in await scene._journal.outbox.of_event(ended.seq) if row.channel is Channel.SMS]
        assert told
        assert all(AUDIT in SmsPayload.decode(row.payload).text for row in told)

    played(play)
    assert len(lives) == 2

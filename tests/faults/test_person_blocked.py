"""Somebody with another one's card: no more face checks for it, staff are told, a person decides; no word of blame."""

from drivers.emulators.world import Options
from tests.faults.playing import STAFF_PHONE, Kiosk

OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face.liveness": {"steps_min": 1, "steps_max": 1, "pause_min_s": 0.1, "pause_max_s": 0.2, "step_s": 5.0},
    "face.mismatches": {"per_card": 1, "per_kiosk": 100},
}


def test_another_ones_card(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.before_the_camera("biden", "jia")
    kiosk.checks("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] == "no_match"
    blocked = kiosk.recorded("FaceChecksBlocked", after=mark)
    assert (blocked["scope"], blocked["mismatches"]) == ("card", 1)
    kiosk.until(lambda: bool(kiosk.mqtt("face-blocked")), "MQTT message")
    assert kiosk.mqtt("face-blocked")[-1]["data"] == {"scope": "card", "mismatches": 1}
    kiosk.until(lambda: any("人脸" in text for text in kiosk.sms(STAFF_PHONE)), "SMS to who is on call")
    kiosk.to_home()

    kiosk.power_cut()
    kiosk.start()  # which gives nobody another try
    kiosk.to_home()
    mark = kiosk.mark
    kiosk.before_the_camera("biden", "jia")
    kiosk.checks("face.undecided")
    assert kiosk.recorded("IdentityNotVerified", after=mark)["outcome"] == "blocked"
    assert "face.outcome.blocked" in kiosk.probe.page()["texts"]
    assert kiosk.has("way.code_staff")
    for gone in ("face.try_again", "way.code_sms", "way.card_only"):
        assert not kiosk.has(gone)
    kiosk.tap("way.code_staff")
    kiosk.sees("code.staff")
    kiosk.to_home()

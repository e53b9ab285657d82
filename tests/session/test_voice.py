"""The voice beside every page: on, louder, again, somebody to come; normal again after each session."""

from dataclasses import replace

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffstate
from kiosk.session import state as st
from kiosk.session.aidstate import Spot
from kiosk.session.machine import step
from kiosk.session.voicestate import VoiceState
from screens import intents as ask
from screens.viewmodels import VOICE_STEPS
from tests.session.scenes import WITHOUT_FORM, start

SPEAKS = replace(WITHOUT_FORM, volume=3)


def test_it_changes_no_page_and_is_over_help_too() -> None:
    for stage in (
        st.Idle(),
        st.ChoosingItem(),
        st.TakingCard(),
        st.Trouble("disk_full"),
        staffstate.SigningIn(),
    ):
        session = replace(start(), stage=stage)
        for opened in (session, replace(session, help=True)):
            speaking = replace(opened, policy=SPEAKS)
            outcome = step(speaking, ask.SwitchVoice())
            assert outcome.session == replace(speaking, voice=VoiceState(on=True), seconds_left=None)
            assert outcome.effects == ()


def test_a_kiosk_without_a_voice_has_none() -> None:
    outcome = step(start(), ask.SwitchVoice())
    assert (outcome.session, outcome.effects, outcome.unexpected) == (start(), (), None)


def test_headphones_switch_it_on_and_off() -> None:
    session = start(SPEAKS)
    for plugged in (True, True, False):
        session = step(session, ev.HeadphonesPlugged(plugged)).session
        assert session.voice.on is plugged


def test_volume_stays_within_its_steps_and_each_touch_counts() -> None:
    session = start(SPEAKS)
    heard = []
    for by in (1, 1, 1, 1, -1, -1, -1, -1, -1, -1, 1):
        session = step(session, ask.Louder(by)).session
        heard.append(session.voice.volume(SPEAKS.volume))
    assert heard == [4, 5, 5, VOICE_STEPS, 4, 3, 2, 1, 1, 1, 2]


def test_the_end_of_a_session_makes_it_normal() -> None:
    session = start(SPEAKS)
    for event in (ask.SwitchVoice(), ask.Louder(1), ask.ShowItems()):
        session = step(session, event).session
    assert session.voice == VoiceState(on=True, louder=1)
    assert step(session, ask.StartOver()).session.voice == VoiceState()
    assert step(session, ev.IdleFor(0)).session.voice == VoiceState()


def test_the_page_is_said_again_only_while_it_is_on() -> None:
    session = start(SPEAKS)
    assert step(session, ask.SayAgain()).effects == ()
    speaking = step(session, ask.SwitchVoice()).session
    assert step(speaking, ask.SayAgain()).effects == (do.SayAgain(),)


def test_somebody_is_asked_to_come_once_and_the_page_below_stays() -> None:
    session = step(start(SPEAKS), ask.ShowItems()).session
    asked = step(session, ask.AskSomebody())
    assert asked.effects == (do.ReportProblem("person"),)
    assert (asked.session.help, asked.session.aid.spot) == (True, Spot.SENDING)
    assert step(asked.session, ask.AskSomebody()).effects == ()
    told = step(asked.session, ev.AidAnswer("P-1")).session
    assert (told.aid.spot, told.aid.person, told.aid.number) == (Spot.REPORTED, True, "P-1")
    closed = step(told, ask.Proceed()).session
    assert (closed.help, closed.stage) == (False, st.ChoosingItem())

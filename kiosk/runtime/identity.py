"""Between the identity process and the session: its events become the session's, its health the machine's."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final, assert_never

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.report import LineReport
from kiosk.identity import events as said
from kiosk.identity.card import Card, Sex, mask_name, mask_number
from kiosk.session import events as ev
from kiosk.session.facts import CardFacts, FaceProof, Part, Sight

logger = logging.getLogger(__name__)

PARTS = {said.IdentityPart.READER: Part.READER, said.IdentityPart.CAMERA: Part.CAMERA}
SEXES: Final = {Sex.MALE: "male", Sex.FEMALE: "female"}  # as the rules of an item say it
WORKS: Final = Health(DeviceStatus.ONLINE)


class IdentityEar:
    """Hears the identity process. `post` takes session events, `health_changed` is told of devices.

    `now`: the kiosk's local time; who is younger than `guardian_below_age` years needs a guardian for the face check.
    """

    def __init__(
        self, post: Callable[[ev.Event], None], health_changed: Callable[[], None],
        now: Callable[[], datetime], guardian_below_age: int,
    ) -> None:  # fmt: skip
        self._post = post
        self._now = now
        self._guardian_below_age = guardian_below_age
        self._health_changed = health_changed
        self._health: dict[said.IdentityPart, Health] = {}
        self._somebody_came = False
        self._module = ""
        self._line = LineReport()
        self._lines_before = LineReport()  # of identity processes that have gone

    @property
    def health(self) -> dict[Part, Health]:
        """Reader and camera, as far as they are known; the camera counts only when the face models are there too."""
        known = {ours: self._health[part] for part, ours in PARTS.items() if part in self._health}
        models = self._health.get(said.IdentityPart.FACE)
        if models is not None and _works(known.get(Part.CAMERA, WORKS)) and not _works(models):
            known[Part.CAMERA] = models
        return known

    @property
    def line(self) -> LineReport:
        """What happened on the card reader's line since the program started."""
        return _sum(self._lines_before, self._line)

    async def identity(self) -> str:
        """The card reader's module number."""
        return self._module

    def told_of(self, part: said.IdentityPart) -> Health | None:
        """What the identity process said last of one part."""
        return self._health.get(part)

    def _facts_of(self, card: Card) -> CardFacts:
        child = age_on(self._now().date(), card.birth) < self._guardian_below_age
        masked = (mask_name(card.name), mask_number(card.id_number))
        return CardFacts(
            card.name, card.id_number, *masked, card.kind.value, child, card.address, card.birth.isoformat(),
            SEXES.get(card.sex, ""),
        )  # fmt: skip

    def hear(self, event: said.IdentityEvent) -> None:
        """One event of the identity process."""
        match event:
            case said.DeviceHealth(part, health):
                if health.works and health.detail and health != self._health.get(part):
                    logger.warning("%s works, but: %s", part, health.detail)
                self._health[part] = health
                self._health_changed()
            case said.ReaderSeen(module, line):
                self._module = module or self._module
                if line.frames < self._line.frames:  # another process has taken over, and counts anew
                    self._lines_before = _sum(self._lines_before, self._line)
                self._line = line
            case said.CardStillThere():
                if not self._somebody_came:
                    self._post(ev.CardFoundAtStart())
            case said.FacePreview() | said.IdentityReady():
                pass
            case said.FaceResult():
                logger.info(
                    "a face check ended: %d ms in all, %d ms after its last picture, %d ms for its challenge",
                    event.total_ms, event.decision_ms, event.challenge_ms,
                )  # fmt: skip
                self._post(_translated(event))
            case said.CardRead(card):
                self._somebody_came = True
                self._post(ev.CardTaken(self._facts_of(card)))
            case _:
                self._somebody_came = True
                self._post(_translated(event))


def age_on(day: date, birth: date) -> int:
    """Whole years; who was born on 29 February has a birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _sum(before: LineReport, now: LineReport) -> LineReport:
    counted = ("frames", "retries", "checksum_errors", "timeouts", "dropped_bytes", "losses")
    return replace(now, **{name: getattr(before, name) + getattr(now, name) for name in counted})


def _works(health: Health) -> bool:
    return health.status is DeviceStatus.ONLINE


def _translated(
    event: said.CardFound | said.CardProblem | said.CardRemoved | said.FaceGuidance | said.FaceChallenge
    | said.FaceResult | said.FaceChanged | said.CameraSight | said.IdentityLost,
) -> ev.Event:  # fmt: skip
    match event:
        case said.CardFound():
            return ev.CardSeen()
        case said.CardProblem(kind):
            return ev.CardFailed(ev.CardTrouble(kind.value))
        case said.CardRemoved():
            return ev.CardGone()
        case said.FaceGuidance(hint, progress):
            return ev.FaceHint(hint.value, progress)
        case said.FaceChallenge(step, number, total, seconds):
            return ev.FaceAsked(step.value, number, total, seconds)
        case said.FaceResult(outcome):
            proof = FaceProof(
                event.score,
                event.threshold,
                event.engine,
                event.models,
                event.liveness.value,
                event.challenge,
            )
            return ev.FaceAnswer(outcome.value, proof)
        case said.FaceChanged():
            return ev.FaceStale(ev.Stale.CHANGED)
        case said.CameraSight(width, height, sharpness, face_px):
            return ev.CameraSeen(Sight(width, height, sharpness, face_px))
        case said.IdentityLost():
            return ev.IdentityGone()
        case _:
            assert_never(event)

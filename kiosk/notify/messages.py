"""The MQTT messages: which facts are public, under which name, with which fields; CloudEvents 1.0 in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from importlib import resources
from typing import Any, Final

TYPE_PREFIX: Final = "gov.nightdesk."
CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
TOPIC_ROOT: Final = "nightdesk/v1"
STATUS_KIND: Final = "status"
HEAD_KIND: Final = "journal"


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One message: `kind` names it (`deposit.held`), `event` is the fact, `fields` are what is said of it."""

    kind: str
    event: str
    fields: tuple[str, ...]

    @property
    def name(self) -> str:
        """Last level of the topic, and the name of schema and example: `deposit-held`."""
        return self.kind.replace(".", "-").replace("_", "-")

    @property
    def type(self) -> str:
        """CloudEvents `type`."""
        return f"{TYPE_PREFIX}{self.kind}.v1"


KINDS: Final[tuple[MessageKind, ...]] = (
    MessageKind("deposit.requested", "DepositRequested", ("case_id", "cell", "item_code")),
    MessageKind("deposit.held", "DepositHeld", ("case_id", "cell", "evidence")),
    MessageKind("deposit.abandoned", "DepositAbandoned", ("case_id", "cell")),
    MessageKind("deposit.collected", "DepositCollected", ("case_id", "cell")),
    MessageKind("deposit.returned", "DepositReturned", ("case_id", "cell")),
    MessageKind("result.held", "ResultHeld", ("case_id", "cell", "evidence")),
    MessageKind("result.recalled", "ResultRecalled", ("case_id", "cell", "reason")),
    MessageKind("custody.disputed", "CustodyDisputed", ("case_id", "cell")),
    MessageKind("opening.failed", "OpeningFailed", ("cell", "case_id", "reason")),
    MessageKind("opening.unknown", "OpenOutcomeUnknown", ("cell", "case_id")),
    MessageKind("door.forced", "DoorForced", ("cell",)),
    MessageKind("door.left_open", "DoorLeftOpen", ("cell", "case_id", "seconds")),
    MessageKind("compartment.not_empty", "ItemSeenInEmptyCompartment", ("cell",)),
    MessageKind("compartment.out_of_service", "CompartmentOutOfService", ("cell", "reason")),
    MessageKind("compartment.cleared", "CompartmentCleared", ("cell",)),
    MessageKind("face.blocked", "FaceChecksBlocked", ("scope", "mismatches")),
    MessageKind("handover.issued", "HandoverIssued", ("slip", "purpose")),
    MessageKind("key.used", "MechanicalKeyUsed", ("cell", "reason")),
    MessageKind("audit.signed", "AuditSigned", ("audit", "looked_into", "agreed")),
    MessageKind("audit.cut_off", "AuditCutOff", ("audit", "looked_into", "compartments")),
    MessageKind("result.disowned", "ParcelDisowned", ("case_id", "cell", "item")),
    MessageKind(
        "problem.reported", "ProblemReported", ("report", "problem", "page", "version", "devices", "head")
    ),
    MessageKind("call.requested", "CallRequested", ("call", "page")),
    MessageKind("service.rated", "ServiceRated", ("stars", "reasons", "matter")),
    MessageKind("promise.signed", "PromiseSigned", ("case_id", "missing", "until", "digest")),
    MessageKind("promise.kept", "PapersFollowed", ("case_id", "papers", "missing")),
    MessageKind("promise.overdue", "PromiseOverdue", ("case_id", "missing", "until")),
    MessageKind("pages.sealed", "PagesSealed", ("case_id", "item_code", "pages", "whole")),
    MessageKind("pages.added", "PagesAdded", ("case_id", "item_code", "pages")),
    MessageKind("pages.exported", "PagesExported", ("case_id", "pages")),
    MessageKind("case.submitted", "CaseSubmitted", ("case_id", "kind", "filed_as")),
    MessageKind("submission.refused", "SubmissionRefused", ("case_id", "kind", "code")),
    MessageKind("progress.heard", "ProgressHeard", ("case_id", "step", "said_at", "missing")),
    MessageKind("decision.heard", "DecisionHeard", ("case_id", "decision", "result", "said_at")),
    MessageKind("card.left_behind", "CardLeftBehind", ()),
    MessageKind("card.taken_back", "CardTakenBack", ()),
    MessageKind("receipt.printed", "ReceiptPrinted", ("case_id", "outcome")),
    MessageKind("device.lost", "DeviceLost", ("device", "detail")),
    MessageKind("device.returned", "DeviceReturned", ("device",)),
    MessageKind("kiosk.started", "KioskStarted", ("version",)),
    MessageKind("kiosk.stopped", "KioskStopped", ("reason",)),
    MessageKind("kiosk.parked", "KioskParked", ("reason",)),
    MessageKind("power.lost", "MainsLost", ("charge_percent",)),
    MessageKind("power.returned", "MainsReturned", ("charge_percent",)),
    MessageKind("cabinet.forced", "CabinetForced", ("contact",)),
    MessageKind("cabinet.shaken", "CabinetShaken", ("contact",)),
    MessageKind("clock.set_back", "ClockSetBack", ("by_s",)),
    MessageKind("journal.events_missing", "EventsMissing", ("found_seq", "known_seq")),
    MessageKind("disk.full", "DiskFull", ("freed_bytes",)),
    MessageKind("notice.undelivered", "NoticeUndelivered", ("message_id", "event_seq", "channel", "case_id")),
)

PRIVATE: Final = frozenset(
    {
        # steps of one session or one opening: nobody outside acts on them
        "SessionStarted",
        "SessionEnded",
        "CaseCancelled",
        "CaseOpened",
        "CaseEntrusted",
        "CaseContinued",
        "InterruptionTold",
        "CodeIssued",
        "CodeUsed",
        "CodeRefused",
        "CodeRevoked",
        "CodeExpired",
        "PapersTooLarge",
        "PickupAuthorized",
        "ResultRequested",
        "DoorFoundOpen",
        "DoorFoundClosed",
        "OpenRequested",
        "DoorOpened",
        "DoorClosed",
        "RetrievalAuthorized",
        "CompartmentLookedInto",
        "SegmentSealed",  # housekeeping
        # of certificates others learn by the signed register
        "CertificateIssued",
        "CertificateRevoked",
        "CertificateHandedOut",
        "IssuerKeyMade",
        "IssuerKeyRevoked",
        # what a person did or is: the journal only
        "ConsentGiven",
        "ApplicationConfirmed",
        "ApplicationDecided",
        "CaseNumbersTried",
        "ConsentDeclined",
        "CardRead",
        "CardRefused",
        "IdentityVerified",
        "IdentityNotVerified",
        "IdentityAccepted",
        "DutyDeskAsked",
        "DutyDeskAnswered",
        "KnownPhonesImported",
        "PersonalDataRead",
        "ErasureOrdered",
        "PersonalDataErased",
        "StaffAdded",
        "StaffChanged",
        "StaffDisabled",
        "StaffNameErased",
        "StaffPinReset",
        "StaffCardChanged",
        "StaffPinWrong",
        "StaffLockedOut",
        "StaffSignedIn",
        "StaffSignedOut",
        "ExchangeRefused",
        "HandoverPrinted",
        "HelperListPrinted",
        "MasterOpeningAuthorized",
        "AuditStarted",
        "AuditAbandoned",
        "AuditReported",
        "CaseEntered",
        "VendorModeEntered",
        "VendorModeExited",
        "DeviceTested",
        "TestMessageRequested",
        "ReadinessReported",
        "ChannelPulled",
        "BoardCommissioned",
        "CabinetOpened",
        "CabinetShut",
        # for technicians, in the journal
        "UnexpectedHappened",
        "UnexpectedInCompartment",
    }
)
"""Facts that are not published. Each event is in KINDS or here; a test says so."""

BY_EVENT: Final[Mapping[str, MessageKind]] = {kind.event: kind for kind in KINDS}


def event_topic(kiosk_id: str, kind: MessageKind) -> str:
    """Where the message is published."""
    return f"{TOPIC_ROOT}/{kiosk_id}/event/{kind.name}"


def status_topic(kiosk_id: str) -> str:
    """Where the retained status of the kiosk lies."""
    return f"{TOPIC_ROOT}/{kiosk_id}/{STATUS_KIND}"


def head_topic(kiosk_id: str) -> str:
    """Where the retained head of the journal lies; no last will takes its place."""
    return f"{TOPIC_ROOT}/{kiosk_id}/{HEAD_KIND}"


def source_of(kiosk_id: str) -> str:
    """The CloudEvents `source` of a kiosk."""
    return f"/nightdesk/{kiosk_id}"


def cloud_event(
    *,
    kiosk_id: str,
    kind: str,
    message_id: str,
    data: Mapping[str, Any],
    at: datetime | None,
    seq: int | None = None,
) -> bytes:
    """One CloudEvents envelope, UTF-8. `seq` is the journal's number of the fact; `at` is UTC."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": message_id,
        "source": source_of(kiosk_id),
        "type": f"{TYPE_PREFIX}{kind}.v1",
        "datacontenttype": "application/json",
    }
    if at is not None:
        envelope["time"] = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if seq is not None:
        envelope["sequence"] = str(seq)
    envelope["data"] = dict(data)
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def public_data(event: object, kind: MessageKind) -> dict[str, Any]:
    """What the message says of the event: exactly the fields of its kind."""
    return {field: _plain(getattr(event, field)) for field in kind.fields}


def message_id_of(payload: bytes) -> str:
    """The CloudEvents `id` of an envelope."""
    return str(json.loads(payload)["id"])


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the message with this name, e.g. `deposit-held`."""
    text = resources.files(__package__).joinpath(f"schemas/{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return value

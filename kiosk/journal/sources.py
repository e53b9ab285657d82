"""How each fact is known: what the journal has for it, from a sensor down to nobody's word."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from drivers.contracts.board import ItemState
from locker.events import Evidence, Reason

from .types import StoredEvent


class Known(StrEnum):
    """What stands behind a fact."""

    ITEM_SENSOR = "item_sensor"
    DOOR_SENSOR = "door_sensor"
    DOOR_AND_ITEM_SENSOR = "door_and_item_sensor"
    DOOR_ONLY = "door_only"  # opened and shut again; what lies inside no sensor sees
    CONTACT = "contact"  # of the cabinet
    CLAIMED = "claimed"  # the item sensor saw nothing, the citizen says so
    CITIZEN = "citizen"  # touched on the screen
    STAFF = "staff"  # somebody signed in said so; no item sensor
    STAFF_AND_SENSOR = "staff_and_sensor"  # and the item sensor sees nothing any more
    STAFF_AGAINST_SENSOR = "staff_against_sensor"  # and the item sensor still sees something
    PIN = "pin"  # number and PIN
    CARD_AND_CODE = "card_and_code"  # the citizen's ID card and a one-time code
    DEVICE = "device"  # a device's answer
    APPROVAL = "approval"  # the city's approval system said so
    ADMINISTRATOR = "administrator"  # an order on the command line
    INTENT = "intent"  # recorded before it was done: no proof that it was
    PROGRAM = "program"  # the program about itself
    NOBODY = "nobody"  # not known


BY_TYPE: Final[Mapping[str, Known]] = {
    "DepositRequested": Known.INTENT,
    "OpenRequested": Known.INTENT,
    "DoorOpened": Known.DOOR_SENSOR,
    "OpenOutcomeUnknown": Known.NOBODY,
    "ResultRequested": Known.INTENT,
    "PickupAuthorized": Known.CARD_AND_CODE,
    "DoorFoundOpen": Known.DOOR_SENSOR,
    "DepositAbandoned": Known.PROGRAM,
    "RetrievalAuthorized": Known.PIN,
    "CustodyDisputed": Known.NOBODY,
    "DoorForced": Known.DOOR_SENSOR,
    "DoorLeftOpen": Known.DOOR_SENSOR,
    "ItemSeenInEmptyCompartment": Known.ITEM_SENSOR,
    "CompartmentOutOfService": Known.PROGRAM,
    "CompartmentCleared": Known.STAFF,
    "CompartmentLookedInto": Known.STAFF,
    "ExchangeRefused": Known.PROGRAM,
    "HandoverIssued": Known.PROGRAM,
    "HandoverPrinted": Known.DEVICE,
    "HelperListPrinted": Known.DEVICE,
    "MasterOpeningAuthorized": Known.PIN,
    "MechanicalKeyUsed": Known.PIN,
    "AuditStarted": Known.PIN,
    "AuditSigned": Known.PIN,
    "AuditAbandoned": Known.PROGRAM,
    "AuditCutOff": Known.PROGRAM,
    "AuditReported": Known.PROGRAM,
    "CaseEntered": Known.STAFF,
    "UnexpectedInCompartment": Known.PROGRAM,
    "KioskStarted": Known.PROGRAM,
    "KioskStopped": Known.PROGRAM,
    "SessionStarted": Known.CITIZEN,
    "SessionEnded": Known.PROGRAM,
    "ConsentGiven": Known.CITIZEN,
    "ConsentDeclined": Known.CITIZEN,
    "CardRead": Known.DEVICE,
    "CardRefused": Known.DEVICE,
    "IdentityVerified": Known.PROGRAM,
    "IdentityNotVerified": Known.PROGRAM,
    "IdentityAccepted": Known.PROGRAM,
    "FaceChecksBlocked": Known.PROGRAM,
    "DutyDeskAsked": Known.INTENT,
    "DutyDeskAnswered": Known.STAFF,
    "KnownPhonesImported": Known.ADMINISTRATOR,
    "CaseOpened": Known.CITIZEN,
    "ApplicationConfirmed": Known.CITIZEN,
    "ApplicationDecided": Known.PROGRAM,
    "PromiseSigned": Known.CITIZEN,
    "PapersFollowed": Known.CITIZEN,
    "PromiseOverdue": Known.PROGRAM,
    "CaseEntrusted": Known.CITIZEN,
    "CaseCancelled": Known.CITIZEN,
    "CaseContinued": Known.CITIZEN,
    "InterruptionTold": Known.PROGRAM,
    "PapersTooLarge": Known.CITIZEN,
    "PagesSealed": Known.DEVICE,
    "PagesAdded": Known.DEVICE,
    "PagesExported": Known.PIN,
    "ReceiptPrinted": Known.DEVICE,
    "CardLeftBehind": Known.DEVICE,
    "CardTakenBack": Known.DEVICE,
    "NoticeUndelivered": Known.PROGRAM,
    "ProblemReported": Known.CITIZEN,
    "CallRequested": Known.CITIZEN,
    "ServiceRated": Known.CITIZEN,
    "CaseNumbersTried": Known.CITIZEN,
    "ParcelDisowned": Known.CITIZEN,
    "CaseSubmitted": Known.APPROVAL,
    "SubmissionRefused": Known.APPROVAL,
    "ProgressHeard": Known.APPROVAL,
    "DecisionHeard": Known.APPROVAL,
    "StaffAdded": Known.ADMINISTRATOR,
    "StaffChanged": Known.ADMINISTRATOR,
    "StaffDisabled": Known.ADMINISTRATOR,
    "StaffNameErased": Known.PROGRAM,
    "StaffPinReset": Known.ADMINISTRATOR,
    "StaffCardChanged": Known.ADMINISTRATOR,
    "StaffPinWrong": Known.PROGRAM,
    "StaffLockedOut": Known.PROGRAM,
    "StaffSignedIn": Known.PIN,
    "StaffSignedOut": Known.PROGRAM,
    "VendorModeEntered": Known.PIN,
    "VendorModeExited": Known.PROGRAM,
    "DeviceTested": Known.STAFF,
    "TestMessageRequested": Known.STAFF,
    "ReadinessReported": Known.PROGRAM,
    "ChannelPulled": Known.INTENT,
    "BoardCommissioned": Known.DOOR_SENSOR,
    "CodeIssued": Known.PROGRAM,
    "CodeUsed": Known.CITIZEN,
    "CodeRefused": Known.PROGRAM,
    "CodeRevoked": Known.PROGRAM,
    "CodeExpired": Known.PROGRAM,
    "ErasureOrdered": Known.INTENT,
    "PersonalDataErased": Known.PROGRAM,
    "IssuerKeyMade": Known.PROGRAM,
    "IssuerKeyRevoked": Known.PIN,
    "CertificateRevoked": Known.PIN,
    "CertificateHandedOut": Known.DEVICE,
    "DeviceLost": Known.DEVICE,
    "DeviceReturned": Known.DEVICE,
    "MainsLost": Known.DEVICE,
    "MainsReturned": Known.DEVICE,
    "KioskParked": Known.PROGRAM,
    "CabinetOpened": Known.CONTACT,
    "CabinetForced": Known.CONTACT,
    "CabinetShut": Known.CONTACT,
    "CabinetShaken": Known.CONTACT,
    "ClockSetBack": Known.PROGRAM,
    "DiskFull": Known.PROGRAM,
    "SegmentSealed": Known.PROGRAM,
    "EventsMissing": Known.PROGRAM,
    "UnexpectedHappened": Known.PROGRAM,
}
_HELD: Final[Mapping[str, Known]] = {
    Evidence.SENSOR: Known.ITEM_SENSOR,
    Evidence.CLAIMED: Known.CLAIMED,
    Evidence.DOOR: Known.DOOR_ONLY,
}
_TAKEN: Final[Mapping[str | None, Known]] = {
    ItemState.ABSENT: Known.STAFF_AND_SENSOR,
    ItemState.PRESENT: Known.STAFF_AGAINST_SENSOR,
}
SAID_TO_BE_EMPTY: Final = frozenset({"taken", "nothing"})
SEEN_BY_DOOR: Final = frozenset({Reason.DOOR_JAMMED, Reason.ALREADY_OPEN, Reason.OTHER_DOOR_OPEN})


def how_known(event: StoredEvent, item: str | None) -> Known:
    """What stands behind the event. `item`: what was seen at the last closing of its compartment."""
    data = event.data
    match event.type:
        case "DepositHeld":
            return _HELD.get(data["evidence"], Known.PROGRAM)
        case "ResultHeld":
            return (
                Known.STAFF
                if data["evidence"] == Evidence.CLAIMED
                else _HELD.get(data["evidence"], Known.STAFF)
            )
        case "DoorClosed" | "DoorFoundClosed":
            return Known.DOOR_SENSOR if data["item"] == ItemState.UNKNOWN else Known.DOOR_AND_ITEM_SENSOR
        case "OpeningFailed":
            return Known.DOOR_SENSOR if data["reason"] in SEEN_BY_DOOR else Known.PROGRAM
        case "DepositCollected" | "ResultRecalled":
            return _TAKEN.get(item, Known.STAFF)
        case "DepositReturned":
            if data["actor"] == "citizen":  # shut again with nothing seen inside, or their own word
                return Known.ITEM_SENSOR if item == ItemState.ABSENT else Known.CITIZEN
            return _TAKEN.get(item, Known.STAFF)
        case "CompartmentLookedInto" if data["found"] in SAID_TO_BE_EMPTY:
            return _TAKEN.get(item, Known.STAFF)
        case "CaseEntrusted" if data.get("by"):
            return Known.PIN  # a helper's
        case "PersonalDataRead":
            return Known.PIN if data["staff_no"] else Known.PROGRAM
        case "CertificateIssued":
            return Known.PIN if data["by"] else Known.PROGRAM  # for the citizen at the screen
        case kind:
            return BY_TYPE.get(kind, Known.PROGRAM)

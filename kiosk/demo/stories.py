"""The stories of `nightdesk demo --auto --story NAME`: what is touched, and which facts are left."""

from collections.abc import Mapping
from typing import Final

from .player import HELPER_NO, HELPER_PIN, STAFF_NO, STAFF_PIN
from .storyteller import Fact, Story

PLAIN: Final = "senior-card"  # its form asks nothing that the card does not say
ASKING: Final = "residence-permit"
INSTANT: Final = "property-search"
LACKING: Final = "food-permit"  # one of its papers may follow
SCANNED: Final = "tax-certificate"  # all of its papers may be scanned
BOTH: Final = "treatment-elsewhere"  # all may be scanned, one may follow


def _started(item: str) -> tuple[str, ...]:
    return (f"find item.{item}", "sees guide", "tap guide.have_all", "tap guide.start", "sees consent")


def _chosen(item: str) -> tuple[str, ...]:
    return ("visit", "tap home.deposit", "sees items", *_started(item))


def _of_theme(theme: str, item: str) -> tuple[str, ...]:
    return (
        "visit", "tap home.deposit", "sees items", "tap items.themes", "sees items.themes", f"tap theme.{theme}",
        "sees items.theme", *_started(item),
    )  # fmt: skip


BY_FACE: Final = (
    "tap consent.accept", "sees card", "world face show obama3", "world card place jia", "sees card.reading", "check",
)  # fmt: skip
BY_CARD: Final = (
    "tap consent.decline", "sees card", "world card place yi", "sees identity.ways", "tap way.card_only",
)  # fmt: skip
CONFIRMED: Final = ("on phone", "phone", "tap phone.next", "on confirm", "tap confirm.ok")
PUT_IN: Final = (
    "on compartment.open", "put", "sees compartment.sealing", "tap sealing.done", "sees receipt.take",
    "tap receipt.next", "sees notice.take_card", "world card lift", "world face leave", "sees notice.done",
)  # fmt: skip
HOME: Final = ("tap action.home",)
HANDED_IN: Final = (*_chosen(PLAIN), *BY_CARD, *CONFIRMED, *PUT_IN, *HOME)
SIGNED_IN: Final = (
    "sees home", "tap head.staff", "sees staff.number", f"type {STAFF_NO}", "tap action.next", "sees staff.pin",
    f"type {STAFF_PIN}", "tap action.next", "sees staff.list",
)  # fmt: skip
COLLECTED: Final = (
    "tap staff.collect", "sees staff.take", "take", "sees staff.collected", "tap action.next", "sees staff.list",
)  # fmt: skip
SIGNED_OUT: Final = ("tap staff.sign_out", "sees home")
RESULT_PUT_IN: Final = (
    "tap staff.more", "sees staff.menu", "tap menu.put_in", "sees staff.result.case", "tap case.{case}",
    "sees staff.result.kind", "tap kind.result", "sees staff.result.size", "tap size.S", "sees staff.result.put_in",
    "put", "sees staff.result.placed", "tap staff.back_to_list", "sees staff.list",
)  # fmt: skip
RATED: Final = (
    "tap rating.start", "sees rating", "tap rating.5", "sees rating.reasons", "tap reason.fast", "tap rating.send",
    "sees home",
)  # fmt: skip
FILED: Final = (
    "sees receipt.take",
    "tap receipt.next",
    "sees notice.take_card",
    "world card lift",
    "sees notice.done",
)


def _scanned(scene: str) -> tuple[str, ...]:
    """One paper of one page."""
    return ("sees scan.lay", f"world sheet scene {scene}", "tap scan.take", "sees scan.page", "tap scan.done")


def _helped(person: str) -> tuple[str, ...]:
    """A helper hands in for this person, whose card is only read."""
    return (
        "tap helper.next", "sees items", f"find item.{PLAIN}", "sees guide", "tap guide.have_all", "tap guide.start",
        "sees helper.lay", f"world card place {person}", *CONFIRMED, "on compartment.open", "put",
        "sees compartment.sealing", "tap sealing.done", "sees receipt.take", "tap receipt.next",
        "sees notice.take_card", "world card lift", "sees helper.desk",
    )  # fmt: skip


TOLD: Final = (
    Story(
        "deposit",
        (*_chosen(ASKING), *BY_FACE, *CONFIRMED, *PUT_IN, *HOME, *SIGNED_IN, *COLLECTED, *SIGNED_OUT),
        (
            Fact("ConsentGiven"), Fact("IdentityVerified"), Fact("CaseOpened", {"item_code": ASKING}),
            Fact("DepositHeld", {"evidence": "SENSOR"}), Fact("DepositCollected", {"staff_no": STAFF_NO}),
        ),
    ),
    Story(
        "supplement",
        (
            *HANDED_IN, "visit", "tap home.progress", "sees progress.ways", "tap progress.by_card", "sees card",
            "world card place yi", "sees progress.case", "tap progress.add", "sees consent",
            "tap consent.decline", "sees identity.ways",
            "tap way.card_only", "on confirm", "tap confirm.ok", *PUT_IN,
        ),
        (Fact("DepositHeld"), Fact("CaseContinued", {"errand": "supplement"}), Fact("DepositHeld")),
    ),
    Story(
        "progress",
        (
            *HANDED_IN, "visit", "tap home.progress", "sees progress.ways", "world code hold receipt",
            "sees progress.case", "tap action.back", "sees progress.ways", "tap action.back",
            *SIGNED_IN, *COLLECTED, *SIGNED_OUT, "visit", "tap home.progress", "sees progress.ways",
            "tap progress.by_number", "sees progress.number", "type {case_digits}", "tap progress.look",
            "sees progress.case", "tap action.back", "sees progress.*",
        ),
        (Fact("DepositHeld"), Fact("DepositCollected")),
    ),
    Story(
        "fetch",
        (
            *HANDED_IN, *SIGNED_IN, *COLLECTED, *RESULT_PUT_IN, *SIGNED_OUT, "visit", "tap home.fetch", "sees card",
            "world card place yi", "sees pickup.code", "type {code}", "tap pickup.next", "sees pickup.open", "take",
            "sees notice.take_card", "world card lift", "sees notice.fetched",
        ),
        (
            Fact("DepositHeld"), Fact("DepositCollected"), Fact("ResultHeld"),
            Fact("DepositReturned", {"actor": "citizen"}), Fact("CodeUsed"),
        ),
    ),
    Story(
        "instant",
        (*_chosen(INSTANT), *BY_FACE, *CONFIRMED, *PUT_IN),
        (Fact("ApplicationDecided", {"item_code": INSTANT, "outcome": "granted"}), Fact("DepositHeld")),
    ),
    Story(
        "certificate",
        (
            *_chosen(INSTANT), *BY_FACE, *CONFIRMED, *PUT_IN, *HOME, "visit", "tap home.progress", "sees progress.ways",
            "tap progress.by_card", "sees card", "world card place jia", "sees progress.case", "world face show obama3",
            "tap certificate.get", "sees consent", "tap consent.accept", "check", "sees certificate",
            "tap certificate.done", "sees notice.take_card", "world card lift", "sees notice.goodbye",
        ),
        (
            Fact("ApplicationDecided", {"item_code": INSTANT, "outcome": "granted"}), Fact("DepositHeld"),
            Fact("CertificateIssued", {"kind": "property", "by": ""}),
            Fact("CertificateHandedOut", {"identity": "verified", "outcome": "printed"}),
        ),
    ),
    Story(
        "promise",
        (
            *_chosen(LACKING), *BY_CARD, "on phone", "phone", "tap phone.next", "sees promise.papers", "tap paper.0",
            "tap promise.go_on", "on confirm", "tap confirm.ok", "sees promise.sign", "sign", "tap promise.signed",
            *PUT_IN, *HOME, "visit", "tap home.progress", "sees progress.ways", "tap progress.by_card", "sees card",
            "world card place yi", "sees progress.case",
        ),
        (Fact("CaseOpened", {"item_code": LACKING}), Fact("PromiseSigned"), Fact("DepositHeld")),
    ),
    Story(
        "rating",
        (*HANDED_IN[: -len(HOME)], *RATED),
        (Fact("DepositHeld"), Fact("ServiceRated", {"stars": 5, "matter": "deposit"})),
    ),
    Story(
        "problem",
        (
            "visit", "tap action.help", "sees notice.help", "tap help.report", "sees help.problem",
            "tap problem.screen", "sees help.reported", "tap help.go_on", "sees home",
        ),
        (Fact("ProblemReported", {"problem": "screen", "page": "home"}),),
    ),
    Story(
        "scan-only",
        (
            *_of_theme("proofs", SCANNED), *BY_CARD, "on phone", "phone", "tap phone.next", "sees scan.offer",
            "tap scan.begin", "sees scan.lay", "world sheet scene glare 3", "tap scan.take", "sees scan.wrong",
            "world sheet scene good 3", "tap scan.take_again", "sees scan.page", "world sheet scene good 5",
            "tap scan.next", "sees scan.lay", "tap scan.take", "sees scan.page", "tap scan.earlier", "tap scan.done",
            "sees scan.lay", "world sheet scene skewed 2", "tap scan.take", "sees scan.page", "tap scan.done",
            "sees confirm", "tap confirm.ok_paperless", *FILED,
        ),
        (Fact("CaseOpened", {"item_code": SCANNED}), Fact("PagesSealed", {"pages": 3, "whole": True})),
    ),
    Story(
        "scanned-supplement",
        (
            *_of_theme("insurance", BOTH), *BY_CARD, "on phone", "phone", "tap phone.next", "sees promise.papers",
            "tap paper.0", "tap promise.go_on", "sees scan.offer", "tap scan.begin", *_scanned("good 3"),
            *_scanned("good 5"), "sees confirm", "tap confirm.ok_paperless", "sees promise.sign", "sign",
            "tap promise.signed", *FILED, *HOME,
            "visit", "tap home.progress", "sees progress.ways", "tap progress.by_card", "sees card",
            "world card place yi", "sees progress.case", "tap progress.add", "sees consent", "tap consent.decline",
            "sees identity.ways", "tap way.card_only", "sees promise.followed", "tap promise.go_on", "sees scan.offer",
            "tap scan.begin", *_scanned("skewed 2"), "sees confirm", "tap confirm.ok_paperless", *FILED,
        ),
        (
            Fact("PromiseSigned"), Fact("PagesSealed", {"pages": 2, "whole": True}),
            Fact("CaseContinued", {"errand": "supplement"}), Fact("PagesAdded", {"pages": 1, "total": 3}),
            Fact("PapersFollowed", {"missing": []}),
        ),
    ),
    Story(
        "for-somebody-else",
        (
            "visit", "tap home.deposit", "sees items", f"find item.{PLAIN}", "sees guide", "tap guide.for_another",
            "tap guide.have_all", "tap guide.start", "sees consent", *BY_FACE, "sees agency.relation",
            "tap relation.parent", "sees agency.fetch", "tap agency.agent_too", "sees agency.swap", "world card lift",
            "sees agency.lay", "world card place jia", "sees agency.same", "world card lift", "sees agency.lay",
            "world card place yi", *CONFIRMED, *PUT_IN, *HOME, *SIGNED_IN, *COLLECTED, *RESULT_PUT_IN, *SIGNED_OUT,
            "visit", "tap home.fetch", "sees card", "world card place jia", "sees pickup.code", "type {code}",
            "tap pickup.next", "sees pickup.open", "take", "sees notice.take_card", "world card lift",
            "sees notice.fetched",
        ),
        (
            Fact("IdentityVerified"), Fact("CaseOpened", {"item_code": PLAIN, "identity": "verified"}),
            Fact("CaseEntrusted", {"letter": False, "may_fetch": True}), Fact("DepositHeld"),
            Fact("DepositCollected"), Fact("ResultHeld"), Fact("CaseContinued", {"errand": "fetch", "by": "agent"}),
            Fact("DepositReturned", {"actor": "citizen"}), Fact("CodeUsed"),
        ),
    ),
    Story(
        "helper",
        (
            "visit", "tap head.staff", "sees staff.number", f"type {HELPER_NO}", "tap action.next", "sees staff.pin",
            f"type {HELPER_PIN}", "tap action.next", "sees helper.desk", *_helped("jia"), *_helped("yi"),
            "tap helper.finish", "sees helper.done", "tap staff.sign_out", "sees home",
        ),
        (
            Fact("StaffSignedIn", {"staff_no": HELPER_NO}), Fact("CaseOpened", {"identity": "helper"}),
            Fact("CaseEntrusted", {"by": HELPER_NO, "letter": False, "may_fetch": False}), Fact("DepositHeld"),
            Fact("CaseOpened"), Fact("CaseEntrusted", {"by": HELPER_NO}), Fact("DepositHeld"),
            Fact("HelperListPrinted", {"staff_no": HELPER_NO, "outcome": "printed"}),
        ),
        helper=True,
    ),
    Story(
        "no-face",
        HANDED_IN,
        (Fact("ConsentDeclined"), Fact("IdentityAccepted"), Fact("DepositHeld")),
    ),
)  # fmt: skip
STORIES: Final[Mapping[str, Story]] = {story.name: story for story in TOLD}

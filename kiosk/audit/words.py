"""The words of the audit report, Chinese with English; what all reports say is said as the readiness report does."""

from collections.abc import Mapping
from typing import Final

from kiosk.readiness.words import WORDS as READINESS
from kiosk.readiness.words import Pair

SHARED: Final = (
    "number", "at", "kiosk", "record", "anchor", "hash", "signature", "public_key", "manager", "date", "page", "pdf",
)  # fmt: skip

WORDS: Final[Mapping[str, Pair]] = {
    **{key: READINESS[key] for key in SHARED},
    "title": ("实物盘点报告", "Physical audit"),
    "agrees": ("账实相符", "Cabinet and journal agree"),
    "differs": ("账实有差异", "Cabinet and journal differ"),
    "by": ("盘点人（工号）", "Counted by (staff no.)"),
    "second": ("监盘人（工号）", "With (staff no.)"),
    "nobody": ("未要求", "not asked for"),
    "scope": ("范围", "Scope"),
    "scope.all": ("全部柜格", "all compartments"),
    "scope.only_empty": ("仅记录为空的柜格", "only those recorded as empty"),
    "count": ("个柜格", "compartments"),
    "agreed": ("个相符", "agree"),
    "different": ("个有差异", "differ"),
    "differences": ("差异", "Differences"),
    "compartments": ("逐格结果", "Compartment by compartment"),
    "cell": ("柜格", "Compartment"),
    "case": ("办件号", "Case"),
    "recorded": ("记录", "Journal"),
    "found": ("实物", "Found"),
    "result": ("结果", "Result"),
    "same": ("相符", "agrees"),
    "other": ("有差异", "differs"),
    "recorded.empty": ("空", "empty"),
    "recorded.held": ("有材料", "papers held"),
    "recorded.disputed": ("待核查", "in question"),
    "found.nothing": ("空", "empty"),
    "found.left": ("本件材料在柜", "the papers of the case"),
    "found.somethingElse": ("其他物品", "something else"),
    "found.unsaid": ("未说明", "not said"),
    "found.notOpened": ("未能打开", "did not open"),
    "record_note": (
        "盘点签字后业务日志的链首，由本机签名；此后日志如被改动或截断，凭此可查。",
        "The head of the kiosk's journal after the audit, signed by the kiosk: later edits or cuts are found by it.",
    ),
    "signed_note": ("盘点人已在机上以密码签署。", "The counter has signed at the kiosk with the PIN."),
    "counter": ("盘点人签字", "Counted by"),
}

"""The words around a certificate's code, on paper and on the verification page: Chinese and English say the same."""

from collections.abc import Mapping
from typing import Final

from kiosk.readiness.words import Pair

WORDS: Final[Mapping[str, Pair]] = {
    "title": ("证明核验", "Check a certificate"),
    "number": ("证明编号", "Number"),
    "kind": ("证明种类", "Kind"),
    "holder": ("持有人", "Holder"),
    "id_tail": ("证件号后四位", "ID number ends in"),
    "issuer": ("签发机关", "Issued by"),
    "issued": ("签发时间", "Issued at"),
    "from": ("生效时间", "Good from"),
    "until": ("有效期至", "Good until"),
    "compare": (
        "姓氏和证件号后四位须与持有人出示的身份证件一致。",
        "Name and last four digits have to be those of the holder's own ID card.",
    ),
    "scan": ("扫描二维码核验真伪", "Scan to check that it is genuine"),
    "page": ("核验网页", "Check at"),
    "no_network": (
        "核验无需联网，信息不会传出。",
        "Checking needs no network and tells nobody.",
    ),
    "keep": ("请妥善保管，遗失可申请作废。", "Keep it safe; if it is lost, have it revoked."),
    "outcome.valid": ("真实有效", "Valid"),
    "outcome.forged": ("伪造或被改动", "Forged or altered"),
    "outcome.expired": ("已过期", "Expired"),
    "outcome.revoked": ("已作废", "Revoked"),
    "outcome.not_yet_valid": ("尚未生效", "Not valid yet"),
    "outcome.unknown_issuer": ("签发机关未知", "Issuer not known"),
    "outcome.unreadable": ("无法识别", "Not readable"),
    "outcome.revocation_unknown": ("是否作废未知", "Not known whether revoked"),
    "advice.valid": (
        "请核对持有人的身份证件。",
        "Now compare it with the holder's ID card.",
    ),
    "advice.forged": (
        "签名与内容不符，请勿采信。",
        "The signature does not belong to what it says. Do not rely on it.",
    ),
    "advice.expired": ("请持有人重新申请。", "The holder can ask for a new one."),
    "advice.revoked": ("该证明已被签发机关作废，请勿采信。", "The issuer has revoked it. Do not rely on it."),
    "advice.not_yet_valid": (
        "请在生效之后使用，并确认本机时间正确。",
        "Use it from that day on; see that this device's clock is right.",
    ),
    "advice.unknown_issuer": (
        "本页不认识该签发机关或其新密钥，请打开签发机关提供的最新核验页。",
        "This page does not know the issuer, or its new key. Open the newest page that the issuer gives out.",
    ),
    "advice.unreadable": (
        "这不是证明二维码，或图片不清晰，请重试。",
        "This is no code of a certificate, or the picture is not clear. Try again.",
    ),
    "advice.revocation_unknown": (
        "签名真实且在有效期内，但本页的作废名单已过期，或本机时间不对。请打开最新核验页。",
        "The signature is good and it has not expired, but this page's list of revocations is too old, or this"
        " device's clock is wrong. Open the newest page.",
    ),
    "reason.error": ("签发有误", "issued in error"),
    "reason.replaced": ("已另发新证明", "replaced by another"),
    "reason.withdrawn": ("签发机关撤销", "withdrawn by the issuer"),
    "reason.holder_asked": ("持有人申请", "the holder asked for it"),
    "reason.key_unsafe": ("签发密钥不再安全", "its key is not safe any more"),
    "revoked_at": ("作废时间", "Revoked at"),
    "revoked_why": ("作废原因", "Why"),
    "page.language": ("中文", "English"),
    "page.scan": ("用摄像头扫描", "Scan with the camera"),
    "page.stop": ("停止扫描", "Stop"),
    "page.no_camera": ("摄像头无法使用，请选择图片。", "The camera cannot be used here. Choose a picture."),
    "page.picture": ("选择二维码图片", "Choose a picture of the code"),
    "page.text": ("或粘贴二维码的文字", "or paste the code's text"),
    "page.check": ("核验", "Check"),
    "page.revocations": ("作废名单", "list of revocations"),
    "page.root": ("根公钥", "Root key"),
}

"""The report's words, Chinese with English. What the technician's pages call a state or a test is called so here."""

from collections.abc import Mapping
from typing import Final

from screens.words import words

Pair = tuple[str, str]  # Chinese, English

WORDS: Final[Mapping[str, Pair]] = {
    "title": ("设备就绪报告", "Readiness report"),
    "fit": ("可以投入服务", "Fit for service"),
    "unfit": ("不可投入服务", "Not fit for service"),
    "devices_count": ("设备正常", "devices work"),
    "passed_count": ("项测试通过", "tests passed"),
    "failed_count": ("项测试未通过", "tests failed"),
    "notRun_count": ("项测试未做", "tests not run"),
    "number": ("编号", "Number"),
    "at": ("时间", "Time"),
    "kiosk": ("机号", "Kiosk"),
    "place": ("地点", "Place"),
    "by": ("检测人（工号）", "Run by (staff no.)"),
    "nobody": ("未登录，由命令行生成", "nobody signed in; made on the command line"),
    "first": ("须先处理", "To be mended first"),
    "nothing": ("无", "nothing"),
    "devices": ("设备", "Devices"),
    "device": ("设备", "Device"),
    "state": ("状态", "State"),
    "identity": ("型号与位置", "What and where"),
    "counters": ("通信计数（自开机）", "Line counters (since start)"),
    "frames": ("帧", "frames"),
    "retries": ("重发", "asked again"),
    "checksum_errors": ("校验错", "wrong checksums"),
    "timeouts": ("超时", "unanswered"),
    "losses": ("断线", "lost"),
    "latency": ("应答", "answers"),
    "tests": ("测试", "Tests"),
    "test": ("测试项目", "Test"),
    "result": ("结果", "Result"),
    "detail": ("说明", "Detail"),
    "passed": ("通过", "passed"),
    "failed": ("未通过", "failed"),
    "notRun": ("未做", "not run"),
    "versions": ("版本", "Versions"),
    "record": ("日志存证", "Journal head"),
    "anchor": ("存证码", "Anchor"),
    "hash": ("链首摘要", "Hash"),
    "signature": ("本机签名", "Signature"),
    "public_key": ("本机公钥", "Public key"),
    "record_note": (
        "报告作出前业务日志的链首，由本机签名；此后日志如被改动或截断，凭此可查。",
        "The head of the kiosk's journal before this report, signed by the kiosk: later edits or cuts are found by it.",
    ),
    "technician": ("检测人签字", "Technician"),
    "manager": ("负责人签字", "Person in charge"),
    "date": ("日期", "Date"),
    "page": ("页", "page"),
    "pdf": ("报告文件摘要", "PDF SHA-256"),
    "who.clear": ("现场人员可处理", "staff can mend it"),
    "who.maintenance": ("须技术员处理", "for a technician"),
    "who.suspend": ("可自行恢复", "recovers by itself"),
    "who.configuration": ("须改设置", "in the settings"),
    "who.reset": ("须重启设备", "switch it off and on"),
    "who.softwareError": ("程序故障", "a fault of the program"),
}

DEVICES: Final[Mapping[str, Pair]] = {
    "reader": ("身份证读卡器", "ID card reader"),
    "board": ("门锁板", "Lock board"),
    "item board": ("物品感应板", "Item sensors"),
    "journal": ("业务日志", "Journal"),
    "camera": ("人脸摄像头", "Face camera"),
    "infrared": ("红外摄像头", "Infrared camera"),
    "face models": ("人脸模型", "Face models"),
    "printer": ("凭条打印机", "Receipt printer"),
    "sms": ("短信", "Text messages"),
    "ups": ("不间断电源", "UPS"),
    "staff_card": ("工作卡读卡器", "Staff card reader"),
    "signals": ("柜体信号", "Cabinet contacts"),
    "scanner": ("扫码器", "Code scanner"),
    "document camera": ("高拍仪", "Document camera"),
    "mqtt": ("消息服务器", "MQTT broker"),
    "approval": ("审批系统", "Approval system"),
    "screen": ("触摸屏", "Touch screen"),
    "sound": ("声音", "Sound"),
}
STATES: Final[Mapping[str, Pair]] = {
    "online": ("正常", "online"),
    "offline": ("无应答", "offline"),
    "powerOff": ("断电", "power off"),
    "noDevice": ("未找到", "no device"),
    "hardwareError": ("硬件故障", "hardware error"),
    "userError": ("需人处理", "needs a hand"),
    "deviceBusy": ("忙", "busy"),
    "fraudAttempt": ("疑似破坏", "fraud attempt"),
    "potentialFraud": ("可能被破坏", "potential fraud"),
    "starting": ("启动中", "starting"),
}


def device_words(name: str) -> Pair:
    """What a device of the inventory is called: `board main` becomes 门锁板 main."""
    known = next((head for head in sorted(DEVICES, key=len, reverse=True) if _is(name, head)), None)
    if known is None:
        return name, name
    own = name.removeprefix(known)
    return DEVICES[known][0] + own, DEVICES[known][1] + own


def test_words(test: str) -> Pair:
    """What the technician's pages call a test; its own name where they have no word for it."""
    zh, en = (words(lang).sentences.get(f"vendor.test.{test}", test) for lang in ("zh_CN", "en"))
    return zh, en


def _is(name: str, head: str) -> bool:
    return name == head or name.startswith(f"{head} ")

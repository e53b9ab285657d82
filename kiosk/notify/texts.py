"""The words of the text messages: item, compartment, time, case number; no name, no ID number.

A telephone number stands in one alone: the citizen asked to be called back on it. It is sealed until it is delivered.

A key is `<kind>.<audience>`. Every key exists in every language with the same placeholders; a test says so.
"""
# ruff: noqa: E501  # a text stays in one piece, so that it can be read and searched

from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import Final


class Language(StrEnum):
    """Languages of text messages."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.CHINESE: {
        "deposit.held.staff": "【{place}】{time} 收到“{item}”材料，存放于 {cell} 号柜，办件号 {case}。请及时取件。{remarks}",
        "deposit.held.citizen": "您的“{item}”材料已于 {time} 存入{place} {cell} 号柜，办件号 {case}。请保存此号以便查询进度。",
        "pages.sealed.staff": "【{place}】{time} 收到“{item}”扫描件 {pages} 页，未用柜子，办件号 {case}。请用 nightdesk scans 导出。{remarks}",
        "pages.sealed.citizen": "您的“{item}”申请已于 {time} 提交，扫描 {pages} 页，原件已由您带回，办件号 {case}。请保存此号以便查询进度。",
        "pages.added.staff": "【{place}】{time} 办件 {case}（“{item}”）补交扫描件 {pages} 页，未用柜子。请用 nightdesk scans 导出。{remarks}",
        "pages.added.citizen": "您的办件 {case} 已于 {time} 补交材料，扫描 {pages} 页，原件已由您带回。",
        "result.code.citizen": "您的办件{case}结果已备好，取件码{code}，{until}前凭身份证到{place}领取。请勿转告他人。",
        "to_complete.code.citizen": "您的办件{case}有材料须补正，取件码{code}，{until}前凭身份证到{place}取回。请勿转告他人。",
        "result.recalled.citizen": "您的办件{case}在{place}逾期未取，已由工作人员收回。请联系办理部门。",
        "result.recalled.TO_CHECK.citizen": "您的办件{case}在{place}的物品由工作人员收回核对，取件码已停用，处理好后会再通知您。",
        "custody.disputed.staff": "【{place}】{time} {cell} 号柜的实物与记录不一致，办件号 {case}。请到现场核对。",
        "door.forced.staff": "【{place}】警报：{time} {cell} 号柜门在没有开门指令时被打开。请立即到现场查看。",
        "door.left_open.staff": "【{place}】{time} {cell} 号柜门长时间未关。请到现场查看。",
        "face.blocked.staff": "【{place}】{time} 人脸与证件多次不符，已改为人工核验。请留意现场。",
        "identity.code.citizen": "{code} 是您的核验码，{minutes} 分钟内有效，请在{place}的屏幕上输入。如非本人办理，请勿告诉他人。",
        "card.left_behind.staff": "【{place}】{time} 有证件遗留在读卡区。请到现场收存。",
        "compartment.out_of_service.staff": "【{place}】{time} {cell} 号柜已停用，原因：{reason}。请安排检查。",
        "compartment.not_empty.staff": "【{place}】{time} 记录为空的 {cell} 号柜内感应到物品，已暂停使用。请到现场查看。",
        "kiosk.parked.staff": "【{place}】{time} 停电，备用电池即将用完，已停止办理。柜内材料仍然锁好，来电后自动恢复。",
        "journal.events_missing.staff": "【{place}】警报：{time} 业务日志缺失部分记录，柜内物品须逐一核对，核对前不能存件。请立即到现场查看。",
        "audit.cut_off.staff": "【{place}】{time} 盘点 {audit} 因设备断电或重启中断，已查 {counted} 格（共 {total} 格）。请重新盘点。",
        "submission.refused.staff": "【{place}】{time} 审批系统拒收办件 {case}（{code}）。材料仍在原处，请人工办理。",
        "cabinet.forced.staff": "【{place}】警报：{time} 无人登录，设备维护门被打开。请立即到现场查看。",
        "cabinet.shaken.staff": "【{place}】警报：{time} 柜体受到撞击或撬动。请立即到现场查看。",
        "custody.disputed.NOT_THEIRS.staff": "【{place}】{time} 取件人表示 {cell} 号柜内的物品不是本人的，办件号 {case}。该柜已锁定，请到现场核对。",
        "problem.reported.staff": "【{place}】{time} 群众报修 {report}：{problem}。设备状态已存档，请检查。",
        "promise.overdue.staff": "【{place}】办件 {case}“{item}”承诺 {until} 前补交的 {missing} 份材料逾期未到。请联系办事人。",
        "call.requested.staff": "【{place}】{time} 群众请求回电，电话 {phone}，编号 {call}。请尽快回电，用后请删除此号码。",
        "test.message.staff": "【{place}】{time} 短信通道测试，收到即为正常。",
        "problem.screen": "屏幕或触摸",
        "problem.card": "身份证读不出",
        "problem.door": "柜门",
        "problem.paper": "凭条或打印",
        "problem.words": "看不懂",
        "problem.other": "其他问题",
        "problem.person": "现场需要有人帮助",
        "reason.DOOR_JAMMED": "柜门打不开",
        "reason.BOARD_SILENT": "锁控板无应答",
        "reason.ALREADY_OPEN": "柜门未关",
        "reason.DOOR_UNKNOWN": "柜门状态不明",
        "reason.OTHER_DOOR_OPEN": "另一柜门开着",
        "remark.claimed": "传感器未感应到材料，以群众确认为准，取件时请核对。",
        "remark.card_only": "本件仅核验证件，未核验人脸。",
        "remark.helper": "本件由帮办员代办，当事人未到场。",
        "remark.code_sms": "本件以证件和短信验证码核验，未核验人脸。",
        "remark.code_staff": "本件以证件和工作人员给的验证码核验，未核验人脸。",
        "remark.duty_desk": "本件由值班人员远程核验，未核验人脸。",
        "item.unknown": "业务材料",
    },
    Language.ENGLISH: {
        "deposit.held.staff": (
            "[{place}] {time}: papers for “{item}” are in locker {cell}, case {case}. Please collect them. {remarks}"
        ),
        "deposit.held.citizen": (
            "Your papers for “{item}” were put into locker {cell} ({place}) on {time}. "
            "Case {case}: keep this number to ask about progress."
        ),
        "pages.sealed.staff": (
            "[{place}] {time}: “{item}” came in with {pages} scanned pages and no papers, case {case}. "
            "Take them out with nightdesk scans. {remarks}"
        ),
        "pages.sealed.citizen": (
            "Your application for “{item}” came in on {time} with {pages} scanned pages; you kept the originals. "
            "Case {case}: keep this number to ask about progress."
        ),
        "pages.added.staff": (
            "[{place}] {time}: {pages} scanned pages were added to case {case} (“{item}”), no papers. "
            "Take them out with nightdesk scans. {remarks}"
        ),
        "pages.added.citizen": (
            "{pages} scanned pages were added to your case {case} on {time}; you kept the originals."
        ),
        "result.code.citizen": (
            "Your result for case {case} is ready. Pick-up code {code}, valid until {until}. "
            "Bring your ID card to {place}. Share it with nobody."
        ),
        "to_complete.code.citizen": (
            "Papers of case {case} are to be completed. Pick-up code {code}, valid until {until}. "
            "Bring your ID card to {place}. Share it with nobody."
        ),
        "result.recalled.citizen": (
            "Case {case}: what waited for you at {place} was not fetched in time and staff took it back. "
            "Please ask the office."
        ),
        "result.recalled.TO_CHECK.citizen": (
            "Case {case}: staff took back what lay for you at {place} to check it. The code is worth nothing now; "
            "you hear from us when it is settled."
        ),
        "custody.disputed.staff": (
            "[{place}] {time}: compartment {cell} does not agree with the record, case {case}. Please check on site."
        ),
        "door.forced.staff": "[{place}] ALARM {time}: door {cell} opened without a command. Please go there at once.",
        "door.left_open.staff": "[{place}] {time}: door {cell} has been left open. Please check on site.",
        "face.blocked.staff": (
            "[{place}] {time}: several faces did not match their card. Staff decide for a while; please look."
        ),
        "identity.code.citizen": (
            "{code} is your code, good for {minutes} minutes: type it at {place}. If it was not you, tell nobody."
        ),
        "card.left_behind.staff": "[{place}] {time}: an ID card was left on the reader. Please keep it safe.",
        "compartment.out_of_service.staff": (
            "[{place}] {time}: compartment {cell} is out of service, reason: {reason}. Please have it checked."
        ),
        "compartment.not_empty.staff": "[{place}] {time}: something is seen in compartment {cell}, recorded as empty. It is blocked; please look.",
        "kiosk.parked.staff": (
            "[{place}] {time}: no mains, the battery is ending, nobody is served. "
            "The lockers stay locked; service returns with the mains."
        ),
        "journal.events_missing.staff": (
            "[{place}] ALARM {time}: events are missing from the kiosk's record. Look into every compartment; "
            "until then nothing can be handed in."
        ),
        "audit.cut_off.staff": (
            "[{place}] {time}: audit {audit} was cut off after {counted} of {total} compartments, "
            "as the kiosk went off. Please begin it again."
        ),
        "submission.refused.staff": (
            "[{place}] {time}: the approval system refused case {case} ({code}). "
            "Its papers are where they were; please see to it by hand."
        ),
        "cabinet.forced.staff": (
            "[{place}] ALARM {time}: the service door was opened while nobody was signed in. Please go there at once."
        ),
        "cabinet.shaken.staff": "[{place}] ALARM {time}: the cabinet was hit or pried at. Please go there at once.",
        "custody.disputed.NOT_THEIRS.staff": (
            "[{place}] {time}: who fetched from compartment {cell} says that it is not theirs, case {case}. "
            "The compartment is locked; please check on site."
        ),
        "problem.reported.staff": (
            "[{place}] {time}: a citizen reports a problem, {report}: {problem}. The devices' state is on record."
        ),
        "promise.overdue.staff": (
            "[{place}] Case {case} ({item}): {missing} papers promised until {until} have not come. Please ask the citizen."
        ),
        "call.requested.staff": (
            "[{place}] {time}: a citizen asks to be called back on {phone}, request {call}. Please delete the number afterwards."
        ),
        "test.message.staff": "[{place}] {time}: a test of the text messages. They work if you read this.",
        "problem.screen": "the screen or touch",
        "problem.card": "the ID card is not read",
        "problem.door": "a door",
        "problem.paper": "the receipt or the printer",
        "problem.words": "not understandable",
        "problem.other": "something else",
        "problem.person": "somebody there needs a person's help",
        "reason.DOOR_JAMMED": "the door does not open",
        "reason.BOARD_SILENT": "the lock board does not answer",
        "reason.ALREADY_OPEN": "the door stands open",
        "reason.DOOR_UNKNOWN": "the door's state is unknown",
        "reason.OTHER_DOOR_OPEN": "another door stands open",
        "remark.claimed": "The sensor saw no papers; the citizen says they are inside. Please check when collecting.",
        "remark.card_only": "Identity by card only, without a face check.",
        "remark.helper": "Handed in by a helper; the person was not there.",
        "remark.code_sms": "Identity by card and a code by text message, without a face check.",
        "remark.code_staff": "Identity by card and a code from staff, without a face check.",
        "remark.duty_desk": "Identity by card and the duty desk, without a face check.",
        "item.unknown": "an application",
    },
}


def placeholders(key: str) -> tuple[str, ...]:
    """Names of the values that the text for `key` takes, the same in every language, in the order of the Chinese."""
    return tuple(name for _, name, _, _ in Formatter().parse(TEXTS[Language.CHINESE][key]) if name)


def render(language: Language, key: str, values: Mapping[str, str]) -> str:
    """The text for `key`. Raises `KeyError` for an unknown key or a missing value."""
    return TEXTS[language][key].format_map(values).strip()

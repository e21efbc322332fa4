"""A danger told as happening now: the numbers first, in any state, before any question."""

from __future__ import annotations

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from storage.talks import Talk

FIRE, POLICE, AMBULANCE = "114 (cháy, cứu nạn)", "113 (công an)", "115 (cấp cứu)"
CHILDREN = "111 (bảo vệ trẻ em)"
SEARCH_AND_RESCUE = "112 (tìm kiếm cứu nạn)"

NUMBERS = {
    "fire": (FIRE, AMBULANCE, POLICE),
    "gas": (FIRE, AMBULANCE, POLICE),
    "drowning": (FIRE, AMBULANCE, SEARCH_AND_RESCUE),
    "flood": (FIRE, SEARCH_AND_RESCUE, AMBULANCE),
    "electric": (FIRE, AMBULANCE, POLICE),
    "violence": (POLICE, AMBULANCE, CHILDREN),
    "crime": (POLICE, AMBULANCE, FIRE),
    "medical": (AMBULANCE, POLICE, FIRE),
    "accident": (AMBULANCE, POLICE, FIRE),
    "suicide": (AMBULANCE, POLICE, CHILDREN),
}
ADVICE = {
    "fire": "Rời khỏi chỗ cháy, đừng quay lại lấy đồ.",
    "gas": "Khóa van, mở cửa, đừng bật tắt điện hay lửa, ra ngoài ngay.",
    "drowning": "Đừng nhảy xuống nếu không biết cứu đuối; ném dây, phao, cây dài.",
    "flood": "Lên chỗ cao nhất, giữ điện thoại khô để gọi.",
    "electric": "Đứng xa dây điện, đừng chạm vào người đang bị giật khi chưa cắt điện.",
    "violence": "Ra chỗ có người, khóa cửa nếu được.",
    "crime": "Giữ an toàn cho mình trước, đừng đối đầu.",
    "medical": "Đừng để người bệnh một mình; làm theo lời người trực 115.",
    "accident": "Đừng kéo người bị thương; báo hiệu cho xe khác tránh.",
    "suicide": "Anh/chị không một mình đâu ạ. Xin gọi ngay, hoặc nói với người đang ở gần nhất.",
}


ILL = ("medical", "accident", "suicide", "electric", "drowning")  # where the commune's clinic is near
NO_REPORT = ("suicide", "medical")  # nobody is offered a form there


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Numbers, one line of what to do, and the commune's police; whatever was begun is kept."""
    kind = message.meaning.emergency.kind if message.meaning.emergency else "crime"
    first, *others = NUMBERS[kind]
    lines = [f"GỌI NGAY {first} · " + " · ".join(others) + "."]
    local = [f"Công an xã: {desk.commune.police_phone}"] if desk.commune.police_phone else []
    if kind in ILL and desk.commune.clinic_phone:
        local.append(f"Trạm y tế: {desk.commune.clinic_phone}")
    if local:
        lines.append(" · ".join(local) + ".")
    lines += [ADVICE[kind], "Khi đã an toàn, anh/chị nhắn lại để em ghi nhận tiếp ạ."]
    choices = tuple(Choice(option["label"], option["does"], option.get("aside", False)) for option in desk.talk.choices)
    if desk.talk.asks is None and kind not in NO_REPORT:
        choices = (Choice("Đã an toàn, ghi nhận việc này", "reports.log", aside=True),)
    return Reply("\n".join(lines), action="emergency", choices=choices, asks=desk.talk.asks)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Any message that tells of danger."""
    return message.meaning.emergency is not None


FEATURE = Feature("emergency", handle, takes=takes)

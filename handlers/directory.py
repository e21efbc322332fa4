"""Who, where, when: the commune's own numbers, hours and reception days, as the commune last confirmed them."""

from __future__ import annotations

from handlers.contract import Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from storage.talks import Talk

EMERGENCIES = "Khẩn cấp: 113 · 114 · 115."


async def handle(_message: Incoming, desk: Desk) -> Reply:
    """All that the commune has published about itself; a missing line is said to be missing."""
    commune = desk.commune
    known = {
        "Điện thoại bộ phận một cửa": commune.phone,
        "Công an xã": commune.police_phone,
        "Địa chỉ": commune.address,
        "Giờ làm việc": commune.hours,
        "Tiếp công dân": commune.reception,
    }
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    missing = [name.lower() for name, value in known.items() if not value]
    if missing:
        lines.append("Xã chưa cập nhật: " + ", ".join(missing) + ".")
    lines.append(EMERGENCIES)
    lines.append("Số của từng người, từng thôn em chưa có; anh/chị gọi bộ phận một cửa để hỏi ạ.")
    source = Source(f"UBND {commune.name} công bố", since=None, until=None, checked_on=commune.checked_on)
    choices = (Choice("Xem danh mục", "welcome.menu"), TO_A_PERSON)
    return Reply(f"Dạ, liên hệ {commune.name}:\n" + "\n".join(lines), "directory", choices=choices, sources=(source,))


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked for a contact, an address, an hour."""
    return message.meaning.action == "directory"


FEATURE = Feature("directory", handle, takes=takes)

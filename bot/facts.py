"""`danhoi facts import`: turns the research files of the content team into entry files, once, honestly.

The research says `to` = first day no longer in force; our files say the last day in force. Confidence decides where a
fact goes: stated, doubted, or kept for editors only. An entry that was reviewed by hand is never overwritten.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

GATHERED_ON = date(2026, 11, 22)  # the day on which the research was closed
UNKNOWN_BEGINNING = "chưa thấy ngày bắt đầu; đang áp dụng vào ngày kiểm tra"
TABLES = ("bhyt_parameters.csv", "communes_2025.csv", "provinces_2025.csv", "land_prices_sample.csv")
DOCUMENT = re.compile(r"Luật|Nghị định|Thông tư|Nghị quyết|Quyết định|\d+/\d{4}|Điều \d")
DOCUMENT_REMARK = re.compile(r"\s*\([^)]*\)")
COMPUTED_FROM = {  # amounts for which the research gives the sum only: the rows whose law they rest on
    "student.self_paid_max": ("student.state_support_min", "base_salary"),
    "student.self_paid_max_year": ("student.state_support_min", "base_salary"),
    "support.near_poor_self_paid_max": ("support.near_poor_min", "base_salary"),
    "support.near_poor_self_paid_max_year": ("support.near_poor_min", "base_salary"),
    "voluntary_si.min_contribution": ("voluntary_si.rate",),
    "voluntary_si.max_income": ("voluntary_si.rate",),
}
ENDS_BEFORE = {"bhyt_parameters.csv"}  # tables whose last column of dates is the first day no longer in force
OFFICES = {
    "dichvucong.gov.vn": "Cổng Dịch vụ công quốc gia",
    "baohiemxahoi.gov.vn": "Bảo hiểm xã hội Việt Nam",
    "vss.gov.vn": "Bảo hiểm xã hội Việt Nam",
    "vanban.chinhphu.vn": "Cổng Thông tin điện tử Chính phủ",
    "origin.papi.org.vn": "PAPI (CECODES, UNDP)",
    "vneconomy.vn": "Tạp chí VnEconomy",
    "phapluatcongdong.com.vn": "Trang Pháp luật cộng đồng",
    "plo.vn": "Báo Pháp Luật TP.HCM",
}
PAPI = (  # the first prefix that fits; the dimension of PAPI that an entry serves
    ("dancho.dan-biet", 2),
    ("dancho.cong-khai", 2),
    ("dancho.dan-kiem-tra", 3),
    ("dancho.doi-thoai", 3),
    ("dancho.ban-", 3),
    ("dancho.", 1),
    ("thongtin.", 2),
    ("giadat.", 2),
    ("papi.1", 1),
    ("papi.2", 2),
    ("papi.3", 3),
    ("papi.4", 4),
    ("papi.5", 5),
    ("papi.6", 6),
    ("papi.7", 7),
    ("papi.8", 8),
    ("papi.", 3),
    ("tthc.khieu-nai", 3),
    ("tthc.to-cao", 3),
    ("tthc.tiep-cong-dan", 3),
    ("tthc.nong-nghiep.", 7),
    ("tthc.", 5),
    ("motcua.", 5),
    ("bhyt.", 6),
    ("dulieu.", 8),
    ("", 3),
)
FACETS = {"documents": "documents", "fee": "fee", "time_limit": "time", "where": "where", "who": "who"} | {
    "result": "result",
    "pitfalls": "avoid",
    "changed": "changed",
}
ASK = (  # the first prefix that fits; whom a citizen can ask about a point that we could not confirm
    ("bhyt.", "cơ quan Bảo hiểm xã hội"),
    ("giadat.", "Văn phòng đăng ký đất đai hoặc cơ quan thuế"),
    ("tthc.dat-dai", "Văn phòng đăng ký đất đai hoặc bộ phận một cửa của xã"),
    ("tthc.", "bộ phận một cửa của xã"),
    ("", "Ủy ban nhân dân xã"),
)
SPEAKS_TO_EDITORS = re.compile(
    r"chưa (đọc|kiểm tra|mở|thu thập|tra|tìm thấy|có số hiệu|điền)"
    r"|\b(đọc|đối chiếu|nguyên văn|toàn văn|trích|tóm|OCR|tệp|bot|mã [\d.]+)\b"
    r"|bản (hợp nhất|chép|pháp điển|ghi)|nguồn thứ cấp|kho mã nguồn|suy (từ|luận)|trí nhớ|số hiệu|trang (cổng|sao lưu)",
    re.I,
)
UNSURE = re.compile(r"mức thấp|cần đối chiếu|chưa xác nhận|chưa rõ|không rõ đơn vị|cần thông báo chính thức", re.I)
REFERENCE = re.compile(r"[,;]? ?\(?(?:xem|tại) ([a-z]+\.[a-z0-9.-]*[a-z0-9])\)?")


class _Dumper(yaml.SafeDumper):
    """Keeps the order of keys and writes Vietnamese as it is."""

    def ignore_aliases(self, data: Any) -> bool:
        """No anchors: an editor reads these files."""
        return True


@dataclass
class _Sources:
    """The sources that the statements of one entry need, each once, under short keys."""

    named: dict[str, dict[str, Any]] = field(default_factory=dict)

    def key(self, cite: str, read_at: str | None, confidence: str) -> str:
        """The key of this source, made when it is new."""
        wanted = {"cite": cite, "read_at": read_at, "confidence": confidence}
        for key, known in self.named.items():
            if known == wanted:
                return key
        fresh = f"s{len(self.named) + 1}"
        self.named[fresh] = wanted
        return fresh


@dataclass
class _Kept:
    """What is not stated: the doubts that a citizen may read, and what only editors see."""

    ask: str
    doubts: list[dict[str, Any]] = field(default_factory=list)
    unpublished: list[dict[str, Any]] = field(default_factory=list)

    def doubted(self, text: str) -> None:
        """Said as not confirmed, with whom to ask."""
        self.doubts.append({"text": _plain(text), "ask": self.ask})

    def back(self, text: str, confidence: str, why: str) -> None:
        """Never shown."""
        self.unpublished.append({"text": text, "confidence": confidence, "why": why})

    def open_point(self, text: str) -> None:
        """An open point is the citizen's question, or a note among editors."""
        if SPEAKS_TO_EDITORS.search(text):
            self.back(text, "low", "ghi chú cho người biên tập")
        else:
            self.doubted(text)


def convert(folder: Path, content: Path) -> dict[str, int]:
    """Every topic of the folder's YAML files as an entry, and the tables; counts what was written and what was kept."""
    counts = {"written": 0, "reviewed_kept": 0}
    topics = {file: _topics(file) for file in sorted(folder.glob("*.yaml"))}
    ids = {topic["id"] for listed in topics.values() for topic in listed}
    for file in topics:
        for topic in topics[file]:
            target = content / "entries" / topic["id"].partition(".")[0] / f"{topic['id']}.yaml"
            if target.exists() and "\nstatus: reviewed\n" in target.read_text(encoding="utf-8"):
                counts["reviewed_kept"] += 1
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_dump(entry(topic, ids=ids)), encoding="utf-8")
            counts["written"] += 1
    for name in TABLES:
        if (folder / name).exists():
            _copy_table(folder / name, content / name)
    return counts


def entry(topic: dict[str, Any], *, ids: Set[str] = frozenset()) -> dict[str, Any]:
    """One topic of the research as an entry: stated, doubted or kept back. `ids`: the topics that may be related."""
    sources = _Sources()
    kept = _Kept(ask=next(office for prefix, office in ASK if topic["id"].startswith(prefix)))
    related = _related(topic, ids)
    stated = []
    for fact in topic["facts"]:
        why = _not_published(fact)
        if why:
            kept.back(fact["text"], fact["confidence"], why)
        elif fact["confidence"] == "low":
            kept.doubted(fact["text"])
        else:
            stated.append(_statement(fact, sources))
    for point in topic.get("open") or []:
        kept.open_point(point)
    answer, more = _first_answers(stated)
    details = _procedure_details(topic, sources, kept) | ({"more": more} if more else {})
    return {
        "id": topic["id"],
        "title": topic["title"],
        "status": "converted",
        "papi": next(dimension for prefix, dimension in PAPI if topic["id"].startswith(prefix)),
        "checked_on": GATHERED_ON,
        "aliases": [],
        "related": related,
        **_procedure(topic, sources),
        "sources": sources.named,
        "answer": answer,
        **({"details": details} if details else {}),
        **({"doubts": kept.doubts} if kept.doubts else {}),
        **({"unpublished": kept.unpublished} if kept.unpublished else {}),
        "variants": [],
    }


def _related(topic: dict[str, Any], ids: Set[str]) -> list[str]:
    """The other topics that this one names in its texts."""
    named = REFERENCE.findall(yaml.dump(topic, allow_unicode=True, width=10_000))
    return [name for name in dict.fromkeys(named) if name in ids and name != topic["id"]]


def _plain(text: str) -> str:
    """The text without our own ids: a citizen cannot look them up."""
    return REFERENCE.sub("", text).strip()


def inclusive(to: str | date | None) -> date | None:
    """The last day in force, from the first day no longer in force."""
    return None if to is None else _day(to) - timedelta(days=1)


def _not_published(fact: dict[str, Any]) -> str | None:
    """Why a fact may not be shown at all, if it may not."""
    if not fact["law"] and not fact["source"]:
        return "không có văn bản và không có địa chỉ"
    if not fact["law"] and not _office(fact["source"]):
        return "không có văn bản; địa chỉ không phải của cơ quan công bố"
    gone = fact["to"] is not None and _day(fact["to"]) <= GATHERED_ON
    if gone and fact["confidence"] == "low":
        return "chưa xác nhận và đã hết áp dụng"
    if gone and not fact["from"]:
        return "đã hết áp dụng mà không biết ngày bắt đầu: không trả lời được cho ngày nào"
    return None


def _office(address: str) -> str | None:
    return OFFICES.get((urlsplit(address).hostname or "").removeprefix("www."))


def _statement(fact: dict[str, Any], sources: _Sources) -> dict[str, Any]:
    cite = fact["law"] or _office(fact["source"])
    key = sources.key(str(cite), fact["source"], fact["confidence"])
    return _dated(_plain(fact["text"]), fact["from"], fact["to"], [key])


def _dated(text: str, since: str | None, to: str | None, keys: list[str]) -> dict[str, Any]:
    said = {"text": text, "from": _day(since) if since else None, "to": inclusive(to)}
    return said | ({"sources": keys} if since else {"note": UNKNOWN_BEGINNING, "sources": keys})


def _first_answers(stated: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The facts that are said first, and all the others: what holds today, then whole facts for the days beside it.

    A fact keeps its own days, for a day that no document names would be invented: facts whose days run into those of a
    chosen one are told among the others.
    """
    chosen: list[dict[str, Any]] = []
    for one in sorted(stated, key=lambda said: not _holds(said, GATHERED_ON)):
        if all(_apart(one, other) for other in chosen):
            chosen.append(one)
    answers = [one for one in stated if one in chosen]
    return answers, [one for one in stated if one not in chosen]


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """No day on which both hold."""
    first, second = sorted((one, other), key=_begins)
    return first["to"] is not None and first["to"] < _begins(second)


def _begins(one: dict[str, Any]) -> date:
    begins: date = one["from"] or GATHERED_ON
    return begins


def _holds(one: dict[str, Any], day: date) -> bool:
    return _begins(one) <= day and (one["to"] is None or day <= one["to"])


def _procedure(topic: dict[str, Any], sources: _Sources) -> dict[str, Any]:
    if not topic.get("code") and not topic.get("level"):
        return {}
    keys = _card_sources(topic, sources)
    level = [_dated(str(topic["level"]), None, None, keys[:1])] if topic.get("level") and keys else []
    return {
        "procedure": {
            **({"code": str(topic["code"])} if topic.get("code") else {}),
            **({"other_codes": topic["other_codes"]} if topic.get("other_codes") else {}),
            "level": level,
        }
    }


def _procedure_details(topic: dict[str, Any], sources: _Sources, kept: _Kept) -> dict[str, Any]:
    """The card's own fields as facets, resting on the portal page that was read and on the card's legal basis."""
    found: dict[str, Any] = {}
    keys = _card_sources(topic, sources)
    for name, facet in FACETS.items():
        listed = topic.get(name) or []
        texts = [_plain(str(text)) for text in (listed if isinstance(listed, list) else [listed])]
        sure = [text for text in texts if _sure(text, kept, grounded=bool(keys))]
        if sure and isinstance(listed, list):
            copies = f" ({topic['number_of_copies']})" if name == "documents" and topic.get("number_of_copies") else ""
            lead = {"documents": f"Cần có{copies}", "pitfalls": "Lưu ý"}[name]
            found[facet] = [_dated(lead, None, None, keys) | {"items": sure}]
        elif sure:
            found[facet] = [_dated(sure[0], None, None, keys)]
    return found


def _sure(text: str, kept: _Kept, *, grounded: bool) -> bool:
    """Whether this part of a card may be stated; what may not is kept for the citizen as a doubt, or for editors."""
    if re.search(r"\bbot\b", text, re.I):
        kept.back(text, "low", "ghi chú cho người biên tập")
    elif not grounded:
        kept.back(text, "low", "không có văn bản và không có địa chỉ")
    elif UNSURE.search(text):
        kept.doubted(text)
    else:
        return True
    return False


def _card_sources(topic: dict[str, Any], sources: _Sources) -> list[str]:
    """The portal page, if one was read, then the card's legal basis, each with the address that names it."""
    portal = next((f["source"] for f in topic["facts"] if f["source"] and "dichvucong.gov.vn" in f["source"]), None)
    keys = [sources.key(OFFICES["dichvucong.gov.vn"], portal, "high")] if portal else []
    for document in topic.get("legal_basis") or []:
        keys.append(sources.key(document, portal or _read_at(document, topic), "medium"))
    law = next((f for f in topic["facts"] if f["law"] and f["confidence"] != "low"), None)
    if not keys and law:
        keys.append(sources.key(law["law"], law["source"], "medium"))
    return list(dict.fromkeys(keys))


def _read_at(document: str, topic: dict[str, Any]) -> str | None:
    """Where a fact that rests on this document was read."""
    number = next((part for part in document.split() if "/" in part), document)
    address: str | None = next((f["source"] for f in topic["facts"] if number in (f["law"] or "")), None)
    return address


def _copy_table(source: Path, target: Path) -> None:
    """Our copy says valid_from and valid_to, and its last day is in force."""
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    renamed = {"from": "valid_from", "to": "valid_to"}
    if source.name in ENDS_BEFORE:
        for row in rows:
            last = inclusive(row["to"] or None)
            row["to"] = f"{last}" if last else ""
            row["law"], row["formula"] = _law_and_formula(row, rows)
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [renamed.get(name, name) for name in rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({renamed.get(name, name): value for name, value in row.items()} for row in rows)


def _law_and_formula(row: dict[str, str], rows: list[dict[str, str]]) -> tuple[str, str]:
    """A computed amount rests on the law of the rate and of the base that it multiplies, never on the sum itself."""
    parts = [part.strip() for part in re.split(r";(?![^(]*\))", row["law"])]
    laws = [part for part in parts if DOCUMENT.search(part)]
    formula = "; ".join(part for part in parts if not DOCUMENT.search(part))
    for parent in COMPUTED_FROM.get(row["name"], ()):
        held = [one["law"] for one in rows if one["name"] == parent and _in_force(one, row["from"])]
        laws += [DOCUMENT_REMARK.sub("", law) for law in held if law not in laws]
    return "; ".join(dict.fromkeys(laws)), formula


def _in_force(row: dict[str, str], day: str) -> bool:
    return row["from"] <= day and (not row["to"] or day <= row["to"])


def _day(written: str | date) -> date:
    return written if isinstance(written, date) else date.fromisoformat(written)


def _dump(converted: dict[str, Any]) -> str:
    return yaml.dump(converted, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _topics(file: Path) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    topics: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  a safe one  # nosec B506
    return topics

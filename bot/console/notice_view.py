"""One notice: its exact words on each channel, whom it reaches and what that costs, and what became of it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.channels.parts import split, utf16_length
from bot.console import words
from bot.console.notice_forms import SendForm
from bot.console.pages import ConsolePages, Table, moment
from bot.console.visits import Visit
from bot.notice_ways import CHANNELS, Ways
from handlers import notice_report, notice_times, notice_words, notices
from handlers.contract import FIRST_SCREEN
from handlers.notice_kinds import KINDS
from handlers.notice_report import Report
from handlers.notices import ALONE, Audience
from handlers.permissions import Act, may_at_all
from handlers.workplace import Workplace
from storage import officers, places
from storage.notices import ACTIVE, OPEN, Notice

NOTICES = "/console/notices"


class NoticeView:
    """The page of a notice."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    async def show(
        self, visit: Visit, *, form: SendForm | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        """Everything about one notice."""
        assert visit.commune is not None and visit.person is not None
        ways = Ways(visit.parts)
        open_ways = await ways.of(visit.commune)
        async with visit.look() as work:
            notice = await notices.the_notice(work, visit.number("id"))
            reached = await notices.audience(work, notice, open_ways) if notice.state in OPEN else None
            told = await notice_report.report(work.session, notice) if notice.first_sent_at else None
            hamlets = await hamlet_names(work)
            people = {one.id: one.name for one in await officers.of_commune(work.session, commune_id=work.commune_id)}
        texts = [
            _preview(name, ways.text(notice, visit.commune, name), ways.bounds(name).text)
            for name in dict.fromkeys(way.channel for way in open_ways)
        ]
        may_send, may_approve = (may_at_all(visit.person, act) for act in (Act.NOTICE_SEND, Act.NOTICE_APPROVE))
        mine = notice.made_by == visit.person.officer_id
        return self._pages.show(
            visit,
            "notice.html",
            notice=notice,
            title=notice.facts[notice_words.TITLE],
            facts=facts_of(notice, hamlets, people),
            texts=texts,
            script=notice_words.script(notice, visit.commune),
            reach=_reach_table(reached, hamlets) if reached else None,
            people=reached.people if reached else 0,
            warnings=_warnings(reached, ways) if reached else [],
            alone=ALONE,
            form=form or SendForm(),
            may_send=may_send,
            edits=may_send and notice.state in OPEN,
            approves=may_approve and notice.state == "waiting" and not mine,
            cancels=may_send and notice.state in (*OPEN, *ACTIVE),
            report=report_table(told, hamlets) if told else None,
            total=told.total if told else None,
            got=told.got if told else 0,
            seen=told.seen if told else 0,
            reasons=sorted(told.reasons.items(), key=lambda each: -each[1]) if told else [],
            trouble=trouble,
            status=status,
        )


async def hamlet_names(work: Workplace) -> dict[int | None, str]:
    """Every hamlet's name by its id; None: the person never said where they live."""
    known = await places.hamlets(work.session, commune_id=work.commune_id)
    return {None: "Chưa rõ thôn", **{one.id: one.name for one in known}}


def where_to(notice: Notice, hamlets: dict[int | None, str]) -> str:
    """The audience in words."""
    whole = "Toàn xã" if not notice.hamlet_ids else ", ".join(hamlets.get(each, "?") for each in notice.hamlet_ids)
    return whole + (" · chỉ người đăng ký loại tin này" if notice.followers else "")


def facts_of(notice: Notice, hamlets: dict[int | None, str], people: dict[int | None, str]) -> list[tuple[str, str]]:
    """What is worth reading of a notice beside its words."""
    repeat = notice_times.REPEATS.get(notice.repeat, "")
    if repeat and notice.repeat_until:
        repeat += f" đến {notice.repeat_until:%d/%m/%Y}" + (", trừ ngày nghỉ" if notice.skips_days_off else "")
    found = [
        ("Loại", KINDS[notice.kind].label),
        ("Tình trạng", words.NOTICE_STATES[notice.state]),
        ("Gửi tới", where_to(notice, hamlets)),
        ("Bắt đầu gửi", moment(notice.send_at) if notice.send_at else ""),
        ("Không gửi sau", moment(notice.ends_at) if notice.ends_at else ""),
        ("Lặp lại", repeat),
        ("Lượt thứ", str(notice.run) if notice.repeat else ""),
        ("Gửi khẩn vì", notice.urgent_why),
        ("Người soạn", people.get(notice.made_by, "")),
        ("Người duyệt", people.get(notice.approved_by, "") if notice.approved_by else ""),
        ("Người hủy", people.get(notice.cancelled_by, "") if notice.cancelled_by else ""),
    ]
    return [(label, value) for label, value in found if value]


def _preview(channel: str, text: str, most: int | None) -> dict[str, Any]:
    length, parts = utf16_length(text), len(split(text, most))
    told = f"{length} ký tự" + (f", giới hạn {most}" if most else "") + f", {parts} tin"
    if length > FIRST_SCREEN:
        told += f". Dài hơn một màn hình ({FIRST_SCREEN}); nên rút gọn"
    return {"name": CHANNELS.get(channel, channel), "text": text, "told": told}


def _reach_table(reached: Audience, hamlets: dict[int | None, str]) -> Table:
    names = list(dict.fromkeys(hamlet for hamlet, _channel in sorted(reached.by, key=str)))
    rows = [
        (
            hamlets.get(hamlet, "?"),
            " · ".join(
                f"{CHANNELS.get(channel, channel)} {count}"
                for (where, channel), count in sorted(reached.by.items(), key=str)
                if where == hamlet
            ),
            sum(count for (where, _channel), count in reached.by.items() if where == hamlet),
        )
        for hamlet in names
    ]
    return Table(("Thôn", "Kênh", "Số người"), rows, empty="Hiện không tới được ai. Chọn thôn khác, hoặc đọc loa.")


def _warnings(reached: Audience, ways: Ways) -> list[str]:
    told = []
    if oa := reached.on("zalo_oa"):
        free = f"Zalo OA: {oa - reached.costs} tin miễn phí (người nhắn trong 48 giờ)"
        told.append(f"{free}, {reached.costs} tin tính phí theo bảng giá OA của xã.")
    month = ways.bounds("zalo_bot").per_month
    if month is not None and (bot := reached.on("zalo_bot")):
        told.append(f"Zalo Bot: {bot} tin trong số nhiều nhất {month} tin mỗi tháng dành cho thông báo.")
    told += [f"{count} lượt không gửi: {notice_report.REASONS.get(why, why)}."
             for why, count in sorted(reached.without.items()) if why != "other_channel"]  # fmt: skip
    return told


def report_table(told: Report, hamlets: dict[int | None, str]) -> Table:
    """What became of it, by hamlet and channel."""
    rows = [
        (
            hamlets.get(line.hamlet_id, "?"),
            CHANNELS.get(line.channel, line.channel),
            line.reached,
            line.waiting,
            line.failed,
            line.unknown,
            line.skipped + line.cancelled,
        )
        for line in told.lines
    ]
    heads = ("Thôn", "Kênh", "Đã tới", "Đang chờ", "Lỗi", "Chưa rõ", "Không gửi")
    return Table(heads, rows, empty="Chưa có lượt gửi nào.")

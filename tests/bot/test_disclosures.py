"""The register of what must be public: terms by the law of the day, what a citizen is told, and the public page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from bot.assembly import Parts
from bot.disclosure_jobs import alarm
from handlers import disclosures
from handlers.disclosures import BadDays, Posting
from handlers.permissions import Held, NotAllowed, Person, Role
from handlers.workplace import Workplace
from knowledge.base import Knowledge
from knowledge.disclosures import duties, faults, named
from storage import officer_chats, places
from storage.accounts import Account
from storage.communes import ChannelAccount, Commune
from storage.officer_chats import OfficerChat
from storage.outbox import OutboxMessage
from storage.places import Hamlet
from tests.bot.browser import DESK, PHONE, OpensAPage, shoot
from tests.bot.browser import faults as axe_faults
from tests.bot.conftest import Seats
from tests.bot.console import hire
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import THE_DAY, Citizen, MovableClock

HANGS = Posting(
    THE_DAY, None, ("board", "web"), "Bảng tin cổng trụ sở", "https://mau.example/ns", "Thu 10, chi 9.", "BB 5"
)


def test_every_duty_stands_on_an_entry_and_a_typed_field(knowledge: Knowledge) -> None:
    assert len(duties()) > 14 and list(faults(knowledge.entries)) == []


@pytest.mark.parametrize(
    ("duty", "posted_on", "until"),
    [
        ("budget", date(2026, 11, 23), date(2026, 12, 22)),  # 30 days, the first one counted
        ("compensation", date(2025, 12, 31), date(2026, 1, 29)),  # Luật Đất đai Điều 87: 30 days
        ("compensation", date(2026, 1, 1), date(2026, 1, 10)),  # Nghị quyết 254/2025/QH15: 10 days
        ("compensation", date(2024, 7, 31), None),  # before the law: nothing is made up
        ("procedures", date(2026, 11, 23), None),  # for good
        ("budget", date(2023, 6, 30), None),
    ],
)
def test_how_long_it_hangs_is_the_law_of_that_day(
    knowledge: Knowledge, duty: str, posted_on: date, until: date | None
) -> None:
    assert duties()[duty].hangs_until(knowledge.entries, posted_on) == until


@pytest.mark.parametrize(
    ("text", "duty"),
    [
        ("ngân sách xã năm nay", "budget"),
        ("quy hoach su dung dat", "land_plan"),
        ("danh sách hộ nghèo ấp tôi", "poor_households"),
        ("kế hoạch thu hồi đất", "land_recovery"),
        ("làm khai sinh", None),
    ],
)
def test_what_people_ask_for(text: str, duty: str | None) -> None:
    found = named(text)
    assert (found.id if found else None) == duty


class Desk:
    """An officer who keeps the register."""

    def __init__(self, parts: Parts, commune: Commune, officer_id: int, role: Role = Role.BROADCASTER) -> None:
        self.parts, self.commune = parts, commune
        self.person = Person(officer_id, commune.id or 0, holds=(Held(role),))

    def work(self, session: object) -> Workplace:
        clock = self.parts.clock
        return Workplace(session, self.person, self.parts.vault, clock.now(), clock.today())  # type: ignore[arg-type]

    async def adds(self, duty: str, title: str, *, hamlet_id: int | None = None) -> int:
        assert self.parts.knowledge is not None
        async with self.parts.database.writing() as session:
            return await disclosures.add(
                self.work(session), self.parts.knowledge.entries, duty=duty, title=title, decided_on=THE_DAY,
                hamlet_id=hamlet_id,
            )  # fmt: skip

    async def posts(self, disclosure_id: int, posting: Posting = HANGS) -> None:
        assert self.parts.knowledge is not None
        async with self.parts.database.writing() as session:
            await disclosures.post(self.work(session), self.parts.knowledge.entries, disclosure_id, posting)


@pytest.fixture
async def desk(parts: Parts, commune: Commune) -> Desk:
    return Desk(parts, commune, (await hire(parts, commune, Role.BROADCASTER)).id or 0)


async def test_due_then_late_then_hanging_then_over(desk: Desk, citizen: Citizen, clock: MovableClock) -> None:
    await citizen.says("alo")
    heard = await citizen.says("ngân sách xã năm nay")
    assert heard.topic == "dancho.cong-khai.ngan-sach-xa" and "Yêu cầu xã cung cấp thông tin" in heard.choices
    item = await desk.adds("budget", "Dự toán ngân sách 2027")
    heard = await citizen.says("ngan sach xa nam nay")
    assert "phải công khai chậm nhất ngày 01/12/2026" in heard.text, "five working days, and 24/11 is off"
    clock.move(days=9)
    heard = await citizen.says("ngân sách xã năm nay")
    assert "đã quá hạn" in heard.text and "quyền yêu cầu" in heard.text
    await desk.posts(item)
    heard = await citizen.says("ngân sách xã năm nay đâu")
    assert "đang công khai từ 23/11/2026 đến ít nhất 22/12/2026" in heard.text
    assert (
        "bảng ở trụ sở xã" in heard.text and "https://mau.example/ns" in heard.text and "Thu 10, chi 9." in heard.text
    )
    assert "10/2022/QH15" in heard.text and len(heard.text) < 700
    heard = await citizen.says("công khai ngân sách dán mấy ngày")
    assert "đang công khai từ" not in heard.text, "a question about the rule is the entry's"
    with pytest.raises(BadDays):
        await desk.posts(item, Posting(THE_DAY, date(2026, 11, 1), (), "", "", "", ""))
    await desk.posts(item, Posting(THE_DAY, date(2026, 12, 1), (), "", "", "", ""))
    async with desk.parts.database.reading() as session:
        row = await disclosures.the_item(desk.work(session), item)
        assert disclosures.state(row, date(2026, 12, 2)).code == "early"


async def test_a_list_with_names_is_told_to_its_hamlet_alone_and_in_its_time(
    desk: Desk, citizen: Citizen, neighbour: Citizen, clock: MovableClock
) -> None:
    async with desk.parts.database.writing() as session:
        row = Hamlet(commune_id=desk.commune.id or 0, name="Ấp Đông", key="ap dong", now="Ấp Đông", valid_from=THE_DAY)
        hamlet = await places.keep(session, row)
    item = await desk.adds("poor_households", "Danh sách Ấp Đông", hamlet_id=hamlet)
    await desk.posts(item, Posting(THE_DAY, None, ("hamlet",), "Nhà văn hóa", "https://mau.example/ds", "12 hộ.", ""))
    await citizen.says("tôi ở ấp Đông")
    heard = await citizen.says("danh sách hộ nghèo")
    assert "12 hộ" in heard.text and "https://mau.example/ds" in heard.text
    heard = await neighbour.says("danh sách hộ nghèo")
    assert "12 hộ" not in heard.text and "mau.example" not in heard.text and "Nhà văn hóa" in heard.text
    clock.move(days=31)
    heard = await citizen.says("danh sách hộ nghèo")
    assert "mau.example" not in heard.text


async def test_keepers_are_told_in_their_own_chat_once_a_day(desk: Desk, citizen: Citizen, clock: MovableClock) -> None:
    await citizen.says("alo")
    async with desk.parts.database.writing() as session:
        account = (await session.exec(select(Account))).one()
        row = OfficerChat(officer_id=desk.person.officer_id, commune_id=desk.commune.id or 0, account_id=account.id)
        await officer_chats.keep(session, row, commune_id=desk.commune.id or 0)
    await desk.adds("budget", "Dự toán ngân sách 2027")

    async def told() -> list[str]:
        await alarm(desk.parts.database, clock, base="https://mau.example")
        async with desk.parts.database.reading() as session:
            return [one.text for one in await session.exec(select(OutboxMessage)) if "Sổ công khai" in one.text]

    assert await told() == []
    clock.move(days=7)  # 30/11: one day is left
    assert len(await told()) == 1 and "Dự toán ngân sách 2027" in (await told())[0]
    clock.move(days=1, hours=-5)  # before the office opens
    assert len(await told()) == 1
    clock.move(hours=5)
    assert len(await told()) == 2


async def test_whoever_may_only_read_writes_nothing(desk: Desk) -> None:
    reader = Desk(desk.parts, desk.commune, desk.person.officer_id, Role.INSPECTOR)
    with pytest.raises(NotAllowed):
        await reader.adds("budget", "x")


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_the_pages_of_the_register(
    opens: OpensAPage, desk: Desk, parts: Parts, commune: Commune, webchat_account: ChannelAccount, seats: Seats,
    clock: MovableClock, name: str, size: dict[str, int],
) -> None:  # fmt: skip
    late = await desk.adds("fees", "Bảng phí chợ 2027")
    await desk.posts(await desk.adds("budget", "Dự toán ngân sách 2027"))
    secret = Posting(THE_DAY, None, ("hamlet",), "Nhà văn hóa", "https://mau.example/ds", "12 hộ.", "")
    await desk.posts(await desk.adds("poor_households", "Danh sách Ấp Đông"), secret)
    clock.move(days=9)
    page = await opens("/cong-khai", viewport=size)
    assert page.url.endswith("/x/mau/cong-khai")
    told = await page.inner_text("main")
    assert "đã quá hạn" in told and "Thu 10, chi 9." in told and "12 hộ" not in told
    assert await axe_faults(page) == [] and await fits(page)
    await shoot(page, f"console-{name}-disclosures-public")
    page = await opens(await link(parts, commune, Role.LEADER, "Lãnh Đạo"), viewport=size)
    await sign_up(page, parts)
    base = page.url.partition("/console")[0]
    for address, shot in (("/console/disclosures", "list"), (f"/console/disclosures/{late}", "one")):
        await page.goto(base + address)
        assert await axe_faults(page) == [] and await fits(page)
        await shoot(page, f"console-{name}-disclosures-{shot}")
    await page.get_by_label("Công khai từ ngày").fill("2026-11-30")
    await page.get_by_label("bảng ở trụ sở xã").check()
    await page.get_by_role("button", name="Lưu").click()
    assert "đang công khai" in await page.inner_text("main")

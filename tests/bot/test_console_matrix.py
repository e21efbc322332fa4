"""Every route of the console x every role x own and other commune, from the route table itself."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from nacl.public import PrivateKey

from bot.assembly import Parts
from bot.console import words
from bot.console.routes import routes
from bot.console.visits import Gate, Route
from bot.site import Site
from handlers import late_dossiers
from handlers.permissions import ACTS, EVERYBODY, Act, Role, person_of
from handlers.registering import register
from handlers.sign_in import Door
from handlers.workplace import Workplace
from knowledge import drafts
from storage import (
    accounts,
    cases,
    communes,
    disclosures,
    entry_versions,
    grants,
    mailboxes,
    notices,
    officers,
    offices,
    places,
    practice,
    questions,
    reply_templates,
    seals,
    sign_ins,
)
from storage.communes import ChannelAccount, Commune
from storage.disclosures import Disclosure
from storage.entry_versions import EntryVersion
from storage.grants import Grant, StandIn
from storage.notices import Notice
from storage.offices import Office
from storage.places import Hamlet
from storage.practice import PracticeRound
from storage.questions import Question
from storage.reply_templates import ReplyTemplate
from storage.sealing import FEWEST, MOST, public_of, write_key
from tests.bot.conftest import Seats
from tests.bot.console import BROWSER, Colleague, hire
from tests.conftest import THE_DAY

ROUTES = routes(Site())
BEHIND_A_GATE = [route for route in ROUTES if isinstance(route.gate, Act)]
DAY = THE_DAY.isoformat()
NOTICE = {"title": "Ngừng điện", "place": "Ấp Đông", "day": "2026-11-24", "at": "07:30", "contact": "Điện lực"}
FIVE = ("one", "two", "three", "four", "five")
# What a form needs so that the page gets as far as the object it names.
FIELDS: dict[str, dict[str, str]] = {
    "/console/officers": {"name": "Người Mới", "role": "desk"},
    "/console/officers/{id}/roles": {"role": "desk", "valid_from": DAY},
    "/console/commune/offices": {"name": "Phòng Mới"},
    "/console/commune/offices/{id}": {"name": "Phòng Khác"},
    "/console/seals/{id}/answer": {"text": "Đã kiểm tra."},
    "/console/commune/hamlets": {"names": "Thôn Mới"},
    "/console/cases/new": {"kind": "report", "words": "Đường hỏng"},
    "/console/cases/assign": {"officer": "1", "case": "1"},
    "/console/templates": {"name": "Mẫu", "text": "{loi_chao}"},
    "/console/service-ratings": {"service": "land", "month": "2026-11", "asked": "9", **dict.fromkeys(FIVE, "1")},
    "/console/late-dossiers": {
        "code": "H01-261101-0001",
        "due_on": "2026-11-20",
        "new_due_on": "2026-11-27",
        "reason": "Chờ xác nhận của nơi khác",
    },
    "/console/cases/{id}/publish": {"outcome": "Đã thay bóng."},
    "/console/cases/{id}/give-back": {"why": "Ghi rõ ngày"},
    "/console/cases/{id}/ask": {"words": "Đèn nào ạ?"},
    "/console/cases/{id}/answer": {"words": "Đã thay bóng.", "evidence": "document", "document": "12/CV-UBND"},
    "/console/cases/{id}/transfer": {"body": "Điện lực", "document": "13/CV-UBND", "on": DAY},
    "/console/cases/{id}/refuse": {"reason": "unclear"},
    "/console/cases/{id}/extend": {"reason": "Chờ vật tư", "due_on": "2026-12-31"},
    "/console/cases/{id}/sort": {"category": "road", "papi": "6"},
    "/console/cases/{id}/reclass": {"kind": "proposal", "reason": "Là kiến nghị"},
    "/console/cases/{id}/seal": {"reason": "duty"},
    "/console/notices/new/power": NOTICE,
    "/console/notices/{id}/edit": NOTICE,
    "/console/disclosures": {"duty": "budget", "title": "Dự toán 2027", "decided_on": DAY},
    "/console/disclosures/{id}": {"posted_on": DAY, "place": "Bảng tin"},
    "/console/calendar/days": {"day": DAY, "is_off": "off", "why": "Công văn"},
    "/console/calendar/years": {"year": "2026"},
    "/console/switch/pause": {"what": "sending", "reason": "Gửi nhầm"},
    "/console/switch/resume": {"what": "sending"},
    "/console/knowledge/new": {"title": "Gửi xe ở chợ"},
    "/console/knowledge/versions/{id}/return": {"remark": "Thiếu nguồn"},
    "/console/knowledge/versions/{id}/withdraw": {"remark": "Hết dùng"},
}


@dataclass
class Things:
    """One of everything in a commune, made fresh for each request."""

    parts: Parts
    commune: Commune
    me: int = 0  # whose round of practice it is; somebody else's opens for nobody

    async def officer(self) -> dict[str, int]:
        """Somebody, with a role that can be ended."""
        other = await hire(self.parts, self.commune, Role.OPERATOR, name="Người Khác")
        async with self.parts.database.writing() as session:
            row = Grant(commune_id=self.commune.id or 0, officer_id=other.id or 0, role=Role.DESK, valid_from=THE_DAY)
            return {"id": other.id or 0, "grant": await grants.add(session, row)}

    async def office(self) -> dict[str, int]:
        """A unit."""
        async with self.parts.database.writing() as session:
            row = Office(commune_id=self.commune.id or 0, name="Phòng Cũ", valid_from=THE_DAY)
            return {"id": await offices.keep(session, row)}

    async def hamlet(self) -> dict[str, int]:
        """A hamlet."""
        async with self.parts.database.writing() as session:
            row = Hamlet(
                commune_id=self.commune.id or 0, name="Thôn Cũ", key="thon cu", now="Thôn Cũ", valid_from=THE_DAY
            )
            return {"id": await places.keep(session, row)}

    async def stand_in(self) -> dict[str, int]:
        """Somebody doing somebody's work."""
        first, second = await hire(self.parts, self.commune, Role.DESK), await hire(self.parts, self.commune, Role.DESK)
        async with self.parts.database.writing() as session:
            row = StandIn(
                commune_id=self.commune.id or 0,
                absent_id=first.id or 0,
                stand_in_id=second.id or 0,
                valid_from=THE_DAY,
                valid_to=THE_DAY,
                made_by=first.id or 0,
                made_at=self.parts.clock.now(),
            )
            return {"id": await grants.add(session, row)}

    async def case(self) -> dict[str, int]:
        """What somebody told."""
        async with self.parts.database.writing() as session:
            channel = await communes.channel_account(session, commune_id=self.commune.id or 0, channel="webchat")
            assert channel is not None
            account = await accounts.find_or_add(
                session, commune_id=self.commune.id or 0, channel_account_id=channel.id or 0, chat_key="ai-do"
            )
            now = self.parts.clock.now()
            case_id = await cases.open_draft(
                session, commune_id=self.commune.id or 0, account_id=account.id or 0, kind="report", at=now
            )
            case = await cases.get(session, commune_id=self.commune.id or 0, case_id=case_id)
            assert case is not None
            await register(
                session,
                case,
                commune=self.commune,
                vault=self.parts.vault,
                text="đèn đường hỏng",
                now=now,
                today=self.parts.clock.today(),
            )
        return {"id": case_id}

    async def tip(self) -> dict[str, int]:
        """A tip that every holder of the commune may open."""
        now = self.parts.clock.now()
        async with self.parts.database.writing() as session:
            mine = {"commune_id": self.commune.id or 0}
            people = await officers.of_commune(session, **mine)
            for one in sorted(people, key=lambda one: one.id or 0)[:MOST]:  # whoever sits there came first
                key = write_key(public_of(bytes(PrivateKey.generate())))
                await seals.add_holder(session, officer_id=one.id or 0, written_key=key, at=now, **mine)
            box = await mailboxes.begin(session, code=f"TB-{secrets.token_hex(4)}", on=THE_DAY, **mine)
            box.state, box.public_key = "open", public_of(bytes(PrivateKey.generate()))
            keys = (await seals.holders(session, **mine))[:MOST]
            if len(keys) >= FEWEST:
                await seals.keep(session, mailbox_id=box.id or 0, text="việc kín", to=keys, on=THE_DAY, **mine)
        return {"id": box.id or 0}

    async def late_dossier(self) -> dict[str, int]:
        """An apology with its letter."""
        officer = await hire(self.parts, self.commune, Role.DESK)
        async with self.parts.database.writing() as session:
            person = await person_of(session, officer, on=THE_DAY)
            work = Workplace(session, person, self.parts.vault, self.parts.clock.now(), THE_DAY)
            day = {"due_on": THE_DAY - timedelta(days=3), "new_due_on": THE_DAY + timedelta(days=3)}
            return {"id": await late_dossiers.register(work, code="H01-261101-0002", reason="Chờ xác nhận", **day)}

    async def entry(self) -> dict[str, str]:
        """An entry of the commune's own."""
        version = await self.version()
        return {"entry": f"xa.thu-{version['id']}"}

    async def version(self) -> dict[str, int]:
        """A draft that somebody wrote."""
        author = await hire(self.parts, self.commune, Role.CURATOR)
        async with self.parts.database.writing() as session:
            row = EntryVersion(
                commune_id=self.commune.id or 0,
                entry_id=f"xa.thu-{secrets.token_hex(4)}",
                number=0,
                title="Thử",
                text="",
                authors=[author.id or 0],
                author_id=author.id or 0,
                made_at=self.parts.clock.now(),
            )
            await entry_versions.add(session, row)
            row.entry_id = f"xa.thu-{row.id}"
            row.text = drafts.beginning(row.entry_id, "Thử", ["hỏi thử"], today=THE_DAY)
        return {"id": row.id or 0}

    async def practised(self) -> dict[str, int]:
        """A round that was begun."""
        officer_id = self.me or (await hire(self.parts, self.commune, Role.DESK)).id or 0
        row = PracticeRound(commune_id=self.commune.id or 0, officer_id=officer_id, begun_at=self.parts.clock.now())
        async with self.parts.database.writing() as session:
            return {"id": (await practice.keep(session, row)).id or 0}

    async def gap(self) -> dict[str, int]:
        """A question that was not answered."""
        asked = f"gui xe {secrets.token_hex(4)}"
        async with self.parts.database.writing() as session:
            row = Question(
                commune_id=self.commune.id or 0,
                asked_at=self.parts.clock.now(),
                masked_text=asked,
                folded_text=asked,
                action="abstain",
                gap="unanswered",
            )
            return {"id": await questions.record(session, row)}

    async def notice(self) -> dict[str, int]:
        """A notice to the whole commune that nobody has sent yet."""
        async with self.parts.database.writing() as session:
            row = Notice(
                commune_id=self.commune.id or 0,
                code=f"TB-{secrets.token_hex(4)}",
                kind="power",
                papi=6,
                facts={
                    "title": "Ngừng điện",
                    "place": "Ấp Đông",
                    "starts": "2026-11-24T07:30:00+07:00",
                    "contact": "Điện lực",
                },
                made_at=self.parts.clock.now(),
            )
            return {"id": await notices.keep(session, row)}

    async def template(self) -> dict[str, int]:
        """A reply template."""
        officer = await hire(self.parts, self.commune, Role.LEADER)
        async with self.parts.database.writing() as session:
            row = ReplyTemplate(
                commune_id=self.commune.id or 0,
                name="Mẫu",
                text="{loi_chao}",
                officer_id=officer.id or 0,
                at=self.parts.clock.now(),
            )
            return {"id": await reply_templates.keep(session, row)}

    async def disclosure(self) -> dict[str, int]:
        """Something that must be public."""
        async with self.parts.database.writing() as session:
            mine = self.commune.id or 0
            row = Disclosure(
                commune_id=mine,
                duty="budget",
                title="Dự toán",
                decided_on=THE_DAY,
                changed_at=self.parts.clock.now(),
            )
            return {"id": await disclosures.keep(session, row, commune_id=mine)}

    async def session(self) -> dict[str, int]:
        """A session of somebody else."""
        other = await hire(self.parts, self.commune, Role.DESK)

        async with self.parts.database.writing() as session:
            return {
                "id": (
                    await Door(session, self.parts.vault, self.parts.clock.now()).password_given(other, BROWSER)
                ).session.id
                or 0
            }

    async def of(self, path: str) -> Mapping[str, int | str]:
        """The object that a path names. A path that nobody described here fails the test."""
        if "{" not in path:
            return {}
        makers: dict[str, Callable[[], Awaitable[Mapping[str, int | str]]]] = {
            "/console/officers/": self.officer,
            "/console/commune/offices/": self.office,
            "/console/commune/hamlets/": self.hamlet,
            "/console/stand-ins/": self.stand_in,
            "/console/cases/": self.case,
            "/console/seals/": self.tip,
            "/console/late-dossiers/": self.late_dossier,
            "/console/notices/": self.notice,
            "/console/templates/": self.template,
            "/console/disclosures/": self.disclosure,
            "/console/account/sessions/": self.session,
            "/console/gaps/": self.gap,
            "/console/practice/": self.practised,
            "/console/knowledge/entries/": self.entry,
            "/console/knowledge/": self.version,
        }
        return await next(make for start, make in makers.items() if path.startswith(start))()


def test_every_route_has_a_gate_and_every_act_has_words_and_a_route() -> None:
    assert all(isinstance(route.gate, Act | Gate) for route in ROUTES)
    open_ones = {route.path for route in ROUTES if route.gate is Gate.OPEN}
    assert open_ones == {"/console/sign-in", "/console/sign-up/{token}"}
    assert set(words.ACTS) == set(Act) and set(words.ROLES) == set(Role) == set(ACTS)
    assert {route.gate for route in BEHIND_A_GATE} == set(Act)


async def call(colleague: Colleague, route: Route, ids: Mapping[str, int | str]) -> int:
    address = route.path.format(**ids)
    if route.method == "GET":
        return (await colleague.client.get(address, allow_redirects=False)).status
    return (await colleague.sends(address, **FIELDS.get(route.path, {}))).status


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_reaches_what_the_rule_says_and_nothing_else(
    role: Role, parts: Parts, seats: Seats, commune: Commune, other_commune: Commune
) -> None:
    here, elsewhere, colleague = Things(parts, commune), Things(parts, other_commune), await seats(role)
    here.me = colleague.officer.id or 0
    # Ending one's own sessions comes last: nothing can be asked after it.
    for route in sorted(BEHIND_A_GATE, key=lambda one: one.path.endswith("end-all")):
        allowed = route.gate in EVERYBODY or route.gate in ACTS[role]
        own = await call(colleague, route, await here.of(route.path))
        assert (own == 403) is not allowed, (role, route.method, route.path, own)
        assert own in (200, 303, 403, 422), (role, route.method, route.path, own)
        if "{" in route.path and "sessions" not in route.path:
            foreign = await call(colleague, route, await elsewhere.of(route.path))
            assert foreign == (404 if allowed else 403), (role, route.method, route.path, foreign)


async def test_a_session_of_somebody_else_is_not_ended(
    parts: Parts, seats: Seats, commune: Commune, other_commune: Commune
) -> None:
    for place in (commune, other_commune):
        ids = await Things(parts, place).session()
        colleague = await seats(Role.DESK)
        await colleague.sends(f"/console/account/sessions/{ids['id']}/end")
        async with parts.database.reading() as session:
            row = await session.get(sign_ins.OfficerSession, ids["id"])
            assert row is not None and row.ended_at is None


async def test_nobody_signed_in_sees_nothing(parts: Parts, another: object, seats: Seats, commune: Commune) -> None:
    stranger = await seats(Role.OPERATOR)
    stranger.client.session.cookie_jar.clear()
    things = Things(parts, commune)
    for route in ROUTES:
        if route.gate is Gate.OPEN:
            continue
        address = route.path.format(**await things.of(route.path))
        answer = await stranger.client.request(route.method, address, allow_redirects=False)
        assert answer.status == 303 and answer.headers["Location"].startswith("/console/sign-in"), route


async def test_the_export_holds_only_this_communes_rows(
    parts: Parts, seats: Seats, other_commune: Commune, webchat_account: ChannelAccount
) -> None:
    await seats(Role.OPERATOR, at=other_commune, name="Người Xã Bên")
    inspector = await seats(Role.INSPECTOR, name="Thanh Tra Xã Này")
    file = await inspector.client.get("/console/audit.csv")
    text = await file.text()
    assert file.headers["Content-Disposition"] == 'attachment; filename="nhat-ky-mau-2026-11-23.csv"'
    assert "Thanh Tra Xã Này" in text and "Người Xã Bên" not in text

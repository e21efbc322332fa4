"""Officers, their roles, leave and stand-ins, and a lost second factor."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console import words
from bot.console.forms import MoveToOffice, NewOfficer, NewRole, NewStandIn, choices, day, number, typed
from bot.console.pages import ConsolePages, Link, Table
from bot.console.visits import SIGN_UP, Route, Visit, go
from handlers import staff
from handlers.permissions import Act, Role, may_at_all
from handlers.staff import BadDays, BadName, LastOperator, NoSuchOfficer, NotOneself, SecondOfficerNeeded
from handlers.workplace import Workplace
from storage import grants, officers, offices, places
from storage.officers import Officer

OFFICERS, STAND_INS = "/console/officers", "/console/stand-ins"
SENTENCES: dict[type[Exception], str] = {
    BadName: "Họ và tên chưa dùng được: cần có chữ và không quá 100 ký tự.",
    NotOneself: "Việc này phải do một cán bộ khác làm, không tự làm cho mình.",
    SecondOfficerNeeded: "Anh/chị là người đề nghị; cần một cán bộ khác có quyền xác nhận.",
    BadDays: "Ngày cuối đứng trước ngày đầu; xem lại hai ngày.",
    LastOperator: "Xã phải còn ít nhất một người vận hành, nên chưa làm được việc này.",
    NoSuchOfficer: "Không có cán bộ, đơn vị hoặc thôn này trong xã.",
}
REFUSALS = tuple(SENTENCES)


class OfficerPages:
    """Who works here."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        one = f"{OFFICERS}/{{id}}"
        return [
            Route("GET", OFFICERS, self.everybody, Act.OFFICER_READ),
            Route("POST", OFFICERS, self.add, Act.OFFICER_EDIT),
            Route("GET", one, self.one, Act.OFFICER_READ),
            Route("POST", f"{one}/link", self.link, Act.OFFICER_EDIT),
            Route("POST", f"{one}/roles", self.give_role, Act.OFFICER_EDIT),
            Route("POST", f"{one}/roles/{{grant}}/end", self.end_role, Act.OFFICER_EDIT),
            Route("POST", f"{one}/office", self.move, Act.OFFICER_EDIT),
            Route("POST", f"{one}/leave", self.leave, Act.OFFICER_EDIT),
            Route("POST", f"{one}/factor", self.factor, Act.FACTOR_RESET),
            Route("GET", STAND_INS, self.stand_ins, Act.STAND_IN_EDIT),
            Route("POST", STAND_INS, self.stand_in, Act.STAND_IN_EDIT),
            Route("POST", f"{STAND_INS}/{{id}}/end", self.end_stand_in, Act.STAND_IN_EDIT),
        ]

    async def everybody(self, visit: Visit) -> web.StreamResponse:
        """The list, with the form for somebody new."""
        return await self._everybody(visit, NewOfficer())

    async def add(self, visit: Visit) -> web.StreamResponse:
        """Somebody new: their sign-up link is shown once, for the operator to hand over."""
        form = NewOfficer(visit.form)
        if not form.validate():
            return await self._everybody(visit, form, status=422)
        try:
            async with visit.work() as work:
                officer, token = await staff.invite(work, name=typed(form.name), role=Role(form.role.data))
        except BadName:
            return await self._everybody(visit, form, trouble=SENTENCES[BadName], status=422)
        return self._link_page(visit, officer, token)

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One officer: roles, unit, what can be done with the account."""
        return await self._one(visit)

    async def link(self, visit: Visit) -> web.StreamResponse:
        """Another sign-up link, also for a forgotten password."""
        try:
            async with visit.work() as work:
                officer, token = await staff.new_link(work, visit.number("id"))
        except NotOneself:
            return await self._one(visit, trouble=SENTENCES[NotOneself], status=422)
        return self._link_page(visit, officer, token)

    async def give_role(self, visit: Visit) -> web.StreamResponse:
        """One more role."""
        form = await self._role_form(visit)
        if not form.validate():
            return await self._one(visit, form=form, status=422)
        try:
            async with visit.work() as work:
                await staff.give_role(
                    work,
                    visit.number("id"),
                    role=Role(form.role.data),
                    office_id=number(form.office.data),
                    hamlet_id=number(form.hamlet.data),
                    field=form.field.data or None,
                    valid_from=day(form.valid_from),
                    valid_to=form.valid_to.data,
                )
        except (NotOneself, BadDays) as refused:
            return await self._one(visit, form=form, trouble=SENTENCES[type(refused)], status=422)
        return go(f"{OFFICERS}/{visit.number('id')}", done="da-them")

    async def end_role(self, visit: Visit) -> web.StreamResponse:
        """A role ends."""
        return await self._do(visit, lambda work: staff.end_role(work, visit.number("grant")), "da-ket-thuc")

    async def move(self, visit: Visit) -> web.StreamResponse:
        """Into another unit."""
        form = MoveToOffice(visit.form)
        await self._fill(visit, form)
        if not form.validate():
            return await self._one(visit, status=422)
        office_id = number(form.office.data)
        return await self._do(visit, lambda work: staff.move_to_office(work, visit.number("id"), office_id), "da-luu")

    async def leave(self, visit: Visit) -> web.StreamResponse:
        """Somebody leaves."""
        return await self._do(visit, lambda work: staff.leave(work, visit.number("id")), "da-nghi")

    async def factor(self, visit: Visit) -> web.StreamResponse:
        """Ask for, or confirm, a new second factor."""
        try:
            async with visit.work() as work:
                done = await staff.reset_factor(work, visit.number("id"))
        except (NotOneself, SecondOfficerNeeded) as refused:
            return await self._one(visit, trouble=SENTENCES[type(refused)], status=422)
        return go(f"{OFFICERS}/{visit.number('id')}", done="da-cap-lai" if done else "da-de-nghi")

    async def stand_ins(self, visit: Visit) -> web.StreamResponse:
        """Who stands in for whom, now and soon."""
        return await self._stand_ins(visit, NewStandIn())

    async def stand_in(self, visit: Visit) -> web.StreamResponse:
        """Somebody goes on leave."""
        form = NewStandIn(visit.form)
        await self._fill_people(visit, form)
        if not form.validate():
            return await self._stand_ins(visit, form, status=422)
        try:
            async with visit.work() as work:
                await staff.stand_in(
                    work,
                    absent_id=number(form.absent.data) or 0,
                    stand_in_id=number(form.stand_in.data) or 0,
                    valid_from=day(form.valid_from),
                    valid_to=day(form.valid_to),
                )
        except (NotOneself, BadDays) as refused:
            return await self._stand_ins(visit, form, trouble=SENTENCES[type(refused)], status=422)
        return go(STAND_INS, done="da-them")

    async def end_stand_in(self, visit: Visit) -> web.StreamResponse:
        """Back earlier than planned."""
        async with visit.work() as work:
            await staff.end_stand_in(work, visit.number("id"))
        return go(STAND_INS, done="da-ket-thuc")

    async def _do(self, visit: Visit, what: Any, done: str) -> web.StreamResponse:
        try:
            async with visit.work() as work:
                await what(work)
        except (NotOneself, LastOperator) as refused:
            return await self._one(visit, trouble=SENTENCES[type(refused)], status=422)
        return go(f"{OFFICERS}/{visit.number('id')}", done=done)

    async def _everybody(self, visit: Visit, form: NewOfficer, *, trouble: str = "", status: int = 200) -> web.Response:
        async with visit.look() as work:
            known = await officers.of_commune(work.session, commune_id=work.commune_id)
            held = await grants.in_force(work.session, commune_id=work.commune_id, on=work.today)
        roles = {
            one.id: ", ".join(dict.fromkeys(words.ROLES[row.role] for row in held if row.officer_id == one.id))
            for one in known
        }
        table = Table(
            ("Họ và tên", "Tên đăng nhập", "Vai trò", "Tình trạng"),
            [
                (Link(one.name, f"{OFFICERS}/{one.id}"), one.login, roles[one.id], words.STATES[one.state])
                for one in known
            ],
            empty="Chưa có cán bộ nào.",
        )
        may_add = visit.person is not None and may_at_all(visit.person, Act.OFFICER_EDIT)
        return self._pages.show(
            visit, "officers.html", table=table, form=form, may_add=may_add, trouble=trouble, status=status
        )

    async def _one(
        self, visit: Visit, *, form: NewRole | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        officer_id = visit.number("id")
        async with visit.look() as work:
            officer = await staff.the_officer(work, officer_id)
            held = [
                row
                for row in await grants.in_force(work.session, commune_id=work.commune_id, on=work.today)
                if row.officer_id == officer_id
            ]
            names = await _names(work)
            waiting = await staff.open_factor_reset(work, officer_id)
        move = MoveToOffice(office=str(officer.office_id or ""))
        await self._fill(visit, move)
        assert visit.person is not None
        return self._pages.show(
            visit,
            "officer.html",
            officer=officer,
            state=words.STATES[officer.state],
            held=[(row, words.ROLES[row.role], _bounds(row, names)) for row in held],
            form=form or await self._role_form(visit, fresh=True),
            move=move,
            waiting=waiting,
            asked_by=names["officer"].get(waiting.asked_by, "") if waiting else "",
            oneself=officer_id == visit.person.officer_id,
            may_edit=may_at_all(visit.person, Act.OFFICER_EDIT),
            may_reset=may_at_all(visit.person, Act.FACTOR_RESET),
            trouble=trouble,
            status=status,
        )

    async def _stand_ins(self, visit: Visit, form: NewStandIn, *, trouble: str = "", status: int = 200) -> web.Response:
        await self._fill_people(visit, form)
        async with visit.look() as work:
            rows = await grants.coming_stand_ins(work.session, commune_id=work.commune_id, on=work.today)
            names = (await _names(work))["officer"]
        return self._pages.show(
            visit, "stand_ins.html", rows=rows, names=names, form=form, trouble=trouble, status=status
        )

    def _link_page(self, visit: Visit, officer: Officer, token: str) -> web.Response:
        base = visit.parts.settings.public_url or f"{visit.request.scheme}://{visit.request.host}"
        return self._pages.show(visit, "link.html", officer=officer, address=f"{base}{SIGN_UP}/{token}", back=OFFICERS)

    async def _role_form(self, visit: Visit, *, fresh: bool = False) -> NewRole:
        form = NewRole(valid_from=visit.today) if fresh else NewRole(visit.form)
        await self._fill(visit, form)
        return form

    async def _fill(self, visit: Visit, form: NewRole | MoveToOffice) -> None:
        async with visit.look() as work:
            units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
            villages = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        none = "Tất cả" if isinstance(form, NewRole) else "Chưa ghi"
        form.office.choices = choices(((row.id, row.name) for row in units), empty=none)
        if isinstance(form, NewRole):
            form.hamlet.choices = choices(((row.id, row.name) for row in villages), empty="Tất cả")

    async def _fill_people(self, visit: Visit, form: NewStandIn) -> None:
        async with visit.look() as work:
            known = await officers.of_commune(work.session, commune_id=work.commune_id)
        here = [(one.id, one.name) for one in known if one.state != "left"]
        form.absent.choices, form.stand_in.choices = choices(here), choices(here)


async def _names(work: Workplace) -> dict[str, dict[int | None, str]]:
    known = await officers.of_commune(work.session, commune_id=work.commune_id)
    units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
    villages = await places.present(work.session, commune_id=work.commune_id, on=work.today)
    return {
        "officer": {one.id: one.name for one in known},
        "office": {row.id: row.name for row in units},
        "hamlet": {row.id: row.name for row in villages},
    }


def _bounds(row: grants.Grant, names: dict[str, dict[int | None, str]]) -> str:
    parts = (
        words.FIELDS.get(row.field or "", ""),
        names["office"].get(row.office_id, ""),
        names["hamlet"].get(row.hamlet_id, ""),
        f"từ {row.valid_from:%d/%m/%Y}" + (f" đến hết {row.valid_to:%d/%m/%Y}" if row.valid_to else ""),
    )
    return " · ".join(part for part in parts if part)

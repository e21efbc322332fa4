"""One's own account: rights, sessions, password, recovery codes."""

from __future__ import annotations

from aiohttp import web

from bot.console import visits, words
from bot.console.forms import ChangePassword, typed
from bot.console.knowledge import KNOWLEDGE, SHOWS
from bot.console.pages import ConsolePages
from bot.console.visits import Route, Visit, go
from handlers import library, sealed_tips, sign_in
from handlers.content_desk import Books
from handlers.credentials import WeakPassword
from handlers.permissions import ACTS, EVERYBODY, Act, Role, may_at_all
from handlers.sign_in import IDLE
from storage import case_alerts, grants, officers, offices, places, sign_ins

ACCOUNT = "/console/account"


class Account:
    """Pages that everybody has."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", visits.HOME, self.home, Act.ACCOUNT_OWN),
            Route("GET", "/console/rights", self.rights, Act.ACCOUNT_OWN),
            Route("GET", ACCOUNT, self.show, Act.ACCOUNT_OWN),
            Route("POST", f"{ACCOUNT}/sessions/{{id}}/end", self.end_one, Act.ACCOUNT_OWN),
            Route("POST", f"{ACCOUNT}/sessions/end-all", self.end_all, Act.ACCOUNT_OWN),
            Route("GET", f"{ACCOUNT}/password", self.password, Act.ACCOUNT_OWN),
            Route("POST", f"{ACCOUNT}/password", self.password, Act.ACCOUNT_OWN),
            Route("POST", f"{ACCOUNT}/codes", self.codes, Act.ACCOUNT_OWN),
        ]

    async def home(self, visit: Visit) -> web.StreamResponse:
        """What this person can open."""
        officer, _session = visit.signed_in()
        async with visit.look() as work:
            rung = await case_alerts.count_unseen(work.session, commune_id=work.commune_id, officer_id=officer.id or 0)
            due, late = await sealed_tips.pressing(work)
        content = await self._content(visit)
        return self._pages.show(visit, "home.html", rung=rung, tips_due=due, tips_late=late, content=content)

    async def _content(self, visit: Visit) -> list[tuple[str, str]]:
        """What waits for those who write and approve the content: the words, and the address."""
        person = visit.person
        if person is None or visit.parts.knowledge is None:
            return []
        if not any(may_at_all(person, act) for act in (Act.KNOWLEDGE_WRITE, Act.KNOWLEDGE_APPROVE)):
            return []
        books = Books(visit.parts.knowledge, visit.parts.knowledge_of(person.commune_id))
        async with visit.look() as work:
            tasks = (await library.shelf(work, books)).tasks
        return [(f"{SHOWS[name]}: {count}", f"{KNOWLEDGE}?shows={name}") for name, count in tasks.items() if count]

    async def rights(self, visit: Visit) -> web.StreamResponse:
        """ "Tôi được làm gì": every role with its bounds and days, and what it allows."""
        async with visit.look() as work:
            person = work.person
            names = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
            units = {
                row.id: row.name
                for row in await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
            }
            villages = {
                row.id: row.name
                for row in await places.present(work.session, commune_id=work.commune_id, on=work.today)
            }
            all_held = await grants.in_force(work.session, commune_id=work.commune_id, on=work.today)
        until = {(row.officer_id, row.role): row.valid_to for row in all_held}
        held = [
            {
                "role": words.ROLES[one.role],
                "bounds": [
                    part
                    for part in (
                        words.FIELDS.get(one.field or "", ""),
                        units.get(one.office_id, ""),
                        villages.get(one.hamlet_id, ""),
                    )
                    if part
                ],
                "until": until.get((one.stands_for or person.officer_id, one.role)),
                "stands_for": names.get(one.stands_for, "") if one.stands_for else "",
                "acts": [words.ACTS[act] for act in Act if act in ACTS[Role(one.role)]],
            }
            for one in person.holds
        ]
        everybody = [words.ACTS[act] for act in Act if act in EVERYBODY]
        return self._pages.show(visit, "rights.html", held=held, everybody=everybody)

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Sessions, password, recovery codes."""
        return await self._show(visit)

    async def _show(self, visit: Visit) -> web.Response:
        officer, session = visit.signed_in()
        async with visit.look() as work:
            mine = await sign_ins.of_officer(
                work.session,
                commune_id=work.commune_id,
                officer_id=officer.id or 0,
                now=work.now,
                idle_since=work.now - IDLE,
            )
            left = await officers.codes_left(work.session, commune_id=work.commune_id, officer_id=officer.id or 0)
        full = [row for row in mine if row.state == "full"]
        return self._pages.show(visit, "account.html", sessions=full, this=session.id, codes_left=left)

    async def end_one(self, visit: Visit) -> web.StreamResponse:
        """End one of one's own sessions; somebody else's number ends nothing."""
        officer, session = visit.signed_in()
        number = visit.number("id")
        async with visit.at_the_door() as door:
            await door.end(officer, only=number)
        return go(visits.SIGN_IN, done="da-thoat") if number == session.id else go(ACCOUNT, done="da-ket-thuc")

    async def end_all(self, visit: Visit) -> web.StreamResponse:
        """Sign out everywhere, here too."""
        officer, _session = visit.signed_in()
        async with visit.at_the_door() as door:
            await door.end(officer)
        response = go(visits.SIGN_IN, done="da-thoat-het")
        visits.forget(response)
        return response

    async def password(self, visit: Visit) -> web.StreamResponse:
        """A new password; the old one is asked for, and failures at it count like those at the door."""
        officer, session = visit.signed_in()
        form, trouble, status = ChangePassword(visit.form), "", 200
        if visit.form is not None and form.validate():
            try:
                async with visit.at_the_door() as door:
                    await door.may_try(officer.login, visit.caller.address)
                if await sign_in.password_fits(typed(form.old), officer):
                    hashed = await sign_in.new_password_hash(typed(form.password), login=officer.login)
                    async with visit.at_the_door() as door:
                        await door.change_password(officer, hashed, keep=session.id or 0)
                    return go(ACCOUNT, done="da-doi-mat-khau")
                async with visit.at_the_door() as door:
                    await door.failed(officer.login, visit.caller.address, officer, "wrong_password")
                trouble = "Mật khẩu đang dùng chưa đúng."
            except WeakPassword as weak:
                trouble = words.WEAK_PASSWORD[weak.why]
            except sign_in.WaitFirst as wait:
                trouble, status = f"Đã nhập sai nhiều lần. Chờ {wait.seconds} giây rồi thử lại.", 429
        if visit.form is not None and status == 200:
            status = 422
        return self._pages.show(visit, "password.html", form=form, trouble=trouble, status=status)

    async def codes(self, visit: Visit) -> web.StreamResponse:
        """Ten new recovery codes, shown once."""
        officer, _session = visit.signed_in()
        async with visit.at_the_door() as door:
            codes = await door.fresh_codes(officer)
            await door.note(officer, "sign_in:codes_renewed")
        return self._pages.show(visit, "codes.html", codes=codes, first=False)

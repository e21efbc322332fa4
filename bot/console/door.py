"""The way in: the sign-up link, name and password, the second factor, and the way out."""

from __future__ import annotations

import segno
from aiohttp import web

from bot.console import visits, words
from bot.console.forms import Code, NewPassword, SignIn, typed
from bot.console.pages import ConsolePages, svg
from bot.console.visits import Gate, Route, Visit, go, safe_next
from handlers import credentials, sign_in
from handlers.credentials import WeakPassword
from handlers.sign_in import Opened, WaitFirst, WrongCode
from knowledge.vietnamese import fold
from storage.officers import Officer

FACTOR = "/console/factor"
WRONG_PASSWORD = "Tên đăng nhập hoặc mật khẩu chưa đúng."  # noqa: S105
WRONG_CODE = "Mã chưa đúng hoặc đã dùng rồi. Chờ mã mới trong ứng dụng rồi nhập lại."


class Door:
    """Pages before anybody is signed in."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", visits.SIGN_IN, self.sign_in, Gate.OPEN),
            Route("POST", visits.SIGN_IN, self.sign_in, Gate.OPEN),
            Route("GET", f"{visits.SIGN_UP}/{{token}}", self.sign_up, Gate.OPEN),
            Route("POST", f"{visits.SIGN_UP}/{{token}}", self.sign_up, Gate.OPEN),
            Route("GET", FACTOR, self.factor, Gate.HALF),
            Route("POST", FACTOR, self.factor, Gate.HALF),
            Route("POST", "/console/sign-out", self.sign_out, Gate.HALF),
        ]

    async def sign_in(self, visit: Visit) -> web.StreamResponse:
        """Name and password; the answer never tells which of the two was wrong."""
        form = SignIn(visit.form)
        wanted = safe_next(visit.request.query.get("next", visits.HOME))
        if visit.form is None or not form.validate():
            return self._pages.show(visit, "sign_in.html", form=form, wanted=wanted)
        login, address = _login(typed(form.login)), visit.caller.address
        try:
            async with visit.at_the_door() as door:
                officer = await door.may_try(login, address)
        except WaitFirst as wait:
            return self._pages.show(visit, "sign_in.html", form=form, wanted=wanted, trouble=_wait(wait), status=429)
        fits = await sign_in.password_fits(typed(form.password), officer)
        async with visit.at_the_door() as door:
            if officer is not None and fits:
                opened = await door.password_given(officer, visit.caller)
                return _enter(visit, opened, f"{FACTOR}?next={wanted}" if wanted != visits.HOME else FACTOR)
            await door.failed(login, address, officer, "wrong_password")
        return self._pages.show(visit, "sign_in.html", form=form, wanted=wanted, trouble=WRONG_PASSWORD, status=422)

    async def sign_up(self, visit: Visit) -> web.StreamResponse:
        """The link of somebody new, or of somebody who forgot: a password of their own choice."""
        token = visit.request.match_info["token"]
        async with visit.at_the_door() as door:
            _link, officer = await door.invited(token)
        form, trouble = NewPassword(visit.form), ""
        if visit.form is not None and form.validate():
            try:
                hashed = await sign_in.new_password_hash(typed(form.password), login=officer.login)
            except WeakPassword as weak:
                trouble = words.WEAK_PASSWORD[weak.why]
            else:
                async with visit.at_the_door() as door:
                    opened = await door.sign_up(token, hashed, visit.caller)
                return _enter(visit, opened, FACTOR)
        status = 422 if visit.form is not None else 200
        return self._pages.show(visit, "sign_up.html", form=form, officer=officer, trouble=trouble, status=status)

    async def factor(self, visit: Visit) -> web.StreamResponse:
        """The code of the app; the first time, the app is bound."""
        officer, half = visit.signed_in()
        if half.state == "full":
            return go(visits.HOME)
        if officer.factor is None:
            return await self._bind(visit, officer)
        form = Code(visit.form)
        wanted = safe_next(visit.request.query.get("next", visits.HOME))
        if visit.form is None or not form.validate():
            return self._pages.show(visit, "factor.html", form=form, wanted=wanted)
        try:
            async with visit.at_the_door() as door:
                await door.check_factor(officer, typed(form.code), visit.caller)
                return _enter(visit, await door.enter(half, officer, visit.caller), wanted)
        except WaitFirst as wait:
            trouble, status = _wait(wait), 429
        except WrongCode:
            async with visit.at_the_door() as door:
                await door.failed(officer.login, visit.caller.address, officer, "wrong_code")
            trouble, status = WRONG_CODE, 422
        return self._pages.show(visit, "factor.html", form=form, wanted=wanted, trouble=trouble, status=status)

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        """This browser is out."""
        officer, session = visit.signed_in()
        async with visit.at_the_door() as door:
            await door.end(officer, only=session.id)
        response = go(visits.SIGN_IN, done="da-thoat")
        visits.forget(response)
        return response

    async def _bind(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Show a secret as a QR code until a code proves that the app has it; then the recovery codes, once."""
        _officer, half = visit.signed_in()
        form, trouble = Code(visit.form), ""
        secret = _offered(visit)
        if visit.form is not None and form.validate():
            try:
                async with visit.at_the_door() as door:
                    await door.may_try(officer.login, visit.caller.address)
                    codes = await door.begin_factor(officer, secret, typed(form.code), officer.login, visit.caller)
                    opened = await door.enter(half, officer, visit.caller)
            except WaitFirst as wait:
                trouble = _wait(wait)
            except WrongCode:
                async with visit.at_the_door() as door:
                    await door.failed(officer.login, visit.caller.address, officer, "wrong_code")
                trouble = WRONG_CODE
            else:
                response = self._pages.show(visit, "codes.html", codes=codes, first=True)
                visits.remember(response, visit.request, opened)
                return response
        address = credentials.factor_address(secret, login=officer.login)
        drawing = segno.make(address, error="m").svg_inline(dark="#000", light="#fff", border=3, omitsize=True)
        return self._pages.show(
            visit,
            "bind.html",
            form=form,
            officer=officer,
            secret=secret,
            sealed=visit.parts.vault.wrap(secret.encode()).hex(),
            drawing=svg(drawing),
            trouble=trouble,
            status=422 if trouble else 200,
        )


def _offered(visit: Visit) -> str:
    """The secret that this browser was shown: it comes back sealed with our key, so that nothing is stored before."""
    given = visit.form.get("sealed", "") if visit.form is not None else ""
    try:
        return visit.parts.vault.unwrap(bytes.fromhex(str(given))).decode() if given else credentials.new_factor()
    except (ValueError, credentials.CryptoError):
        return credentials.new_factor()


def _enter(visit: Visit, opened: Opened, where: str) -> web.Response:
    response = go(where)
    visits.remember(response, visit.request, opened)
    return response


def _login(typed: str) -> str:
    return fold(typed).strip().replace(" ", "-")


def _wait(wait: WaitFirst) -> str:
    minutes, seconds = divmod(wait.seconds, 60)
    told = f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"
    return f"Đã nhập sai nhiều lần. Chờ {told} rồi thử lại."

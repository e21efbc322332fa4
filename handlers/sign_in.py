"""Signing in, told in order: the link, the password, the second factor, the session, and its ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import credentials
from storage import audit, officers, sign_ins
from storage.bodies import Vault
from storage.officers import Officer
from storage.sign_ins import Attempt, OfficerSession, SignUpLink

LINK_LIVES = timedelta(days=3)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
HALF_WAY = timedelta(minutes=10)  # between the password and the code
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is written no more often
# How many failures in a row are free: at one name from one address, at one name from anywhere (so that a stranger
# cannot lock an officer out with three tries), from one address at any name (which may be a whole town hall).
FREE_FAILURES = {"both": 3, "login": 10, "address": 20}
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(hours=1)


class SignInError(Exception):
    """Base of what can go wrong at the door."""


@dataclass(eq=False)
class WaitFirst(SignInError):
    """Too many failures at this door; try again later."""

    seconds: int


class WrongPassword(SignInError):
    """No officer signs in by this name and password."""


class WrongCode(SignInError):
    """Neither a code of this moment nor an unused recovery code."""


class LinkSpent(SignInError):
    """The sign-up link was used, has ended, or never was."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands at the door: the network of the address, and the kind of browser."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and the token that only the browser gets to know."""

    session: OfficerSession
    token: str


@dataclass(slots=True)
class Door:
    """One transaction at the door."""

    session: AsyncSession
    vault: Vault
    now: datetime

    # The link.

    async def make_link(self, officer: Officer) -> str:
        """A one-time sign-up link's token; earlier ones of this officer end."""
        assert officer.id is not None
        await sign_ins.drop_links(self.session, commune_id=officer.commune_id, officer_id=officer.id, now=self.now)
        token = credentials.new_token()
        link = SignUpLink(
            commune_id=officer.commune_id,
            officer_id=officer.id,
            token_hash=credentials.token_hash(token),
            made_at=self.now,
            ends_at=self.now + LINK_LIVES,
        )
        await sign_ins.keep(self.session, link)
        return token

    async def invited(self, token: str) -> tuple[SignUpLink, Officer]:
        """Whom a link is for. Raises LinkSpent."""
        link = await sign_ins.link(self.session, token_hash=credentials.token_hash(token))
        if link is None or link.used_at is not None or link.ends_at <= self.now:
            raise LinkSpent
        officer = await officers.get(self.session, commune_id=link.commune_id, officer_id=link.officer_id)
        if officer is None or officer.state == "left":
            raise LinkSpent
        return link, officer

    async def sign_up(self, token: str, password_hash: str, caller: Caller) -> Opened:
        """Take the password of somebody with a good link; their second factor comes next. Raises LinkSpent."""
        link, officer = await self.invited(token)
        link.used_at = self.now
        officer.password_hash, officer.password_at, officer.state = password_hash, self.now, "active"
        self.session.add_all([link, officer])
        await self._end_all(officer)
        await self.note(officer, "sign_in:signed_up")
        return await self._open(officer, "password", caller)

    # The password. Argon2 takes its time beside the loop, so that the caller checks it between two transactions.

    async def may_try(self, login: str, address: str) -> Officer | None:
        """Who signs in by this name, if they may try now. Raises WaitFirst."""
        for key in self._keys(login, address).values():
            row = await sign_ins.attempt(self.session, key=key)
            if row is not None and row.not_before > self.now:
                raise WaitFirst(int((row.not_before - self.now).total_seconds()) + 1)
        officer = await officers.by_login(self.session, login=login)
        return officer if officer is not None and officer.state == "active" else None

    async def failed(self, login: str, address: str, officer: Officer | None, what: str) -> None:
        """Count a failure; past the free ones each makes the next wait twice as long."""
        for kind, key in self._keys(login, address).items():
            row = await sign_ins.attempt(self.session, key=key)
            recent = row is not None and row.last_at > self.now - FORGOTTEN_AFTER
            failures = (row.failures if row is not None and recent else 0) + 1
            wait = _wait(failures - FREE_FAILURES[kind])
            counted = Attempt(key=key, failures=failures, not_before=self.now + wait, last_at=self.now)
            await sign_ins.count(self.session, counted)
        if officer is not None:
            await self.note(officer, f"sign_in:{what}")

    async def password_given(self, officer: Officer, caller: Caller) -> Opened:
        """The password was right: half way in, until the code comes."""
        return await self._open(officer, "password", caller)

    # The second factor.

    async def begin_factor(self, officer: Officer, secret: str, code: str, login: str, caller: Caller) -> list[str]:
        """Bind the app that shows this code; gives the recovery codes, which are never shown again.

        Raises WrongCode, after which the caller counts the failure.
        """
        assert officer.id is not None
        step = credentials.matching_step(secret, code, now=self.now, after=0)
        if step is None:
            raise WrongCode
        officer.factor, officer.factor_step = self.vault.wrap(secret.encode()), step
        self.session.add(officer)
        await self._forgive(login, caller.address)
        await self.note(officer, "sign_in:factor_bound")
        return await self.fresh_codes(officer)

    async def fresh_codes(self, officer: Officer) -> list[str]:
        """Ten new recovery codes; the old ones open nothing any more."""
        assert officer.id is not None
        codes = credentials.new_recovery_codes()
        await officers.replace_codes(
            self.session,
            commune_id=officer.commune_id,
            officer_id=officer.id,
            code_hashes=[self.vault.fingerprint(f"recovery:{officer.id}:{code}") for code in codes],
        )
        return codes

    async def check_factor(self, officer: Officer, typed: str, caller: Caller) -> None:
        """A code of this moment that was not used before, or a recovery code. Raises WrongCode, WaitFirst."""
        assert officer.id is not None
        await self.may_try(officer.login, caller.address)
        secret = self.vault.unwrap(officer.factor).decode() if officer.factor else None
        step = credentials.matching_step(secret, typed, now=self.now, after=officer.factor_step) if secret else None
        if step is not None:
            officer.factor_step = step
            self.session.add(officer)
        elif not await self._uses_recovery_code(officer, typed):
            raise WrongCode
        await self._forgive(officer.login, caller.address)

    # The session.

    async def enter(self, half: OfficerSession, officer: Officer, caller: Caller) -> Opened:
        """All is proven: the session before this moment ends and a new one with a new token begins (no fixation)."""
        half.ended_at = self.now
        self.session.add(half)
        await self.note(officer, "sign_in:entered")
        return await self._open(officer, "full", caller)

    async def resume(self, token: str) -> tuple[OfficerSession, Officer] | None:
        """The session that a browser brings, if it still holds: neither idle too long, nor too old, nor ended."""
        row = await sign_ins.by_token(self.session, token_hash=credentials.token_hash(token))
        if row is None or row.ended_at is not None or row.ends_at <= self.now or row.seen_at <= self.now - IDLE:
            return None
        officer = await officers.get(self.session, commune_id=row.commune_id, officer_id=row.officer_id)
        if officer is None or officer.state != "active":
            return None
        return row, officer

    async def end(self, officer: Officer, *, only: int | None = None) -> int:
        """End one session, or all of them; gives how many."""
        assert officer.id is not None
        ended = await sign_ins.end(
            self.session, commune_id=officer.commune_id, officer_id=officer.id, now=self.now, only=only
        )
        if ended:
            await self.note(officer, "sign_in:left" if only is not None else "sign_in:left_everywhere")
        return ended

    async def change_password(self, officer: Officer, password_hash: str, *, keep: int) -> None:
        """A new password; every other browser has to sign in again."""
        assert officer.id is not None
        officer.password_hash, officer.password_at = password_hash, self.now
        self.session.add(officer)
        idle_since = self.now - IDLE
        for row in await sign_ins.of_officer(
            self.session, commune_id=officer.commune_id, officer_id=officer.id, now=self.now, idle_since=idle_since
        ):
            if row.id != keep:
                row.ended_at = self.now
                self.session.add(row)
        await self.note(officer, "sign_in:password_changed")

    async def note(self, officer: Officer, act: str) -> None:
        """What happened at the door, in the audit."""
        await audit.write(
            self.session,
            commune_id=officer.commune_id,
            at=self.now,
            actor="officer",
            officer_id=officer.id,
            act=act,
            object_kind="officer",
            object_id=officer.id,
        )

    async def _open(self, officer: Officer, state: str, caller: Caller) -> Opened:
        assert officer.id is not None
        token = credentials.new_token()
        row = OfficerSession(
            commune_id=officer.commune_id,
            officer_id=officer.id,
            token_hash=credentials.token_hash(token),
            state=state,
            opened_at=self.now,
            seen_at=self.now,
            ends_at=self.now + (LONGEST if state == "full" else HALF_WAY),
            address=caller.address,
            agent=caller.agent,
        )
        await sign_ins.keep(self.session, row)
        return Opened(row, token)

    async def _end_all(self, officer: Officer) -> None:
        assert officer.id is not None
        await sign_ins.end(self.session, commune_id=officer.commune_id, officer_id=officer.id, now=self.now)

    async def _uses_recovery_code(self, officer: Officer, typed: str) -> bool:
        assert officer.id is not None
        code_hash = self.vault.fingerprint(f"recovery:{officer.id}:{credentials.plain_code(typed)}")
        used = await officers.use_code(
            self.session, commune_id=officer.commune_id, officer_id=officer.id, code_hash=code_hash, now=self.now
        )
        if used:
            await self.note(officer, "sign_in:recovery_code")
        return used

    async def _forgive(self, login: str, address: str) -> None:
        """The right one came. What others fail at from the same address is not forgotten with it."""
        keys = self._keys(login, address)
        await sign_ins.forget(self.session, keys=[keys["both"], keys["login"]])

    def _keys(self, login: str, address: str) -> dict[str, str]:
        return {
            "both": self.vault.fingerprint(f"both:{login}:{address}"),
            "login": self.vault.fingerprint(f"login:{login}"),
            "address": self.vault.fingerprint(f"address:{address}"),
        }


async def new_password_hash(password: str, *, login: str) -> str:
    """Beside the loop. Raises WeakPassword."""
    return await asyncio.to_thread(credentials.hash_password, password, login=login)


async def password_fits(password: str, officer: Officer | None) -> bool:
    """Beside the loop; takes as long for somebody unknown."""
    return await asyncio.to_thread(credentials.password_fits, password, officer.password_hash if officer else None)


def _wait(failures_over: int) -> timedelta:
    if failures_over < 0:
        return timedelta(0)
    doublings: int = min(failures_over, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)

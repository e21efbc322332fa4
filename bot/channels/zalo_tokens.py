"""The token pair of an Official Account: kept sealed in the database, rotated under a lease, committed before use."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from bot.channel_settings import OaSettings
from bot.channels.errors import ChannelDown
from bot.channels.http import Ambiguous, Http
from bot.clock import Clock
from storage import tokens
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database

FRESH = timedelta(hours=20)  # an access token lives 25 hours
DEFAULT_LIFE = 90_000.0  # seconds
OTHERS_TURN = 0.2  # seconds between looks while another process rotates
MOST_LOOKS = 100

log = logging.getLogger(__name__)


class Tokens:
    """Gives an access token that works. Two rotations at once would burn the grant, so there is one at a time."""

    def __init__(
        self,
        settings: OaSettings,
        http: Http,
        database: Database,
        vault: Vault,
        clock: Clock,
        account: ChannelAccount,
    ) -> None:
        """`clock` in its running form: a token expires whether or not business time stands still."""
        self._settings, self._http = settings, http
        self._database, self._vault, self._clock = database, vault, clock
        self._key = {"commune_id": account.commune_id, "channel_account_id": account.id or 0}
        self._turn = asyncio.Lock()

    async def access(self, *, instead_of: str | None = None) -> str:
        """The present access token; `instead_of`: one that was just refused, so another must be fetched."""
        async with self._turn:
            for _ in range(MOST_LOOKS):
                found = await self._look(instead_of)
                if isinstance(found, str):
                    return found
                if found is not None:
                    return await self._rotate(self._vault.unwrap(found).decode())
                await asyncio.sleep(OTHERS_TURN)
        raise ChannelDown("oauth lease")

    async def _look(self, instead_of: str | None) -> str | bytes | None:
        """An access token that is good; or the refresh token, leased to us; or None while another rotates."""
        now = self._clock.running()
        async with self._database.writing() as session:
            pair = await tokens.of(session, self._vault, **self._key, first_refresh=self._settings.refresh_token)
            if pair.access is not None and pair.obtained_at is not None and now < pair.obtained_at + FRESH:
                access = self._vault.unwrap(pair.access).decode()
                if access != instead_of:
                    return access
            if pair.rotating_until is not None and pair.rotating_until > now:
                return None
            pair.rotating_until = now + tokens.LEASE
            session.add(pair)
            return pair.refresh

    async def _rotate(self, refresh: str) -> str:
        """Exchange the refresh token, which works once; the new pair is committed before anybody uses it."""
        answer = await self._ask(refresh)
        access, fresh = str(answer.get("access_token") or ""), str(answer.get("refresh_token") or "")
        if not access or not fresh:
            await self._give_back()
            raise ChannelDown(f"oauth {answer.get('error', 'no token')}", needs_person=True)
        now = self._clock.running()
        life = _seconds(answer.get("expires_in"))
        async with self._database.writing() as session:
            await tokens.keep(
                session,
                self._vault,
                **self._key,
                access=access,
                refresh=fresh,
                now=now,
                expires_at=now + timedelta(seconds=life),
            )
        log.info("the token pair of the Official Account was rotated")
        return access

    async def _ask(self, refresh: str) -> dict[str, Any]:
        if not refresh:
            await self._give_back()
            raise ChannelDown("oauth no refresh token", needs_person=True)
        try:
            return await self._http.post(
                self._settings.oauth_url,
                form={
                    "app_id": self._settings.app_id,
                    "refresh_token": refresh,
                    "grant_type": "refresh_token",
                },
                headers={"secret_key": self._settings.app_secret},
            )
        except Ambiguous as lost:  # perhaps the pair was made and never reached us: the next try will tell
            await self._give_back()
            raise ChannelDown(f"oauth {lost}") from lost
        except ChannelDown:
            await self._give_back()
            raise

    async def _give_back(self) -> None:
        async with self._database.writing() as session:
            await tokens.release(session, **self._key)


def _seconds(given: object) -> float:
    """`expires_in` comes as a string or a number."""
    try:
        return float(str(given))
    except ValueError:
        return DEFAULT_LIFE

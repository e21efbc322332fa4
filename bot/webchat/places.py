"""The commune that an address of the web chat names."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.webchat.conversation import Chat
from bot.webchat.errors import UnknownCommune
from bot.webchat.sessions import Session
from storage import communes
from storage.communes import ChannelAccount, Commune


@dataclass(frozen=True, slots=True)
class Place:
    """The commune that an address names, and its web chat."""

    commune: Commune
    account: ChannelAccount

    def chat(self, session: Session) -> Chat:
        """The chat of this browser with this commune."""
        assert self.commune.id is not None and self.account.id is not None
        return Chat(self.commune.id, self.account.id, session.chat_key)


async def place_at(session: AsyncSession, code: str) -> Place:
    """The commune of that code. Raises UnknownCommune."""
    commune = await communes.by_code(session, code=code)
    if commune is None or commune.id is None:
        raise UnknownCommune(code)
    account = await communes.channel_account(session, commune_id=commune.id, channel="webchat")
    if account is None:
        raise UnknownCommune(code)
    return Place(commune, account)

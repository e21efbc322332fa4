"""The channel accounts that the environment switches on, each with what reads, proves and sends for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot import communes as tenants
from bot.channels.base import Platform
from bot.channels.http import Http
from bot.channels.telegram import TelegramBot
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from bot.channels.zalo_tokens import Tokens
from bot.errors import BadSetting, NoSuchCommune, SampleAndRealMixed
from bot.settings import Settings
from storage import communes, lines
from storage.bodies import Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database

COMMUNE = "DANHOI_CHANNELS_COMMUNE"


@dataclass(frozen=True, slots=True)
class Connection:
    """One channel account, and the platform behind it."""

    account: ChannelAccount
    platform: Platform


class Connections:
    """All that are on."""

    def __init__(self, found: Sequence[Connection] = ()) -> None:
        """Usually made by `open_all`."""
        self.all = tuple(found)
        self._by_path = {each.platform.path: each for each in found}

    def at(self, path: str) -> Connection:
        """The connection whose webhook address ends so."""
        return self._by_path[path]

    async def close(self) -> None:
        """Give all connections back."""
        for each in self.all:
            with suppress(Exception):
                await each.platform.close()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel that the environment names: its own id there, and how to make what serves it."""

    channel: str
    external_id: str
    make: Callable[[ChannelAccount], Platform]


async def open_all(database: Database, vault: Vault, settings: Settings) -> Connections:
    """Make the accounts that the environment names; nobody is called yet."""
    wanted = _wanted(database, vault, settings)
    if not wanted:
        return Connections()
    commune = await _commune(database, settings)
    found = []
    async with database.writing() as session:
        for each in wanted:
            account = await lines.open_account(session, commune, channel=each.channel, external_id=each.external_id)
            if account.commune_id != commune.id:
                raise BadSetting(COMMUNE, f"kênh {each.channel} này đã thuộc một xã khác trong cơ sở dữ liệu")
            await lines.of(session, commune_id=account.commune_id, channel_account_id=account.id or 0)
            found.append(Connection(account, each.make(account)))
    return Connections(found)


def _wanted(database: Database, vault: Vault, settings: Settings) -> list[Wanted]:
    """Those with a token."""
    on, url = settings.channels, settings.public_url
    found: list[Wanted] = []
    if (telegram := on.telegram) is not None:
        found.append(Wanted("telegram", telegram.bot_id, lambda _account: TelegramBot(telegram, url)))
    if (zalo_bot := on.zalo_bot) is not None:
        found.append(Wanted("zalo_bot", zalo_bot.bot_id, lambda _account: ZaloBot(zalo_bot, url)))
    if (oa := on.zalo_oa) is not None:
        http = Http()

        def make(account: ChannelAccount) -> Platform:
            tokens = Tokens(oa, http, database, vault, settings.clock, account)
            return ZaloOa(oa, http, tokens, settings.clock)

        found.append(Wanted("zalo_oa", oa.oa_id, make))
    return found


async def _commune(database: Database, settings: Settings) -> Commune:
    """Whose channels these are; a sample commune reaches nobody beyond this machine."""
    async with database.reading() as session:
        known = await communes.all_of_them(session)
    variable = settings.channels.on_the_internet()
    if variable is not None and (settings.sample or any(commune.is_sample for commune in known)):
        raise SampleAndRealMixed(
            f"Biến {variable}: xã mẫu không nối với kênh thật. Bỏ DANHOI_SAMPLE=1 và dùng cơ sở dữ liệu của xã thật, "
            "hoặc trỏ biến này về chính máy này (127.0.0.1) để thử."
        )
    try:
        commune = await tenants.only(database, settings.channels.commune)
    except NoSuchCommune as unclear:
        raise BadSetting(COMMUNE, str(unclear)) from unclear
    if commune is None:
        raise BadSetting(COMMUNE, "chưa có xã nào để nối kênh; chạy `danhoi init` trước")
    return commune

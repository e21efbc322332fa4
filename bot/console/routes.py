"""Every address of the console, each behind its gate. What stands in no table does not exist."""

from __future__ import annotations

from aiohttp import web

from bot.assembly import Parts
from bot.console.account import Account
from bot.console.attached import AttachedPages
from bot.console.audit import AuditPages
from bot.console.books import BookPages
from bot.console.calendar import CalendarPages
from bot.console.cases import CasePages
from bot.console.channels import ChannelPages
from bot.console.commune import CommunePages
from bot.console.disclosures import DisclosurePages
from bot.console.door import Door
from bot.console.drafts import DraftPages
from bot.console.figures import FigurePages
from bot.console.gaps import GapPages
from bot.console.imports import ImportPages
from bot.console.knowledge import KnowledgePages
from bot.console.notices import NoticePages
from bot.console.officers import OfficerPages
from bot.console.pages import ConsolePages
from bot.console.practice import PracticePages
from bot.console.reply_templates import TemplatePages
from bot.console.seals import SealPages
from bot.console.service_ratings import ServiceRatingPages
from bot.console.switch import SwitchPages
from bot.console.visits import Route, guarded
from bot.site import Site


def routes(site: Site) -> list[Route]:
    """The whole table, in the order of the menu."""
    pages = ConsolePages(site)
    nouns = (
        Door,
        Account,
        CasePages,
        AttachedPages,
        FigurePages,
        BookPages,
        KnowledgePages,
        DraftPages,
        NoticePages,
        ServiceRatingPages,
        TemplatePages,
        PracticePages,
        SwitchPages,
        DisclosurePages,
        SealPages,
        GapPages,
        OfficerPages,
        CommunePages,
        ChannelPages,
        CalendarPages,
        ImportPages,
        AuditPages,
    )
    return [route for noun in nouns for route in noun(pages).table()]


def table(parts: Parts, site: Site) -> list[web.RouteDef]:
    """The same as the web server takes it."""
    return [guarded(route, parts) for route in routes(site)]

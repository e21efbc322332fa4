"""Is this process up, can it answer, how much waits: for the operator and the load balancer, never for citizens."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.assembly import Parts
from bot.caller import CALLER
from bot.webchat.errors import NotForOutside
from bot.webchat.hub import Hub
from storage import communes, lines, pauses
from storage.inbox import InboxEvent
from storage.jobs import Job
from storage.outbox import OutboxMessage

STUCK = timedelta(minutes=1)  # a message that is due waits so long only when nobody works the inbox
EXPOSITION = "text/plain; version=0.0.4"


class Health:
    """Three pages: up or down for anybody, the rest from this machine or with the token."""

    def __init__(self, parts: Parts, hub: Hub) -> None:
        """Looks at the parts, changes nothing."""
        self._parts, self._hub = parts, hub

    def table(self) -> list[web.RouteDef]:
        """Every address of ours."""
        return [web.get("/healthz", self.up), web.get("/readyz", self.ready), web.get("/metrics", self.metrics)]

    async def up(self, _request: web.Request) -> web.Response:
        """The process answers and its database can be read."""
        fine = await self._database_answers()
        return _report({"database": fine}, notes=[*await self._channels(), *await self._paused()] if fine else [])

    async def ready(self, request: web.Request) -> web.Response:
        """It can also answer citizens: the knowledge is loaded and the inbox is worked."""
        self._only_for_operators(request)
        database = await self._database_answers()
        worked = database and await self._inbox_is_worked()
        return _report({"database": database, "knowledge": self._parts.knowledge is not None, "worker": worked})

    async def metrics(self, request: web.Request) -> web.Response:
        """What waits, in the text form that Prometheus reads."""
        self._only_for_operators(request)
        async with self._parts.database.reading() as session:
            inbox = await _inbox_counts(session)
            outbox = await _outbox_counts(session)
            failed = {job.name: int(job.error is not None) for job in await session.exec(select(Job)) if job.ran_at}
        shown = [
            *self._parts.tally.lines(),
            *_gauge("danhoi_inbox_events", "messages of citizens by state", inbox),
            *_gauge("danhoi_outbox_messages", "messages to citizens by state", outbox),
            *_gauge("danhoi_jobs_failed", "1 where a job failed at its last turn, the backup's rehearsal too", failed),
            *_gauge("danhoi_web_streams", "pages that hold a stream open", {"open": len(self._hub)}),
            *_gauge("danhoi_knowledge_entries", "entries loaded", {"loaded": self._entries()}),
        ]
        return web.Response(
            text="\n".join(shown) + "\n", headers={"Content-Type": EXPOSITION, "Cache-Control": "no-store"}
        )

    async def _channels(self) -> list[str]:
        """How each channel that is on stands; one that is parked takes nothing else down."""
        mine = {each.account.id: each.platform.name for each in self._parts.connections.all}
        async with self._parts.database.reading() as session:
            known = await lines.all_of_them(session)
        now = self._parts.clock.running()
        said = [f"{account.channel}: {line.state(now)}" for account, line in known if account.id in mine]
        oa = self._parts.settings.channels.zalo_oa
        return said + (["zalo_oa: signatures are only logged, not enforced"] if oa and not oa.enforce else [])

    async def _paused(self) -> list[str]:
        """What a commune has paused, since when; the reason is for its officers."""
        async with self._parts.database.reading() as session:
            codes = {each.id: each.code for each in await communes.all_of_them(session)}
            return [
                f"paused: {codes.get(each.commune_id, '')} {each.what} since {each.begun_at:%Y-%m-%dT%H:%MZ}"
                for each in await pauses.running_anywhere(session)
            ]

    def _only_for_operators(self, request: web.Request) -> None:
        if request[CALLER].on_this_machine:
            return
        token = self._parts.settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token is None or not hmac.compare_digest(given.encode(), token.encode()):
            raise NotForOutside

    def _entries(self) -> int:
        return len(self._parts.knowledge.entries) if self._parts.knowledge is not None else 0

    async def _database_answers(self) -> bool:
        try:
            async with self._parts.database.reading() as session:
                await session.exec(select(1))
        except Exception:  # whatever it is, the answer is no
            return False
        return True

    async def _inbox_is_worked(self) -> bool:
        async with self._parts.database.reading() as session:
            return not await _is_stuck(session, before=self._parts.clock.now() - STUCK)


async def _is_stuck(session: AsyncSession, *, before: datetime) -> bool:
    """Whether a message of any commune has been due since that instant."""
    due = (col(InboxEvent.state) == "waiting", col(InboxEvent.not_before) < before)
    return (await session.exec(select(InboxEvent.id).where(*due).limit(1))).first() is not None


async def _inbox_counts(session: AsyncSession) -> dict[str, int]:
    found = await session.exec(select(InboxEvent.state, func.count()).group_by(col(InboxEvent.state)))
    return {"waiting": 0, "parked": 0} | dict(found.all())


async def _outbox_counts(session: AsyncSession) -> dict[str, int]:
    found = await session.exec(select(OutboxMessage.state, func.count()).group_by(col(OutboxMessage.state)))
    return {"queued": 0, "unknown": 0, "failed": 0} | dict(found.all())


def _gauge(name: str, what: str, values: Mapping[str, int]) -> list[str]:
    return [
        f"# HELP {name} {what}",
        f"# TYPE {name} gauge",
        *(f'{name}{{state="{state}"}} {value}' for state, value in sorted(values.items())),
    ]


def _report(checks: Mapping[str, bool], notes: Sequence[str] = ()) -> web.Response:
    fine = all(checks.values())
    found = (f"{name}: {'ok' if good else 'failed'}" for name, good in checks.items())
    shown = ["up" if fine else "down", *found, *notes]
    return web.Response(
        status=200 if fine else 503, text="\n".join(shown) + "\n", headers={"Cache-Control": "no-store"}
    )

"""One question or many, stateless: the same understanding, routing and features, on a scratch database."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import communes as tenants
from bot.clock import Clock
from bot.errors import EdgeError
from bot.samples import seed
from handlers import apologies, old_names, routing
from handlers.contract import SAID, Desk, Incoming, Reply
from handlers.price_book import open_book
from knowledge.base import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.vietnamese import tidy
from storage import communes
from storage.accounts import find_or_add
from storage.bodies import Vault
from storage.communes import Commune
from storage.database import IN_MEMORY, Database
from storage.tables import METADATA
from storage.talks import Talk

MOST_CANDIDATES = 5
SCRATCH_KEY = bytes(32)  # the scratch database dies with the command; nothing of a citizen is ever in it


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a batch. `on` None is today; `place` None is the commune of this deployment."""

    text: str
    place: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What came back, with the milliseconds from text to text."""

    asked: Asked
    reply: Reply
    ms: float

    def as_line(self) -> dict[str, Any]:
        """The output line of the command-line contract (DESIGN)."""
        reply = self.reply
        return {
            "q": self.asked.text,
            "action": reply.action,
            "topic": reply.topic if reply.action == "answer" else None,
            "candidates": [
                {"topic": topic, "score": round(score, 4)} for topic, score in reply.candidates[:MOST_CANDIDATES]
            ],
            "text": reply.printed,
            "sources": [source.cite for source in reply.sources],
            "ms": round(self.ms, 2),
        }


class Counter:
    """Answers questions one after the other, each as if it were the first of a talk."""

    def __init__(
        self,
        session: AsyncSession,
        knowledge: Knowledge,
        clock: Clock,
        desk: Desk,
        served: dict[str, Commune],
        own: Mapping[int, Knowledge],
    ) -> None:
        """Use `counter()`."""
        self._own = own
        self._session, self._knowledge, self._clock = session, knowledge, clock
        self._home, self._desk, self._served = desk.commune, desk, served

    async def ask(self, asked: Asked) -> Given:
        """The reply, as the citizen would read it; everything that it wrote is taken back."""
        began = time.perf_counter()
        today = asked.on or self._clock.today()
        words = tidy(asked.text)
        desk = self._desk
        desk.commune, desk.today = self._at(asked.place, today), today
        desk.knowledge = self._knowledge_at(desk.commune)
        desk.talk = Talk(commune_id=desk.commune_id, account_id=desk.account_id, last_at=desk.now)
        places = desk.knowledge.places.mentions(words)
        meaning = desk.knowledge.understand(old_names.without(words, places), on=today)
        message = Incoming(words, meaning, places=places)
        savepoint = await self._session.begin_nested()
        try:
            reply = await routing.choose(message, desk.talk).handle(message, desk)
        except KnowledgeError as error:
            reply = apologies.apologise(error)
        finally:
            await savepoint.rollback()
        reply = with_candidates(reply, message)
        return Given(asked, _filled(reply, words), (time.perf_counter() - began) * 1000)

    def _knowledge_at(self, commune: Commune) -> Knowledge:
        """With the commune's own layer, where it is one of those that are served."""
        is_served = self._served.get(commune.code) is commune or commune is self._home
        return self._own.get(commune.id or 0, self._knowledge) if is_served else self._knowledge

    def _at(self, place: str | None, today: date) -> Commune:
        if place is None:
            return self._home
        if place in self._served:
            return self._served[place]
        found = self._knowledge.places.one(place)
        elsewhere = tenants.unnamed(found.full_name, found.province, now=self._clock.now(), today=today)
        elsewhere.id = self._home.id
        return elsewhere


def with_candidates(reply: Reply, message: Incoming) -> Reply:
    """Every reply names the likeliest entries, also one that did not rest on them."""
    if reply.candidates:
        return reply
    found = tuple((each.topic, each.score) for each in message.meaning.topics[:MOST_CANDIDATES])
    return replace(reply, candidates=found)


@asynccontextmanager
async def counter(
    knowledge: Knowledge,
    clock: Clock,
    served: Sequence[Commune] = (),
    published: Database | None = None,
    own: Mapping[int, Knowledge] | None = None,
) -> AsyncIterator[Counter]:
    """A counter over a scratch database: at the only commune that is served, at the sample one where there is none, or,
    where several are served, at none of them until a question names its place. `published`: the database of those that
    are served, in which their prices and contacts are looked up; nothing is written to it. `own`: what communes with
    approved texts of their own answer with."""
    database = Database(IN_MEMORY)
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    now = clock.now()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(database.writing())
        home = await _home(session, served, now=now, today=clock.today())
        line = await communes.channel_account(session, commune_id=home.id or 0, channel="terminal")
        assert home.id is not None and line is not None and line.id is not None
        account = await find_or_add(session, commune_id=home.id, channel_account_id=line.id, chat_key="ask")
        vault = Vault(SCRATCH_KEY)
        body = await vault.put(session, commune_id=home.id, text="", at=now)
        talk = Talk(commune_id=home.id, account_id=account.id or 0, last_at=now)
        desk = Desk(session, home, account, talk, knowledge, vault, now, clock.today(), body.id or 0)
        if published is not None:
            desk.published = await stack.enter_async_context(published.reading())
        for each in served or (home,):
            await open_book(desk.shelf, commune_id=each.id or 0)
        by_code = {each.code: each for each in (*served, home) if each.code}
        yield Counter(session, knowledge, clock, desk, by_code, own or {})
    await database.close()


async def _home(session: AsyncSession, served: Sequence[Commune], *, now: datetime, today: date) -> Commune:
    """The commune at which questions are asked, in the scratch database with those that are served, under their ids."""
    for each in served:
        await communes.add(session, Commune(**each.model_dump()), channels=("terminal",))
    if len(served) == 1:
        found = await communes.by_code(session, code=served[0].code)
        assert found is not None
        return found
    if served:
        unnamed = tenants.unnamed("xã, phường nơi anh/chị ở", "", now=now, today=today)
        return await communes.add(session, unnamed, channels=("terminal",))
    commune = await communes.add(session, tenants.sample(now=now), channels=("terminal",))
    await seed(session, commune, now=now)
    return commune


async def answer_lines(
    lines: Iterable[dict[str, Any]],
    *,
    knowledge: Knowledge,
    clock: Clock,
    served: Sequence[Commune] = (),
    published: Database | None = None,
    own: Mapping[int, Knowledge] | None = None,
) -> list[dict[str, Any]]:
    """The output lines for input lines of the contract, in order; a bad one stops all with its number."""
    async with counter(knowledge, clock, served, published, own) as desk:
        return [(await _numbered(desk, number, line)).as_line() for number, line in enumerate(lines, 1)]


async def _numbered(desk: Counter, number: int, line: dict[str, Any]) -> Given:
    try:
        on = date.fromisoformat(line["on"]) if line.get("on") else None
        return await desk.ask(Asked(str(line["q"]), line.get("place"), on))
    except (KeyError, ValueError, TypeError, KnowledgeError) as bad:
        raise BadLine(number, str(bad) or type(bad).__name__) from bad


class BadLine(EdgeError):
    """A line of a batch that cannot be asked."""

    def __init__(self, number: int, problem: str) -> None:
        """`number` counts from 1."""
        super().__init__(f'Dòng {number}: {problem}. Mỗi dòng cần {{"q": "câu hỏi", "place": null, "on": null}}.')


def read_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """JSON objects, one a line; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except ValueError as bad:
            raise BadLine(number, "không phải JSON") from bad
        if not isinstance(asked, dict):
            raise BadLine(number, "không phải một đối tượng JSON")
        yield asked


def _filled(reply: Reply, words: str) -> Reply:
    """The person's own words where the reply quotes them."""
    return replace(reply, text=reply.text.replace(SAID, words), quotes=None)

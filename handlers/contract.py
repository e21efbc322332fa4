"""The types everyone shares: what came in, what goes out, and the desk at which it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge.base import Knowledge
from knowledge.meaning import Action, Meaning
from knowledge.places import Mention
from storage.accounts import Account
from storage.bodies import Vault
from storage.communes import Commune
from storage.talks import Talk

FIRST_SCREEN = 600  # characters that a citizen can read without scrolling; the list of choices is not counted
# What a person sent. `press`: a button of ours; `unsupported`: the channel withholds it; `left`, `moved`, `officer`:
# nothing was said to us.
Kind = Literal[
    "text",
    "press",
    "photo",
    "file",
    "voice",
    "location",
    "contact",
    "unsupported",
    "left",
    "moved",
    "officer",
    "receipt",
]
SAID = "{{lời của người dân}}"  # stands for the citizen's own words; the channel fills it in from the encrypted body


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a citizen: tidy text, and the choice they picked, if it was one that we had offered.

    `chosen` is what the picked choice does: a feature's name, a point, and what that feature made of it.
    `fits_topic`: these words are answered by a passage of the topic that is being spoken of.
    `names_topic`: they say nothing beyond the title of that topic: "khai sinh thôi".
    `phrase`: the secret phrase of a mailbox, folded, where the message is one.
    `places`: the units that they name. `kind`: whether it was words, or a photo, a place on the map ...
    `files`: how many photos and documents came with it that can be kept.
    """

    text: str
    meaning: Meaning
    chosen: str | None = None
    fits_topic: bool = False
    names_topic: bool = False
    places: tuple[Mention, ...] = ()
    kind: Kind = "text"
    phrase: str | None = None
    files: int = 0

    @property
    def argument(self) -> str:
        """What stands behind the colon of the picked choice: `topics.open:tthc.khieu-nai` gives the entry id."""
        return (self.chosen or "").partition(":")[2]

    @property
    def verb(self) -> str:
        """What the picked choice asks its feature to do: `topics.open:tthc.khieu-nai` gives `open`."""
        return (self.chosen or "").partition(":")[0].partition(".")[2]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to press, or to type by its number or its words; `aside` ones are shown smaller where possible."""

    label: str
    does: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a citizen is shown as the ground of an answer: law and article, or the publishing office, and its dates.

    `cite` is text such as "10/2022/QH15 Điều 5". `since` is None where the beginning is not known.
    """

    cite: str
    since: date | None
    until: date | None
    checked_on: date

    @property
    def dates(self) -> str:
        """The dates in the words that stand behind every source."""
        if self.since is None and self.until:
            return f"áp dụng đến {self.until:%d/%m/%Y}, ngày bắt đầu chưa xác nhận"
        if self.since is None:
            return f"đang áp dụng (kiểm tra ngày {self.checked_on:%d/%m/%Y})"
        period = f"áp dụng từ {self.since:%d/%m/%Y}" + (f" đến {self.until:%d/%m/%Y}" if self.until else "")
        return f"{period} · kiểm tra ngày {self.checked_on:%d/%m/%Y}"


def grounds_line(sources: Sequence[tuple[str, str]]) -> str:
    """ "Căn cứ: …" for where sources cannot be folded: (cite, dates) in, each document once, the first one's dates."""
    if not sources:
        return ""
    cites = "; ".join(dict.fromkeys(cite for cite, _dates in sources))
    return f"Căn cứ: {cites} · {sources[0][1]}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the citizen reads. `text` stands without buttons; sources are folded where the channel can fold them."""

    text: str
    action: Action
    topic: str | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    choices: tuple[Choice, ...] = ()
    sources: tuple[Source, ...] = ()
    asks: str | None = None  # the question that this reply leaves open
    quotes: int | None = None  # the body whose text fills SAID
    keeps_body: bool = True  # False: what the person wrote is erased with this answer
    unhelpful: bool = False  # we did not know: the question is a gap

    @property
    def printed(self) -> str:
        """All that a citizen reads where nothing is folded, but for the choices: what FIRST_SCREEN counts."""
        grounds = grounds_line([(source.cite, source.dates) for source in self.sources])
        return "\n".join(part for part in (self.text, grounds) if part)

    def with_choices(self, *more: Choice) -> Reply:
        """The same reply with choices added behind its own."""
        return replace(self, choices=self.choices + more)


@dataclass(slots=True)
class Desk:
    """Where one message is answered: one transaction, one commune, one conversation, one day in Viet Nam."""

    session: AsyncSession
    commune: Commune
    account: Account
    talk: Talk
    knowledge: Knowledge
    vault: Vault
    now: datetime
    today: date
    body_id: int
    event_id: int | None = None
    greeted_by_page: bool = False  # the channel's own page shows the first hello
    published: AsyncSession | None = None  # where published tables lie, when not in this transaction: `danhoi ask`

    @property
    def shelf(self) -> AsyncSession:
        """Where to read what the commune publishes (prices, contacts); nothing is written there."""
        return self.published or self.session

    channel: str = ""  # its name, which a case keeps as its origin
    reads: Callable[[str], str] = str  # the words in a body, as this channel's wrapping has them
    reads_from: Callable[[str, str], str] = lambda _channel, raw: raw  # the same of a channel that is named
    is_foreign: bool = False  # the channel's operator is outside Viet Nam: nothing personal is asked there
    files_at: str = ""  # where this chat's own page fetches files; empty on channels without a page of ours
    takes_files: bool = False  # photos and documents can come through this channel
    unproven: bool = False  # the channel's signatures are only logged: this event may be made up
    web_chat: str = ""  # address of the commune's own page, where it is known

    @property
    def is_first(self) -> bool:
        """Whether this account was never answered before (an emergency does not count)."""
        return self.account.greeted_at is None

    @property
    def commune_id(self) -> int:
        """The tenant's key, which every repository function demands."""
        assert self.commune.id is not None
        return self.commune.id

    @property
    def account_id(self) -> int:
        """The key of the chat's account."""
        assert self.account.id is not None
        return self.account.id


Handle = Callable[[Incoming, Desk], Awaitable[Reply]]
Takes = Callable[[Incoming, Talk], bool]


def never(_message: Incoming, _talk: Talk) -> bool:
    """For features that do not take messages of this kind."""
    return False


@dataclass(frozen=True, slots=True)
class Feature:
    """One conversation. `takes` starts it, `continues` claims the answer to a question that it left open.

    `name` is the beginning of everything it asks and of everything its choices do.
    """

    name: str
    handle: Handle
    takes: Takes = never
    continues: Takes = never

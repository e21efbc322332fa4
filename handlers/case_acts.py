"""What officers do to a case; each act is checked, written down, and reaches the citizen in the same transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from handlers import case_news, case_words, casebook, casework, clock, registering, terms
from handlers.case_news import News
from handlers.case_owner import Owner
from handlers.case_replies import MORE, ask_done
from handlers.case_words import REFUSALS
from handlers.casebook import is_overdue
from handlers.casework import Listed, NoSuchCase
from handlers.contract import SAID, Choice
from handlers.lifecycle import NotNow
from handlers.permissions import Act, Role, may, people_of, person_of
from handlers.proposals import Proposal, kept
from handlers.terms import Term
from handlers.wording import as_body
from handlers.workplace import Workplace
from knowledge.categories import categories
from knowledge.deadlines import VIET_NAM, in_words
from knowledge.statutory import legal_term
from storage import cases, communes, officers, places
from storage.cases import Case
from storage.officers import Officer


class NotTheirs(Exception):
    """The case cannot be given to this officer: they left, may not see it, or it is about them."""


class DateTooEarly(Exception):
    """A new date must lie ahead."""


class ReasonOwed(Exception):
    """The case is over its date: first a reason and a new date, or the answer itself."""


async def assign(work: Workplace, case_id: int, *, officer_id: int) -> None:
    """To an officer who may see it; a late one too: they will say why. Raises NoSuchCase, NotTheirs, NotNow."""
    one = await casework.the_case(work, case_id, Act.CASE_ASSIGN)
    officer = await officers.get(work.session, commune_id=work.commune_id, officer_id=officer_id)
    if officer is None or officer.state != "active":
        raise NotTheirs
    person = await person_of(work.session, officer, on=work.today)
    if not may(person, Act.CASE_WORK, casework.thing(one)):
        raise NotTheirs
    role = next((each.role for each in person.holds if each.role in (Role.FIELD, Role.DESK)), Role.LEADER)
    owner = Owner(role, officer_id, officer.office_id)
    await _happen(work, one.case, "assign", Act.CASE_ASSIGN, facts=owner.facts())
    await registering.alert(work.session, one.case, "new", now=work.now, today=work.today)
    who = await case_words.holder(work.session, one.case)
    await _tell(work, one.case, f"Dạ, vụ việc {one.case.code} đã giao {who} xử lý.")


async def begin(work: Workplace, case_id: int) -> None:
    """Work on it has begun. Raises NoSuchCase, NotNow, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_WORK)).case
    await _happen(work, case, "begin", Act.CASE_WORK)
    await _tell(work, case, f"Dạ, vụ việc {case.code} đang được xử lý.")


def can_accept(case: Case) -> bool:
    """Whether the case is a lawful complaint that waits for being taken up (thụ lý)."""
    received = legal_term(case.kind, starts="received", on=_received_on(case))
    return received is not None and case.rule == received.rule


async def accept(work: Workplace, case_id: int) -> None:
    """A lawful complaint is taken up (thụ lý): the law's term for settling it begins. Raises NotNow, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_WORK)).case
    settled = legal_term(case.kind, starts="accepted", on=work.today)
    if settled is None or not can_accept(case):
        raise NotNow(case.state, "accept")
    before, term = case.due_on, terms.by_law(settled)
    due_on = await _counted_by(work, case, term, at=work.now)
    facts = {"due_on": due_on.isoformat(), "before": before.isoformat() if before else None, "rule": term.rule}
    await _happen(work, case, "accept", Act.CASE_WORK, facts=facts)
    text = (
        f"Dạ, xã đã thụ lý khiếu nại {case.code}. Hạn giải quyết theo luật: {in_words(due_on)} ({term.words} từ ngày "
        f"thụ lý, {term.cite})."
    )
    await _tell(work, case, text)


async def ask(work: Workplace, case_id: int, *, words: str) -> None:
    """A question to the citizen; the answer comes back into the case. Raises NoSuchCase, NotNow, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_WORK)).case
    body_id = await _keep(work, words)
    await _happen(work, case, "ask", Act.CASE_WORK, body_id=body_id)
    news = News(
        f"Dạ, về vụ việc {case.code}, cán bộ xã cần hỏi thêm:\n“{SAID}”\nAnh/chị trả lời ngay ở đây giúp em ạ.",
        (Choice(f"Trả lời thêm ({case.code})", f"cases.more:{case.id}"),),
        asks=f"{MORE}:{case.id}",
        quotes=body_id,
    )
    await case_news.tell(work.session, case, news, at=work.now)


async def answer(
    work: Workplace, case_id: int, *, words: str, evidence: str, document: str, proposal: Proposal | None = None
) -> None:
    """The answer with its evidence; the citizen says whether it is done. Raises NoSuchCase, NotNow, Lacking.

    `proposal`: what the officer began with; how much of it they kept stands in the history, with its text.
    """
    case = (await casework.the_case(work, case_id, Act.CASE_WORK)).case
    late = _sorry(case, work)
    body_id = await _keep(work, words)
    facts: dict[str, Any] = {"evidence": evidence, "document": document}
    if proposal is not None:
        began = {"from": proposal.key, "kept": kept(proposal, words), "proposed": await _keep(work, proposal.text)}
        facts |= began
    await _happen(work, case, "answer", Act.CASE_WORK, facts=facts, body_id=body_id)
    asked = ask_done(case)
    shown = f"\nVăn bản: {document}." if document else ""
    text = (
        f"Dạ, {late}xã trả lời vụ việc {case.code}:\n“{SAID}”{shown}\n"
        "Việc này xong chưa ạ? Chưa xong thì trong 15 ngày anh/chị bấm “Chưa xong”, em mở lại."
    )
    news = News(text, asked.choices, asked.asks, quotes=body_id)
    also = f"Dạ, vụ việc {case.code} mà anh/chị cùng gặp đã được xã trả lời."
    await case_news.tell(work.session, case, news, at=work.now, also=also)


async def transfer(work: Workplace, case_id: int, *, body: str, document: str, on: date, words: str) -> None:
    """To another body, with the document that carried it. Raises NoSuchCase, NotNow, Lacking, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_WORK)).case
    body_id = await _keep(work, words) if words else None
    facts = {"body": body, "document": document, "on": on.isoformat()}
    await _happen(work, case, "transfer", Act.CASE_WORK, facts=facts, body_id=body_id)
    text = (
        f"Dạ, vụ việc {case.code} không thuộc quyền của xã nên xã đã chuyển {body} "
        f"(văn bản {document} ngày {on:%d/%m/%Y}). Xã vẫn theo dõi và báo anh/chị khi có trả lời."
    )
    await _tell(work, case, text + (f"\n“{SAID}”" if body_id else ""), quotes=body_id)


async def refuse(work: Workplace, case_id: int, *, reason: str, words: str) -> None:
    """Only with a coded reason, its rule and the next step. Raises NoSuchCase, NotNow, Lacking, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_WORK)).case
    refusal = REFUSALS.get(reason)
    body_id = await _keep(work, words) if words else None
    await _happen(work, case, "refuse", Act.CASE_WORK, facts={"reason": reason if refusal else ""}, body_id=body_id)
    assert refusal is not None
    explained = f"\n“{SAID}”" if body_id else ""
    text = (
        f"Dạ, vụ việc {case.code} xã không xử lý được vì {refusal.label} (căn cứ: {refusal.basis}).{explained}\n"
        f"Việc tiếp theo: {refusal.next_step}"
    )
    await _tell(
        work, case, text, quotes=body_id, also=f"Dạ, vụ việc {case.code} mà anh/chị cùng gặp xã không xử lý được."
    )


async def close(work: Workplace, case_id: int) -> None:
    """Without the citizen's yes; counted as such. Raises NoSuchCase, NotNow."""
    case = (await casework.the_case(work, case_id, Act.CASE_CLOSE)).case
    await _happen(work, case, "close", Act.CASE_CLOSE)
    text = (
        f"Dạ, xã khép lại vụ việc {case.code}. Nếu chưa xong, trong 15 ngày từ ngày trả lời anh/chị báo "
        f"“chưa xong {case.code}”, em mở lại."
    )
    choice = Choice(f"Chưa xong ({case.code})", f"cases.undone:{case.id}")
    await case_news.tell(work.session, case, News(text, (choice,)), at=work.now)


async def extend(work: Workplace, case_id: int, *, reason: str, due_on: date) -> None:
    """A new date with its reason, which the citizen reads: at once, or with the apology that is still to go out.

    Raises NoSuchCase, NotNow, Lacking, DateTooEarly.
    """
    case = (await casework.the_case(work, case_id, Act.CASE_WORK)).case
    before, late = case.due_on, is_overdue(case, work.now)
    if due_on <= work.today or (before is not None and due_on <= before):
        raise DateTooEarly
    body_id = await _keep(work, reason)
    facts = {
        "reason": "given" if reason.strip() else "",
        "due_on": due_on.isoformat(),
        "before": before.isoformat() if before else None,
    }
    await _happen(work, case, "extend", Act.CASE_WORK, facts=facts, body_id=body_id)
    case.warned, case.runs_from, case.news_on = 0, work.today, None
    case.sorry_for = before if late and case.apologised_for != before else None
    await cases.save(work.session, case)
    if case.sorry_for is None:
        was = f"hẹn trả lời {in_words(before)} nhưng cần thêm thời gian" if before else "cần thêm thời gian"
        text = f"Dạ, vụ việc {case.code} {was}, vì: “{SAID}”. Hạn mới: {in_words(due_on)}."
        await _tell(work, case, text, quotes=body_id)


async def sort(
    work: Workplace, case_id: int, *, category: str, papi: int, hamlet_id: int | None, urgency: int | None = None
) -> None:
    """Correct what was proposed: category, PAPI dimension, hamlet, urgency. Raises NoSuchCase, NotNow, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_SORT)).case
    known = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=hamlet_id or 0)
    if category not in categories() or (hamlet_id is not None and known is None):
        raise NoSuchCase
    registering.sort(case, category)
    case.papi, case.hamlet_id = papi, hamlet_id
    case.urgency = case.urgency if urgency is None else urgency
    facts = {"category": category, "papi": papi, "hamlet_id": hamlet_id, "urgency": case.urgency}
    await _happen(work, case, "sort", Act.CASE_SORT, facts=facts)


async def reclass(work: Workplace, case_id: int, *, kind: str, reason: str) -> None:
    """Another legal kind, with a reason that the citizen sees. Raises NoSuchCase, NotNow, Lacking, ReasonOwed."""
    case = (await _in_time(work, case_id, Act.CASE_SORT)).case
    before = case.kind
    body_id = await _keep(work, reason)
    await _happen(
        work, case, "reclass", Act.CASE_SORT, facts={"kind": kind, "reason": "given", "before": before}, body_id=body_id
    )
    text = (
        f"Dạ, vụ việc {case.code} được đổi từ {case_words.KINDS[before]} sang {case_words.KINDS[kind]}, "
        f"vì: “{SAID}”. Mã không đổi."
    )
    await _tell(work, case, text + await _by_its_kind(work, case), quotes=body_id)


async def _by_its_kind(work: Workplace, case: Case) -> str:
    """Another kind may have another term; the old due day is kept and told."""
    received, before = _received_on(case), case.due_on
    commune = await communes.get(work.session, commune_id=work.commune_id)
    term = await terms.term_for(work.session, case, commune, on=received)
    if term.rule == case.rule or before is None or case.received_at is None:
        return ""
    due_on = await _counted_by(work, case, term, at=case.received_at)
    facts = {"due_on": due_on.isoformat(), "before": before.isoformat(), "rule": term.rule}
    await _happen(work, case, "redate", Act.CASE_SORT, facts=facts)
    rule = f"theo luật, {term.words}, {term.cite}" if term.cite else f"xã hẹn {term.words}"
    return f" Hạn đổi từ {in_words(before)} sang {in_words(due_on)} ({rule})."


async def _counted_by(work: Workplace, case: Case, term: Term, *, at: datetime) -> date:
    calendar = await clock.calendar_of(work.session, commune_id=work.commune_id)
    return terms.start(case, term, calendar, at=at).due_on


def _received_on(case: Case) -> date:
    return (case.received_at or case.opened_at).astimezone(VIET_NAM).date()


async def can_take(work: Workplace, one: Listed) -> list[Officer]:
    """Officers to whom the case can be given."""
    everybody = await officers.of_commune(work.session, commune_id=work.commune_id)
    active = [officer for officer in everybody if officer.state == "active"]
    people = await people_of(work.session, active, on=work.today)
    thing = casework.thing(one)
    return [officer for officer, person in zip(active, people, strict=True) if may(person, Act.CASE_WORK, thing)]


async def _in_time(work: Workplace, case_id: int, act: Act) -> Listed:
    """The case, unless it is over its date: then only a reason with a new date, or the answer, takes it on."""
    one = await casework.the_case(work, case_id, act)
    if is_overdue(one.case, work.now):
        raise ReasonOwed
    return one


def _sorry(case: Case, work: Workplace) -> str:
    """Said with an answer that comes too late and for which nobody has apologised yet."""
    missed = case.due_on if is_overdue(case, work.now) else case.sorry_for
    case.sorry_for = case.news_on = None
    if missed is None or missed == case.apologised_for:
        return ""
    case.apologised_for = missed
    return f"xã xin lỗi vì trả lời trễ hẹn {in_words(missed)}; "


async def _happen(
    work: Workplace, case: Case, kind: str, act: Act, *, facts: dict[str, Any] | None = None, body_id: int | None = None
) -> None:
    await casebook.happen(
        work.session, case, kind, at=work.now, facts=facts, body_id=body_id, officer_id=work.person.officer_id
    )
    what = await registering.thing_now(work.session, case)
    await work.note(act, "case", case.id, what=kind, thing=what)


async def _keep(work: Workplace, words: str) -> int:
    """An officer's words stand where a citizen's do: in one body, which can be erased."""
    body = await work.vault.put(work.session, commune_id=work.commune_id, text=as_body(words), at=work.now)
    assert body.id is not None
    return body.id


async def _tell(work: Workplace, case: Case, text: str, *, quotes: int | None = None, also: str = "") -> None:
    await case_news.tell(work.session, case, News(text, quotes=quotes), at=work.now, also=also)

"""What happens to a case by the clock alone: warnings, the apology, a moved date, silence after an answer, drafts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import case_news, case_owner, casebook, clock, registering, terms
from handlers.case_news import News
from handlers.contract import SAID, Choice
from handlers.drafts import REPORTS
from handlers.lifecycle import REOPENS_WITHIN, RUNNING
from handlers.permissions import Role
from handlers.report_screens import CANCEL
from knowledge.deadlines import VIET_NAM, in_words
from knowledge.working_days import WorkingDays
from storage import bodies, cases, communes, officers, talks
from storage.cases import Case

HALF, MOST, ALL = 50, 80, 100  # percent of the time at which is warned
APOLOGISED_FROM = time(9, 0)  # the officer is warned when the office opens, and has until then to give the reason
REMINDED_AFTER, DROPPED_AFTER = timedelta(hours=24), timedelta(hours=48)
AWAKE_FROM, AWAKE_TO = time(7, 30), time(20, 0)  # nobody is reminded at night


async def warn(session: AsyncSession, case: Case, calendar: WorkingDays, *, now: datetime) -> None:
    """The officer at half and at four fifths of the time, the leader too once it is over; each once per due date."""
    percent = _percent(case, calendar, now)
    if percent <= case.warned:
        return
    case.warned = percent
    await casebook.happen(session, case, "warn", at=now, facts={"percent": percent})
    if percent == ALL:
        await _alert_with_leader(session, case, "late", now=now)
    else:
        await registering.alert(session, case, "due", now=now, today=now.astimezone(VIET_NAM).date())


async def apologise(session: AsyncSession, case: Case, calendar: WorkingDays, *, now: datetime) -> None:
    """On the first working morning after the day that was promised, once for each such day.

    With the officer's reason and new date, or saying that there is no reason yet, who answers for it, and until when
    there will be news.
    """
    local = now.astimezone(VIET_NAM)
    missed = case.due_on if casebook.is_overdue(case, now) else case.sorry_for
    if missed is None or missed == case.apologised_for or local.date() <= missed or local.time() < APOLOGISED_FROM:
        return
    commune = await communes.get(session, commune_id=case.commune_id)
    head = await _head(session, case, now=now)
    reason = await _reason_of(session, case) if missed == case.sorry_for else None
    case.apologised_for, case.sorry_for = missed, None
    text = (
        f"Dạ, UBND {commune.name} xin lỗi anh/chị: vụ việc {case.code} hẹn trả lời {in_words(missed)} nhưng chưa xong"
    )
    if reason is not None and case.due_on is not None:
        text += f", vì: “{SAID}”. Người chịu trách nhiệm: {head}. Hạn mới: {in_words(case.due_on)}."
    else:
        case.news_on = calendar.next_worked(local.date() + timedelta(days=1))
        text += (
            f"; người xử lý chưa nêu lý do. Người chịu trách nhiệm: {head}. Xã báo tin cho anh/chị trước hết "
            f"{in_words(case.news_on)}."
        )
    await casebook.happen(session, case, "apologise", at=now, facts={"due_on": missed.isoformat()})
    also = f"Dạ, vụ việc {case.code} mà anh/chị cùng gặp đã trễ hẹn, xã xin lỗi và đang làm tiếp."
    await case_news.tell(session, case, News(text, quotes=reason), at=now, also=also)


async def press(session: AsyncSession, case: Case, calendar: WorkingDays, *, now: datetime) -> None:
    """The day of the promised news has come and nobody gave a reason: officer and leader hear it, each working day."""
    today = now.astimezone(VIET_NAM).date()
    if case.news_on is None or today < case.news_on or not casebook.is_overdue(case, now):
        return
    case.news_on = calendar.next_worked(today + timedelta(days=1))
    await cases.save(session, case)
    await _alert_with_leader(session, case, "owed", now=now)


async def redate(session: AsyncSession, case: Case, calendar: WorkingDays, *, now: datetime) -> None:
    """The calendar changed: the term is counted anew, the old day is kept and told beside the new one."""
    if case.extensions or case.is_reopened:
        return
    deadline, before = terms.count(case, calendar), case.due_on
    if deadline is None or before is None or deadline.due_on == before or clock.is_over(before, now):
        return
    facts = {"due_on": deadline.due_on.isoformat(), "before": before.isoformat()}
    await casebook.happen(session, case, "redate", at=now, facts=facts)
    case.promised_on = deadline.due_on
    await cases.save(session, case)
    text = (
        f"Dạ, hạn trả lời vụ việc {case.code} đổi từ {in_words(before)} sang {in_words(deadline.due_on)}, "
        "vì lịch nghỉ của Nhà nước hoặc của xã đổi. Số ngày không đổi."
    )
    await case_news.tell(session, case, News(text), at=now)


async def lapse(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """Fifteen days without a word after the answer."""
    if case.answered_at is None or now - case.answered_at <= REOPENS_WITHIN:
        return
    await casebook.happen(session, case, "lapse", at=now)
    text = f"Dạ, đã 15 ngày từ khi xã trả lời mà anh/chị không có ý kiến nên xã khép lại vụ việc {case.code}."
    await case_news.tell(session, case, News(text, (Choice("Gửi phản ánh mới", "reports.start"),)), at=now)


async def remind(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """A draft that was left lying for a day: one reminder, at a decent hour."""
    if case.kind not in REPORTS or case.account_id is None or case.reminded_at is not None or not _is_awake(now):
        return
    talk = await talks.of_account(session, commune_id=case.commune_id, account_id=case.account_id)
    if talk is not None and now - talk.last_at < REMINDED_AFTER:
        return
    case.reminded_at = now
    await cases.save(session, case)
    choices = (Choice("Gửi tiếp bản nháp", f"reports.go:{case.id}"), CANCEL)
    text = (
        "Dạ, hôm trước anh/chị kể dở một việc, em còn giữ bản nháp, chưa gửi đi đâu. Anh/chị gửi tiếp không ạ? "
        "Không thì sau hai ngày em tự xóa."
    )
    await case_news.tell(session, case, News(text, choices), at=now)
    if talk is not None and talk.draft_id == case.id:
        talk.choices = [asdict(choice) for choice in choices]
        await talks.save(session, talk)


async def drop(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """Two days after the reminder the draft goes, with its words."""
    if case.kind not in REPORTS or case.reminded_at is None or now - case.reminded_at < DROPPED_AFTER:
        return
    talk = await talks.of_account(session, commune_id=case.commune_id, account_id=case.account_id or 0)
    if talk is not None and talk.draft_id == case.id:
        talk.draft_id, talk.asks, talk.held, talk.choices = None, None, {}, []
        await talks.save(session, talk)
    held = await cases.drop_draft(session, commune_id=case.commune_id, case_id=case.id or 0)
    await bodies.erase(session, commune_id=case.commune_id, body_ids=held)


def _percent(case: Case, calendar: WorkingDays, now: datetime) -> int:
    """0, 50, 80 or 100."""
    if case.due_on is None or case.runs_from is None or case.state not in RUNNING:
        return 0
    if casebook.is_overdue(case, now):
        return ALL
    used = clock.share_used(case.runs_from, case.due_on, now.astimezone(VIET_NAM).date(), calendar) * 100
    return MOST if used >= MOST else HALF if used >= HALF else 0


async def _alert_with_leader(session: AsyncSession, case: Case, kind: str, *, now: datetime) -> None:
    today = now.astimezone(VIET_NAM).date()
    await registering.alert(session, case, kind, now=now, today=today)
    if case.held_by != Role.LEADER:
        await registering.alert_role(session, case, Role.LEADER, kind, now=now, today=today)


async def _reason_of(session: AsyncSession, case: Case) -> int | None:
    """The body in which the officer's reason for the present date stands."""
    history = await cases.history(session, commune_id=case.commune_id, case_id=case.id or 0)
    return next((event.body_id for event in reversed(history) if event.kind == "extend"), None)


async def _head(session: AsyncSession, case: Case, *, now: datetime) -> str:
    """Who answers for it: a leader by name, where there is one whom the case is not about."""
    today = now.astimezone(VIET_NAM).date()
    people = await case_owner.at_work(session, commune_id=case.commune_id, on=today)
    heads = case_owner.holders_of(people, Role.LEADER, await registering.thing_now(session, case))
    officer = await officers.get(session, commune_id=case.commune_id, officer_id=heads[0]) if heads else None
    return officer.name if officer is not None else "lãnh đạo UBND xã"


def _is_awake(now: datetime) -> bool:
    return AWAKE_FROM <= now.astimezone(VIET_NAM).time() < AWAKE_TO

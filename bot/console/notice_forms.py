"""The forms of notices: one per kind, made from what the kind asks for; and how one is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from wtforms import BooleanField, DateField, Form, SelectField, SelectMultipleField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from bot.clock import VIET_NAM
from bot.console.forms import BAD_DAY, choices, text_field, tidy_lines
from handlers.notice_kinds import KINDS, Kind
from handlers.notice_times import REPEATS
from handlers.notice_words import CONTACT, DETAILS, ENDS, PLACE, STARTS, TITLE
from handlers.notices import Draft
from storage.notices import Notice

BAD_TIME = "Giờ chưa đúng; gõ như 07:30."
LONGEST = 1_200


class NoticeForm(Form):
    """What every notice says; fields of the kind are added by `form_of`."""

    title = text_field("Nói gì, trong một dòng", needed=True, most=120, hint="Ví dụ: Ngừng điện để thay trạm biến áp.")
    place = text_field("Nơi", needed=True, most=160)
    day = DateField("Ngày", [InputRequired(BAD_DAY)])
    at = TimeField("Từ mấy giờ", [InputRequired(BAD_TIME)])
    until_day = DateField("Đến ngày", [Optional()], description="Để trống nếu trong cùng ngày.")
    until = TimeField("Đến mấy giờ", [Optional()], description="Quá giờ này thì không gửi tiếp nữa.")
    contact = text_field("Liên hệ ai, số nào", needed=True, most=120)
    details = TextAreaField(
        "Nói thêm",
        [Optional(), Length(max=LONGEST, message=f"Nhiều nhất {LONGEST} ký tự.")],
        filters=[tidy_lines],
        description="Không bắt buộc. Không ghi số tài khoản, đường dẫn lạ: người dân sẽ ngờ là lừa đảo.",
        default="",
    )
    hamlets = SelectMultipleField("Thôn, ấp, tổ", [Optional()], choices=[])
    followers = BooleanField("Chỉ người đã đăng ký nhận loại tin này")
    repeat = SelectField("Gửi lặp lại", [Optional()], choices=choices(REPEATS.items(), empty="Không lặp"), default="")
    repeat_until = DateField("Lặp đến hết ngày", [Optional()])
    skips_days_off = BooleanField("Bỏ qua ngày nghỉ, lễ, Tết")

    def validate(self, extra_validators: Any = None) -> bool:
        """The end comes after the beginning, and what is repeated ends some day."""
        good = bool(super().validate(extra_validators))
        start, end = self.start(), self.end()
        if start and end and end <= start:
            self.until.errors = ["Giờ kết thúc phải sau giờ bắt đầu."]
            good = False
        if self.until_day.data and not self.until.data:
            self.until.errors = ["Có ngày kết thúc thì cần cả giờ."]
            good = False
        if self.repeat.data and not self.repeat_until.data:
            self.repeat_until.errors = ["Gửi lặp lại thì cần ngày cuối."]
            good = False
        return good

    def start(self) -> datetime | None:
        """When it begins."""
        return _instant(self.day.data, self.at.data)

    def end(self) -> datetime | None:
        """When it ends; the same day where no other is given."""
        return _instant(self.until_day.data or self.day.data, self.until.data)

    def draft(self, kind: Kind, *, now: datetime) -> Draft:
        """What the form says, once it is valid. A time that has begun already and has no end is of use for good."""
        start, end = self.start(), self.end()
        assert start is not None
        facts = {
            TITLE: self.title.data,
            PLACE: self.place.data,
            STARTS: start.isoformat(),
            ENDS: end.isoformat() if end else "",
            CONTACT: self.contact.data,
            DETAILS: self.details.data or "",
            **{ask.name: getattr(self, ask.name).data or "" for ask in kind.asks},
        }
        return Draft(
            kind.code,
            facts,
            tuple(int(each) for each in self.hamlets.data or []),
            bool(self.followers.data),
            end or (start if start > now else None),
            self.repeat.data or "",
            self.repeat_until.data,
            bool(self.skips_days_off.data),
        )


class SendForm(Form):
    """When, and whether it may wake people."""

    day = DateField("Ngày gửi", [Optional()], description="Để trống là gửi ngay.")
    at = TimeField("Giờ gửi", [Optional()])
    urgent_why = text_field(
        "Gửi khẩn vì sao",
        most=200,
        hint="Chỉ điền khi phải gửi cả trong giờ nghỉ (21 giờ đến 6 giờ). Lý do được ghi lại.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Day and time go together."""
        good = bool(super().validate(extra_validators))
        if good and bool(self.day.data) != bool(self.at.data):
            self.at.errors = ["Hẹn giờ thì cần cả ngày và giờ."]
            good = False
        return good

    def wanted(self) -> datetime | None:
        """When to send; None: now."""
        return _instant(self.day.data, self.at.data)


@cache
def form_of(code: str) -> type[NoticeForm]:
    """The form of a kind: what it asks for stands behind the title."""
    added = {
        ask.name: text_field(
            ask.label,
            needed=ask.needed,
            most=300,
            hint=ask.hint,
        )
        for ask in KINDS[code].asks
    }
    return type(f"NoticeForm_{code}", (NoticeForm,), added)


def filled(notice: Notice) -> Mapping[str, Any]:
    """A notice as its form shows it."""
    facts = notice.facts
    start = datetime.fromisoformat(facts[STARTS]).astimezone(VIET_NAM)
    end = datetime.fromisoformat(facts[ENDS]).astimezone(VIET_NAM) if facts.get(ENDS) else None
    return {
        **facts,
        "day": start.date(),
        "at": start.time(),
        "until_day": end.date() if end and end.date() != start.date() else None,
        "until": end.time() if end else None,
        "hamlets": [str(each) for each in notice.hamlet_ids],
        "followers": notice.followers,
        "repeat": notice.repeat,
        "repeat_until": notice.repeat_until,
        "skips_days_off": notice.skips_days_off,
    }


def _instant(day: date | None, at: time | None) -> datetime | None:
    return datetime.combine(day, at, VIET_NAM) if day is not None and at is not None else None

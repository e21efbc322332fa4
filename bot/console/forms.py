"""The console's forms: their fields, checks and sentences. The key against foreign posts is checked at the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import DateField, FloatField, Form, IntegerField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from bot.console import words
from handlers.townhall import CITIZEN_WORDS, OWN_WORDS

NEEDED = InputRequired("Ô này cần được điền.")
BAD_DAY = "Ngày chưa đúng; chọn ngày trên lịch hoặc gõ năm-tháng-ngày."


def _tidy(value: Any) -> Any:
    """Blanks around what was typed, and characters that nobody sees, are nobody's wish."""
    return "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else value


def tidy_lines(value: Any) -> Any:
    """The same, line by line."""
    return "\n".join(_tidy(line) for line in value.splitlines()) if isinstance(value, str) else value


def text_field(label: str, *, most: int = 200, needed: bool = False, hint: str = "", **more: Any) -> StringField:
    """One line of text."""
    checks = [NEEDED if needed else Optional(), Length(max=most, message=f"Nhiều nhất {most} ký tự.")]
    return StringField(label, checks, filters=[_tidy], description=hint, default="", **more)


def choices(pairs: Iterable[tuple[object, str]], *, empty: str = "") -> list[Any]:
    """The entries of a list: what is sent and what is read; `empty` are the words of an entry that sends nothing."""
    first = [SelectChoice("", empty)] if empty else []
    return [*first, *(SelectChoice(str(value), label) for value, label in pairs)]


def which_field(label: str, *, hint: str = "") -> SelectField:
    """A list whose entries the page fills in; an empty one stands for "all"."""
    return SelectField(
        label, [Optional()], coerce=str, choices=choices([], empty="Tất cả"), description=hint, default=""
    )


class SignIn(Form):
    """Name and password."""

    login = text_field(
        "Tên đăng nhập", needed=True, most=120, render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    password = PasswordField(
        "Mật khẩu",
        [NEEDED, Length(max=200, message="Nhiều nhất 200 ký tự.")],
        render_kw={"autocomplete": "current-password"},
    )


class Code(Form):
    """The second factor, or a recovery code."""

    code = text_field(
        "Mã xác thực",
        needed=True,
        most=40,
        hint="6 chữ số trong ứng dụng xác thực, hoặc một mã dự phòng.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none"},
    )


class NewPassword(Form):
    """A password, typed twice."""

    password = PasswordField(
        "Mật khẩu mới", [NEEDED], description="Ít nhất 10 ký tự.", render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField("Gõ lại mật khẩu", [NEEDED], render_kw={"autocomplete": "new-password"})

    def validate_again(self, field: PasswordField) -> None:
        """Both must be the same."""
        if field.data != self.password.data:
            raise ValidationError("Hai lần gõ chưa giống nhau.")


class ChangePassword(NewPassword):
    """The old one first."""

    old = PasswordField("Mật khẩu đang dùng", [NEEDED], render_kw={"autocomplete": "current-password"})


class NewOfficer(Form):
    """Somebody who will get a sign-up link."""

    name = text_field("Họ và tên", needed=True, most=100, render_kw={"autocomplete": "off"})
    role = SelectField("Vai trò đầu tiên", [NEEDED], choices=choices(words.ROLES.items()))


class NewRole(Form):
    """A role with its bounds."""

    role = SelectField("Vai trò", [NEEDED], choices=choices(words.ROLES.items()))
    field = SelectField("Lĩnh vực", [Optional()], choices=choices(words.FIELDS.items(), empty="Tất cả"), default="")
    office = which_field("Đơn vị")
    hamlet = which_field("Thôn, ấp, tổ")
    valid_from = DateField("Từ ngày", [InputRequired(BAD_DAY)])
    valid_to = DateField("Đến hết ngày", [Optional()], description="Để trống nếu không có hạn.")


class MoveToOffice(Form):
    """In which unit somebody works."""

    office = which_field("Đơn vị công tác")


class NewStandIn(Form):
    """Who does whose work, and when."""

    absent = SelectField("Người nghỉ", [NEEDED], choices=[])
    stand_in = SelectField("Người làm thay", [NEEDED], choices=[])
    valid_from = DateField("Từ ngày", [InputRequired(BAD_DAY)])
    valid_to = DateField("Đến hết ngày", [InputRequired(BAD_DAY)])


class CommuneSettings(Form):
    """What citizens are shown about the commune."""

    name = text_field("Tên xã, phường", needed=True, most=100, hint="Cả loại đơn vị, ví dụ: Xã Bình An.")
    province = text_field("Tỉnh, thành phố", most=100)
    address = text_field("Địa chỉ bộ phận một cửa")
    hours = text_field("Giờ làm việc")
    phone = text_field("Điện thoại bộ phận một cửa", most=40)
    police_phone = text_field("Điện thoại công an xã", most=40)
    clinic_phone = text_field("Điện thoại trạm y tế", most=40)
    hotline = text_field("Đường dây nóng của xã", most=40)
    reception = text_field("Lịch tiếp công dân", most=400)
    answer_days = IntegerField(
        "Số ngày làm việc xã hẹn trả lời câu hỏi",
        [NEEDED, NumberRange(1, 60, "Từ 1 đến 60 ngày.")],
    )
    calls_citizen = SelectField("Bot gọi người dân là", [NEEDED], choices=choices((one, one) for one in CITIZEN_WORDS))
    calls_itself = SelectField("Bot tự xưng là", [NEEDED], choices=choices((one, one) for one in OWN_WORDS))
    latitude = FloatField(
        "Vĩ độ trung tâm xã",
        [Optional(), NumberRange(8, 24, "Từ 8 đến 24.")],
        description="Ví dụ 10.5123; để trống nếu chưa có.",
    )
    longitude = FloatField("Kinh độ trung tâm xã", [Optional(), NumberRange(102, 118, "Từ 102 đến 118.")])
    portal = text_field(
        "Trang của xã được nhúng khung chat",
        hint="Chỉ phần đầu địa chỉ, ví dụ https://binhan.example; nhiều trang (tối đa 4) thì cách nhau một dấu cách; "
        "để trống nếu không nhúng.",
    )


def answer_terms_form(formdata: Any, days: Mapping[str, int]) -> Form:
    """One number for each field of work; an empty one follows the commune's general promise."""
    fields = {
        code: IntegerField(label, [Optional(), NumberRange(1, 60, "Từ 1 đến 60 ngày.")])
        for code, label in words.FIELDS.items()
    }
    form_class: type[Form] = type("AnswerTerms", (Form,), fields)
    return form_class(formdata, data=days)


class OfficeForm(Form):
    """One unit."""

    name = text_field("Tên đơn vị", needed=True, most=100)
    phone = text_field("Điện thoại", most=40)
    hours = text_field("Giờ làm việc", most=100)


class Hamlets(Form):
    """A list of hamlets."""

    names = TextAreaField(
        "Tên thôn, ấp, tổ dân phố",
        [NEEDED],
        filters=[tidy_lines],
        description="Mỗi dòng một tên, ví dụ: Ấp Đông. Có dòng nào trùng thì cả danh sách không được nhận.",
    )


class CalendarDayForm(Form):
    """A day that was decided late."""

    day = DateField("Ngày", [InputRequired(BAD_DAY)])
    is_off = SelectField("Thế nào", [NEEDED], choices=choices([("off", "Nghỉ"), ("worked", "Làm việc (làm bù)")]))
    why = text_field("Vì sao, theo văn bản nào", needed=True, most=200)


class CalendarYearForm(Form):
    """The year that is approved."""

    year = IntegerField("Năm", [NEEDED, NumberRange(2024, 2100, "Năm chưa đúng.")])


class Subject(Form):
    """Whom a case is about."""

    officer = which_field("Cán bộ")
    office = which_field("Đơn vị")


class SealKey(Form):
    """A holder's public key."""

    key = text_field("Khóa công khai", needed=True, most=200, hint="Cả dòng bắt đầu bằng dhseal1.")


class SealAnswer(Form):
    """What goes into a mailbox."""

    text = TextAreaField(
        "Trả lời",
        [NEEDED, Length(max=2000, message="Nhiều nhất 2.000 ký tự.")],
        filters=[tidy_lines],
        description="Gửi rồi không ai trong xã đọc lại được. Không nhắc lại chi tiết có thể lộ người báo tin.",
    )


class LateDossierForm(Form):
    """A dossier that comes late."""

    code = StringField(
        "Mã hồ sơ",
        [NEEDED, Regexp(r"[\w.\-/]{6,40}$", message="Mã hồ sơ gồm chữ, số, dấu chấm, gạch; từ 6 đến 40 ký tự.")],
        filters=[_tidy],
        description="Ghi trên giấy hẹn. Người dân hỏi bằng mã này thì đọc được lời xin lỗi.",
        default="",
    )
    due_on = DateField("Ngày đã hẹn trả", [InputRequired(BAD_DAY)])
    new_due_on = DateField("Ngày hẹn mới", [InputRequired(BAD_DAY)])
    reason = text_field("Lý do trễ hẹn", needed=True, most=200, hint="Người dân đọc đúng những lời này.")


class AuditFilter(Form):
    """Which rows of the audit."""

    officer = which_field("Cán bộ")
    act = which_field("Việc")
    since = DateField("Từ ngày", [Optional()])
    until = DateField("Đến hết ngày", [Optional()])


def typed(field: StringField | PasswordField) -> str:
    """What was typed; a field that did not come is empty."""
    return field.data or ""


def day(field: DateField) -> date:
    """The day of a field that the form has checked to be there."""
    assert field.data is not None
    return field.data


def number(value: str | None) -> int | None:
    """An id out of a list; an empty or foreign one is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None

"""The forms of a case's page."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from bot.console import words
from bot.console.forms import BAD_DAY, NEEDED, choices, text_field, tidy_lines, which_field
from handlers.case_words import REFUSALS
from handlers.desk_entry import KINDS
from handlers.into_seal import REASONS
from knowledge.categories import categories
from knowledge.reply_templates import still_open

LONGEST = 2_000
EVIDENCE = choices(words.EVIDENCE.items())
PAPI = {
    1: "1 · Tham gia ở cơ sở",
    2: "2 · Công khai, minh bạch",
    3: "3 · Trách nhiệm giải trình",
    4: "4 · Kiểm soát tham nhũng",
    5: "5 · Thủ tục hành chính",
    6: "6 · Dịch vụ công",
    7: "7 · Môi trường",
    8: "8 · Quản trị điện tử",
}


def words_field(label: str, *, needed: bool = True, hint: str = "") -> TextAreaField:
    checks = [NEEDED if needed else Optional(), Length(max=LONGEST, message=f"Nhiều nhất {LONGEST} ký tự.")]
    return TextAreaField(label, checks, filters=[tidy_lines], description=hint, default="")


_words = words_field  # as the forms below say it


def _filled_in(field: TextAreaField) -> None:
    place = still_open(field.data or "")
    if place:
        raise ValidationError(f"Còn chỗ chưa điền: {place}. Điền hoặc bỏ đi rồi gửi.")


class Assign(Form):
    """To whom."""

    officer = SelectField("Giao cho", [NEEDED], choices=[])


class AssignMany(Form):
    """To whom the ticked cases go."""

    officer = SelectField("Giao các việc đã chọn cho", [NEEDED], choices=[])


class NewCase(Form):
    """What somebody tells at the desk."""

    kind = SelectField(
        "Loại đơn",
        [NEEDED],
        choices=choices((each, words.CASE_KINDS[each]) for each in KINDS),
        description="Khiếu nại: chỉ ghi khi đã nhận đơn có chữ ký; hạn thụ lý và giải quyết tính theo luật.",
    )
    hamlet = which_field("Thôn, ấp, tổ")
    words = _words("Người dân kể", hint="Ghi lời họ kể. Không ghi họ tên, số điện thoại nếu họ không muốn.")
    place = text_field("Nơi xảy ra", most=200)


class Publish(Form):
    """What the public page says."""

    outcome = _words("Kết quả đăng công khai", hint="Đã che tên, số. Đọc lại: không câu nào chỉ ra một người cụ thể.")


class Ask(Form):
    """A question to the citizen."""

    words = _words("Hỏi người dân điều gì", hint="Người dân đọc đúng những lời này.")

    def validate_words(self, field: TextAreaField) -> None:
        """Nothing is sent with a place that was left open."""
        _filled_in(field)


class Answer(Form):
    """The answer, and what proves it."""

    words = _words("Trả lời người dân", hint="Nói việc đã làm gì, kết quả thế nào. Người dân đọc đúng những lời này.")
    evidence = RadioField("Căn cứ của kết quả", [NEEDED], choices=EVIDENCE, default="document")
    document = text_field(
        "Số và ngày văn bản", most=100, hint="Ví dụ: 12/CV-UBND ngày 23/11/2026. Cần có khi chọn văn bản."
    )

    draft = HiddenField(default="")

    def validate_words(self, field: TextAreaField) -> None:
        """Nothing is sent with a place that was left open."""
        _filled_in(field)

    def validate(self, extra_validators: Any = None) -> bool:
        """A document has a number; an empty optional field is not looked at by its own checks."""
        good = bool(super().validate(extra_validators))
        if self.evidence.data == "document" and not self.document.data:
            self.document.errors = ["Ghi số và ngày của văn bản."]
            return False
        return good


class GiveBack(Form):
    """What the head wants changed."""

    why = _words("Cần sửa điều gì", hint="Chỉ người soạn đọc.")


class Transfer(Form):
    """To which body, with which document."""

    body = text_field("Cơ quan nhận", needed=True, most=120)
    document = text_field("Số văn bản chuyển", needed=True, most=100)
    on = DateField("Ngày văn bản", [InputRequired(BAD_DAY)])
    words = _words("Nói thêm với người dân", needed=False)


class Refuse(Form):
    """Why."""

    reason = SelectField(
        "Lý do", [NEEDED], choices=choices((code, f"{each.label} ({each.basis})") for code, each in REFUSALS.items())
    )
    words = _words("Giải thích thêm cho người dân", needed=False)


class Extend(Form):
    """A new date and why."""

    due_on = DateField("Hạn mới", [InputRequired(BAD_DAY)])
    reason = _words("Lý do, người dân đọc được")


class Seal(Form):
    """It is a denunciation."""

    reason = SelectField(
        "Vì sao, người dân đọc được",
        [NEEDED],
        choices=choices(REASONS.items()),
        description="Lời kể được niêm phong ngay, không cán bộ nào còn thấy vụ việc; người gửi nhận câu bí mật để xem "
        "trả lời. Không lấy lại được.",
    )


class Sort(Form):
    """What was proposed, corrected."""

    category = SelectField(
        "Loại việc", [NEEDED], choices=choices((each.id, each.label) for each in categories().values())
    )
    papi = SelectField("Lĩnh vực PAPI", [NEEDED], choices=choices(PAPI.items()))
    hamlet = which_field("Thôn, ấp, tổ")
    urgency = SelectField("Mức gấp", [Optional()], choices=choices(words.URGENCY.items()), default="0")


class Reclass(Form):
    """Another legal kind."""

    kind = SelectField("Loại đơn", [NEEDED], choices=choices(words.CASE_KINDS.items()))
    reason = _words("Lý do, người dân đọc được")

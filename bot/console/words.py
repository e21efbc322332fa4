"""Vietnamese names of what the code calls by codes; the one place where the console says them."""

from __future__ import annotations

from handlers import officer_chat
from handlers.permissions import Act, Role

ROLES: dict[str, str] = {
    Role.DESK: "Cán bộ một cửa",
    Role.FIELD: "Cán bộ chuyên môn",
    Role.UNIT_HEAD: "Trưởng đơn vị",
    Role.LEADER: "Lãnh đạo xã",
    Role.CURATOR: "Người soạn nội dung",
    Role.APPROVER: "Người duyệt nội dung",
    Role.TRAINER: "Người tập huấn",
    Role.BROADCASTER: "Người gửi thông báo",
    Role.INSPECTOR: "Thanh tra, giám sát",
    Role.SEAL_HOLDER: "Người giữ khóa niêm phong",
    Role.OPERATOR: "Người vận hành",
}
ACTS: dict[str, str] = {
    Act.ACCOUNT_OWN: "Quản lý tài khoản của mình",
    Act.CASE_LIST: "Xem danh sách vụ việc",
    Act.CASE_READ: "Mở xem nội dung vụ việc",
    Act.CASE_NAME_SUBJECT: "Ghi vụ việc nói về ai, đơn vị nào",
    Act.CASE_ASSIGN: "Giao vụ việc cho người xử lý",
    Act.CASE_WORK: "Xử lý vụ việc: hỏi thêm, trả lời, chuyển, từ chối, lùi hạn",
    Act.CASE_CLOSE: "Khép lại vụ việc khi người dân chưa xác nhận",
    Act.CASE_SORT: "Sửa loại việc, lĩnh vực, loại đơn",
    Act.CASE_ADD: "Ghi thay người không dùng điện thoại",
    Act.CASE_PUBLISH: "Duyệt kết quả đăng công khai",
    Act.CASE_APPROVE: "Duyệt câu trả lời của việc nhạy cảm",
    Act.FIGURE_READ: "Xem và tải số liệu, báo cáo tháng",
    Act.BOOK_READ: "Xem, in và tải sổ tiếp công dân, sổ đơn thư",
    Act.SERVICE_RATE: "Ghi phiếu hài lòng của ba lĩnh vực bắt buộc",
    Act.TEMPLATE_EDIT: "Soạn mẫu trả lời",
    Act.DOSSIER_APOLOGISE: "Ghi hồ sơ một cửa trễ hẹn, in thư xin lỗi",
    Act.NOTICE_READ: "Xem thông báo, báo cáo gửi",
    Act.NOTICE_SEND: "Soạn, gửi, hủy thông báo",
    Act.NOTICE_APPROVE: "Duyệt thông báo trên 200 người do người khác soạn",
    Act.DISCLOSURE_READ: "Xem sổ công khai",
    Act.DISCLOSURE_EDIT: "Ghi sổ công khai: việc phải công khai, nơi dán, bằng chứng",
    Act.GAP_READ: "Xem câu bot chưa trả lời được",
    Act.CHANNEL_READ: "Xem tình trạng các kênh nhắn tin",
    Act.KNOWLEDGE_READ: "Xem, tìm và hỏi thử kho tri thức",
    Act.KNOWLEDGE_WRITE: "Soạn mục tri thức",
    Act.KNOWLEDGE_APPROVE: "Duyệt, khôi phục mục tri thức",
    Act.SWITCH_USE: "Tạm dừng và mở lại trả lời, gửi tin, tiếp nhận",
    Act.PRACTICE_TAKE: "Luyện tập bằng câu hỏi trắc nghiệm",
    Act.PRACTICE_SEE: "Xem điểm luyện tập của cán bộ",
    Act.COMMUNE_READ: "Xem thông tin xã",
    Act.COMMUNE_EDIT: "Sửa thông tin xã, đơn vị, thôn",
    Act.CALENDAR_EDIT: "Duyệt lịch làm việc, thêm ngày nghỉ",
    Act.LIST_IMPORT: "Nhập bảng giá, danh bạ, thôn, hồ sơ",
    Act.OFFICER_READ: "Xem danh sách cán bộ",
    Act.OFFICER_EDIT: "Thêm cán bộ, cấp và thu quyền",
    Act.STAND_IN_EDIT: "Cử người làm thay khi nghỉ phép",
    Act.FACTOR_RESET: "Xác nhận cấp lại mã xác thực",
    Act.SEAL_READ: "Xem danh sách tin báo niêm phong",
    Act.SEAL_HOLD: "Giữ khóa, tải gói niêm phong, trả lời tin báo",
    Act.AUDIT_READ: "Xem nhật ký hệ thống",
    Act.AUDIT_EXPORT: "Tải nhật ký hệ thống",
}
FIELDS: dict[str, str] = {
    "justice": "Tư pháp, hộ tịch",
    "land": "Đất đai",
    "building": "Xây dựng",
    "welfare": "Chính sách xã hội",
    "health": "Y tế, bảo hiểm y tế",
    "education": "Giáo dục",
    "security": "An ninh trật tự",
    "economy": "Kinh tế, hạ tầng",
    "environment": "Môi trường",
}
SERVICES = {
    "certification": "Chứng thực",
    "building": "Cấp phép xây dựng",
    "land": "Cấp giấy chứng nhận quyền sử dụng đất",
}
STATES = {"invited": "chưa đăng ký", "active": "đang làm việc", "left": "đã nghỉ"}
CASE_KINDS = {
    "report": "Phản ánh",
    "proposal": "Kiến nghị",
    "feedback": "Góp ý",
    "complaint": "Khiếu nại",
    "question": "Câu hỏi chuyển cán bộ",
}
CASE_STATES = {
    "draft": "bản ghi đầu",
    "received": "mới tiếp nhận",
    "assigned": "đã giao",
    "working": "đang xử lý",
    "asked": "chờ dân trả lời",
    "transferred": "đã chuyển nơi khác",
    "answered": "đã trả lời",
    "closed": "đã xong",
    "refused": "đã từ chối",
}
URGENCY = {"0": "bình thường", "1": "cần sớm", "2": "nguy hiểm cho người"}
DUES = {"late": "trễ hẹn", "today": "hôm nay", "soon": "trong 3 ngày", "later": "sau 3 ngày"}
EVIDENCE = {"document": "Văn bản (ghi số, ngày)", "decision": "Quyết định, kết quả (ghi rõ trong trả lời)"}
CASE_EVENTS = {
    "told": "Người dân kể",
    "place": "Nơi xảy ra",
    "since": "Từ khi",
    "summary": "Tóm tắt khi gửi",
    "attached": "Ảnh, tệp gửi kèm",
    "asked_for_person": "Xin gặp cán bộ",
    "said": "Tin nhắn trước đó",
    "register": "Tiếp nhận",
    "assign": "Giao xử lý",
    "begin": "Bắt đầu xử lý",
    "accept": "Thụ lý khiếu nại",
    "ask": "Hỏi thêm người dân",
    "tell": "Người dân trả lời thêm",
    "answer": "Trả lời người dân",
    "transfer": "Chuyển cơ quan khác",
    "refuse": "Từ chối",
    "confirm": "Người dân xác nhận đã xong",
    "reopen": "Người dân báo chưa xong, mở lại",
    "lapse": "Khép lại sau 15 ngày không có ý kiến",
    "close": "Cán bộ khép lại",
    "extend": "Lùi hạn",
    "redate": "Tính lại hạn vì lịch đổi",
    "reclass": "Đổi loại đơn",
    "seal": "Niêm phong vì là tố cáo",
    "sort": "Sửa loại việc",
    "warn": "Nhắc hạn",
    "apologise": "Xin lỗi vì trễ hẹn",
    "support": "Thêm người cùng gặp",
    "rate": "Người dân đánh giá",
    "publish": "Duyệt kết quả công khai",
}
NOTICE_STATES = {
    "draft": "bản soạn, chưa gửi",
    "waiting": "chờ người thứ hai duyệt",
    "scheduled": "đã hẹn giờ gửi",
    "sending": "đang gửi",
    "done": "đã gửi xong",
    "cancelled": "đã hủy phần chưa gửi",
}
DISCLOSURE_STATES = {
    "late": "TRỄ",
    "due": "chưa công khai",
    "posted": "đang công khai",
    "early": "GỠ SỚM",
    "ended": "đã hết hạn dán",
}
ALERTS = officer_chat.WORDS
ORIGINS = {
    "desk": "tại quầy",
    "webchat": "trang chat",
    "terminal": "dòng lệnh",
    "telegram": "Telegram",
    "zalo_bot": "Zalo Bot",
    "zalo_oa": "Zalo OA",
}
CHANNELS = {
    "telegram": "Telegram",
    "zalo_bot": "Zalo Bot",
    "zalo_oa": "Zalo OA",
    "webchat": "Trang web",
}
UNSENT = {
    "held": "chờ người dân nhắn lại",
    "failed": "gửi hỏng",
    "unknown": "chưa rõ đã tới chưa",
}
UNPROVEN = (
    "Kênh {channels} đang chỉ ghi lại chữ ký sai chứ chưa chặn: tin ở kênh này có thể là giả. Việc mới từ kênh này chỉ "
    "được ghi nhận khi người dân nhắn lại đúng số. Người vận hành đặt DANHOI_ZALO_OA_SIGNATURE=enforce để chặn."
)
ACTORS = {"officer": "cán bộ", "command": "dòng lệnh", "system": "máy chủ"}
OBJECTS = {
    "officer": "cán bộ",
    "grant": "quyền",
    "stand_in": "lượt làm thay",
    "commune": "xã",
    "office": "đơn vị",
    "hamlet": "thôn",
    "case": "vụ việc",
    "figures": "số liệu",
    "book": "sổ",
    "late_dossier": "thư xin lỗi",
    "template": "mẫu trả lời",
    "service_rating": "phiếu hài lòng",
    "seal_holder": "khóa niêm phong",
    "mailbox": "tin báo",
    "audit": "nhật ký",
    "calendar": "lịch làm việc",
    "prices": "bảng giá đất",
    "contacts": "danh bạ",
    "places": "danh sách thôn",
    "dossiers": "hồ sơ một cửa",
    "entry": "mục tri thức",
    "pause": "lượt tạm dừng",
    "practice": "lượt luyện tập",
    "notice": "thông báo",
    "disclosure": "mục công khai",
}
AT_THE_DOOR = {
    "sign_in:signed_up": "Đăng ký tài khoản",
    "sign_in:factor_bound": "Gắn ứng dụng xác thực",
    "sign_in:entered": "Đăng nhập",
    "sign_in:recovery_code": "Dùng mã dự phòng",
    "sign_in:left": "Đăng xuất",
    "sign_in:left_everywhere": "Đăng xuất mọi nơi",
    "sign_in:password_changed": "Đổi mật khẩu",
    "sign_in:codes_renewed": "Tạo lại mã dự phòng",
    "sign_in:wrong_password": "Nhập sai mật khẩu",
    "sign_in:wrong_code": "Nhập sai mã xác thực",
}
DETAILS = {
    "added": "thêm",
    "chat": "gắn ứng dụng nhắn tin",
    "chat_ended": "gỡ ứng dụng nhắn tin",
    "link": "tạo đường dẫn đăng ký",
    "office": "đơn vị",
    "left": "cho nghỉ",
    "made": "cử",
    "ended": "kết thúc",
    "asked": "đề nghị",
    "confirmed": "xác nhận",
    "checked": "xác nhận còn đúng",
    "hamlet": "thêm thôn",
    "hamlet_closed": "đóng thôn",
    "office_closed": "đóng đơn vị",
    "verified": "kiểm chuỗi",
    "imported_prices": "nhập bảng giá đất",
    "imported_contacts": "nhập danh bạ",
    "imported_places": "nhập thôn, ấp",
    "imported_dossiers": "nhập hồ sơ một cửa",
    "calendar_approved": "duyệt lịch làm việc",
    "calendar_changed": "đổi một ngày trong lịch",
    "key": "thêm khóa",
    "package": "tải gói",
    "answered": "trả lời",
    "backed_up": "sao lưu",
    "rehearsed": "diễn tập phục hồi",
    "year_approved": "duyệt năm",
    "day_changed": "thêm ngày",
    "imported": "nhập tệp",
    "exported": "tải tệp",
    "printed": "mở bản in",
    "report": "báo cáo tháng",
    "opened": "mở bản nháp",
    "kept": "lưu bản nháp",
    "sent": "gửi duyệt",
    "dropped": "bỏ bản nháp",
    "approved": "duyệt",
    "returned": "trả lại",
    "restored": "khôi phục",
    "withdrawn": "bỏ bản của xã",
    "suspended": "bản gốc đã đổi, tạm dừng bản của xã",
    "told": "báo người đã hỏi",
    "begun_answering": "tạm dừng trả lời",
    "begun_sending": "tạm dừng gửi tin",
    "begun_intake": "tạm dừng tiếp nhận",
    "resumed": "mở lại",
    "written": "soạn",
    "changed": "sửa",
    "scheduled": "hẹn giờ gửi",
    "urgent": "gửi khẩn, kể cả ban đêm",
    "asked_approval": "chờ người thứ hai duyệt",
    "cancelled": "hủy phần chưa gửi",
    "certificate": "tải giấy xác nhận",
    "unreached": "xem danh sách chưa tới",
    "sheet": "tải tờ in",
    "waits": "gửi lãnh đạo duyệt",
    "posted": "ghi đã công khai",
}
PAUSES = {"answering": "Trả lời", "sending": "Gửi tin", "intake": "Tiếp nhận"}
WEAK_PASSWORD = {
    "short": "Mật khẩu cần ít nhất 10 ký tự.",
    "long": "Mật khẩu dài quá 200 ký tự.",
    "common": "Mật khẩu này quá phổ biến, người khác dễ đoán.",
    "same": "Mật khẩu cần nhiều loại ký tự hơn.",
    "login": "Mật khẩu không được chứa tên đăng nhập.",
}


def act(code: str) -> str:
    """The words of an audit row's act: "officer.edit:gave_desk" reads as what was done."""
    if code in AT_THE_DOOR:
        return AT_THE_DOOR[code]
    name, _, what = code.partition(":")
    return " · ".join(part for part in (ACTS.get(name, name), _detail(what)) if part)


def _detail(what: str) -> str:
    for prefix, words in (("gave_", "cấp quyền"), ("ended_", "thu quyền")):
        if what.startswith(prefix):
            return f"{words} {ROLES.get(what.removeprefix(prefix), what)}"
    return DETAILS.get(what, what)

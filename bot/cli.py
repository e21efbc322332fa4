"""The command line: danhoi serve | init | officer | chat | ask | check | facts | migrate | bench; a function each."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from bot import logs
from bot import settings as environment
from bot.errors import EdgeError
from bot.seal_commands import seal
from bot.settings import Settings
from knowledge.errors import KnowledgeError

BENCHES = Path(__file__).parent.parent / "benchmarks"


@click.group()
def main() -> None:
    """Dân Hỏi: chatbot giữa người dân và cán bộ xã."""
    logs.begin()
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


main.add_command(seal)


def run(work: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Run a command's work with the settings; what the operator can mend becomes one sentence, not a traceback."""
    try:
        asyncio.run(work(environment.read()))
    except (EdgeError, KnowledgeError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
def serve(host: str, port: int) -> None:
    """Chạy trang chat và nhận tin từ các kênh."""
    from bot.serving import serve_forever

    run(lambda settings: serve_forever(settings, host=host, port=port))


@main.command()
@click.option("--commune", "code", required=True, help="Mã xã (5 số của Tổng cục Thống kê).")
@click.option("--name", required=True, help="Tên đầy đủ, ví dụ: Xã Bình An.")
@click.option("--province", default="", help="Tỉnh, thành phố.")
@click.option("--address", default="", help="Địa chỉ bộ phận một cửa.")
@click.option("--hours", default="", help="Giờ làm việc.")
@click.option("--phone", default="", help="Điện thoại bộ phận một cửa.")
@click.option("--police-phone", default="", help="Điện thoại công an xã.")
@click.option("--reception", default="", help="Lịch tiếp công dân.")
@click.option("--answer-days", default=5, show_default=True, help="Số ngày làm việc xã hẹn trả lời câu hỏi.")
@click.option(
    "--shared",
    "is_province",
    is_flag=True,
    help="Không phải xã: tỉnh giữ các kênh dùng chung; người dân được hỏi một lần ở xã nào.",
)
@click.option("--operator", default="Người vận hành", show_default=True, help="Họ tên người vận hành đầu tiên.")
def init(operator: str, **columns: Any) -> None:
    """Tạo một xã thật trong cơ sở dữ liệu trống, và in đường dẫn đăng ký của người vận hành đầu tiên."""
    from bot.communes import found
    from bot.opening import opened
    from bot.staffing import add_by_command
    from handlers.permissions import Role
    from storage.bodies import Vault

    async def work(settings: Settings) -> None:
        clock, vault = settings.clock, Vault(settings.secret_key)
        async with opened(settings) as database:
            commune = await found(database, now=clock.now(), checked_on=clock.today(), **columns)
            officer, token = await add_by_command(
                database, vault, clock, commune=commune, name=operator, role=Role.OPERATOR
            )
        click.echo(f"Đã tạo {commune.name} (mã {commune.code}). Chạy `danhoi serve` rồi mở /x/{commune.code}")
        _say_link(settings, officer.login, token)

    run(work)


@main.group()
def officer() -> None:
    """Cán bộ của xã."""


@officer.command("add")
@click.argument("name")
@click.option("--role", required=True, help="desk, field, unit_head, leader, curator, approver, broadcaster, ...")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def officer_add(name: str, role: str, code: str | None) -> None:
    """Thêm một cán bộ và in đường dẫn đăng ký dùng một lần."""
    from bot.communes import only
    from bot.opening import opened
    from bot.staffing import add_by_command
    from handlers.permissions import Role
    from handlers.staff import BadName
    from storage.bodies import Vault

    if role not in list(Role):
        raise click.BadParameter(f"“{role}” không có; chọn một trong: {', '.join(Role)}.", param_hint="--role")

    async def work(settings: Settings) -> None:
        async with opened(settings) as database:
            commune = await only(database, code)
            if commune is None:
                raise click.ClickException("Chưa có xã nào trong cơ sở dữ liệu này; chạy `danhoi init` trước.")
            try:
                added, token = await add_by_command(
                    database,
                    Vault(settings.secret_key),
                    settings.clock,
                    commune=commune,
                    name=name,
                    role=Role(role),
                )
            except BadName as bad:
                raise click.BadParameter("họ tên cần có chữ và không quá 100 ký tự.", param_hint="NAME") from bad
        _say_link(settings, added.login, token)

    run(work)


def _say_link(settings: Settings, login: str, token: str) -> None:
    from bot.console.visits import SIGN_UP

    base = settings.public_url or "http://localhost:8080"
    click.echo(f"Tên đăng nhập: {login}")
    click.echo(f"Đường dẫn đăng ký (một lần, 3 ngày, gửi riêng cho người đó): {base}{SIGN_UP}/{token}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Mỗi câu trả lời là một dòng JSON.")
@click.option("--user", default="toi", show_default=True, help="Tên riêng của cuộc nói chuyện.")
@click.option("--db", "url", default=None, help="Cơ sở dữ liệu khác (URL của SQLAlchemy).")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def chat(as_json: bool, user: str, url: str | None, code: str | None) -> None:
    """Nói chuyện với bot trong cửa sổ lệnh."""
    from bot.talking import talk

    logging.getLogger().setLevel(logging.WARNING)
    run(lambda settings: talk(settings, user=user, url=url, code=code, as_json=as_json))


@main.command()
@click.argument("question", required=False)
@click.option("--place", default=None, help="Mã xã, hoặc tên cũ hay mới.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Ngày hỏi (năm-tháng-ngày).")
@click.option("--json", "as_json", is_flag=True)
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Tệp JSONL câu hỏi.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Tệp JSONL kết quả.")
def ask(
    question: str | None, place: str | None, on: datetime | None, as_json: bool, batch: Path | None, out: Path | None
) -> None:
    """Hỏi một câu, hoặc nhiều câu từ một tệp; không lưu gì của câu hỏi."""
    from bot.asking import ask_batch, ask_one

    if (question is None) == (batch is None):
        raise click.UsageError("Cần một câu hỏi, hoặc --batch TỆP --out TỆP.")
    if batch is not None:
        if out is None:
            raise click.UsageError("--batch cần thêm --out TỆP.")
        run(lambda settings: ask_batch(settings, batch, out))
        return
    day: date | None = on.date() if on else None
    run(lambda settings: ask_one(settings, question or "", place=place, on=day, as_json=as_json))


@main.command()
@click.option("--db", "database_too", is_flag=True, help="Kiểm tra cả cơ sở dữ liệu.")
def check(database_too: bool) -> None:
    """Kiểm tra toàn bộ nội dung; có lỗi thì nêu tệp:dòng và thoát khác 0."""
    from bot.checking import check_content, check_database
    from bot.opening import opened
    from storage.bodies import Vault

    async def work(settings: Settings) -> None:
        sound = check_content(click.echo, today=settings.clock.today())
        if database_too:
            async with opened(settings) as database:
                sound = await check_database(database, Vault(settings.secret_key), click.echo) and sound
        if not sound:
            raise SystemExit(1)

    run(work)


@main.group()
def facts() -> None:
    """Sự kiện pháp lý do ban nội dung thu thập."""


@facts.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def facts_import(folder: Path) -> None:
    """Chuyển mỗi chủ đề trong FOLDER/*.yaml thành một tệp mục tri thức (không ghi đè mục đã rà soát)."""
    from bot.facts import convert
    from knowledge.base import CONTENT

    convert(folder, CONTENT)


@main.command()
def train() -> None:
    """Học từ nội dung và giữ lại cạnh chương trình, để lần chạy đầu không phải chờ (make init gọi lệnh này)."""
    from bot.clock import Clock
    from knowledge.base import SHIPPED, Knowledge

    Knowledge.load(today=Clock().today(), cache=SHIPPED)
    click.echo(f"Đã học xong: {SHIPPED}")


@main.command()
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def gaps(code: str | None) -> None:
    """Câu người dân hỏi mà bot chưa trả lời được hoặc bị chê, gộp câu gần giống, nhiều nhất trước (đã che tên, số)."""
    from bot.communes import only
    from bot.opening import opened
    from handlers.gaps import cluster
    from storage import questions

    async def work(settings: Settings) -> None:
        async with opened(settings) as database:
            commune = await only(database, code)
            if commune is None:
                click.echo("Chưa có xã nào trong cơ sở dữ liệu này.")
                return
            async with database.reading() as session:
                asked = await questions.gaps(session, commune_id=commune.id or 0, limit=5_000)
        for gap in cluster(asked):
            click.echo(gap.line)
        click.echo(f"{len(asked)} câu hỏi chưa được trả lời tốt.")

    run(work)


@main.group(name="notices")
def notices_group() -> None:
    """Thông báo: đang gửi tới đâu, và sổ lượt gửi có còn nguyên không."""


@notices_group.command("show")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
@click.option("--watch", is_flag=True, help="Cập nhật mỗi giây cho tới khi gửi xong.")
def notices_show(code: str | None, watch: bool) -> None:
    """Các thông báo gần đây và tiến độ gửi."""
    from bot.noticing import show

    run(lambda settings: show(settings, code=code, watch=watch))


@notices_group.command("verify")
@click.argument("notice")
@click.option("--run", "turn", type=int, default=1, show_default=True, help="Lượt gửi thứ mấy.")
@click.option("--at", required=True, help="Thời điểm ghi trên giấy xác nhận, dạng ISO.")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def notices_verify(notice: str, turn: int, at: str, code: str | None) -> None:
    """Tính lại mã băm của sổ lượt gửi để so với giấy xác nhận."""
    from bot.noticing import verify

    try:
        moment = datetime.fromisoformat(at)
    except ValueError as bad:
        raise click.BadParameter("cần thời điểm ISO có múi giờ, ví dụ 2026-11-24T10:00:00+07:00") from bad
    if moment.tzinfo is None:
        raise click.BadParameter("cần có múi giờ, ví dụ 2026-11-24T10:00:00+07:00")
    run(lambda settings: verify(settings, notice, run=turn, at=moment, code=code))


@main.group()
def prices() -> None:
    """Bảng giá đất."""


@prices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
@click.option("--replaces", is_flag=True, help="Bảng mới thay toàn bộ bảng cũ của tỉnh, kể cả chỗ không còn trong tệp.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi.")
def prices_import(file: Path, code: str | None, replaces: bool, dry_run: bool) -> None:
    """Nhập bảng giá đất từ CSV (UTF-8) hoặc Excel: xem trước, rồi nhập hết hoặc không nhập dòng nào."""
    from bot.imports import import_prices

    run(lambda settings: import_prices(settings, file, code=code, replaces=replaces, dry_run=dry_run))


def _list_import(group: str, about: str) -> None:
    """`danhoi GROUP import FILE` for a list that is imported whole."""

    @main.group(group, help=about)
    def lists() -> None:
        pass

    @lists.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
    @click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi.")
    def take(file: Path, code: str | None, dry_run: bool) -> None:
        """Nhập từ CSV (UTF-8) hoặc Excel: hết hoặc không dòng nào; thay danh sách cũ."""
        from bot.imports import import_list

        run(lambda settings: import_list(settings, file, group, code=code, dry_run=dry_run))


@main.group()
def calendar() -> None:
    """Lịch làm việc: ngày nghỉ, ngày làm bù, duyệt từng năm."""


@calendar.command("show")
@click.argument("year", type=int)
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def calendar_show(year: int, code: str | None) -> None:
    """Các ngày nghỉ (ngoài thứ Bảy, Chủ nhật) và ngày làm bù của một năm."""
    from bot.calendars import show

    run(lambda settings: show(settings, year, code=code))


@calendar.command("approve")
@click.argument("year", type=int)
@click.option("--by", "officer", required=True, help="Tên cán bộ duyệt.")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def calendar_approve(year: int, officer: str, code: str | None) -> None:
    """Duyệt lịch của một năm: hạn trong năm đó không còn là “dự kiến”."""
    from bot.calendars import approve

    run(lambda settings: approve(settings, year, officer=officer, code=code))


@calendar.command("day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--off/--worked", "is_off", required=True, help="Nghỉ, hoặc làm bù.")
@click.option("--why", required=True, help="Theo văn bản nào, vì sao.")
@click.option("--commune", "code", default=None, help="Mã xã, khi có nhiều xã.")
def calendar_day(day: datetime, is_off: bool, why: str, code: str | None) -> None:
    """Đổi một ngày; năm đó phải duyệt lại."""
    from bot.calendars import change

    run(lambda settings: change(settings, day.date(), is_off=is_off, why=why, code=code))


_list_import("contacts", "Danh bạ của xã: trưởng thôn, cán bộ, đại biểu, lịch tiếp dân.")
_list_import("places", "Thôn, ấp, tổ dân phố của xã, với tên cũ.")
_list_import("dossiers", "Hồ sơ một cửa: mã, trạng thái, hạn trả.")


@main.command()
def channels() -> None:
    """Từng kênh đang ra sao, còn bao nhiêu tin chờ, tin nào chưa gửi được và vì sao."""
    from bot.channel_report import report
    from bot.opening import opened

    async def work(settings: Settings) -> None:
        async with opened(settings) as database:
            await report(database, settings.clock, click.echo)

    run(work)


@main.command()
def migrate() -> None:
    """Đưa cơ sở dữ liệu lên phiên bản mới nhất."""
    from bot.opening import opened

    async def work(settings: Settings) -> None:
        async with opened(settings):
            click.echo("Cơ sở dữ liệu đã ở phiên bản mới nhất.")

    run(work)


@main.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--rehearse", is_flag=True, help="Sao lưu, phục hồi vào chỗ tạm, so từng bảng, rồi bỏ đi.")
def backup(file: Path | None, rehearse: bool) -> None:
    """Sao lưu mọi bảng và tệp vào một tệp, cả khi đang chạy; không có khóa bí mật trong đó."""
    from bot import backups

    if (file is None) != rehearse:
        raise click.UsageError("Cần tên tệp, hoặc --rehearse.")
    run(lambda settings: backups.backup(settings, file) if file else backups.rehearse(settings))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Phục hồi vào một cơ sở dữ liệu trống, SQLite hay PostgreSQL; hết hoặc không dòng nào."""
    from bot import backups

    run(lambda settings: backups.restore(settings, file))


@main.command()
@click.argument("name")
@click.option("--quick", is_flag=True, help="Bản nhỏ, cho CI.")
def bench(name: str, quick: bool) -> None:
    """Đo một phần của hệ thống (chỉ từ bản mã nguồn): danhoi bench answer."""
    known = sorted(file.stem for file in BENCHES.glob("*.py") if not file.stem.startswith("_"))
    if name not in known:
        raise click.UsageError(f"Không có phép đo “{name}”. Có: {', '.join(known) or 'không có (cần bản mã nguồn)'}.")
    sys.path.insert(0, str(BENCHES.parent))
    figures = importlib.import_module(f"benchmarks.{name}").measure(quick=quick)
    click.echo(json.dumps({"bench": name, "figures": figures}, ensure_ascii=False))

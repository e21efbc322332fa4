"""`danhoi prices import`, `places import`, …: what the file holds, what is wrong in it, and how far it has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from bot import command_audit
from bot import communes as tenants
from bot.importing import Preview, import_file, preview
from bot.list_files import CONTACTS, HAMLETS, ListForm, check_list, dossier_form
from bot.opening import opened
from bot.price_files import Checked
from bot.settings import Settings
from handlers.permissions import Act
from knowledge.vietnamese import dong
from storage import contacts, dossiers, places
from storage.communes import Commune
from storage.database import Database

MOST_REMARKS = 20


async def import_prices(settings: Settings, file: Path, *, code: str | None, replaces: bool, dry_run: bool) -> None:
    """Preview, then all rows or none; a bad row stops it with exit code 1."""
    async with opened(settings) as database:
        commune = await receiving(database, settings, code)
        shown = await preview(database, file, commune_id=commune.id or 0, today=settings.clock.today())
        tell(shown)
        refuse_if_unsound(file, shown.checked)
        if dry_run:
            click.echo("Chỉ xem trước: chưa ghi gì.")
            return
        with progress(shown.checked.rows) as told:
            await import_file(
                database,
                file,
                shown.checked,
                commune_id=commune.id or 0,
                clock=settings.clock,
                replaces=replaces,
                told=told,
            )
        async with database.writing() as session:
            await command_audit.note(
                session,
                commune_id=commune.id or 0,
                at=settings.clock.now(),
                act=f"{Act.COMMUNE_EDIT}:imported_prices",
                object_kind="commune",
                object_id=commune.id,
            )
    click.echo(f"Đã nhập {shown.checked.rows} dòng cho {commune.name}.")


async def receiving(database: Database, settings: Settings, code: str | None) -> Commune:
    """The commune that takes what is imported: the chosen or only one, else the sample."""
    commune = None if settings.sample else await tenants.only(database, code)
    if commune is not None:
        return commune
    click.echo("Dùng xã mẫu (DỮ LIỆU MẪU); xã thật thì chạy `danhoi init` trước.", err=True)
    return await tenants.seed_sample(database, now=settings.clock.now())


def tell(shown: Preview) -> None:
    """The preview: counts, totals, differences, remarks."""
    checked = shown.checked
    click.echo(f"Số dòng đọc được: {checked.rows}; cộng cột giá: {dong(checked.total_vnd)}")
    for (decision, province), rows in checked.tables.items():
        mark = " [chưa xác nhận: mọi câu trả lời sẽ ghi rõ]" if (decision, province) in checked.unconfirmed else ""
        click.echo(f"- {province}: {decision}: {rows} dòng{mark}")
    if checked.sound:
        click.echo(
            f"So với bảng đang áp dụng: {shown.new} dòng mới, {shown.changed} đổi giá, {shown.same} như cũ, "
            f"{shown.gone} dòng cũ không có trong tệp"
        )
        for example in shown.examples:
            click.echo(f"  {example}")
    for remark in checked.remarks[:MOST_REMARKS]:
        click.echo(f"Lưu ý, {remark}")
    if len(checked.remarks) > MOST_REMARKS:
        click.echo(f"Lưu ý, còn {len(checked.remarks) - MOST_REMARKS} dòng tương tự")


def refuse_if_unsound(file: Path, checked: Checked) -> None:
    """Name every bad row and stop; nothing was written."""
    if checked.sound:
        return
    for bad in checked.bad:
        click.echo(str(bad), err=True)
    if checked.more_bad:
        click.echo(f"… và {checked.more_bad} dòng lỗi nữa", err=True)
    faults = len(checked.bad) + checked.more_bad
    raise click.ClickException(f"{file.name}: {faults} dòng lỗi; không nhập dòng nào. Sửa tệp rồi nhập lại.")


@contextmanager
def progress(rows: int, *, label: str = "Đang nhập") -> Iterator[Callable[[int], None]]:
    """A bar on the error stream, so that what is printed stays clean; called with each further number of rows."""

    with click.progressbar(length=rows, label=label, file=sys.stderr) as bar:
        yield bar.update


async def import_list(settings: Settings, file: Path, kind: str, *, code: str | None, dry_run: bool) -> None:
    """Contacts, hamlets or dossiers: checked, then the whole list in place of the one before."""
    async with opened(settings) as database:
        commune = await receiving(database, settings, code)
        assert commune.id is not None
        form, replace_all = LISTS[kind](commune.id, settings.clock.today())
        checked = check_list(file, form)
        for bad in checked.bad:
            click.echo(str(bad), err=True)
        if not checked.sound:
            raise click.ClickException(f"{file.name}: {len(checked.bad)} dòng lỗi; không nhập dòng nào.")
        click.echo(f"Số dòng đọc được: {len(checked.rows)}")
        if dry_run:
            click.echo("Chỉ xem trước: chưa ghi gì.")
            return
        async with database.writing() as session:
            await replace_all(session, commune_id=commune.id, rows=checked.rows)
            await command_audit.note(
                session,
                commune_id=commune.id,
                at=settings.clock.now(),
                act=f"{Act.COMMUNE_EDIT}:imported_{kind}",
                object_kind="commune",
                object_id=commune.id,
            )
    click.echo(f"Đã nhập {len(checked.rows)} dòng cho {commune.name} (thay danh sách cũ).")


Replace = Callable[..., Coroutine[Any, Any, None]]
LISTS: dict[str, Callable[[int, date], tuple[ListForm, Replace]]] = {
    "contacts": lambda _commune_id, _today: (CONTACTS, contacts.replace_all),
    "places": lambda _commune_id, today: (HAMLETS, partial(places.replace_all, today=today)),
    "dossiers": lambda commune_id, today: (dossier_form(commune_id, today), dossiers.replace_all),
}

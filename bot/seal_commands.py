"""`danhoi seal`: what a holder runs on a machine of their own; nothing here asks a server."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def seal() -> None:
    """Khóa niêm phong tin báo, tố cáo: chạy trên máy riêng của người giữ khóa, không cần mạng."""


@seal.command("new-holder")
@click.option(
    "--file",
    default="khoa-niem-phong.key",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp khóa sẽ tạo.",
)
def new_holder(file: Path) -> None:
    """Tạo cặp khóa: khóa riêng nằm trong tệp, có câu mật khẩu; in khóa công khai để dán vào trang quản trị."""
    from bot.key_files import SHORTEST_PASSPHRASE, KeyTrouble, new_key, write_new
    from storage.sealing import fingerprint, write_key

    if file.exists():
        raise click.ClickException(f"Tệp {file} đã có, không ghi đè. Chọn tên khác bằng --file.")
    passphrase = click.prompt("Câu mật khẩu", hide_input=True, confirmation_prompt="Gõ lại câu mật khẩu")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise click.ClickException(f"Câu mật khẩu cần ít nhất {SHORTEST_PASSPHRASE} ký tự. Chưa tạo gì.")
    public, content = new_key(passphrase)
    try:
        write_new(file, content)
    except (KeyTrouble, OSError) as trouble:
        raise click.ClickException(str(trouble)) from trouble
    click.echo(f"Đã tạo tệp khóa: {file}")
    click.echo("Giữ tệp ở máy riêng, chép một bản vào USB cất nơi khác. Mất tệp hoặc quên câu mật khẩu thì không ai")
    click.echo("mở lại được bằng khóa này; xã nên có từ ba người giữ khóa để mất một khóa vẫn mở được.")
    click.echo(f"Dấu vân khóa: {fingerprint(public)}")
    click.echo("Dán dòng sau vào trang quản trị, mục Niêm phong:")
    click.echo(write_key(public))


@seal.command("open")
@click.argument("package", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp khóa; ghi hai lần khi hai người cùng ngồi một máy.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Tệp nửa chừng, đưa cho người thứ hai.")
def open_package(package: Path, keys: tuple[Path, ...], out: Path | None) -> None:
    """Mở gói niêm phong. Một khóa: ghi tệp nửa chừng cho người thứ hai. Khóa thứ hai: in nội dung ra màn hình."""
    from bot.key_files import KeyTrouble, private_key, read_package, take_part, texts, write_new

    try:
        content = read_package(package)
        for file in keys:
            passphrase = click.prompt(f"Câu mật khẩu của {file.name}", hide_input=True)
            if not take_part(content, private_key(file, passphrase)):
                raise KeyTrouble(f"Gói này không niêm phong cho khóa {file.name}.")
        found = texts(content)
        if any(text.words is not None for text in found):
            click.echo(f"Tin báo {content['tip']}")
            for text in found:
                click.echo(f"--- {text.number} · {text.day}")
                click.echo(text.words if text.words is not None else "(hai khóa này không mở được phần này)")
            return
        half = out or package.with_name(f"{package.stem}.mot-nua.json")
        write_new(half, content)
    except (KeyTrouble, KeyError, TypeError, ValueError) as trouble:
        told = str(trouble) if isinstance(trouble, KeyTrouble) else f"Gói {package.name} bị hỏng."
        raise click.ClickException(told) from trouble
    click.echo("Một khóa chưa đủ: chưa ai đọc được gì. Đưa tệp sau cho người giữ khóa thứ hai để mở tiếp:")
    click.echo(str(half))

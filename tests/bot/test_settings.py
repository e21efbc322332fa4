"""Settings fail at the start, in a sentence that names the variable; and .env.example lists every one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import settings
from bot.clock import Clock
from bot.errors import BadSetting

ROOT = Path(__file__).parent.parent.parent
KEY = "ab" * 32
EVERY_CHANNEL = {
    "DANHOI_TELEGRAM_TOKEN": "123456:khoa-thu-nghiem",
    "DANHOI_ZALO_BOT_TOKEN": "654321:khoa-thu-nghiem",
    "DANHOI_ZALO_OA_APP_ID": "1",
    "DANHOI_ZALO_OA_OA_ID": "2",
    "DANHOI_ZALO_OA_APP_SECRET": "khoa-ung-dung",
    "DANHOI_ZALO_OA_WEBHOOK_SECRET": "khoa-oa",
}


def read(tmp_path: Path, **given: str) -> settings.Settings:
    return settings.read({"DANHOI_DATA_DIR": str(tmp_path), **given})


def test_nothing_is_required(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.database_url == f"sqlite+aiosqlite:///{tmp_path / 'danhoi.db'}"
    assert len(found.secret_key) == 32 and not found.sample


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    assert read(tmp_path).secret_key == read(tmp_path).secret_key
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("given", ["postgresql://dan:mat-khau@may/hoi", "postgres://dan:mat-khau@may/hoi"])
def test_another_database_is_reached_by_our_driver_and_needs_a_key(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadSetting, match="DANHOI_SECRET_KEY"):
        read(tmp_path, DANHOI_DATABASE_URL=given)
    found = read(tmp_path, DANHOI_DATABASE_URL=given, DANHOI_SECRET_KEY="ab" * 32)
    assert found.database_url == "postgresql+asyncpg://dan:mat-khau@may/hoi"
    assert "mat-khau" in found.secrets


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("DANHOI_SECRET_KEY", "0" * 64, "khóa mẫu"),
        ("DANHOI_SECRET_KEY", "ngan", "64 chữ số"),
        ("DANHOI_PUBLIC_URL", "hoi.xa.example", "địa chỉ web"),
        ("DANHOI_PUBLIC_URL", "http://hoi.xa.example", "https"),
        ("DANHOI_TRUSTED_PROXIES", "khong-phai", "dải địa chỉ"),
        ("DANHOI_DATABASE_URL", "máy chủ", "ví dụ postgresql://"),
        ("DANHOI_DATABASE_URL", "mysql://dan@may/hoi", "chỉ nhận postgresql"),
        ("DANHOI_SAMPLE", "co", "đặt 1"),
        ("DANHOI_CLOCK", "hôm qua", "ISO"),
        ("DANHOI_TELEGRAM_TOKEN", "có dấu cách", "dạng"),
        ("DANHOI_TELEGRAM_MODE", "webhok", "polling hoặc webhook"),
        ("DANHOI_TELEGRAM_WEBHOOK_SECRET", "ngan", "8-256"),
        ("DANHOI_ZALO_BOT_BASE_URL", "http://bot-api.example", "https"),
        ("DANHOI_ZALO_OA_APP_ID", "", "còn trống"),
        ("DANHOI_ZALO_OA_SIGNATURE", "off", "enforce hoặc log"),
        ("DANHOI_BURST_SECONDS", "lâu", "từ 0 đến 30"),
        ("DANHOI_IN_FLIGHT", "0", "từ 1 đến 64"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str, hint: str) -> None:
    with pytest.raises(BadSetting, match=hint) as refused:
        read(tmp_path, **({**EVERY_CHANNEL, name: value} if "ZALO" in name or "TELEGRAM" in name else {name: value}))
    assert name in str(refused.value)


def test_another_database_needs_a_key_of_its_own(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://localhost/danhoi"
    with pytest.raises(BadSetting, match="bắt buộc"):
        read(tmp_path, DANHOI_DATABASE_URL=url)
    assert read(tmp_path, DANHOI_DATABASE_URL=url, DANHOI_SECRET_KEY=KEY).secret_key == bytes.fromhex(KEY)


def test_plain_http_is_for_this_machine_only(tmp_path: Path) -> None:
    assert read(tmp_path, DANHOI_PUBLIC_URL="http://localhost:8080/").public_url == "http://localhost:8080"


def test_the_example_lists_every_setting_and_no_other(tmp_path: Path) -> None:
    asked: set[str] = set()

    class Noting(dict[str, str]):
        """An environment that notes what it is asked for."""

        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(name)
            return super().get(name, default)

    settings.read(Noting({"DANHOI_DATA_DIR": str(tmp_path), **EVERY_CHANNEL}))
    used = asked
    listed = set(re.findall(r"^(DANHOI_[A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    assert len(used) > 6 and listed == used


def test_the_day_changes_at_midnight_in_viet_nam() -> None:
    assert Clock.reading("=2026-06-30T23:59:59+07:00").today() == date(2026, 6, 30)
    assert Clock.reading("=2026-07-01T00:00:00+07:00").today() == date(2026, 7, 1)


def test_a_clock_that_was_set_runs_on_unless_frozen() -> None:
    frozen = Clock.reading("=2026-11-23T09:00:00")
    assert frozen.now() == frozen.now() == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    running = Clock.reading("2026-11-23T09:00:00")
    assert running.now() < running.now()

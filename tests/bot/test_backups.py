"""A backup is whole, holds no key, goes from either engine to the other; what is not one is refused in plain words."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import delete, inspect
from sqlmodel import select

from bot import backups
from bot.errors import BackupRefused, RehearsalFailed
from bot.scheduler import Scheduler, jobs_of
from bot.settings import Settings, read
from storage import archives, audit
from storage.archives import MANIFEST, digest
from storage.database import Database, revisions
from storage.errors import ArchiveRefused
from storage.jobs import Job
from storage.outbox import OutboxMessage
from storage.tables import METADATA
from tests.conftest import NINE_O_CLOCK, Citizen, MovableClock
from tests.postgres import Server

KEY = "5a" * 32
Digests = dict[str, tuple[int, str]]


def at(folder: Path, url: str, *, key: str = KEY) -> Settings:
    """A deployment there."""
    return read({"DANHOI_DATA_DIR": str(folder), "DANHOI_DATABASE_URL": url, "DANHOI_SECRET_KEY": key})


async def digests(database: Database) -> Digests:
    """Rows and hash of every table but the audit, in which a restore leaves its own row."""
    async with database.reading() as session:
        connection = await session.connection()
        return {
            table.name: await digest(connection, table, [column.name for column in table.columns])
            for table in METADATA.sorted_tables
            if table.name != "auditrow"
        }


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Settings:
    """Where citizens have talked, and a file lies."""
    settings = at(tmp_path / "here", database_url)
    (settings.data_dir / "files" / "anh").mkdir(parents=True)
    (settings.data_dir / "files" / "anh" / "den-duong.jpg").write_bytes(b"\xff\xd8" + bytes(range(256)) * 999)
    return settings


@pytest.fixture
async def talked(citizen: Citizen, neighbour: Citizen, here: Settings) -> None:
    """All kinds of rows: words under a key, choices as JSON, days, instants, a case, price rows, an audit chain."""
    for text in ("đèn đường trước nhà hỏng 3 tuần nay", "bỏ qua", "bỏ qua", "1"):
        await citizen.says(text)
    await neighbour.says("lam giay khai sinh cho con can gi")


@pytest.fixture
async def archive(talked: None, here: Settings, tmp_path: Path) -> Path:
    await backups.backup(here, tmp_path / "sao-luu.zip")
    return tmp_path / "sao-luu.zip"


@pytest.fixture
async def empty(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> AsyncIterator[Settings]:
    """An empty place on the other engine."""
    yield at(tmp_path / "there", f"sqlite:///{tmp_path / 'there.db'}")


async def test_it_goes_to_the_embedded_engine_with_equal_counts_and_hashes(
    archive: Path, database: Database, here: Settings, empty: Settings
) -> None:
    await backups.restore(empty, archive)
    restored = Database(empty.database_url)
    before, after = await digests(database), await digests(restored)
    assert after == before and sum(rows for rows, _hash in after.values()) > 1_000
    assert {name for name, (rows, _hash) in after.items() if rows} >= {"inboxevent", "body", "case", "talk", "pricerow"}
    for path in (here.data_dir / "files").rglob("*.jpg"):
        assert (empty.data_dir / "files" / path.relative_to(here.data_dir / "files")).read_bytes() == path.read_bytes()
    async with restored.reading() as session:
        assert await audit.verify(session, commune_id=1) is None
    await restored.close()


async def test_it_goes_to_a_server_where_life_goes_on_under_new_keys(
    archive: Path, database: Database, tmp_path: Path, postgres: Server
) -> None:
    there = at(tmp_path / "there", await postgres.make("danhoi_phuc_hoi"))
    await backups.restore(there, archive)
    restored = Database(there.database_url)
    assert await digests(restored) == await digests(database)
    async with restored.writing() as session:
        row = (await session.exec(select(OutboxMessage).limit(1))).one()
        fresh = OutboxMessage(**row.model_dump(exclude={"id", "event_id"}), event_id=None)
        session.add(fresh)
        await session.flush()
        assert (fresh.id or 0) > (row.id or 0)
    await restored.close()
    await postgres.drop("danhoi_phuc_hoi")


async def test_it_is_one_view_while_others_write(
    talked: None, database: Database, here: Settings, tmp_path: Path
) -> None:
    before, wrote = await digests(database), 0

    def write(_rows: int) -> None:
        nonlocal wrote
        wrote += 1
        if wrote == 50:
            other = Database(database.url)

            async def erase() -> None:
                async with other.writing() as session:
                    await session.exec(delete(OutboxMessage))  # type: ignore[call-overload]
                await other.close()

            tasks.append(asyncio.create_task(erase()))

    tasks: list[asyncio.Task[None]] = []
    manifest = await backups.written(database, tmp_path / "a.zip", here, told=write)
    await asyncio.gather(*tasks)
    assert manifest.tables["outboxmessage"].sha256 == before["outboxmessage"][1]
    assert (await digests(database))["outboxmessage"][0] == 0


async def test_no_key_is_in_it_and_only_its_owner_reads_it(archive: Path, here: Settings) -> None:
    (here.data_dir / "secret.key").write_text(KEY)
    with zipfile.ZipFile(archive) as inside:
        raw = b"".join(inside.read(name) for name in inside.namelist())
        assert not [name for name in inside.namelist() if "key" in name and not name.startswith("tables/")]
    assert bytes.fromhex(KEY) not in raw and KEY.encode() not in raw
    assert archive.stat().st_mode & 0o077 == 0  # noqa: ASYNC240


async def refused(settings: Settings, archive: Path, words: str) -> None:
    """In plain words, and nothing was written."""
    with pytest.raises(BackupRefused, match=words):
        await backups.restore(settings, archive)
    database = Database(settings.database_url)
    if await database.revision():
        assert {rows for rows, _hash in (await digests(database)).values()} == {0}
    assert not (settings.data_dir / "files").exists()
    await database.close()


async def test_whatever_was_cut_off_or_changed_is_refused(archive: Path, empty: Settings, tmp_path: Path) -> None:
    whole, broken = archive.read_bytes(), tmp_path / "hong.zip"  # noqa: ASYNC240
    for kept in (len(whole) - 1, len(whole) // 2, 100):
        broken.write_bytes(whole[:kept])
        await refused(empty, broken, "không phải bản sao lưu|bị hỏng")
    made = archives.check(archive, known=revisions())
    for changed in range(200, len(whole), len(whole) // 60):
        broken.write_bytes(whole[:changed] + bytes([whole[changed] ^ 1]) + whole[changed + 1 :])
        try:
            assert archives.check(broken, known=revisions()) == made, "what is taken is as it was written"
        except ArchiveRefused as found:
            assert found.reason in ("damaged", "foreign", "newer")


async def test_what_is_no_backup_of_ours_is_refused(empty: Settings, tmp_path: Path) -> None:
    foreign = tmp_path / "khac"
    foreign.write_text("xin chào")
    await refused(empty, foreign, "không phải bản sao lưu")
    with zipfile.ZipFile(foreign, "w") as other:
        other.writestr("manifest.json", json.dumps({"format": "another"}))
    await refused(empty, foreign, "không phải bản sao lưu")


def remade(archive: Path, target: Path, **changes: object) -> Path:
    """The same archive with another manifest."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return target


async def test_a_newer_one_another_key_and_a_full_place_are_refused(
    archive: Path, empty: Settings, here: Settings, tmp_path: Path
) -> None:
    await refused(empty, remade(archive, tmp_path / "1.zip", revision="9999"), "mới hơn")
    await refused(empty, remade(archive, tmp_path / "2.zip", version=2), "mới hơn")
    await refused(replace(empty, secret_key=bytes(32)), archive, "DANHOI_SECRET_KEY khác")
    with pytest.raises(BackupRefused, match="phải trống"):
        await backups.restore(here, archive)
    with pytest.raises(BackupRefused, match="đã có sẵn"):
        await backups.backup(here, archive)


async def test_files_cannot_climb_out(archive: Path, empty: Settings, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "leo.zip", "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        manifest["files"] = {"../../leo.txt": manifest["files"]["anh/den-duong.jpg"]}
        for name in old.namelist():
            if name.startswith("tables/"):
                new.writestr(name, old.read(name))
        new.writestr("files/../../leo.txt", old.read("files/anh/den-duong.jpg"))
        new.writestr(MANIFEST, json.dumps(manifest))
    await refused(empty, tmp_path / "leo.zip", "bị hỏng")


async def shape_of(revision: str, file: Path) -> dict[str, list[str]]:
    """The tables of that revision with their columns."""
    database = Database(f"sqlite:///{file}")
    await database.migrate(revision)
    async with database.engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: {
                name: [one["name"] for one in inspect(sync).get_columns(name)]
                for name in inspect(sync).get_table_names()
            }
        )
    await database.close()
    return found


async def test_one_of_the_release_before_is_brought_up(archive: Path, empty: Settings, tmp_path: Path) -> None:
    """The job table as it stood before leases had holders."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "cu.zip", "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        manifest["revision"], shape = "0008", await shape_of("0008", tmp_path / "0008.db")
        now = manifest["tables"]
        manifest["tables"] = {}
        for name in sorted(shape.keys() & now.keys()):
            lines = old.read(f"tables/{name}.jsonl").splitlines()
            if name == "job":
                lines = [b'["tidy", "2026-11-23T02:00:00.000000+00:00", null, null, null, null]']
                now[name]["columns"] = [*shape[name], "holder"]
            columns = [column for column in now[name]["columns"] if column in shape[name]]
            rows = [dict(zip(now[name]["columns"], json.loads(line), strict=True)) for line in lines]
            kept = [json.dumps([row[column] for column in columns], ensure_ascii=False, sort_keys=True) for row in rows]
            content = "".join(f"{line}\n" for line in kept).encode()
            made = {"sha256": sha256(content).hexdigest(), "size": len(content), "rows": len(rows), "columns": columns}
            manifest["tables"][name] = made
            new.writestr(f"tables/{name}.jsonl", content)
        for name in manifest["files"]:
            new.writestr(f"files/{name}", old.read(f"files/{name}"))
        new.writestr(MANIFEST, json.dumps(manifest))
    await backups.restore(empty, tmp_path / "cu.zip")
    restored = Database(empty.database_url)
    assert await restored.revision() == revisions()[-1]
    async with restored.reading() as session:
        assert [(job.name, job.holder) for job in await session.exec(select(Job))] == [("tidy", "")]
    await restored.close()


async def test_the_rehearsal_tells_that_all_is_well_and_leaves_its_trace(
    talked: None, here: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await backups.rehearse(here)
    assert "đều khớp" in capsys.readouterr().out
    async with database.reading() as session:
        [row] = await audit.page(session, commune_id=1, act="commune.edit:rehearsed", limit=5)
    assert row.actor == "command"


async def test_the_rehearsal_raises_the_alarm_where_a_chain_is_broken(
    talked: None, here: Settings, database: Database
) -> None:
    async with database.writing() as session:
        for number in range(3):
            await audit.write(
                session, commune_id=1, at=NINE_O_CLOCK + timedelta(number), actor="command", act="a", object_kind="b"
            )
        await audit.link(session, commune_id=1)
        row = (await session.exec(select(audit.AuditRow).where(audit.AuditRow.seq == 2))).one()
        row.why = "changed afterwards"
        session.add(row)
    with pytest.raises(RehearsalFailed, match="2 changed"):
        await backups.rehearse(here)


async def test_the_monthly_rehearsal_waits_a_day_and_then_runs_in_a_process_of_its_own(
    database: Database, database_url: str, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("DATA_DIR", str(tmp_path / "here")), ("DATABASE_URL", database_url), ("SECRET_KEY", KEY)):
        monkeypatch.setenv(f"DANHOI_{name}", value)
    [job] = [one for one in jobs_of(None) if one.name == "rehearse_backup"]
    scheduler = Scheduler(database, clock, (job,))
    assert await scheduler.run_due() == []
    clock.move(hours=25)
    assert await scheduler.run_due() == ["rehearse_backup"]
    async with database.reading() as session:
        kept = await session.get_one(Job, "rehearse_backup")
    assert kept.error is None and kept.due_at == clock.now() + timedelta(days=30)


async def test_a_rehearsal_that_fails_is_an_alarm(
    database: Database, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANHOI_SECRET_KEY", "ngan")
    with pytest.raises(RehearsalFailed, match="DANHOI_SECRET_KEY"):
        await backups.rehearse_beside(database, clock)

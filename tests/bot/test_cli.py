"""The command line contract (DESIGN): other tools depend on these forms."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from knowledge.base import Knowledge

Run = Callable[..., Result]
LINE_KEYS = ["q", "action", "topic", "candidates", "text", "sources", "ms"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> Run:
    """`run("ask", "…", SAMPLE="1")`: a command in an empty data folder; the content is read once for all tests."""
    monkeypatch.setattr(Knowledge, "load", lambda **_: knowledge)

    def invoke(*arguments: str, input: str | None = None, **settings: str) -> Result:
        environment = {"DANHOI_DATA_DIR": str(tmp_path / "data"), "DANHOI_SAMPLE": "0", "DANHOI_CLOCK": ""}
        given = {f"DANHOI_{name}": value for name, value in settings.items()}
        return CliRunner().invoke(main, arguments, input=input, env=environment | given, catch_exceptions=False)

    return invoke


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_ask_answers_on_an_empty_folder_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    result = run("ask", "lam giay khai sinh cho con can gi", "--json", "--on", "2026-11-23")
    assert result.exit_code == 0
    (line,) = json_lines(result.stdout)
    assert list(line) == LINE_KEYS and line["q"] == "lam giay khai sinh cho con can gi"
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("danhoi.db*"))
    assert b"khai sinh cho con can gi" not in stored


def test_ask_takes_a_place_and_names_the_candidates_of_an_ambiguous_one(run: Run) -> None:
    assert run("ask", "ubnd mo cua may gio", "--place", "xã Đại Tâm, Mỹ Xuyên, Sóc Trăng").exit_code == 0
    result = run("ask", "ubnd mo cua may gio", "--place", "Bình An")
    assert result.exit_code == 1 and "Ninh Bình" in result.stderr and "Gia Lai" in result.stderr
    assert "Khong Co" in run("ask", "x", "--place", "Khong Co That").stderr


def test_a_batch_keeps_order_and_form(run: Run, tmp_path: Path) -> None:
    questions = [{"q": "alo", "place": None, "on": None}, {"q": "giá vàng hôm nay", "on": "2026-11-23"}]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in questions), encoding="utf-8")
    assert run("ask", "--batch", str(source), "--out", str(target)).exit_code == 0
    given = json_lines(target.read_text(encoding="utf-8"))
    assert [line["q"] for line in given] == ["alo", "giá vàng hôm nay"]
    assert all(list(line) == LINE_KEYS for line in given)


def test_a_bad_line_is_named_and_nothing_is_half_written(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"q": "alo"}\n{"q": "alo", "on": "2026-13-01"}\n', encoding="utf-8")
    result = run("ask", "--batch", str(source), "--out", str(target))
    assert result.exit_code == 1 and "Dòng 2" in result.stderr and not target.exists()


def test_chat_json_answers_each_line_in_order(run: Run) -> None:
    said = "alo\nmenu\n1\n"
    result = run("chat", "--json", "--user", "an", input=said)
    lines = json_lines(result.stdout)
    assert [line["to"] for line in lines] == sorted(int(str(line["to"])) for line in lines)
    assert {line["to"] for line in lines} == {1, 2, 3}
    assert set(lines[0]) == {"to", "text", "action", "topic", "choices", "sources"}
    assert "Đăng ký khai sinh" in lines[-1]["choices"]  # type: ignore[operator]


def test_chat_keeps_people_apart_and_remembers_each(run: Run) -> None:
    run("chat", "--json", "--user", "an", input="rác sau chợ hôi quá\n")
    binh = run("chat", "--json", "--user", "binh", input="đơn của tôi tới đâu rồi\n")
    an = run("chat", "--json", "--user", "an", input="đơn của tôi tới đâu rồi\n")
    assert "chưa thấy vụ việc" in binh.stdout and "đang có" in an.stdout


def test_init_makes_a_real_commune_and_refuses_beside_the_sample(run: Run, tmp_path: Path) -> None:
    result = run("init", "--commune", "31234", "--name", "Xã Bình An")
    assert result.exit_code == 0 and "31234" in result.stdout
    assert run("init", "--commune", "31234", "--name", "Xã Bình An").exit_code == 1
    sample = str(tmp_path / "mau")
    run("chat", input="alo\n", DATA_DIR=sample)
    refused = run("init", "--commune", "31234", "--name", "Xã Bình An", DATA_DIR=sample)
    assert refused.exit_code == 1 and "xã mẫu" in refused.stderr
    mixed = run("ask", "alo", SAMPLE="1")
    assert mixed.exit_code == 1 and "xã thật" in mixed.stderr


def test_a_real_commune_answers_in_its_own_name(run: Run) -> None:
    run("init", "--commune", "31234", "--name", "Xã Bình An", "--phone", "0000 111 222")
    result = run("chat", "--json", input="alo\nsố điện thoại ủy ban\n")
    assert "UBND Xã Bình An" in result.stdout and "MẪU" not in result.stdout
    assert "0000 111 222" in result.stdout


def test_ask_serves_several_communes_by_their_codes(run: Run) -> None:
    run("init", "--commune", "31234", "--name", "Xã Bình An", "--phone", "0000 111 222")
    run("init", "--commune", "31235", "--name", "Xã Bình Yên", "--phone", "0000 333 444")
    asked = ("ask", "số điện thoại của ủy ban xã là số mấy")
    assert "0000 333 444" in run(*asked, "--place", "31235").stdout
    assert "0000 111 222" in run(*asked, "--place", "31234").stdout
    nowhere = run(*asked)
    assert nowhere.exit_code == 0 and "0000" not in nowhere.stdout


def test_check_finds_no_fault_in_what_we_ship(run: Run) -> None:
    result = run("check", "--db")
    assert result.exit_code == 0, result.stdout
    assert "mục: 242" in result.stdout and "Cơ sở dữ liệu: không thấy lỗi" in result.stdout


def test_gaps_are_listed_together_and_masked(run: Run) -> None:
    said = "giá vàng hôm nay bao nhiêu một chỉ\ngia vang hom nay bao nhieu\nviết giùm bài thơ gửi 0912345678\n"
    run("chat", "--json", input=said)
    listed = run("gaps").stdout
    assert "2 câu: " in listed and "0912345678" not in listed and "3 câu hỏi" in listed


def test_migrate_twice(run: Run) -> None:
    assert run("migrate").exit_code == 0 and run("migrate").exit_code == 0


def test_a_bad_setting_is_a_sentence(run: Run) -> None:
    result = run("migrate", SECRET_KEY="ngan")
    assert result.exit_code == 1 and "DANHOI_SECRET_KEY" in result.stderr


def test_an_unknown_bench_is_named(run: Run) -> None:
    result = run("bench", "khong-co")
    assert result.exit_code == 2 and "answer" in result.stderr


def test_an_empty_folder_becomes_a_commune_with_its_first_operator(run: Run) -> None:
    refused = run("officer", "add", "Trần Văn Mẫu", "--role", "desk")
    assert refused.exit_code == 1 and "danhoi init" in refused.stderr
    made = run("init", "--commune", "31234", "--name", "Xã Bình An", PUBLIC_URL="https://hoi.xa.example")
    assert made.exit_code == 0 and "Tên đăng nhập: nguoi-van-hanh" in made.stdout
    assert "https://hoi.xa.example/console/sign-up/" in made.stdout
    added = run("officer", "add", "Trần Văn Mẫu", "--role", "desk", "--commune", "31234")
    assert added.exit_code == 0 and "Tên đăng nhập: tran-van-mau" in added.stdout
    again = run("officer", "add", "Tran Van Mau", "--role", "leader")
    assert "Tên đăng nhập: tran-van-mau-2" in again.stdout
    for name, role, told in (("123", "desk", "họ tên"), ("Lê A", "chu-tich", "unit_head"), ("  ", "desk", "họ tên")):
        refused = run("officer", "add", name, "--role", role)
        assert refused.exit_code == 2 and told in refused.stderr
    assert run("check", "--db").exit_code == 0


def test_every_command_that_changes_a_commune_leaves_its_row_in_the_audit(run: Run, tmp_path: Path) -> None:
    run("init", "--commune", "31234", "--name", "Xã Bình An")
    run("officer", "add", "Trần Văn Mẫu", "--role", "desk")
    content = Path(__file__).parents[2] / "knowledge" / "content"
    for kind, file in (("contacts", "contacts.csv"), ("places", "hamlets.csv")):
        assert run(kind, "import", str(content / "sample" / file)).exit_code == 0
    assert run("calendar", "approve", "2026", "--by", "Trần Văn Mẫu").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "danhoi.db")) as database:
        acts = [act for (act,) in database.execute("SELECT act FROM auditrow WHERE actor = 'command' ORDER BY id")]
    imported = ["commune.edit:imported_contacts", "commune.edit:imported_places"]
    assert acts == ["officer.edit:added", "officer.edit:added", *imported, "commune.edit:calendar_approved"]

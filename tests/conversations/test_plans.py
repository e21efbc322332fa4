"""What an intake and a "where is it" ask of the database is found by index, however many cases there are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from storage.database import Database
from tests.conftest import Citizen

GROWING = {
    *("account", "citizen", "question", "case", "caseevent", "casesubject", "casesupporter", "casealert"),
    *("outboxmessage", "inboxevent", "body"),
}
DIALOGUE = (
    "xin chào",
    "đèn đường số 7 hỏng rồi",
    "ngõ 5 đường Mẫu",
    "3 tuần nay",
    "gửi",
    "đơn của tôi tới đâu rồi",
    "Hạn tính thế nào",
)


@pytest.mark.embedded  # SQLite's own words for its plans
async def test_no_step_reads_a_whole_table(citizen: Citizen, database: Database) -> None:
    asked: dict[str, Any] = {}

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked[statement] = parameters

    event.listen(database.engine.sync_engine, "before_cursor_execute", remember)
    for words in DIALOGUE:
        heard = await citizen.says(words)
        if words == "gửi":
            assert "Mã của anh/chị" in heard.text
    event.remove(database.engine.sync_engine, "before_cursor_execute", remember)
    assert len(asked) > 25
    scans: list[tuple[str, str]] = []
    async with database.engine.connect() as connection:
        for statement, parameters in asked.items():
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans += [(row[3], statement) for row in found if reads_too_much(row[3])]
    assert scans == []


def reads_too_much(step: str) -> bool:
    """Whether a step of a plan reads a growing table whole, or all of a commune's rows in it."""
    verb, table = step.split()[:2]
    return table in GROWING and (verb == "SCAN" or step.endswith("(commune_id=?)"))

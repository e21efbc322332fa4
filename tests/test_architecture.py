"""The arrows of the layout, checked by reading the imports; and what every table must carry."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.tables import METADATA

ROOT = Path(__file__).parent.parent
OURS = ("bot", "handlers", "knowledge", "storage")
MAY_IMPORT = {
    "bot": {"bot", "handlers", "knowledge", "storage"},
    "handlers": {"handlers", "knowledge", "storage"},
    "knowledge": {"knowledge"},
    "storage": {"storage"},
}
EDGE_LIBRARIES = {"aiohttp", "telegram", "jinja2", "click"}
OF_NO_COMMUNE = {
    "commune",  # the tenants themselves
    "job",  # the deployment's own clockwork
    "attempt",  # failures at a door, by a keyed hash, before anybody is known
}
ROWS = {
    "AttachedFile",
    "Commune",
    "InboxEvent",
    "OutboxMessage",
    "Question",
    "Talk",
    "Account",
    "ChannelAccount",
    "Officer",
    "Office",
    "Hamlet",
    "Grant",
    "StandIn",
    "SignUpLink",
    "OfficerSession",
    "Case",
    "CaseRating",
    "CaseSubject",
    "PriceTable",
    "Line",
    "Reach",
    "Mailbox",
    "Petition",
    "LateDossier",
    "ReplyTemplate",
    "PendingReply",
    "Asked",  # these two name the commune themselves
    "Between",
    "EntryVersion",
    "Pause",
    "PracticeRound",
    "Notice",
    "Sequence[Delivery]",
    "list[OutboxMessage]",
    "Sequence[OutboxMessage]",
}
TOP_LEVEL = {*OURS, "tests", "benchmarks", "docs"}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


def imports(file: Path) -> set[str]:
    """Top names of everything a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            raise AssertionError(f"{file}: relative import")
    return found


@pytest.mark.parametrize("package", OURS)
def test_arrows_point_one_way(package: str) -> None:
    wrong = {
        str(file.relative_to(ROOT)): sorted((imports(file) & set(OURS)) - MAY_IMPORT[package])
        for file in modules(package)
    }
    assert len(wrong) > 3
    assert {file: names for file, names in wrong.items() if names} == {}


@pytest.mark.parametrize("package", ["handlers", "knowledge", "storage"])
def test_only_the_edge_knows_the_web_and_the_shell(package: str) -> None:
    wrong = {str(file.relative_to(ROOT)): imports(file) & EDGE_LIBRARIES for file in modules(package)}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_the_features_write_no_sql() -> None:
    wrong = {file.name: imports(file) & {"sqlalchemy"} for file in modules("handlers")}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_nothing_reads_a_path_outside_the_project() -> None:
    shared = "../" + "shared"
    naming = [
        file
        for package in (*OURS, "tests", "benchmarks")
        for file in modules(package)
        if shared in file.read_text(encoding="utf-8")
    ]
    assert naming == []


def test_no_other_code_folder() -> None:
    folders = {path.parent for path in ROOT.rglob("*.py") if not path.relative_to(ROOT).parts[0].startswith(".")}
    assert {folder.relative_to(ROOT).parts[0] for folder in folders if folder != ROOT} <= TOP_LEVEL | {"out", "build"}


def test_every_table_with_a_communes_data_names_the_commune() -> None:
    tables = METADATA.tables
    assert len(tables) > 8
    without = {name for name, table in tables.items() if "commune_id" not in table.columns}
    assert without == OF_NO_COMMUNE
    for name in set(tables) - OF_NO_COMMUNE:
        column = tables[name].columns["commune_id"]
        assert not column.nullable, name
        assert {key.target_fullname for key in column.foreign_keys} == {"commune.id"}, name


def test_repository_functions_demand_the_commune() -> None:
    """Functions that read a commune's rows by anything but a row in hand take `commune_id`."""
    of_the_deployment = {
        "inbox.py": {"claim", "fail", "is_settled", "channel_of"},
        "arrivals.py": {"join", "store_all"},
        "dispatch.py": {
            "claim",
            "waits",
            "call_unknown",
            "bulk_waiting",
            "sent_since",
        },  # of an account, which a province may share
        "lines.py": {"all_of_them"},
        "deliveries.py": {"receipt"},  # a channel account that a province may share
        "reach.py": {"last_seen"},  # the same, of the messages that were claimed there
        "outbox.py": {"counts", "unsent"},  # the same, for the operator: ids and states
        "rewound.py": {"end_waits"},
        "archives.py": {"count", "write", "load", "digest", "lines_of"},  # the whole deployment, for its operator
        "engines.py": {"add_if_missing", "row_count", "count_on"},
        "files.py": {"next_waiting", "erase_unclaimed", "leftovers"},  # the loop that fetches and sweeps for all
        "communes.py": {"all_of_them", "by_code", "account_by_id"},
        "notices.py": {"at_work"},  # what the sender has to do, for whichever commune
        "jobs.py": {"take", "hold", "still_running", "let_go", "done"},
        "officers.py": {"by_login"},  # whoever stands at the door, of whatever commune
        "sign_ins.py": {"link", "by_token", "attempt", "count", "forget", "forget_old"},
        "entry_versions.py": {"revisions"},  # numbers, by which every process sees that something changed
        "pauses.py": {"running_anywhere"},  # for the health page
        "health.py": {"locked", "mute", "without_history"},
    }
    missing = []
    for file in (ROOT / "storage").glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            if node.name in of_the_deployment.get(file.name, set()):
                continue
            names = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
            takes_a_row = any(
                {part.strip() for part in ast.unparse(argument.annotation).split("|")} <= ROWS
                for argument in (*node.args.args, *node.args.kwonlyargs)
                if argument.annotation is not None
            )
            if "commune_id" not in names and not takes_a_row:
                missing.append(f"{file.name}:{node.name}")
    assert missing == []

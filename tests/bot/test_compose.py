"""compose.yaml, read as Docker would: no engine is at hand, so what can be checked without one is."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings
from storage.engines import CONNECTIONS, MORE_CONNECTIONS

ROOT = Path(__file__).parents[2]
GIVEN = {
    "DANHOI_DB_PASSWORD": "mat-khau",
    "DANHOI_SECRET_KEY": "ab" * 32,
    "DANHOI_SITE": "hoi.tinh.example",
    "DANHOI_METRICS_TOKEN": "",
}
WANTED = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def filled(text: str) -> str:
    """With the variables that the operator sets."""
    return WANTED.sub(lambda found: GIVEN[found[1]], text)


def test_web_can_be_scaled(compose: Any) -> None:
    web = compose["services"]["web"]
    assert "ports" not in web and "container_name" not in web, "two containers cannot share them"
    assert web["depends_on"]["db"] == {"condition": "service_healthy"}
    assert compose["services"]["proxy"]["ports"], "somebody must open the door"
    assert "web 8080" in (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")


def test_what_web_is_told_are_settings_that_it_takes(compose: Any, tmp_path: Path) -> None:
    given = {name: filled(value) for name, value in compose["services"]["web"]["environment"].items()}
    listed = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert all(f"\n{name}=" in listed for name in given)
    read = settings.read({**given, "DANHOI_DATA_DIR": str(tmp_path)})
    assert read.database_url == "postgresql+asyncpg://danhoi:mat-khau@db/danhoi"
    [inside] = compose["networks"]["default"]["ipam"]["config"]
    assert read.trusted_proxies == (ipaddress.ip_network(inside["subnet"]),)


def test_no_secret_stands_in_the_file(compose: Any) -> None:
    for name in ("DANHOI_SECRET_KEY", "DANHOI_DB_PASSWORD"):
        needed = [found for found in WANTED.finditer((ROOT / "compose.yaml").read_text()) if found[1] == name]
        assert any(found[2] == "?" for found in needed), f"{name} must be asked for"


def test_every_volume_and_service_that_is_named_exists(compose: Any) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), source
        assert set(service.get("depends_on", ())) <= set(compose["services"])


def test_the_database_has_room_for_the_connections_of_many_replicas(compose: Any) -> None:
    [most] = [int(one.partition("=")[2]) for one in compose["services"]["db"]["command"] if "max_connections" in one]
    of_each = CONNECTIONS + MORE_CONNECTIONS + 1
    assert most >= 10 * of_each
    assert f"nhiều nhất {of_each} kết nối" in (ROOT / "compose.yaml").read_text(encoding="utf-8")

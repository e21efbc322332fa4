"""A real Chromium for tests: what it is started with, pictures for people to look at, and what axe finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

CHROMIUM = os.environ.get("DANHOI_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SCREENS = Path(__file__).parent.parent.parent / "out" / "screens"
PHONE, DESK = {"width": 360, "height": 640}, {"width": 1366, "height": 768}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

OpensAPage = Callable[..., Awaitable[Page]]


async def shoot(page: Page, name: str) -> None:
    """Keep a picture of what a person sees, for people to look at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    await page.wait_for_timeout(150)
    await page.screenshot(path=SCREENS / f"{name}.png")


async def faults(page: Page) -> list[str]:
    """What axe finds."""
    found = await Axe().run(page, options=RULES)
    assert len(found.response["passes"]) > 5
    return [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found.response["violations"]]

"""/cong-khai: what the commune has made public and where it hangs, for everybody to read; and what it has not yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from bot.assembly import Parts
from bot.site import Site
from handlers import disclosures
from handlers.disclosures import FORMS
from knowledge.disclosures import Duty, duties
from storage import communes
from storage import disclosures as shelf
from storage.disclosures import Disclosure


class PublicDisclosures:
    """One page per commune."""

    def __init__(self, parts: Parts, site: Site) -> None:
        """Reads from the database of these parts."""
        self._parts, self._site = parts, site

    def table(self) -> list[web.RouteDef]:
        """Every address of ours."""
        return [web.get("/cong-khai", self.only), web.get("/x/{code}/cong-khai", self.show)]

    async def only(self, _request: web.Request) -> web.Response:
        """The only commune's page, else the list of communes."""
        async with self._parts.database.reading() as session:
            known = [one for one in await communes.all_of_them(session) if not one.is_province]
        where = f"/x/{known[0].code}/cong-khai" if len(known) == 1 else "/"
        return web.Response(status=303, headers={"Location": where})

    async def show(self, request: web.Request) -> web.Response:
        """Every duty with its items; of a list with names only where it hangs."""
        today = self._parts.clock.today()
        async with self._parts.database.reading() as session:
            commune = await communes.by_code(session, code=request.match_info["code"])
            if commune is None or commune.is_province:
                raise web.HTTPNotFound
            found = await shelf.listed(session, commune_id=commune.id or 0)
        shown = [
            {"label": duty.label, "items": [_item(row, duty, today) for row in found if row.duty == duty.id]}
            for duty in duties().values()
        ]
        facts = {"commune": commune, "sample": commune.is_sample, "today": today, "duties": shown}
        return self._site.page("public_disclosures.html", facts)


def _item(row: Disclosure, duty: Duty, today: date) -> dict[str, Any]:
    how = disclosures.state(row, today)
    where = ", ".join(FORMS[form] for form in row.forms if form in FORMS)
    hangs = how.code == "posted"
    return {
        "title": row.title,
        "state": _told(row, how.code),
        "late": how.code == "late",
        "where": (where + (f" ({row.place})" if row.place else "")) if hangs else "",
        "summary": row.summary if hangs and not duty.hamlet_only else "",
        "link": row.link if hangs and not duty.hamlet_only else "",
    }


def _told(row: Disclosure, code: str) -> str:
    if code == "posted":
        until = f", dán đến ít nhất {row.hangs_until:%d/%m/%Y}" if row.hangs_until else ""
        return f"Đang công khai từ {row.posted_on:%d/%m/%Y}{until}"
    if code in ("due", "late"):
        when = f"chậm nhất ngày {row.due_on:%d/%m/%Y}" if row.due_on else ""
        return f"Chưa công khai, {when}" + (" (đã quá hạn)" if code == "late" else "")
    return (
        f"Đã công khai từ {row.posted_on:%d/%m/%Y}, gỡ ngày {row.taken_down_on:%d/%m/%Y}; yêu cầu xã cung cấp bản sao"
    )

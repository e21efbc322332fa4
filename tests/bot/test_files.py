"""What may be attached and what not, decided by content; where it is fetched from; who can open it and how long."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image
from playwright.async_api import expect
from pypdf import PdfWriter

from bot.assembly import Parts
from bot.files import examination, fetching
from bot.files.errors import WORDS, FileRefused, NotFetched
from bot.files.examination import examine
from bot.files.fetching import Fetcher, Outside, is_public
from bot.files.links import LIFETIME, Links
from storage import communes, files
from storage.blobs import FolderBlobs
from storage.communes import ChannelAccount
from storage.errors import BlobMissing
from storage.files import AttachedFile
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import OpensABrowser, Visitor
from tests.bot.pictures import a_pdf, a_photo, with_a_script
from tests.conftest import MovableClock


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        examine(content)
    assert caught.value.why in WORDS
    return caught.value.why


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_written_anew_and_says_nothing_of_place_and_camera(form: str) -> None:
    before = a_photo(form=form)
    assert b"SecretCam" in before
    found = examine(before)
    assert (found.kind, found.media_type) == ("image", "image/jpeg")
    assert b"SecretCam" not in found.content and b"Exif" not in found.content
    again = Image.open(io.BytesIO(found.content))
    assert again.size == (640, 480) and not again.getexif() and "exif" not in again.info


def test_what_a_photo_said_of_its_place_is_known_for_whoever_may_ask() -> None:
    assert examine(a_photo()).place == pytest.approx((21.03417, 105.83333), abs=1e-4)
    plain = io.BytesIO()
    Image.new("RGB", (10, 10)).save(plain, "PNG")
    assert examine(plain.getvalue()).place is None


def test_a_turned_photo_stands_upright_and_a_large_one_is_made_smaller() -> None:
    told = Image.Exif()
    told[0x0112] = 6  # the camera was held sideways
    written = io.BytesIO()
    Image.new("RGB", (4_000, 1_000)).save(written, "JPEG", exif=told)
    assert Image.open(io.BytesIO(examine(written.getvalue()).content)).size == (640, 2_560)


def test_content_decides_and_not_the_name() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("0", b"\0" * 5_000_000)
    for other in (b"MZ\x90\x00" + b"program" * 99, packed.getvalue(), b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 99):
        assert refused(other) == "type"
    assert refused(b"") == "empty"
    assert refused(a_photo()[:400]) == "damaged"
    assert refused(b"\xff\xd8\xff" + b"\0" * (examination.LARGEST + 1)) == "size"


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 50_000
    assert refused(bomb.getvalue()) == "pixels"
    header = struct.pack(">II5B", 100_000, 100_000, 8, 2, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header
    assert refused(huge + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + bomb.getvalue()[33:]) == "pixels"


def test_a_document_that_acts_or_hides_something_is_refused() -> None:
    assert examine(a_pdf()).kind == "pdf"
    assert refused(a_pdf(with_a_script)) == "active"
    assert refused(a_pdf(lambda writer: writer.add_attachment("a.exe", b"MZ"))) == "active"
    assert refused(a_pdf(lambda writer: writer.encrypt("khoa"))) == "locked"
    assert refused(a_pdf()[:60]) == "damaged"
    hidden = a_pdf(with_a_script).replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")
    assert b"/JavaScript" not in hidden and refused(hidden) == "active"


def test_a_script_packed_into_an_object_stream_is_found() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(a_pdf(with_a_script)))
    written = io.BytesIO()
    writer.write(written)
    assert refused(written.getvalue()) == "active"


@pytest.mark.parametrize(
    "url",
    [
        "http://photo.zdn.vn/1.jpg",
        "https://zdn.vn.evil.example/1.jpg",
        "https://evil-zdn.vn/1.jpg",
        "https://user@zdn.vn/1.jpg",
        "https://photo.zdn.vn:8443/1.jpg",
        "https://169.254.169.254/latest",
        "http://127.0.0.1:8080/healthz",
        "file:///etc/passwd",
        "https://[::1]/",
        "https://[bad",
        "",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(url: str) -> None:
    fetcher = Fetcher(("zdn.vn",), base_url="https://bot-api.zaloplatforms.com")
    assert fetcher.allows("https://photo.zdn.vn/a/1.jpg") and not fetcher.allows(url)
    with pytest.raises(NotFetched):
        await fetcher.get(url)
    await fetcher.close()


async def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Outside()

    async def lies(_self: object, host: str, *_rest: object) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": address, "port": 443} for address in inside]

    monkeypatch.setattr(fetching.ThreadedResolver, "resolve", lies)
    for address in ("10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"):
        inside = [address]
        assert not is_public(address)
        with pytest.raises(OSError, match="no public address"):
            await resolver.resolve("photo.zdn.vn", 443)
    inside = ["10.0.0.5", "118.102.1.1"]
    assert [one["host"] for one in await resolver.resolve("photo.zdn.vn", 443)] == ["118.102.1.1"]


def test_a_link_opens_one_file_for_a_quarter_of_an_hour() -> None:
    links, now = Links(b"k" * 32), datetime(2026, 11, 23, 2, tzinfo=UTC)
    token = links.to(commune_id=3, file_id=77, now=now).removeprefix("/files/")
    named = links.named(token, now=now + LIFETIME)
    assert named is not None and (named.commune_id, named.file_id) == (3, 77)
    assert links.named(token, now=now + LIFETIME + timedelta(seconds=1)) is None
    assert Links(b"x" * 32).named(token, now=now) is None
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert links.named(changed, now=now) is None or place == len(token) - 1
    for junk in ("", "....", "é", "A" * 400):
        assert links.named(junk, now=now) is None


async def test_a_store_takes_no_name_but_its_own(tmp_path: Any) -> None:
    store = FolderBlobs(tmp_path / "files")
    await store.put("a" * 32, b"1")
    assert await store.get("a" * 32) == b"1"
    await store.remove("a" * 32)
    await store.remove("a" * 32)
    for name in ("a" * 32, "../../etc/passwd", "", "A" * 32):
        with pytest.raises(BlobMissing):
            await store.get(name)


# -- on the web chat --------------------------------------------------------------------------------------------------


def form(content: bytes, *, text: str = "", name: str = "anh.jpg", client_id: str = "tep-so-0001") -> FormData:
    """The form as a browser posts it."""
    fields = FormData()
    fields.add_field("client_id", client_id)
    fields.add_field("text", text)
    fields.add_field("file", content, filename=name, content_type="image/jpeg")
    return fields


async def webchat(parts: Parts) -> ChannelAccount:
    async with parts.database.reading() as session:
        account = await communes.channel_account(session, commune_id=1, channel="webchat")
    assert account is not None
    return account


async def rows(parts: Parts) -> list[AttachedFile]:
    async with parts.database.reading() as session:
        return await files.of_bodies(session, commune_id=1, body_ids=range(1, 50))


async def test_a_photo_goes_up_and_is_opened_by_a_link_that_ends(
    visitor: Visitor, parts: Parts, clock: MovableClock
) -> None:
    await visitor.says("đèn đường trước nhà hỏng 3 tuần nay")
    answer = await visitor.client.post(f"{visitor.page}/messages", data=form(a_photo()), allow_redirects=False)
    assert answer.status == 303
    page = await visitor.opens()
    assert "em ghi kèm ảnh vào bản nháp" in page
    [address] = set(re.findall(r'src="(/files/[^"]+)"', page))
    opened = await visitor.client.get(address)
    assert opened.content_type == "image/jpeg" and (await opened.read()).startswith(b"\xff\xd8\xff")
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    assert opened.headers["Cache-Control"] == "private, no-store"
    assert "anh.jpg" not in opened.headers["Content-Disposition"]
    assert (await visitor.client.get(address[:-4] + "AAAA")).status == 404
    clock.move(minutes=16)
    assert (await visitor.client.get(address)).status == 404
    [row] = await rows(parts)
    stored = [one for one in parts.settings.files_dir.rglob("*") if one.is_file()]
    assert len(stored) == 1 and b"\xff\xd8\xff" not in stored[0].read_bytes()[:64] and row.size > 500


async def test_the_place_of_a_photo_is_told_only_where_the_person_ticked_it(visitor: Visitor) -> None:
    await visitor.says("đèn đường trước nhà hỏng 3 tuần nay")
    without = form(a_photo(), client_id="tep-so-0001")
    await visitor.client.post(f"{visitor.page}/messages", data=without)
    assert "21.03417" not in await visitor.opens()
    agreed = form(a_photo(), client_id="tep-so-0002")
    agreed.add_field("place", "yes")
    await visitor.client.post(f"{visitor.page}/messages", data=agreed)
    page = await visitor.opens()
    assert "Vị trí trên bản đồ: 21.03417, 105.83333" in page
    assert page.count("em ghi kèm ảnh vào bản nháp") == 2


async def test_a_program_called_a_photo_is_refused_in_plain_words(visitor: Visitor, parts: Parts) -> None:
    for content, words in (
        (b"MZ\x90\x00" * 99, "chỉ nhận ảnh (JPG, PNG, WEBP) và tệp PDF"),
        (a_pdf(with_a_script), "không an toàn"),
        (b"\xff\xd8" + b"\0" * (examination.LARGEST + 5), "lớn quá 10 MB"),
        (b"", "tệp rỗng"),
    ):
        answer = await visitor.client.post(f"{visitor.page}/messages", data=form(content))
        assert answer.status == 422 and words in await answer.text()
    assert await rows(parts) == [] and not parts.settings.files_dir.exists()


async def test_the_same_form_twice_is_one_message(visitor: Visitor, parts: Parts) -> None:
    for _ in range(2):
        await visitor.client.post(f"{visitor.page}/messages", data=form(a_photo()), allow_redirects=False)
    page = await visitor.opens()
    assert page.count('class="picture"') == 1 and page.count("gửi phản ánh kèm ảnh này không") == 1


async def test_nobody_claims_the_upload_of_another(visitor: Visitor, another: OpensABrowser, parts: Parts) -> None:
    account = await webchat(parts)
    file_id, _place = await parts.files.take(account, chat_key="somebody else", content=a_photo())
    raw = {"client_id": "tep-la-0001", "text": "", "files": [file_id]}
    answer = await visitor.client.post(f"{visitor.page}/messages", json=raw)
    assert answer.status == 200
    assert "/files/" not in await visitor.opens()
    async with parts.database.reading() as session:
        row = await files.get(session, commune_id=account.commune_id, file_id=file_id)
    assert row is not None and row.body_id is None


async def test_a_chat_cannot_fill_the_disk(visitor: Visitor, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.files.keeping.MOST_AN_HOUR", 2)
    statuses = []
    for number in range(3):
        data = form(a_photo(), client_id=f"tep-so-{number:04d}")
        statuses.append((await visitor.client.post(f"{visitor.page}/messages", data=data)).status)
    assert statuses == [200, 200, 422]


async def test_uploads_that_no_message_took_are_swept(
    parts: Parts, clock: MovableClock, webchat_account: object
) -> None:
    account = await webchat(parts)
    await parts.files.take(account, chat_key="x", content=a_photo())
    assert await parts.files.sweep() == 0
    clock.move(hours=3)
    assert await parts.files.sweep() == 1
    assert [one for one in parts.settings.files_dir.rglob("*") if one.is_file()] == []


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_photo_is_sent_with_a_real_browser(
    opens: OpensAPage, name: str, size: dict[str, int], scripts: bool
) -> None:
    page = await opens(viewport=size, java_script_enabled=scripts)
    await page.locator(".attach summary").click()
    photo = {"name": "hố.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    await page.get_by_label("Ảnh hoặc tệp PDF").set_input_files(photo)  # type: ignore[arg-type]
    await page.get_by_label("Ghi thêm").fill("ổ gà to trước cổng trường")
    if scripts:
        await shoot(page, f"{name}-14-attach")
        assert await faults(page) == []
    await page.get_by_role("button", name="Gửi tệp này").click()
    await expect(page.locator("li.said .picture img")).to_be_visible()
    await expect(page.get_by_text("Em ghi kèm ảnh anh/chị gửi")).to_be_visible()
    width = await page.locator("li.said .picture img").bounding_box()
    assert width is not None and width["width"] > 100  # the browser could show it
    if scripts:
        await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # no button half below the edge
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
        await shoot(page, f"{name}-15-photo")
    else:
        await shoot(page, f"{name}-16-photo-no-scripts")

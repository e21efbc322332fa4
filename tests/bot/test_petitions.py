"""The draft petition as Word and PDF: the person's words, no name, fetched by their own browser for half an hour."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

from docx import Document
from sqlmodel import select

from bot.scheduler import Scheduler
from storage.bodies import Body
from storage.database import Database
from storage.petitions import Petition
from tests.bot.conftest import OpensABrowser, Visitor
from tests.conftest import MovableClock

UNFAIR = "xã phạt nhà tôi 5 triệu vì lấn đường mà tôi không lấn, tôi muốn khiếu nại"
WISH = "hủy quyết định phạt, trả lại 5 triệu"


async def links(visitor: Visitor) -> dict[str, str]:
    """The addresses of a complaint's draft, by form."""
    await visitor.says(UNFAIR)
    await visitor.says("Soạn nháp đơn khiếu nại")
    ready = await visitor.says(WISH)
    return found_in(ready)


def found_in(ready: dict[str, Any]) -> dict[str, str]:
    found = re.findall(r"(/x/\S+\.(docx|pdf))", ready["messages"][0]["text"])
    return {form: address for address, form in found}


async def fetched(visitor: Visitor, address: str) -> bytes:
    answer = await visitor.client.get(address)
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    return await answer.read()


def text_of(docx: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(docx)).paragraphs)


async def test_the_word_file_holds_what_was_said_and_leaves_the_name_to_the_pen(visitor: Visitor) -> None:
    addresses = await links(visitor)
    paper = text_of(await fetched(visitor, addresses["docx"]))
    assert "ĐƠN KHIẾU NẠI" in paper and "Độc lập - Tự do - Hạnh phúc" in paper
    assert UNFAIR in paper and WISH in paper and "Kính gửi: Chủ tịch Ủy ban nhân dân" in paper
    assert re.search(r"Họ và tên: \.{10,}", paper) and "02/2011/QH13 Điều 8" in paper
    properties = Document(io.BytesIO(await fetched(visitor, addresses["docx"]))).core_properties
    assert properties.author == "" and properties.title == "ĐƠN KHIẾU NẠI"


async def test_the_pdf_is_whole_and_carries_its_letters(visitor: Visitor) -> None:
    pdf = await fetched(visitor, (await links(visitor))["pdf"])
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    assert b"BeVietnamPro" in pdf and b"/FontFile2" in pdf and b"/JavaScript" not in pdf
    assert len(pdf) < 200_000 and pages(pdf) == 1
    glyphs = pdf + b"".join(zlib.decompress(part) for part in streams(pdf) if part[:1] == b"\x78")
    assert b"beginbfchar" in glyphs or b"beginbfrange" in glyphs, "its words can be searched and read aloud"


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def streams(pdf: bytes) -> list[bytes]:
    return re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)


async def test_the_page_shows_links_with_and_without_scripts(visitor: Visitor) -> None:
    addresses = await links(visitor)
    page = await visitor.opens()
    assert f'<a href="{addresses["docx"]}">Tải tệp Word</a>' in page
    assert f'<a href="{addresses["pdf"]}">Tải tệp PDF</a>' in page


async def test_nobody_else_fetches_it_and_not_for_long(
    visitor: Visitor, another: OpensABrowser, clock: MovableClock, database: Database, parts: Any
) -> None:
    address = (await links(visitor))["docx"]
    stranger = await another()
    await stranger.opens()
    assert (await stranger.client.get(address)).status == 404
    await stranger.says("menu")
    assert (await stranger.client.get(address)).status == 404
    assert (await visitor.client.get(address.replace("/x/mau/", "/x/khac/"))).status == 404
    assert (await visitor.client.get(address[:-9] + "AAAA.docx")).status == 404
    clock.move(minutes=31)
    assert (await visitor.client.get(address)).status == 404
    await Scheduler(database, clock).run_due()
    async with database.reading() as session:
        assert list(await session.exec(select(Petition))) == []


async def test_a_new_draft_replaces_the_one_before(visitor: Visitor) -> None:
    first = (await links(visitor))["docx"]
    second = (await links(visitor))["docx"]
    assert (await visitor.client.get(first)).status == 404
    assert UNFAIR in text_of(await fetched(visitor, second))


async def test_erasing_ones_data_takes_it_back(visitor: Visitor) -> None:
    address = (await links(visitor))["docx"]
    await visitor.says("dữ liệu của tôi")
    await visitor.says("Xóa dữ liệu của tôi")
    await visitor.says("Xóa luôn")
    assert (await visitor.client.get(address)).status == 404


async def test_a_denunciations_form_holds_no_word_of_it(visitor: Visitor, database: Database) -> None:
    story = "tôi tố cáo kế toán xã khai khống hộ nghèo để lấy tiền"
    await visitor.says(story)
    ready = await visitor.says("Tải mẫu đơn tố cáo để trống")
    paper = text_of(await fetched(visitor, found_in(ready)["docx"]))
    assert "ĐƠN TỐ CÁO" in paper and "khai khống" not in paper and "25/2018/QH14 Điều 23" in paper
    async with database.reading() as session:
        assert {body.state for body in await session.exec(select(Body))} == {"erased"}


async def test_strange_words_break_no_file(visitor: Visitor) -> None:
    await visitor.says("tôi khiếu nại quyết định phạt của xã 😀 \u202e<b>&amp; " + "dài" * 900)
    await visitor.says("Soạn nháp đơn khiếu nại")
    ready = await visitor.says("bỏ qua")
    addresses = found_in(ready)
    assert "<b>&amp;" in text_of(await fetched(visitor, addresses["docx"]))
    assert (await fetched(visitor, addresses["pdf"])).startswith(b"%PDF-")

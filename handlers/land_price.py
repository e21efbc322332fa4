"""Giá đất of a street: tables are not looked up yet, so the person learns where the price in force is published."""

from __future__ import annotations

from dataclasses import replace

from handlers import topics
from handlers.contract import Desk, Feature, Incoming, Reply
from storage.talks import Talk

WHERE_TO_LOOK = "giadat.tra-cuu.o-dau"
NOT_YET = "Dạ, giá từng đường, từng thửa em chưa tra được nên không dám nói con số. Chỗ tra giá đúng:\n"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The sourced answer to where prices are published; never a number of ours."""
    answer = topics.present(message, desk, WHERE_TO_LOOK, opening=NOT_YET)
    desk.talk.topic = WHERE_TO_LOOK  # "còn năm ngoái thì sao" goes on from here
    return replace(answer, action="price", topic=None)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked for the price of a named place."""
    return message.meaning.action == "price"


FEATURE = Feature("land_price", handle, takes=takes)

"""BHYT for counted people: nothing is computed yet, so the person gets the rates in force with their source."""

from __future__ import annotations

from dataclasses import replace

from handlers import topics
from handlers.contract import Desk, Feature, Incoming, Reply
from storage.talks import Talk

RATES = "bhyt.ho-gia-dinh.so-tien"
NOT_YET = "Dạ, em chưa tính riêng cho từng nhà được; mức đang áp dụng để anh/chị tự cộng:\n"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The rates per person for the day asked about."""
    answer = topics.present(message, desk, RATES, opening=NOT_YET)
    desk.talk.topic = RATES  # "còn năm ngoái thì sao" goes on from here
    return replace(answer, action="premium", topic=None)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked what counted people would pay."""
    return message.meaning.action == "premium"


FEATURE = Feature("insurance", handle, takes=takes)

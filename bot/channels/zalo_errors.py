"""What the error codes of the Zalo OA API mean for a message, a person and the whole account (CHANNELS 2.11)."""

from __future__ import annotations

from bot.channels.errors import ChannelDown, OutsideWindow, PersonGone, SendFailed, TooFast

BAD_TOKEN = frozenset({-216, -220, 216, 401, -401, -124})  # refresh once, try once more
BACK_OFF = frozenset({-32, -211})
AGAIN = frozenset({-200})
LATER = frozenset({-218, -234})  # this person's limit; a promotion at night
ALERT = frozenset(
    {-204, -205, -209, -212, -219, -221, -223, -224, -235, -240, -242, -248, -320, -321}
)  # nothing goes until a person mends it
GONE = frozenset({-213, -217, -227})
WINDOW = frozenset({-230, -232})


def failure(code: int) -> SendFailed:
    """The error for a code other than 0 that is no matter of the token; an unknown one is final for its message."""
    reason = f"zalo {code}"
    if code in BACK_OFF:
        return TooFast(reason)
    if code in AGAIN | LATER:
        return SendFailed(reason, again=True)
    if code in ALERT:
        return ChannelDown(reason, needs_person=True)
    if code in GONE:
        return PersonGone(reason)
    if code in WINDOW:
        return OutsideWindow("7 ngày")
    return SendFailed(reason, again=False)

"""Why a message was not sent: each says what is surely true, and what to do about it. Anything else is ambiguous."""

from __future__ import annotations


class SendFailed(Exception):
    """The channel refused a message: it surely did not arrive. `again` tells whether a later attempt can help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        """`reason` is a short code for the operator, never the text of a message."""
        super().__init__(reason)
        self.reason = reason
        self.again = again


class TooFast(SendFailed):
    """The account sends more than it may. `after`: seconds to wait; None where the channel does not say."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        """The whole account waits, not this message alone."""
        super().__init__(reason, again=True)
        self.after = after


class ChannelDown(SendFailed):
    """The channel cannot be used now by anybody: its messages are parked. `needs_person`: waiting alone won't help."""

    def __init__(self, reason: str, *, needs_person: bool = False) -> None:
        """No attempt of the message is counted."""
        super().__init__(reason, again=True)
        self.needs_person = needs_person


class PersonGone(SendFailed):
    """This person cannot be reached on this channel: blocked, left, deactivated."""

    def __init__(self, reason: str) -> None:
        """Until they write again."""
        super().__init__(reason, again=False)


class ChatMoved(SendFailed):
    """The chat has another key now."""

    def __init__(self, new_key: str) -> None:
        """`new_key` replaces the chat's key everywhere."""
        super().__init__("chat_moved", again=True)
        self.new_key = new_key


class OutsideWindow(SendFailed):
    """The channel lets us write only for some time after the person did: held until they write again."""

    def __init__(self, reason: str) -> None:
        """Listed as not sent, with this reason."""
        super().__init__(reason, again=True)

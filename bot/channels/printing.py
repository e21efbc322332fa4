"""A message as a channel can show it: in parts, sources in the text, choices as buttons or numbered lines."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.base import Channel, Limits, Outgoing, read
from bot.channels.parts import numbered, split
from storage.bodies import ERASED, OURS, SEALED

PRESSES_A_NUMBER = "(Trả lời bằng số hoặc gõ chữ đều được ạ.)"


def said(channel: Channel, body: str) -> str | None:
    """What the person wrote, as it may be quoted; words that were erased or sealed leave only what stands for them."""
    if body in (ERASED, SEALED) or body.startswith(OURS):
        return body
    received = read(channel, body)
    return received.text if received is not None else None


def printed_parts(limits: Limits, message: Outgoing) -> list[Outgoing]:
    """The messages that stand for one of ours; the choices come with the last."""
    if limits.text is None:
        return [message]
    whole = "\n".join(part for part in (message.printed, _lines(limits, message.choices)) if part)
    bare = [replace(message, text=part, sources=(), choices=()) for part in split(whole, limits.text)]
    return [*bare[:-1], replace(bare[-1], choices=message.choices)]


def _lines(limits: Limits, choices: tuple[str, ...]) -> str:
    """The choices that no button shows whole, as numbered lines."""
    most = limits.buttons
    if most is None or not choices:
        return ""
    if most == 0:
        return f"{numbered(choices)}\n{PRESSES_A_NUMBER}"
    longest = limits.title
    is_cut = longest is not None and any(len(f"{most}. {label}") > longest for label in choices[:most])
    return numbered(choices) if is_cut else numbered(choices[most:], most + 1)

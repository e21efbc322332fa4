"""How the bot addresses people and calls itself: a setting of the commune (VOICE), put into finished sentences."""

from __future__ import annotations

import re

from storage.communes import Commune

CITIZEN, ITSELF = "anh/chị", "em"
_CITIZEN = re.compile(r"(?<!\w)anh/chị(?!\w)", re.IGNORECASE)
# "em" is the bot; not the one of "trẻ em", "anh em", "chị em" (but: "anh/chị em chưa có"), "em bé", "em gái".
_ITSELF = re.compile(
    r"(?<!\w)(?<!trẻ )(?<![^/]chị )(?<!anh )(?<!con )(?<!các )(?<!đàn )(?<!hai )(?<!ba )"
    r"em(?! (?:bé|trai|gái|út|ruột|họ|dâu|rể|nhỏ|của)(?!\w))(?!\w)",
    re.IGNORECASE,
)


def address(text: str, commune: Commune) -> str:
    """The sentence in the commune's own forms of address."""
    if commune.calls_itself != ITSELF:
        text = _ITSELF.sub(lambda found: _like(found[0], commune.calls_itself), text)
    if commune.calls_citizen != CITIZEN:
        text = _CITIZEN.sub(lambda found: _like(found[0], commune.calls_citizen), text)
    return text


def _like(found: str, word: str) -> str:
    return word[0].upper() + word[1:] if found[0].isupper() else word

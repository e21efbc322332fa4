"""What a citizen keeps of a case: a code without letters that are easily mistaken, and three words that prove it."""

from __future__ import annotations

import secrets

from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge.vietnamese import fold, syllables
from storage import case_lists
from storage.bodies import Vault

LETTERS, DIGITS = "ACDEFGHJKMNPQRTUVWXY", "2346789"  # no O and 0, I, L and 1, S and 5, B, Z
LENGTH = 5
AT_ONCE = 8  # codes drawn in one go: one of them is free
PREFIXES = {"report": "PA", "proposal": "KN", "feedback": "GY", "complaint": "KL", "question": "CB"}
WORDS = (
    "sông", "núi", "biển", "đồng", "ruộng", "vườn", "rừng", "suối", "cầu", "đường", "chợ", "trường",
    "mây", "mưa", "nắng", "gió", "trăng", "sao", "sáng", "chiều", "lúa", "ngô", "khoai", "sắn",
    "cam", "bưởi", "xoài", "chuối", "dừa", "mía", "chè", "đậu", "trâu", "bò", "ngựa", "dê",
    "gà", "vịt", "ngan", "cá", "tôm", "cua", "ong", "bướm", "sen", "cúc", "đào", "mai",
    "trúc", "tre", "nón", "áo", "bàn", "ghế", "đèn", "sách", "bút", "thuyền", "xe", "chuông",
    "trống", "sáo",
)  # fmt: skip


async def new_code(session: AsyncSession, *, commune_id: int, kind: str) -> str:
    """A code that no case of this commune has, such as PA-7K2M9; it always holds a letter and a digit."""
    drawn = [f"{PREFIXES[kind]}-{draw()}" for _ in range(AT_ONCE)]
    taken = await case_lists.codes_in_use(session, commune_id=commune_id, codes=drawn)
    free = [code for code in drawn if code not in taken]
    return free[0] if free else await new_code(session, commune_id=commune_id, kind=kind)


def phrase(vault: Vault, *, commune_id: int, code: str) -> str:
    """Three words that belong to the code; made from the deployment's key, so they stand in no table."""
    print_of = int(vault.fingerprint(f"case phrase:{commune_id}:{code}"), 16)
    found = []
    for _ in range(3):
        print_of, at = divmod(print_of, len(WORDS))
        found.append(WORDS[at])
    return " ".join(found)


def names_phrase(text: str, right: str) -> bool:
    """Whether the words stand in the text one after the other, with or without marks, whatever is between the code."""
    said, wanted = [fold(each) for each in syllables(text)], [fold(each) for each in syllables(right)]
    length = len(wanted)
    return any(said[at : at + length] == wanted for at in range(len(said) - length + 1))


def draw() -> str:
    """Five letters and digits, both among them, none easily mistaken."""
    while True:
        drawn = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH))
        if any(c in DIGITS for c in drawn) and any(c in LETTERS for c in drawn):
            return drawn

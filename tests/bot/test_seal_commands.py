"""`danhoi seal` on the holders' own machines: a key file under a passphrase, a package opened by two in turn."""

from __future__ import annotations

import json
import stat
from base64 import b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import key_files
from bot.cli import main
from storage.sealing import fingerprint, read_key, seal

STORY = "kế toán xã khai khống danh sách hộ nghèo"
PASSPHRASES = {"A": "chim bay ve rung", "B": "gio mua dong bac", "C": "ao ca vuon rau"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that argon2id takes: the strength is libsodium's, the form is ours."""
    monkeypatch.setattr(key_files, "OPS", 1)
    monkeypatch.setattr(key_files, "MEMORY", 8 * 1024 * 1024)


def danhoi(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["seal", *words], input=typed)


def make_key(folder: Path, name: str) -> tuple[Path, bytes]:
    """A holder's key file, made by the command, and the public key that it printed."""
    file = folder / f"{name}.key"
    result = danhoi("new-holder", "--file", str(file), typed=f"{PASSPHRASES[name]}\n{PASSPHRASES[name]}\n")
    assert result.exit_code == 0, result.output
    return file, read_key(result.output.strip().splitlines()[-1])


def package(folder: Path, public: list[bytes]) -> Path:
    """A package as the console writes it, sealed to these keys."""
    sealed = seal(STORY, dict(enumerate(public)))
    shares = [
        {
            "holder": fingerprint(public[one.holder]),
            "other": fingerprint(public[one.other]),
            "box": b64encode(one.box).decode(),
        }
        for one in sealed.shares
    ]
    text = {"number": 1, "day": "23/11/2026", "locked": b64encode(sealed.ciphertext).decode(), "shares": shares}
    file = folder / "goi.json"
    file.write_text(json.dumps({"danhoi_sealed": 1, "tip": "PA-7K2M9", "texts": [text]}), encoding="utf-8")
    return file


def test_two_holders_open_it_in_turn_and_one_reads_nothing(tmp_path: Path) -> None:
    keys = {name: make_key(tmp_path, name) for name in PASSPHRASES}
    whole = package(tmp_path, [public for _file, public in keys.values()])
    first = danhoi("open", str(whole), "--key", str(keys["C"][0]), typed=PASSPHRASES["C"] + "\n")
    half = tmp_path / "goi.mot-nua.json"
    assert first.exit_code == 0 and STORY not in first.output and str(half) in first.output
    assert STORY not in half.read_text(encoding="utf-8")
    second = danhoi("open", str(half), "--key", str(keys["A"][0]), typed=PASSPHRASES["A"] + "\n")
    assert second.exit_code == 0 and STORY in second.output and "PA-7K2M9" in second.output
    again = danhoi("open", str(half), "--key", str(keys["C"][0]), "--out", str(tmp_path / "x"), typed=PASSPHRASES["C"])
    assert STORY not in again.output, "the same holder twice is one holder"


def test_two_holders_at_one_machine_open_it_at_once(tmp_path: Path) -> None:
    (one, public_one), (other, public_other) = make_key(tmp_path, "A"), make_key(tmp_path, "B")
    whole = package(tmp_path, [public_one, public_other])
    typed = f"{PASSPHRASES['A']}\n{PASSPHRASES['B']}\n"
    result = danhoi("open", str(whole), "--key", str(one), "--key", str(other), typed=typed)
    assert result.exit_code == 0 and STORY in result.output


def test_the_key_file_says_nothing_without_its_passphrase(tmp_path: Path) -> None:
    file, public = make_key(tmp_path, "A")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _other, public_other = make_key(tmp_path, "B")
    whole = package(tmp_path, [public, public_other])
    wrong = danhoi("open", str(whole), "--key", str(file), typed="mot cau khac han\n")
    assert wrong.exit_code != 0 and "chưa đúng" in wrong.output and not list(tmp_path.glob("*mot-nua*"))


def test_what_cannot_be_used_is_said_plainly(tmp_path: Path) -> None:
    file, public = make_key(tmp_path, "A")
    there = danhoi("new-holder", "--file", str(file), typed="a" * 20 + "\n" + "a" * 20 + "\n")
    assert there.exit_code != 0 and "không ghi đè" in there.output
    short = danhoi("new-holder", "--file", str(tmp_path / "new"), typed="ngan\nngan\n")
    assert short.exit_code != 0 and "ít nhất 12" in short.output and not (tmp_path / "new").exists()
    _other, public_other = make_key(tmp_path, "B")
    stranger, _public = make_key(tmp_path, "C")
    whole = package(tmp_path, [public, public_other])
    foreign = danhoi("open", str(whole), "--key", str(stranger), typed=PASSPHRASES["C"] + "\n")
    assert foreign.exit_code != 0 and "không niêm phong cho khóa" in foreign.output
    for content in ("", "[]", "{}", '{"danhoi_sealed": 1, "tip": "x", "texts": [{}]}'):
        broken = tmp_path / "broken.json"
        broken.write_text(content, encoding="utf-8")
        result = danhoi("open", str(broken), "--key", str(file), typed=PASSPHRASES["A"] + "\n")
        assert result.exit_code == 1 and "Traceback" not in result.output
    assert danhoi("open", str(whole), "--key", str(whole), typed="x\n").exit_code == 1

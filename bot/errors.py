"""What the edge refuses, in words for the person who started it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class EdgeError(Exception):
    """Base of the errors raised while starting or at the edge; `str()` is a sentence for the operator."""


@dataclass(eq=False)
class BadSetting(EdgeError):
    """A setting of the environment cannot be used."""

    name: str
    problem: str

    def __str__(self) -> str:
        """For the operator."""
        return f"Biến {self.name}: {self.problem}"


@dataclass(eq=False)
class SampleAndRealMixed(EdgeError):
    """A sample commune and a real one may not share a database."""

    problem: str

    def __str__(self) -> str:
        """For the operator."""
        return self.problem


@dataclass(eq=False)
class NoSuchCommune(EdgeError):
    """A command names no commune of this database, or none where it must."""

    problem: str

    def __str__(self) -> str:
        """For the operator."""
        return self.problem


@dataclass(eq=False)
class NoDatabase(EdgeError):
    """The database server cannot be used; `url` shows no password."""

    url: str

    def __str__(self) -> str:
        """For the operator."""
        return (
            f"Biến DANHOI_DATABASE_URL: không vào được {self.url}. Kiểm tra máy chủ có chạy không, "
            "tên cơ sở dữ liệu, tài khoản và mật khẩu."
        )


@dataclass(eq=False)
class BackupRefused(EdgeError):
    """A backup cannot be written there, or not be restored from there."""

    file: str
    problem: str

    def __str__(self) -> str:
        """For the operator."""
        return f"{self.file}: {self.problem}"


@dataclass(eq=False)
class RehearsalFailed(EdgeError):
    """A backup was made that cannot be restored as it was."""

    what: str

    def __str__(self) -> str:
        """For the operator."""
        return f"Diễn tập phục hồi không khớp ({self.what}); kiểm tra ổ đĩa rồi chạy `danhoi backup --rehearse`."


@dataclass(eq=False)
class AuditBroken(EdgeError):
    """A commune's audit chain does not hold from this row on."""

    code: str
    seq: int
    what: str

    def __str__(self) -> str:
        """For the operator."""
        return f"Nhật ký của xã {self.code}: chuỗi đứt ở dòng {self.seq} ({self.what})"


class Words(NamedTuple):
    """How an error reads on a page: HTTP status, title and sentence."""

    status: int
    title: str
    sentence: str

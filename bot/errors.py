"""What the edge refuses, in words for the person who started it."""

from __future__ import annotations

from dataclasses import dataclass


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

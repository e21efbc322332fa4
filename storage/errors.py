"""What can go wrong with stored data, with the facts of each case."""

from __future__ import annotations

from dataclasses import dataclass


class StorageError(Exception):
    """Base of the errors raised by storage."""


@dataclass(eq=False)
class BodyUnreadable(StorageError):
    """The secret key of this deployment does not open this body: wrong key, or a damaged row."""

    body_id: int

    def __str__(self) -> str:
        """For the operator."""
        return f"body {self.body_id} cannot be opened with DANHOI_SECRET_KEY"


@dataclass(eq=False)
class ArchiveRefused(StorageError):
    """A backup is not taken. `reason`: foreign, damaged, newer, not_empty, differs; `what`: the part that shows it."""

    reason: str
    what: str

    def __str__(self) -> str:
        """For the operator."""
        return f"archive refused: {self.reason} ({self.what})"


@dataclass(eq=False)
class MigrationLostRows(StorageError):
    """After a migration, rows of these tables point at nothing: it was taken back."""

    tables: list[str]

    def __str__(self) -> str:
        """For the operator."""
        return f"the migration would leave rows without what they point at, in: {', '.join(self.tables)}"


@dataclass(eq=False)
class BlobMissing(StorageError):
    """The store has no bytes under this name."""

    name: str

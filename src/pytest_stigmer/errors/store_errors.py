"""What a store raises."""

from __future__ import annotations

from os import PathLike
from typing import Self

from pytest_stigmer.errors.base_error import StigmerError


class StoreError(StigmerError):
    """Base of the errors that a store raises."""

    code = "INTERNAL"

    @classmethod
    def unexpected(cls, path: PathLike[str], why: object) -> Self:
        """Name the file and the engine's own words for a failure without a name of its own."""
        return cls(f"{path}: {why}")

    @classmethod
    def rolled_back(cls, path: PathLike[str]) -> Self:
        """Refuse to go on in a transaction that the engine has already undone."""
        return cls(
            f"the transaction on {path} was rolled back by an earlier error: leave its block and "
            "start it again"
        )


class ResourceNotFound(StoreError):
    """No live resource has this kind and id."""

    code = "NOT_FOUND"

    @classmethod
    def of(cls, kind: str, resource_id: str) -> Self:
        """Name the kind and the id that were asked for."""
        return cls(f"resource not found: {kind}/{resource_id}")


class AuditNotFound(StoreError):
    """No audit record answers the lookup."""

    code = "NOT_FOUND"

    @classmethod
    def by_hash(cls, kind: str, resource_id: str, version_hash: str) -> Self:
        """Name the resource and the version hash that were asked for."""
        return cls(f"audit record not found: {kind}/{resource_id} (hash={version_hash})")

    @classmethod
    def by_tag(cls, kind: str, resource_id: str, tag: str) -> Self:
        """Name the resource and the tag that were asked for."""
        return cls(f"audit record not found: {kind}/{resource_id} (tag={tag})")


class StoreClosed(StoreError):
    """The store was closed before this call."""

    code = "UNAVAILABLE"

    @classmethod
    def at(cls, path: PathLike[str]) -> Self:
        """Name the file of the closed store."""
        return cls(f"store is closed: {path}")


class StoreLocked(StoreError):
    """Another connection held the lock for longer than the store waits."""

    code = "UNAVAILABLE"

    @classmethod
    def after(cls, seconds: float, path: PathLike[str]) -> Self:
        """Name the file and how long the store waited, in seconds."""
        return cls(
            f"database is locked: {path}: another connection has held the lock for over "
            f"{seconds:g} s; end its transaction or close it, then call again"
        )


class NotADatabase(StoreError):
    """The file exists and is not a SQLite database, or is damaged."""

    code = "DATA_LOSS"

    @classmethod
    def at(cls, path: PathLike[str], why: object) -> Self:
        """Name the file and the engine's own words."""
        return cls(f"{path} is not a usable database: {why}; check the path, or restore the file")

    @classmethod
    def lacking(cls, path: PathLike[str], version: int, part: str) -> Self:
        """Name the table or the column that a file of this schema version must have."""
        return cls.at(path, f"it claims schema version {version} but has no {part}")

    @classmethod
    def foreign(cls, path: PathLike[str], table: str, column: str) -> Self:
        """Name a table of another program that has the name of one of the store's."""
        return cls(
            f"{path} has a table {table} that is not the store's: it has no column {column}; "
            "rename that table, or give the store another file"
        )


class NewerSchema(StoreError):
    """The file was written by a newer release than this one knows."""

    code = "FAILED_PRECONDITION"

    @classmethod
    def of(cls, path: PathLike[str], found: int, known: int) -> Self:
        """Name the file, the version it has and the newest version known here."""
        return cls(
            f"{path} has schema version {found}; this release knows versions up to {known}: "
            "open it with a newer pytest-stigmer"
        )


class PathNotWritable(StoreError):
    """The database file or its folder cannot be created or written."""

    code = "PERMISSION_DENIED"

    @classmethod
    def because(cls, path: PathLike[str], why: object) -> Self:
        """Name the file and what stands in the way."""
        return cls(f"cannot write {path}: {why}; give a path in a folder that this user may write")


class NotReadable(StoreError):
    """The file exists and this user cannot read it where it is."""

    code = "PERMISSION_DENIED"

    @classmethod
    def here(cls, path: PathLike[str], why: object) -> Self:
        """Name the file and the engine's own words."""
        return cls(
            f"cannot read {path} here: {why}; read it as a user who may read the file and write "
            "its folder, or copy it, together with its -wal or -journal file, to such a folder"
        )


class DiskFull(StoreError):
    """The file cannot grow: the disk, a quota or max_page_count is exhausted."""

    code = "RESOURCE_EXHAUSTED"

    @classmethod
    def at(cls, path: PathLike[str]) -> Self:
        """Name the file that cannot grow."""
        return cls(
            f"{path} cannot grow: the disk, a quota or max_page_count is exhausted; "
            "nothing of this call was kept: make room, then call again"
        )


class TooManyFiles(StoreError):
    """This process may open no further file."""

    code = "RESOURCE_EXHAUSTED"

    @classmethod
    def at(cls, path: PathLike[str], why: object) -> Self:
        """Name the file that could not be opened for want of a descriptor."""
        return cls(
            f"cannot open {path}: {why}: close stores or connections, or raise the limit of open "
            "files (ulimit -n)"
        )


class StoreForked(StoreError):
    """A store opened by the parent process was used in a child."""

    code = "FAILED_PRECONDITION"

    @classmethod
    def at(cls, path: PathLike[str]) -> Self:
        """Name the file whose connection belongs to the parent."""
        return cls(
            f"the store on {path} was opened before this process was forked, and a SQLite "
            "connection does not survive a fork: open another store in the child"
        )


class InvalidText(StoreError):
    """An id, a kind, a hash or a tag is not valid Unicode and cannot be stored as it is."""

    code = "INVALID_ARGUMENT"

    @classmethod
    def of(cls, value: str) -> Self:
        """Show the text with its unpaired surrogates."""
        return cls(f"{value!a} has unpaired surrogates and no UTF-8 form: it cannot be stored")


class ClockNotFollowed(StoreError):
    """The schema or a setting keeps SQLite's date functions from following the clock."""

    code = "FAILED_PRECONDITION"

    @classmethod
    def at(cls, path: PathLike[str], why: object) -> Self:
        """Name the file and the engine's own words."""
        return cls(
            f"{path}: {why}: the store replaces SQLite's date functions so that they follow the "
            "clock, which excludes them from indexes and needs trusted_schema=ON; "
            "drop the index or the setting"
        )


class InvalidPath(StoreError):
    """The path is a form that a store does not take."""

    code = "INVALID_ARGUMENT"

    @classmethod
    def not_a_file(cls, path: str) -> Self:
        """Refuse '', ':memory:' and 'file:' URIs."""
        return cls(
            f"{path!r} is not the path of a database file: '', ':memory:' and 'file:' URIs are "
            "refused because each connection would see another database; give a file path"
        )


class UndecodableRow(StoreError):
    """A stored row does not decode as the message class that was asked for."""

    code = "DATA_LOSS"

    @classmethod
    def of(cls, kind: str, resource_id: str, why: object) -> Self:
        """Name the row and the decoder's own words."""
        return cls(f"row {kind}/{resource_id} does not decode: {why}")

"""Every error a caller can meet; named constructors say what, why and what to do."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike


MAX_FAULT_LINES = 5
"""How many lines the report of one faulty scenario file has at most."""

_FEW_WORDS = 20


class StigmerError(Exception):
    """Base of all errors of this package; `code` is the gRPC status name it maps to."""

    code: ClassVar[str] = "UNKNOWN"


def _fields(numbers: Mapping[str, int]) -> str:
    return "{" + ", ".join(f"{name} {number}" for name, number in numbers.items()) + "}"


def _line(text: object) -> str:
    return " ".join(str(text).split())


class UsageError(StigmerError):
    """An option, a mark or a setting that cannot be followed."""

    code = "INVALID_ARGUMENT"

    @classmethod
    def unknown(cls, what: str, word: str, known: Iterable[str]) -> Self:
        """Name the word that is not known, the nearest one that is, and the others if few."""
        words = sorted(known)
        near = difflib.get_close_matches(word, words, n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        listed = f" (known: {', '.join(words)})" if len(words) <= _FEW_WORDS else ""
        return cls(f"unknown {what} {word!r}{hint}{listed}")

    @classmethod
    def no_audit_table(cls, schema: int) -> Self:
        """Refuse to load a history into a schema that cannot hold one."""
        return cls(
            f"schema {schema} has no audit table to load a history into; use schema=2, or "
            "stigmer_factory.legacy_database() for a file of schema 1 with versions"
        )

    @classmethod
    def no_such_path(cls, path: object) -> Self:
        """Name a file or folder that is not there."""
        return cls(f"no such file or folder: {path}")

    @classmethod
    def exists(cls, path: object) -> Self:
        """Refuse to write over a file."""
        return cls(f"{path} exists; choose another name, or delete it first")

    @classmethod
    def no_stubs(cls, module: str, looked: Iterable[str]) -> Self:
        """Name the stub module that is not installed and the folders that were searched."""
        return cls(
            f"stigmer_stubs = installed, but there is no module {module} (looked in "
            f"{', '.join(looked)}): install the stubs here, or set stigmer_stubs to auto or bundled"
        )

    @classmethod
    def other_stubs(cls, module: str, found: Mapping[str, int], wanted: Mapping[str, int]) -> Self:
        """Name the stub module and show both field maps of PushSkillRequest, name to number."""
        return cls(
            f"stigmer_stubs = installed, but {module} is of another API generation: its "
            f"PushSkillRequest is {_fields(found)}, generation 2026-01 has {_fields(wanted)}: "
            "install stubs of that generation, or set stigmer_stubs to auto or bundled"
        )

    @classmethod
    def broken_stubs(cls, module: str, why: str) -> Self:
        """Name the stub module that cannot be used and say why."""
        return cls(
            f"stigmer_stubs = installed, but {module} cannot be used: {why}: reinstall the stubs, "
            "or set stigmer_stubs to auto or bundled"
        )

    @classmethod
    def not_installed(cls, what: str, missing: Iterable[str], extra: str) -> Self:
        """Name what was asked for, the libraries it lacks and the extra that brings them."""
        return cls(
            f"{what} needs {', '.join(missing)}, which this Python has not: "
            f"pip install 'pytest-stigmer[{extra}]'"
        )

    @classmethod
    def cannot_listen(cls, address: str, why: object) -> Self:
        """Name the address that a server cannot take."""
        return cls(
            f"cannot listen on {address}: {why}: stop what listens there, or give port 0, which "
            "takes a free one"
        )

    @classmethod
    def no_fixture(cls, class_name: str, fixture: str) -> Self:
        """Name the class of the conformance kit that lacks the fixture it is about."""
        return cls(
            f"{class_name} defines no fixture {fixture!r}: write a method `{fixture}` decorated "
            "with @pytest.fixture that gives a fresh, empty one"
        )

    @classmethod
    def not_overridden(cls, class_name: str, method: str, capability: str) -> Self:
        """Name the method that a declared capability needs."""
        return cls(
            f"{class_name} declares {capability} = True and does not override `{method}`: "
            "override it, or declare False"
        )


class UnknownField(UsageError, TypeError):
    """A factory was given a keyword that is not a field of what it makes."""

    @classmethod
    def of(cls, method: str, word: str, known: Iterable[str]) -> Self:
        """Name the method, the word, the nearest field and all fields."""
        return cls(f"{method}(): {UsageError.unknown('field', word, known)}")


class ClockIncoherent(StigmerError):
    """Two sources of time disagree, or another tool took the clock over."""

    code = "FAILED_PRECONDITION"

    @classmethod
    def taken_over(cls, expected: object, found: object) -> Self:
        """Python's clock is no longer the one that the frozen clock set."""
        return cls(
            f"stigmer_clock was set to {expected}, but Python's clock says {found}: another freeze "
            "(freeze_time, time-machine) is active inside it; move that one, or leave it first"
        )

    @classmethod
    def not_frozen(cls) -> Self:
        """Refuse to read or move a clock that has not frozen Python, or has given it back."""
        return cls("this clock stands still only within its `with` block: use it there")

    @classmethod
    def frozen_already(cls) -> Self:
        """Refuse to freeze with one clock twice."""
        return cls(
            "this clock is in use: leave its `with` block first, or make another FrozenClock"
        )

    @classmethod
    def running(cls) -> Self:
        """Refuse to move a clock that runs."""
        return cls("this clock runs with the system's: stop it at an instant before moving it")

    @classmethod
    def disagreeing(cls, lines: list[str]) -> Self:
        """List the sources of time that differ from the frozen clock, one line each."""
        return cls("sources of time disagree with the frozen clock:\n  " + "\n  ".join(lines))


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
        return cls(
            f"{path} is not a usable database: {why}; "
            "the path may name another file, else restore it"
        )

    @classmethod
    def lacking(cls, path: PathLike[str], version: int, table: str) -> Self:
        """Name the table that a file of this schema version must have."""
        return cls.at(path, f"it claims schema version {version} and has no table {table}")


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


class UndecodableMessage(StigmerError, ValueError):
    """Bytes that do not parse as the message class that was asked for."""

    code = "INTERNAL"

    def __init__(self, type_name: str, reason: str) -> None:
        super().__init__(f"{type_name} does not decode: {reason}")
        self.type_name = type_name
        self.reason = reason

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Pickle by type and reason, so that the error crosses processes."""
        return type(self), (self.type_name, self.reason)


class StatusError(StigmerError):
    """A failed call of the skill API: `code` is the gRPC status name, `details` its text."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code  # type: ignore[misc]
        self.details = details

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Pickle by code and details, so that the error crosses processes."""
        return type(self), (self.code, self.details)


class ServerLost(StatusError):
    """The server under test does not answer any more; nothing further is sent to it."""

    def __str__(self) -> str:
        """Return the text alone: the status is ours, not the server's."""
        return self.details

    @classmethod
    def never_there(cls, address: str, seconds: float, why: object) -> Self:
        """Name the address where nobody answered, and for how long it was tried."""
        return cls(
            "UNAVAILABLE",
            f"no server answers at {address} within {seconds:g} s ({_line(why)}): start it, or "
            "correct --stigmer-target and the TLS options",
        )

    @classmethod
    def during(cls, address: str, method: str, why: StatusError) -> Self:
        """Name the call at which the server fell silent."""
        return cls(
            "UNAVAILABLE",
            f"the server {address} was lost at {method} ({_line(why)}); "
            "nothing more is sent to it in this run",
        )


class ArchiveError(StigmerError):
    """A pushed artifact that is not an acceptable ZIP; the text is the archive rule's own."""

    code = "INVALID_ARGUMENT"


class ScenarioError(StigmerError):
    """A scenario file that cannot be used: where, what, and the nearest valid word."""

    code = "INVALID_ARGUMENT"

    def __init__(self, path: PathLike[str] | str, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what

    def __reduce__(self) -> tuple[type[Self], tuple[PathLike[str] | str, int, str]]:
        """Pickle by its parts, so that the error crosses processes."""
        return type(self), (self.path, self.line, self.what)

    @classmethod
    def of_file(cls, path: PathLike[str] | str, faults: list[tuple[int, str]]) -> Self:
        """List the faults of one file (line, what) on at most five lines; the rest are counted."""
        shown = faults if len(faults) <= MAX_FAULT_LINES else faults[: MAX_FAULT_LINES - 1]
        lines = [" ".join(what.split()) for _, what in shown]
        texts = lines[:1] + [
            f"{path}:{line}: {what}" for (line, _), what in zip(shown[1:], lines[1:], strict=True)
        ]
        if len(faults) > len(shown):
            texts.append(f"{path}: and {len(faults) - len(shown)} more")
        return cls(path, faults[0][0], "\n".join(texts))

"""What a user asked for and cannot have: by options, in a scenario file, of the clock."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint
from os import PathLike
from typing import Self

from pytest_stigmer.errors.base_error import StigmerError
from pytest_stigmer.errors.visible import told_path

MAX_FAULT_LINES = 5
"""How many lines the report of one faulty scenario file has at most."""

_FEW_WORDS = 20

_NEAR = 0.4
"""How alike a word must be to be what was probably meant; 1 is the same."""


class UsageError(StigmerError):
    """An option, a mark or a setting that cannot be followed."""

    code = "INVALID_ARGUMENT"

    @classmethod
    def unknown(cls, what: str, word: str, known: Iterable[str]) -> Self:
        """Name the word that is not known, the nearest one that is, and the others if few."""
        words = {name.casefold(): name for name in sorted(known)}
        near = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=_NEAR)
        hint = f"; did you mean {words[near[0]]!r}?" if near else ""
        listed = f" (known: {', '.join(words.values())})" if len(words) <= _FEW_WORDS else ""
        return cls(f"unknown {what} {word!r}{hint}{listed}")

    @classmethod
    def shared(cls, what: str, word: str, names: Sequence[str]) -> Self:
        """Name everything that a word may mean."""
        return cls(f"more than one {what} has the id {word!r}: write {' or '.join(names)}")

    @classmethod
    def no_audit_table(cls, schema: int) -> Self:
        """Refuse to load a history into a schema that cannot hold one."""
        return cls(
            f"schema {schema} has no audit table to load a history into; use schema=2, or "
            "stigmer_factory.legacy_database() for a file of schema 1 with versions"
        )

    @classmethod
    def no_history(cls, value: object) -> Self:
        """Refuse to load what is no history."""
        return cls(f"history= takes what stigmer_factory.audit_history() gives, not {value!r:.60}")

    @classmethod
    def not_shared(cls, fixture: str) -> Self:
        """Refuse to share the registry of a fixture that has none to share."""
        return cls(
            f"{fixture!r} was not made with store_fixture, skills_fixture or service_fixture: make "
            "it with one of them, or leave its name out to get a registry of its own"
        )

    @classmethod
    def no_such_path(cls, path: object) -> Self:
        """Name a file or folder that is not there."""
        return cls(f"no such file or folder: {path}")

    @classmethod
    def no_scenarios_in(cls, folder: object) -> Self:
        """Name a folder without a scenario."""
        return cls(
            f"no scenario under {folder}: the name of one ends in .scenario.yaml or .scenario.yml; "
            "`stigmer-harness new NAME` writes a first one"
        )

    @classmethod
    def no_report(cls, path: object, why: str) -> Self:
        """Name a file that is no JSON report, and say why."""
        return cls(
            f"{told_path(path)} cannot be read as a report of this version: {why}; `run`, `prove` "
            "and `conform` write one with --report FILE.json, pytest with --stigmer-report"
        )

    @classmethod
    def unreadable(cls, error: OSError) -> Self:
        """Name a file or folder that the system refuses, and say why."""
        where = f"{told_path(error.filename)}: " if error.filename else ""
        return cls(f"{where}{(error.strerror or str(error)).lower()}; is that the right path?")

    @classmethod
    def no_report_suffix(cls, known: Iterable[str]) -> Self:
        """Name the forms that a report can have."""
        return cls(f"--report: the file's name must end in one of {', '.join(known)}")

    @classmethod
    def unlike_reports(cls, what: str, told: Mapping[str, object]) -> Self:
        """Say in what two reports differ, which are therefore not of one run."""
        pairs = "; ".join(f"{path}: {value or 'none'}" for path, value in told.items())
        return cls(f"these reports are not from one run: {what} differs: {pairs}")

    @classmethod
    def doubled_shard(cls, shard: str, first: object, second: object) -> Self:
        """Name the two reports of one shard."""
        return cls(f"shard {shard} was given twice: {first} and {second}; leave one of them out")

    @classmethod
    def missing_shards(cls, numbers: Iterable[str], of: str, target: str) -> Self:
        """Name the shards without which nothing can be said of the whole."""
        return cls(
            f"no report of shard {', '.join(numbers)} of {of} (target {target}): its job did not "
            "finish, or its report was not kept"
        )

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
            f"{what} needs {', '.join(missing)}, which is not installed: "
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
    def no_operation(cls, where: str, why: str) -> Self:
        """Name file and line of a recorded history that cannot be read, and say why."""
        return cls(
            f"{where}: not an operation: {why}; "
            "pytest_stigmer.concurrency.recorded_history says what a line holds"
        )

    @classmethod
    def not_with(cls, option: str, others: Sequence[str]) -> Self:
        """Name what an option does not go together with."""
        return cls(f"{option} works on files and the reference only: leave out {', '.join(others)}")

    @classmethod
    def not_importable(cls, point: EntryPoint, cause: Exception) -> Self:
        """Name what an installed distribution registers and cannot be imported."""
        owner = point.dist.name if point.dist else "an installed distribution"
        return cls(
            f"{owner} registers {point.name} = {point.value} as {point.group}, which cannot be "
            f"imported: {type(cause).__name__}: {cause}; repair or remove that distribution"
        )

    @classmethod
    def empty_history(cls, path: object) -> Self:
        """Refuse to judge a recorded history of nothing."""
        return cls(f"{path} holds no operations, so nothing was checked; was anything recorded?")

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

    @classmethod
    def foreign_parses(cls, class_name: str, message_class: str) -> Self:
        """Ask for another foreign message, because a store cannot refuse one that parses."""
        return cls(
            f"{class_name}.foreign_message() returns bytes that {message_class} parses: override "
            f"`foreign_message` to return a message whose bytes {message_class} refuses"
        )


class UnknownField(UsageError, TypeError):
    """A factory was given a keyword that is not a field of what it makes."""

    @classmethod
    def of(cls, method: str, word: str, known: Iterable[str]) -> Self:
        """Name the method, the word, the nearest field and all fields."""
        return cls(f"{method}(): {UsageError.unknown('field', word, known)}")


class ScenarioError(StigmerError):
    """A scenario file that cannot be used: where, what, and the nearest valid word."""

    code = "INVALID_ARGUMENT"

    def __init__(self, path: PathLike[str] | str, line: int, what: str) -> None:
        super().__init__(f"{told_path(path)}:{line}: {what}")
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
            f"{told_path(path)}:{line}: {what}"
            for (line, _), what in zip(shown[1:], lines[1:], strict=True)
        ]
        if len(faults) > len(shown):
            texts.append(f"{told_path(path)}: and {len(faults) - len(shown)} more")
        return cls(path, faults[0][0], "\n".join(texts))


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
    def without_sqlite(cls) -> Self:
        """Refuse to let a connection follow a clock that was made without it."""
        return cls(
            "this clock was made for Python alone: use stigmer_clock, or a fixture made with "
            "pytest_stigmer.fixtures.clock_fixture"
        )

    @classmethod
    def out_of_reach(cls, connection: str, why: str) -> Self:
        """Refuse a connection that cannot follow."""
        return cls(f"{connection} cannot follow the clock: {why}, so its schema would break")

    @classmethod
    def running(cls) -> Self:
        """Refuse to move a clock that runs."""
        return cls("this clock runs in real time: stop it at an instant before you move it")

    @classmethod
    def disagreeing(cls, lines: list[str]) -> Self:
        """List the sources of time that differ from the frozen clock, one line each."""
        return cls("sources of time disagree with the frozen clock:\n  " + "\n  ".join(lines))


def _fields(numbers: Mapping[str, int]) -> str:
    return "{" + ", ".join(f"{name} {number}" for name, number in numbers.items()) + "}"

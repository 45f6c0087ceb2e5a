"""What a scenario runs on: anything that performs verbs and answers in plain values."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from pytest_stigmer.errors import ServerLost, StatusError, StigmerError

if TYPE_CHECKING:
    from pytest_stigmer.scenario.model import Scenario

CUT_CODES = {"cancelled": "CANCELLED", "deadline": "DEADLINE_EXCEEDED"}
"""What a caller sees of a call that was cut short, by how he went away."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A refused verb: the gRPC status name and its text; what was raised, if it is no status."""

    code: str
    message: str = ""
    error: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Rpc:
    """A call as it was on the wire: `SERVICE/METHOD`, messages in protobuf's JSON, a status.

    `answer` is None for a call that failed.
    """

    method: str
    request: Any
    status: str
    message: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb gave: a plain value, or a failure.

    A Skill is a dict with proto field names, nested as the message is, every field without presence
    included: enums by name, bytes as base64, timestamps as in protobuf's JSON
    (`2026-01-25T10:00:00.100Z`), message fields that are not set as None. An artifact is
    `{artifact: base64, sha256: hex, size: bytes}`. Where the value has times of the scenario in the
    place of a server's own, `server_times` are those, by dotted path. `rpc` tells the call of the
    skill API, where it was one.
    """

    value: Any = None
    failure: Failure | None = None
    server_times: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    rpc: Callable[[], Rpc] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def refused(cls, code: str, message: str = "") -> Self:
        """Build the answer of a verb that failed as an API or a store fails."""
        return cls(failure=Failure(code, message))

    @classmethod
    def of_error(cls, error: Exception) -> Self:
        """Turn an error of this package into the failure a caller of the API sees."""
        status = StatusError.of(error)
        return cls.refused(status.code, status.details)

    @classmethod
    def of_fault(cls, error: Exception) -> Self:
        """Turn an exception that is no status into what a server makes of it."""
        return cls(failure=Failure("UNKNOWN", f"{type(error).__name__}: {error}", error))


class _Interrupted(KeyboardInterrupt):
    """What a transaction is interrupted with, as by a signal; no error that code may swallow."""


class _Refused(StatusError):
    """What a caller says no with in a transaction: an answer, and no success."""

    def __init__(self) -> None:
        super().__init__("NOT_FOUND", "the caller has not found what he was looking for")


ENDINGS: dict[str, type[BaseException]] = {"interrupted": _Interrupted, "refused": _Refused}
"""What is raised in a transaction that ends so."""


def answered(act: Callable[[], Any], *passing: type[Exception]) -> Answer:
    """Return the answer of a call: what it gave or raised.

    Lets pass what is no answer: ServerLost, Unsupported, Inconclusive, Surprise, and the exceptions
    of `passing`.
    """
    try:
        return Answer(act())
    except passing:
        raise
    except (ServerLost, Unsupported, Inconclusive, Surprise):
        raise
    except StigmerError as error:
        return Answer.of_error(error)
    except Exception as error:  # noqa: BLE001 - whatever a registry raises is its answer
        return Answer.of_fault(error)


def is_cut(answer: Answer) -> bool:
    """Tell whether a caller went away before he was answered."""
    return answer.failure is not None and answer.failure.code in CUT_CODES.values()


@dataclass(frozen=True)
class AuditRow:
    """One row of `resource_audit`; `read` makes of its data what an Answer has, or None."""

    id: int
    kind: str
    resource_id: str
    archived_at: str
    version_hash: str
    tag: str
    data: bytes
    read: Callable[[bytes], Any] = field(default=lambda _: None, compare=False, repr=False)

    @cached_property
    def value(self) -> Any:
        """Its audit record; to read thousands that nobody looks at takes seconds."""
        return self.read(self.data)


# Not errors of the registry: a target that turns those into answers must let these pass.
class Unsupported(Exception):
    """The target cannot do what the step asks; the scenario is skipped with this reason."""


class Inconclusive(Exception):
    """A precondition of the step could not be proved; the scenario neither passed nor failed."""


class Surprise(Exception):
    """Something was harmed that no step asks about; the run is red with this sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """One verb with its arguments."""

    verb: str
    arguments: Mapping[str, Any]


class Target:
    """A registry in a state of its own, fresh for one run of one scenario.

    What a target has no more of than the verbs is answered here.
    """

    name: str = ""
    """What `--stigmer-target` calls it, such as `local`."""
    capabilities: frozenset[str] = frozenset()
    """The words of `verbs.Capability` that it offers."""
    looks: frozenset[str] = frozenset()
    """Verbs that it performs though it lacks the capability that they need."""
    paths: Mapping[str, str] = {}
    """Where its `database` and its `artifacts` lie, for targets with the capability `files`."""
    takes_threads = True
    """Whether threads may share it."""
    is_ours = True
    """Whether it is held to what the reference does in the disputed points too."""
    chooses_orders = True
    """Whether calls at once have each order in turn; else they are tried, and chance decides."""
    spares = False
    """Whether nothing is sent to it that could damage what others have stored there."""

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; arguments are those of the schema, saved values already filled in.

        A refusal is an Answer with a failure. Raises Unsupported or Inconclusive when the run
        cannot say anything, ServerLost when there is nobody left to ask; any other exception
        becomes the failure UNKNOWN.
        """
        raise NotImplementedError(verb, arguments)

    def other(self) -> Target:
        """Return a second registry on the same file, the same one at each call."""
        raise Unsupported(f"the target {self.name} has no second registry on its file")

    def elsewhere(self) -> Target:
        """Return a registry of another process on the same file, the same one at each call."""
        raise Unsupported(f"the target {self.name} has no other process on its file")

    def transaction(self, *, keep: bool) -> AbstractContextManager[None]:
        """Make what is performed in the block one unit, undone at its end unless `keep`."""
        del keep
        raise Unsupported(f"the target {self.name} has no transactions")

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Perform calls of several callers at once, and tell whether there is a further order.

        Orders are counted from 0. A target that cannot choose one lets threads decide, once.
        """
        del order
        if not self.takes_threads:
            raise Unsupported(f"the target {self.name} cannot be used by several threads")
        with ThreadPoolExecutor(len(calls)) as threads:
            started = [threads.submit(self.perform, call.verb, call.arguments) for call in calls]
            return [call.result() for call in started], False

    def cut_short(self, call: Call, how: str, order: int) -> tuple[Answer, bool]:
        """Perform a call whose caller goes away, and tell whether there is a further moment.

        `how` is `cancelled` or `deadline`, `order` counts the moments from 0. In the last one the
        call was faster. When this returns, the call has ended, whatever came of it.
        """
        del call, how, order
        raise Unsupported(f"on the target {self.name} nobody goes away before he is answered")

    def start_over(self) -> None:
        """Become a fresh registry again, for the next order."""
        raise Unsupported(f"the target {self.name} cannot start over")

    def leaves_out(self, scenario: Scenario) -> str:
        """Return why nothing of a scenario is sent here, or ''."""
        missing = scenario.lacks(self.capabilities, self.looks)
        if missing:
            return f"the target {self.name}{_OFFERS_NO}{_AND_NO.join(missing)}"
        harm = scenario.harm if self.spares else ""
        return harm and f"{harm}: sent to {self.name} with --stigmer-harmful only"

    def now(self) -> dt.datetime | None:
        """Return the target's instant, or None where its clock cannot be read."""
        return None

    def timeline(self) -> Sequence[AuditRow] | None:
        """Return the audit rows in insertion order, or None where they cannot be seen."""
        return None

    def explain(self, verb: str, arguments: Mapping[str, Any]) -> str | None:
        """Return the SQL and the query plan behind a lookup, or None where there is none."""
        del verb, arguments
        return None


def asked(target: Target, verb: str, sent: Mapping[str, Any]) -> Answer:
    """Return what a target answers, or what becomes of an exception that it lets pass."""
    answers = answered(lambda: target.perform(verb, sent))
    return answers if answers.failure else answers.value


def cut(target: Target, call: Call, how: str, order: int) -> tuple[Answer, bool]:
    """Let a caller go away as a step says: `waiting` is the first moment and no further one."""
    if how == "waiting":
        return target.cut_short(call, "cancelled", 0)[0], False
    return target.cut_short(call, how, order)


_OFFERS_NO, _AND_NO = " offers no ", " and no "


def gathered(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Return how often each reason to leave something out was given, most first.

    All that one target lacks is one reason, each thing with the number of those that need it.
    """
    found: Counter[str] = Counter()
    lacking: dict[str, Counter[str]] = {}
    for reason in reasons:
        who, offers_no, words = reason.partition(_OFFERS_NO)
        found[who if offers_no else reason] += 1
        if offers_no:
            lacking.setdefault(who, Counter()).update(words.split(_AND_NO))
    return [(_told_lacking(one, lacking.get(one)), count) for one, count in found.most_common()]


def _told_lacking(who: str, words: Counter[str] | None) -> str:
    if not words:
        return who
    if len(words) == 1:
        return f"{who}{_OFFERS_NO}{next(iter(words))}"
    told = (f"{word} ({count})" for word, count in words.most_common())
    return f"{who}{_OFFERS_NO}{', no '.join(told)}"

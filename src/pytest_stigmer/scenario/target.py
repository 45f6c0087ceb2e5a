"""What a scenario runs on: anything that performs verbs and answers in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from pytest_stigmer.errors import StatusError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Failure:
    """A refused verb: the gRPC status name and its text."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb gave: a plain value, or a failure.

    A Skill is a dict with proto field names, nested as the message is, every field without presence
    included: enums by name, bytes as base64, timestamps as in protobuf's JSON
    (`2026-01-25T10:00:00.100Z`), message fields that are not set as None. An artifact is
    `{artifact: base64, sha256: hex, size: bytes}`.
    """

    value: Any = None
    failure: Failure | None = None

    @classmethod
    def refused(cls, code: str, message: str = "") -> Self:
        """Build the answer of a verb that failed as an API or a store fails."""
        return cls(failure=Failure(code, message))

    @classmethod
    def of_error(cls, error: Exception) -> Self:
        """Turn an error of this package into the failure a caller of the API sees."""
        status = StatusError.of(error)
        return cls.refused(status.code, status.details)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of `resource_audit`; `value` is its snapshot as an Answer has it, or None."""

    id: int
    kind: str
    resource_id: str
    archived_at: str
    version_hash: str
    tag: str
    value: Any = None


# Not errors of the registry: a target that turns those into answers must let these two pass.
class Unsupported(Exception):
    """The target cannot do what the step asks; the scenario is skipped with this reason."""


class Inconclusive(Exception):
    """A precondition of the step could not be proved; the scenario neither passed nor failed."""


class Target(Protocol):
    """A registry in a state of its own, fresh for one run of one scenario."""

    @property
    def name(self) -> str:
        """What `--stigmer-target` calls it, such as `local`."""

    @property
    def capabilities(self) -> frozenset[str]:
        """The words of `verbs.Capability` that it offers."""

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; arguments are those of the schema, saved values already filled in.

        A refusal is an Answer with a failure. Raises Unsupported or Inconclusive when the run
        cannot say anything, ServerLost when there is nobody left to ask; any other exception is a
        fault of the target itself.
        """

    def now(self) -> dt.datetime | None:
        """Return the target's instant, or None where its clock cannot be read."""

    def timeline(self) -> Sequence[AuditRow] | None:
        """Return the audit rows in insertion order, or None where they cannot be seen."""

    def explain(self, verb: str, arguments: Mapping[str, Any]) -> str | None:
        """Return the SQL and the query plan behind a lookup, or None where there is none."""

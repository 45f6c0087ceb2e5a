"""A small registry to run scenarios on, and how these tests read and run them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import DEFAULT_START, parse_duration, parse_instant
from pytest_stigmer.errors import AuditNotFound, ClockIncoherent, ResourceNotFound, ScenarioError
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import run
from pytest_stigmer.scenario.target import Answer, AuditRow, Inconclusive, Target, Unsupported

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

PATH = Path("x.scenario.yaml")


def nested(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted paths into nested maps."""
    result: dict[str, Any] = {}
    for path, value in paths.items():
        *parents, last = path.split(".")
        place = result
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return result


class PlainTarget(Target):
    """Skill verbs, a few store verbs and a clock; with `oldest_tag` the order is wrong."""

    def __init__(self, *, oldest_tag: bool = False) -> None:
        self.name = "plain"
        self.capabilities = frozenset({"skills", "store", "clock", "faults", "reopen"})
        self.instant = parse_instant(DEFAULT_START)
        self.live: dict[tuple[str, str], dict[str, Any]] = {}
        self.rows: list[AuditRow] = []
        self.oldest_tag = oldest_tag
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Call the method of the verb."""
        self.calls.append((verb, arguments))
        try:
            return Answer(getattr(self, f"_{verb}")(**arguments))
        except ClockIncoherent as error:
            return Answer.of_error(error)

    def now(self) -> dt.datetime | None:
        """Return the target's own instant."""
        return self.instant

    def timeline(self) -> list[AuditRow] | None:
        """Return the audit rows."""
        return list(self.rows)

    def explain(self, verb: str, arguments: Mapping[str, Any]) -> str | None:
        """Return a made-up statement for lookups by tag."""
        if verb not in {"get_audit_by_tag", "get_by_reference"}:
            return None
        return f"SELECT data FROM rows WHERE tag = {arguments.get('version')!r}\nSCAN rows"

    def _advance(self, duration: str) -> None:
        self.instant += parse_duration(duration)

    def _set_clock(self, instant: str) -> None:
        self.instant = parse_instant(instant)

    def _push(self, name: str, tag: str = "", skill_md: str = "") -> dict[str, Any]:
        digest = hashlib.sha256(skill_md.encode()).hexdigest()
        skill = {
            "metadata": {"name": name, "slug": name.lower(), "id": f"skl-{name.lower()}"},
            "spec": {"skill_md": skill_md, "tag": tag},
            "status": {"version_hash": digest, "artifact_storage_key": f"skills/{digest}.zip"},
        }
        self.live["skill", skill["metadata"]["id"]] = skill
        self._archive("skill", skill["metadata"]["id"], skill, digest, tag)
        return skill

    def _archive(self, kind: str, of: str, value: Any, version_hash: str, tag: str) -> None:
        at = self.instant.strftime("%Y-%m-%d %H:%M:%S")
        self.rows.append(
            AuditRow(len(self.rows) + 1, kind, of, at, version_hash, tag, b"", lambda _: value)
        )

    def _get(self, id: str) -> dict[str, Any]:  # noqa: A002 - the language's word
        return self._get_resource("skill", id)

    def _get_resource(self, kind: str, id: str) -> dict[str, Any]:  # noqa: A002
        if (kind, id) not in self.live:
            raise ResourceNotFound.of(kind, id)
        return self.live[kind, id]

    def _get_by_reference(self, slug: str, version: str = "") -> dict[str, Any]:
        current = self._get(f"skl-{slug}")
        if version in {"", "latest", current["spec"]["tag"]}:
            return current
        return self._get_audit_by_tag("skill", f"skl-{slug}", version)

    def _save_resource(self, kind: str, id: str, message: Mapping[str, Any]) -> None:  # noqa: A002
        self.live[kind, id] = nested(message)

    def _save_audit(
        self,
        kind: str,
        resource_id: str,
        message: Mapping[str, Any],
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        self._archive(kind, resource_id, nested(message), version_hash, tag)

    def _get_audit_by_tag(self, kind: str, resource_id: str, tag: str) -> dict[str, Any]:
        rows = [row for row in self.rows if (row.kind, row.resource_id) == (kind, resource_id)]
        found = [row.value for row in rows if row.tag == tag]
        if not found:
            raise AuditNotFound.by_tag(kind, resource_id, tag)
        value: dict[str, Any] = found[0 if self.oldest_tag else -1]
        return value

    def _list_audit_history(self, kind: str, resource_id: str) -> list[Any]:
        rows = [row for row in self.rows if (row.kind, row.resource_id) == (kind, resource_id)]
        return [row.value for row in (rows if self.oldest_tag else rows[::-1])]

    def _delete_resource(self, kind: str, id: str) -> None:  # noqa: A002
        self.live.pop((kind, id), None)

    def _delete_audit_by_resource_id(self, kind: str, resource_id: str) -> int:
        kept = [row for row in self.rows if (row.kind, row.resource_id) != (kind, resource_id)]
        count = len(self.rows) - len(kept)
        self.rows = kept
        return count

    def _get_artifact(self, key: str) -> dict[str, Any]:
        data = key.encode()
        digest = hashlib.sha256(data).hexdigest()
        return {
            "artifact": base64.b64encode(data).decode(),
            "sha256": digest,
            "size": len(data),
        }

    def _reopen(self) -> None:
        raise Unsupported("the plain target has no file to open again")

    def _crash_after(self, statement: int) -> None:
        raise Inconclusive(f"nothing writes {statement} statements here")

    def _unlock(self) -> None:
        raise ZeroDivisionError("a fault")


@pytest.fixture
def plain_target() -> type[PlainTarget]:
    """Give the class of a real target that needs no other layer."""
    return PlainTarget


@pytest.fixture
def read() -> Callable[[str], Scenario]:
    """Read the steps given as YAML lines of the `steps` list."""
    return lambda steps: loads(f"scenario: a title\nsteps:\n{steps}".encode(), PATH)


@pytest.fixture
def faults() -> Callable[[bytes], list[str]]:
    """Read a faulty file and return the lines of its error."""

    def collect(data: bytes) -> list[str]:
        with pytest.raises(ScenarioError) as raised:
            loads(data, PATH)
        return str(raised.value).splitlines()

    return collect


@pytest.fixture
def outcome(read: Callable[[str], Scenario]) -> Callable[..., Outcome]:
    """Run steps on a fresh plain target."""
    return lambda steps, **options: run(read(steps), PlainTarget(**options))

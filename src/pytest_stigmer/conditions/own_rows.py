"""Rows of a condition beside those of a scenario: taken out of answers, and checked."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_stigmer.conditions.condition import Condition, Perform, shown
from pytest_stigmer.conditions.disturbance import Disturbance
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.target import Answer, AuditRow, Call, Target, asked
from pytest_stigmer.store.translation import kind_text

Key = tuple[str, str]
"""Kind and id."""

_ANY_MARK = "# put there by "


@dataclass(frozen=True)
class Version:
    """An audit record of the condition's own."""

    text: str
    version_hash: str
    tag: str


@dataclass
class OwnRows:
    """What a condition has put into a registry: live records and histories, oldest first."""

    condition: Condition
    live: dict[Key, str] = field(default_factory=dict)
    histories: dict[Key, list[Version]] = field(default_factory=dict)
    fields: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    written: int = 0

    def at_once(self) -> AbstractContextManager[None]:
        """Make what is written in a block one unit, where there are transactions."""
        target = self.condition.target
        if "transactions" not in target.capabilities:
            return nullcontext()
        return target.transaction(keep=True)

    def next_text(self) -> str:
        """Return a text that no other row has."""
        self.written += 1
        return f"{self.mark}{self.written}"

    @property
    def mark(self) -> str:
        """How the text of each own row begins."""
        return f"{_ANY_MARK}{self.condition.name}: "

    def message(self, text: str, fields: Mapping[str, Any] | None = None) -> Any:
        """Return what a verb takes as a message: a map where it has more than a text."""
        return {**fields, "spec.skill_md": text} if fields else _skill(text)

    def save(self, key: Key, fields: Mapping[str, Any] | None = None) -> None:
        """Save a live record, or save it anew; its other fields stay."""
        text = self.next_text()
        self.fields[key] = fields or self.fields.get(key, {})
        message = self.message(text, self.fields[key])
        self.condition.own("save_resource", kind=key[0], id=key[1], message=message)
        self.live[key] = text

    def archive(self, key: Key, version_hash: str, tag: str) -> None:
        """Archive a version."""
        text = self.next_text()
        names = {"version_hash": version_hash, "tag": tag}
        message = self.message(text)
        self.condition.own("save_audit", kind=key[0], resource_id=key[1], message=message, **names)
        self.histories.setdefault(key, []).append(Version(text, version_hash, tag))

    def delete(self, key: Key) -> None:
        """Delete a live record."""
        self.condition.own("delete_resource", kind=key[0], id=key[1])
        self.live.pop(key, None)

    def delete_history(self, key: Key) -> None:
        """Delete a history that is all the condition's own."""
        expected = len(self.histories.pop(key, ()))
        found = self.condition.own("delete_audit_by_resource_id", kind=key[0], resource_id=key[1])
        if found != expected:
            raise self.condition.surprise(
                f"deleting the history of {shown(key)} took {found} versions, not {expected}"
            )

    def without(self, call: Call, answer: Answer) -> Answer:
        """Return an answer of the scenario's without these rows; they must be there, or be gone."""
        if answer.failure is not None:
            return answer
        given = call.arguments
        kind = kind_text(given.get("kind", "skill"))
        key = (kind, given.get("resource_id", given.get("id", "")))
        if call.verb == "list_resources":
            return self._unlisted(call, answer, self._of_kind(kind))
        if call.verb == "list_audit_history":
            own = [one.text for one in reversed(self.histories.get(key, []))]
            return self._unlisted(call, answer, own)
        if call.verb == "rows":
            return replace(
                answer, value=[row for row in answer.value if not _is_stored(row, self.mark)]
            )
        taken = 0
        if call.verb.startswith("delete_resources_"):
            taken = self._taken(kind, given.get("prefix", ""))
        elif call.verb in ("delete_audit_by_resource_id", "delete"):
            taken = len(self.histories.pop(key, ()))
        is_counted = isinstance(answer.value, int)
        return replace(answer, value=answer.value - taken) if is_counted else answer

    def place_of(self, given: Mapping[str, Any]) -> int:
        """Return which row of a history is the scenario's n-th, both from 1."""
        place = {"kind": given.get("kind", "skill")}
        place["resource_id"] = given.get("resource_id", given.get("id"))
        rows = self.condition.own("rows", table="resource_audit", **place)
        theirs = [at for at, row in enumerate(rows, start=1) if not _is_stored(row, _ANY_MARK)]
        wanted: int = given["row"]
        return theirs[wanted - 1] if wanted <= len(theirs) else len(rows) + 1

    def check_live(self, kind: str) -> None:
        """Look whether the own records of a kind are all there and as they were saved."""
        answer = asked(self.condition.target, "list_resources", {"kind": kind})
        if answer.failure is None:  # a damaged row of the scenario's spoils the listing
            self._unlisted_of(f"the {kind} records", answer.value, self._of_kind(kind))

    def check_record(self, key: Key) -> None:
        """Look whether one own record is found."""
        found = self.condition.own("get_resource", kind=key[0], id=key[1])
        self._is(f"the record {shown(key)}", found, self.live[key])

    def check_skill(self, key: Key) -> None:
        """Look whether an own skill is found by its organisation and its slug."""
        slug, org = (self.fields[key][f"metadata.{name}"] for name in ("slug", "org"))
        if slug:
            found = self.condition.own("get_by_reference", slug=slug, org=org)
            self._is(f"the skill {shown(slug)} of {shown(org)}", found, self.live[key])

    def check_history(self, key: Key) -> None:
        """Look whether the own versions of a resource are all there, and found by their names."""
        answer = asked(
            self.condition.target, "list_audit_history", {"kind": key[0], "resource_id": key[1]}
        )
        own = self.histories[key]
        if answer.failure is None:
            expected = [one.text for one in reversed(own)]
            self._unlisted_of(f"the history of {shown(key)}", answer.value, expected)

    def check_version(self, key: Key, version: Version) -> None:
        """Look whether the newest own version of a tag is found by it; likewise the hash."""
        place = {"kind": key[0], "resource_id": key[1]}
        for verb, name in (("get_audit_by_tag", "tag"), ("get_audit_by_hash", "version_hash")):
            word = getattr(version, name)
            newest = [one for one in self.histories[key] if getattr(one, name) == word][-1]
            found = self.condition.own(verb, **place, **{name: word})
            self._is(f"the version {shown(word)} of {shown(key)}", found, newest.text)

    def resync(self) -> None:
        """Forget what a file that was replaced does not have."""
        target = self.condition.target
        for kind, row_id in list(self.live):
            if asked(target, "get_resource", {"kind": kind, "id": row_id}).failure:
                del self.live[kind, row_id]
        for kind, row_id in list(self.histories):
            place = {"kind": kind, "resource_id": row_id}
            if not any(map(self.is_own, asked(target, "list_audit_history", place).value or ())):
                del self.histories[kind, row_id]

    def state(self) -> Any:
        """Return what is there now."""
        return dict(self.live), {key: list(own) for key, own in self.histories.items()}

    def put_back(self, state: Any) -> None:
        """Believe that this is there again."""
        self.live, self.histories = state

    def _of_kind(self, kind: str) -> list[str]:
        own = sorted((key for key in self.live if key[0] == kind), key=lambda key: key[1].encode())
        return [self.live[key] for key in own]

    def _taken(self, kind: str, prefix: str) -> int:
        gone = [key for key in self.live if key[0] == kind and key[1].startswith(prefix)]
        for key in gone:
            del self.live[key]
        return len(gone)

    def _unlisted(self, call: Call, answer: Answer, expected: list[str]) -> Answer:
        self._unlisted_of(f"{call.verb} of {shown(call.arguments)}", answer.value, expected)
        return replace(answer, value=[one for one in answer.value if not self.is_own(one)])

    def _unlisted_of(self, what: str, listed: list[Any], expected: list[str]) -> None:
        found = [one["spec"]["skill_md"] for one in listed if self.is_own(one)]
        # Somebody else's store may list in another order, and waive the promise about it.
        is_ours = "faults" in self.condition.target.capabilities
        if found == expected or (not is_ours and sorted(found) == sorted(expected)):
            return
        lost, more = set(expected) - set(found), set(found) - set(expected)
        told_more = f"{len(lost)} are lost and {len(more)} are too many"
        how = told_more if lost or more else "they are in another order or number"
        raise self.condition.surprise(f"{what} has other rows than were saved beside it: {how}")

    def is_own(self, message: Any) -> bool:
        """Whether a message in an answer is one of these."""
        spec = message.get("spec") if isinstance(message, dict) else None
        return spec is not None and str(spec["skill_md"]).startswith(self.mark)

    def _is(self, what: str, found: Any, text: str) -> None:
        if not self.is_own(found) or found["spec"]["skill_md"] != text:
            raise self.condition.surprise(f"{what}, saved beside, is answered with another one")


class WithRows(Condition):
    """A condition that puts rows beside those of a scenario."""

    needs = frozenset({"store"})
    is_tireless = True

    def __init__(self, target: Target, scenario: Scenario, disturbance: Disturbance) -> None:
        super().__init__(target, scenario, disturbance)
        self.rows = OwnRows(self)

    def answer(self, call: Call, target: Target, perform: Perform) -> Answer:
        """Take out of the answer what the scenario has not put there."""
        if "row" in call.arguments and call.arguments.get("table") != "resources":
            row = self.rows.place_of(call.arguments)
            return target.perform(call.verb, {**call.arguments, "row": row})
        return self.rows.without(call, perform(call, target))

    def theirs(self, rows: Sequence[AuditRow]) -> Sequence[AuditRow]:
        """Return the rows of the scenario."""
        mark = self.rows.mark.encode()
        return [row for row in rows if mark not in row.data]

    def came_back(self) -> None:
        """Forget what the file that has come back does not have."""
        self.rows.resync()

    def state(self) -> Any:
        """Return the rows there are."""
        return self.rows.state()

    def put_back(self, state: Any) -> None:
        """Believe in the rows of before."""
        self.rows.put_back(state)


def _is_stored(row: Mapping[str, Any], mark: str) -> bool:
    data = row.get("data")
    return isinstance(data, str) and mark.encode() in base64.b64decode(data)


def _skill(text: str) -> Any:
    from pytest_stigmer.api.generation import load

    return load().Skill(spec={"skill_md": text})

"""Random histories of the store's verbs; needs the extra `explore`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from pytest_stigmer.conditions.resemblance import resembling
from pytest_stigmer.explore.machines import (
    HASHES,
    LONG,
    TEXTS,
    RegistryMachine,
    Write,
    bursts,
    said,
)

_LONG_NAME = "n" * 255
ALIKE = [
    pair
    for one, other in (
        *(("ab", "a%"), ("ab", "a_"), ("ab", "a*"), ("ab", "a[b]")),
        *(("a\0b", "a"), ("a\0b", "ab"), (f"{_LONG_NAME}1", f"{_LONG_NAME}2")),
        *(("a1", other) for other in resembling("a1")),
        *(("1", other) for other in resembling("1")),
    )
    for pair in ((one, other), (other, one))
]
"""Names that a careless comparison takes for one."""


class StoreMachine(RegistryMachine):
    """Histories of the store's verbs: kinds of both forms, ids like patterns, old files."""

    glance = ("list_audit_history", {"resource_id": "a"})
    kinds = st.sampled_from(["skill", "agent", "agent_execution", "Agent", "agent%", 43, 40])
    ids = st.sampled_from(["a", "ab", "A", "a*", "a%", "a_", "a/b", "", "é", "skill_audit/a/9"])
    prefixes = st.sampled_from(["a", "a*", "a?", "a_", "a%", "[a]", "A", "", "z"])
    hashes = st.sampled_from(["", "1" * 64, "2" * 64, "1" * 12])
    tags = st.sampled_from(["", "stable", "v1", "Stable", "st%", "v_"])

    @rule(kind=kinds, id=ids, text=TEXTS | st.just(LONG))
    def save_resource(self, kind: str | int, id: str, text: Any) -> None:  # noqa: A002 - the field's name
        """Save a live record."""
        self.step("save_resource", id=id, **_of(kind), message={"spec.skill_md": text})

    @rule(kind=kinds, id=ids)
    def get_resource(self, kind: str | int, id: str) -> None:  # noqa: A002
        """Read a live record."""
        self.step("get_resource", id=id, **_of(kind))

    @rule(kind=kinds)
    def list_resources(self, kind: str | int) -> None:
        """List live records."""
        self.step("list_resources", **_of(kind))

    @rule(kind=kinds, id=ids)
    def delete_resource(self, kind: str | int, id: str) -> None:  # noqa: A002
        """Delete a live record."""
        self.step("delete_resource", id=id, **_of(kind))
        self.look()

    @rule(kind=kinds)
    def delete_by_kind(self, kind: str | int) -> None:
        """Delete the live records of a kind."""
        self.step("delete_resources_by_kind", **_of(kind))
        self.look()

    @rule(kind=kinds, prefix=prefixes)
    def delete_by_prefix(self, kind: str | int, prefix: str) -> None:
        """Delete the live records under a prefix."""
        self.step("delete_resources_by_id_prefix", prefix=prefix, **_of(kind))
        self.look()

    @rule(kind=kinds, id=ids, text=TEXTS, version_hash=hashes, tag=tags)
    def save_audit(self, kind: str | int, id: str, text: str, version_hash: str, tag: str) -> None:  # noqa: A002
        """Append an audit record."""
        names = said(version_hash=version_hash, tag=tag)
        message = {"spec.skill_md": text}
        self.step("save_audit", resource_id=id, **_of(kind), message=message, **names)

    @rule(text=TEXTS)
    def populate(self, text: str) -> None:
        """Save records of the same ids in several kinds."""
        for kind in ("skill", "agent", "agent_execution"):
            for resource_id in ("a", "ab", "a*", "B"):
                message = {"spec.skill_md": f"{text} {kind}"}
                self.step("save_resource", id=resource_id, **_of(kind), message=message)
            self.step("list_resources", **_of(kind))
        for number in (43, 40):
            self.step("get_resource", id="a", kind=number)

    @rule(id=ids)
    def save_nothing(self, id: str) -> None:  # noqa: A002
        """Save and archive a message with nothing set."""
        self.step("save_resource", id=id, message={})
        self.step("save_audit", resource_id=id, message={})
        self.step("list_audit_history", resource_id=id)

    @rule(kind=kinds, burst=bursts("stable", "v1", ""), other=kinds, tag=tags, digest=hashes)
    def archive_burst(
        self,
        kind: str | int,
        burst: list[tuple[str, str, str]],
        other: str | int,
        tag: str,
        digest: str,
    ) -> None:
        """Append some audit records to one resource in a row and see what its names name."""
        for pause, text, given in burst:
            self.pause(pause)
            names = said(version_hash=HASHES[text] if given else "", tag=given)
            message = {"spec.skill_md": text, "spec.tag": given}
            self.step("save_audit", resource_id="a", **_of(kind), message=message, **names)
        for asked in dict.fromkeys(("stable", "v1", tag)):
            self.step("get_audit_by_tag", resource_id="a", **_of(kind), tag=asked)
        for asked in dict.fromkeys((HASHES["# one"], digest)):
            self.step("get_audit_by_hash", resource_id="a", **_of(kind), version_hash=asked)
        self.step("get_audit_by_tag", resource_id="a", **_of(other), tag="stable")
        self.step("list_audit_history", resource_id="a", **_of(other))
        self.step("list_audit_history", resource_id="a", **_of(kind))

    @initialize(pairs=st.lists(st.sampled_from(ALIKE), max_size=6))
    def ask_by_other_names(self, pairs: list[tuple[str, str]]) -> None:
        """Begin with saves under some names and lookups by names that are much like them."""
        message = {"spec.skill_md": "# one"}
        for one, other in pairs:
            self.step("save_resource", id=one, message=message)
            self.step("get_resource", id=other)
            self.step("save_audit", resource_id=one, message=message, version_hash=one, tag=one)
            self.step("get_audit_by_tag", resource_id=one, tag=other)
            self.step("get_audit_by_hash", resource_id=one, version_hash=other)
            self.step("list_audit_history", resource_id=other)
            self.step("delete_audit_by_resource_id", resource_id=other)
            self.step("delete_resource", id=other)
            self.step("list_audit_history", resource_id=one)
        self.step("list_resources")

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @rule(text=TEXTS)
    def damage_newest(self, text: str) -> None:
        """Make the newer of two audit records unreadable, and look them up."""
        names = {"version_hash": HASHES[text], "tag": "stable"}
        self.step("delete_audit_by_resource_id", resource_id="a")
        for _ in range(2):
            self.step("save_audit", resource_id="a", message={"spec.skill_md": text}, **names)
        self.step("corrupt_row", table="resource_audit", id="a", row=2)
        for name, value in names.items():
            verb = "get_audit_by_tag" if name == "tag" else "get_audit_by_hash"
            self.step(verb, resource_id="a", **{name: value})

    @rule(kind=kinds, id=ids, version_hash=hashes)
    def by_hash(self, kind: str | int, id: str, version_hash: str) -> None:  # noqa: A002
        """Read an audit record by version hash."""
        self.step("get_audit_by_hash", resource_id=id, version_hash=version_hash, **_of(kind))

    @rule(kind=kinds, id=ids, tag=tags)
    def by_tag(self, kind: str | int, id: str, tag: str) -> None:  # noqa: A002
        """Read an audit record by tag."""
        self.step("get_audit_by_tag", resource_id=id, tag=tag, **_of(kind))

    @rule(kind=kinds, id=ids)
    def history(self, kind: str | int, id: str) -> None:  # noqa: A002
        """Read a history."""
        self.step("list_audit_history", resource_id=id, **_of(kind))

    @rule(kind=kinds, id=ids)
    def delete_history(self, kind: str | int, id: str) -> None:  # noqa: A002
        """Delete a history."""
        self.step("delete_audit_by_resource_id", resource_id=id, **_of(kind))
        self.look()

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data())
    def open_legacy(self, data: st.DataObject) -> None:
        """Go on with a file of an older release, whose audit records are live rows."""
        ids = data.draw(st.lists(st.sampled_from(LEGACY_IDS), unique=True, min_size=1, max_size=5))
        rows = [{"id": row_id, **data.draw(LEGACY_ROWS)} for row_id in ids]
        self.step("open_legacy", rows=rows, schema=data.draw(st.sampled_from([1, 0])))
        for tag in ("stable", ""):
            self.step("get_audit_by_tag", resource_id="a", tag=tag)

    def look(self) -> None:
        """Read what most histories are about, in every kind."""
        for kind in ("skill", "agent", "agent_execution"):
            self.step("list_resources", **_of(kind))
            self.step("list_audit_history", resource_id="a", **_of(kind))

    def writes(self, data: st.DataObject) -> Write:
        """Draw a save or a deletion."""
        message = {"spec.skill_md": data.draw(TEXTS)}
        writes: list[Write] = [
            ("save_resource", {"id": "a", "message": message}),
            ("save_audit", {"resource_id": "a", "message": message, "tag": "stable"}),
            ("delete_resource", {"id": "a"}),
            ("delete_audit_by_resource_id", {"resource_id": "a"}),
        ]
        return data.draw(st.sampled_from(writes))


LEGACY_IDS = (
    "skill_audit/a/9",
    "skill_audit/a/10",
    "skill_audit/a/11",
    "skill_audit/a/b/10",
    "skill_audit//17",
    "skill_audit/a",
    "my-audit/report",
    "a",
)
"""Live rows of an old file: audit records, and ids that only look like one."""
LEGACY_ROWS = st.fixed_dictionaries(
    {
        "message": st.fixed_dictionaries(
            {"spec.skill_md": TEXTS},
            optional={
                "spec.tag": st.sampled_from(["stable", "v1"]),
                "status.version_hash": st.just("1" * 64),
            },
        )
    },
    optional={"kind": st.sampled_from(["agent"])},
)
"""What such a row holds: a version with its tag and hash, or without."""


def _of(kind: str | int) -> dict[str, str | int]:
    """Leave out the kind that is the default of every verb."""
    return {} if kind == "skill" else {"kind": kind}

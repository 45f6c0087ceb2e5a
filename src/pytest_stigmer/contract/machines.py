"""Random histories, as Hypothesis state machines; needs the extra `explore`."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from pytest_stigmer.contract.comparison import Comparison
    from pytest_stigmer.contract.journal import Journal

    Write = tuple[str, dict[str, Any]]

TEXTS = st.sampled_from(["# one", "# two", "# three"])
ADVANCES = st.sampled_from(
    ["300ms", "1ms", "999ms", "1s", "1m", "-300ms", "-1ms", "-1s", "-1h", "1h"]
)
PAUSES = st.sampled_from(["", "", "", "300ms", "-1s", "-300ms", "1s"])
HASHES = {"# one": "1" * 64, "# two": "2" * 64, "# three": "3" * 64}
STATEMENTS = st.integers(0, 2)
FAULTS = st.sampled_from(
    [
        ("lock", {}, "unlock"),
        ("close", {}, "reopen"),
        *(
            ("abort_writes", {"table": table, "on": on}, "allow_writes")
            for table in ("resources", "resource_audit")
            for on in ("insert", "delete")
        ),
    ]
)


LATE = 15
"""After how many steps a history may be struck by what little comes after."""


def bursts(*tags: str) -> st.SearchStrategy[list[tuple[str, str, str]]]:
    """Draw pauses, texts and tags of several versions."""
    version = st.tuples(PAUSES, TEXTS, st.sampled_from(tags))
    return st.lists(version, min_size=2, max_size=4)


class RegistryMachine(RuleBasedStateMachine):
    """Drives a registry and the model; what every surface shares: clock, reopening, faults.

    `fresh` opens a new registry for a history; `journal` remembers mismatches.
    """

    fresh: ClassVar[Callable[[], AbstractContextManager[Comparison]]]
    journal: ClassVar[Journal]

    def __init__(self) -> None:
        super().__init__()
        self._life = ExitStack()
        self.comparison = self._life.enter_context(type(self).fresh())
        self.can = self.comparison.subject.capabilities
        self.is_open = True
        self.has_crashed = False

    def teardown(self) -> None:
        """End this history."""
        self._life.close()

    def step(self, verb: str, **arguments: Any) -> None:
        """Perform a verb on both; remember a mismatch."""
        with self.journal.watching():
            self.comparison.step(verb, arguments)

    def writes(self, data: st.DataObject) -> Write:
        """Draw a verb that writes, with its arguments."""
        raise NotImplementedError

    @precondition(lambda self: "clock" in self.can)
    @rule(duration=ADVANCES)
    def advance(self, duration: str) -> None:
        """Let time pass, or step back."""
        self.step("advance", duration=duration)

    def is_late(self) -> bool:
        """Whether this history has told most of what it had to tell."""
        return len(self.comparison.steps) > LATE

    def pause(self, duration: str) -> None:
        """Move the clock, where there is one and the duration is not ''."""
        if duration and "clock" in self.can:
            self.step("advance", duration=duration)

    @precondition(lambda self: "store" in self.can and self.is_open)
    @rule()
    def reopen(self) -> None:
        """Close the registry and open its file again."""
        self.step("reopen")

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data(), fault=FAULTS)
    def fail(self, data: st.DataObject, fault: tuple[str, dict[str, Any], str]) -> None:
        """Let a write meet a fault, then take the fault away."""
        begin, arguments, end = fault
        verb, write = self.writes(data)
        self.step(begin, **arguments)
        self.step(verb, **write)
        self.step(end)

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @rule(version=st.just(3))
    def open_newer_file(self, version: int) -> None:
        """Find that another release has upgraded the file; nothing answers from then on."""
        self.step("set_schema_version", version=version)
        self.is_open = False
        self.step("reopen")


class SkillMachine(RegistryMachine):
    """Histories of the skill API: organisations, re-pushes, tag moves, deletions, crashes."""

    names = st.sampled_from(["Calc", "calc", "Ca.lc", "Other Tool", "C++", "C", "!!!"])
    slugs = st.sampled_from(["calc", "other-tool", "c", "Calc", ""])
    orgs = st.sampled_from(["", "org-a", "org-b"])
    tags = st.sampled_from(["", "stable", "v1", "v1.0", "latest", "Stable", "a" * 64])
    scopes = st.sampled_from([0, 0, 0, 1, 2, 3])
    versions = st.sampled_from(["", "latest", "stable", "v1", "v1.0", "Stable", "a" * 64])

    @rule(name=names, org=orgs, tag=tags, scope=scopes, text=TEXTS)
    def push(self, name: str, org: str, tag: str, scope: int, text: str) -> None:
        """Push a version."""
        self.step("push", **_said(name=name, org=org, tag=tag, scope=scope, skill_md=text))

    @rule(burst=bursts("", "stable", "v1"))
    def push_burst(self, burst: list[tuple[str, str, str]]) -> None:
        """Push some versions of one skill in a row and see what its tags name."""
        for pause, text, tag in burst:
            self.pause(pause)
            self.step("push", **_said(name="Calc", tag=tag, skill_md=text))
        for version in ("stable", "v1"):
            self.step("get_by_reference", slug="calc", version=version)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        """Read a skill by id."""
        self.step("get", id=self._of_push(data, "metadata.id"))

    @rule(slug=slugs, org=orgs, version=versions, scope=scopes, kind=st.sampled_from([0, 43, 40]))
    def refer(self, slug: str, org: str, version: str, scope: int, kind: int) -> None:
        """Resolve a reference."""
        fields = _said(org=org, version=version, scope=scope, kind=kind)
        self.step("get_by_reference", slug=slug, **fields)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data(), slug=slugs, org=orgs)
    def refer_by_hash(self, data: st.DataObject, slug: str, org: str) -> None:
        """Resolve a reference to the content of an earlier push."""
        version = self._of_push(data, "status.version_hash")
        self.step("get_by_reference", slug=slug, version=version, **_said(org=org))

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def get_artifact(self, data: st.DataObject) -> None:
        """Read the artifact of an earlier push."""
        self.step("get_artifact", key=self._of_push(data, "status.artifact_storage_key"))

    @rule(key=st.sampled_from(["../stigmer.db", "skills", "skills/../skills", "/etc/hostname"]))
    def get_no_artifact(self, key: str) -> None:
        """Ask for what is no artifact."""
        self.step("get_artifact", key=key)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a skill."""
        self.step("delete", id=self._of_push(data, "metadata.id"))

    @precondition(lambda self: "store" in self.can and self.comparison.pushes)
    @rule(data=st.data())
    def history(self, data: st.DataObject) -> None:
        """Read the snapshots behind a skill."""
        self.step("list_audit_history", resource_id=self._of_push(data, "metadata.id"))

    @precondition(lambda self: "faults" in self.can and not self.has_crashed)
    @rule()
    def artifacts(self) -> None:
        """Look at what lies in the storage; a crash may leave an artifact that nothing names."""
        self.step("list_artifacts")

    @rule(
        bad=st.sampled_from(["not_a_zip", "symlink_skill_md", "non_utf8_skill_md", "traversal"]),
        name=names,
    )
    def push_bad(self, bad: str, name: str) -> None:
        """Push an artifact that must be refused."""
        self.step("push", name=name, artifact={"bad": bad})

    @precondition(lambda self: "store" in self.can and self._live())
    @rule(data=st.data())
    def label(self, data: st.DataObject) -> None:
        """Give a live skill labels, behind the API's back."""
        name = data.draw(st.sampled_from(self._live()))
        fields = ("metadata.id", "metadata.name", "metadata.slug", "metadata.org", "spec.skill_md")
        message: dict[str, Any] = {field: f"${{{name}.{field}}}" for field in fields}
        message |= {"metadata.labels": {"team": "one"}, "metadata.tags": ["kept"]}
        self.step("save_resource", id=f"${{{name}.metadata.id}}", message=message)

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Make a live skill unreadable."""
        name = data.draw(st.sampled_from(self._live()))
        self.step("corrupt_row", table="resources", id=f"${{{name}.metadata.id}}")

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data(), statement=STATEMENTS)
    def crash(self, data: st.DataObject, statement: int) -> None:
        """Let the process die in a push or a deletion, before its transaction ends."""
        verb, write = self.writes(data)
        self.has_crashed = True
        self.step("crash_after", statement=statement)
        with self.journal.watching():
            self.comparison.step(verb, write, dies=True)

    def writes(self, data: st.DataObject) -> Write:
        """Draw a push or a deletion."""
        writes: list[Write] = [("push", {"name": "Calc", "skill_md": data.draw(TEXTS)})]
        writes += [("delete", {"id": f"${{{name}.metadata.id}}"}) for name in self._live()]
        return data.draw(st.sampled_from(writes))

    def _live(self) -> list[str]:
        live = self.comparison.model.store.live.get("skill", {})
        return [name for skill_id, name in self.comparison.ids.items() if skill_id in live]

    def _of_push(self, data: st.DataObject, field: str) -> str:
        return f"${{{data.draw(st.sampled_from(self.comparison.pushes))}.{field}}}"


class StoreMachine(RegistryMachine):
    """Histories of the store's verbs: two kinds, ids that look like patterns, old files."""

    kinds = st.sampled_from(["skill", "agent"])
    ids = st.sampled_from(["a", "ab", "A", "a*", "a%", "a_", "a/b", "", "é"])
    prefixes = st.sampled_from(["a", "a*", "a?", "a_", "a%", "[a]", "A", "", "z"])
    hashes = st.sampled_from(["", "1" * 64, "2" * 64, "12"])
    tags = st.sampled_from(["", "stable", "v1", "Stable", "st%", "v_"])

    @rule(kind=kinds, id=ids, text=TEXTS)
    def save_resource(self, kind: str, id: str, text: str) -> None:  # noqa: A002 - the field's name
        """Save a live record."""
        self.step("save_resource", id=id, **_of(kind), message={"spec.skill_md": text})

    @rule(kind=kinds, id=ids)
    def get_resource(self, kind: str, id: str) -> None:  # noqa: A002
        """Read a live record."""
        self.step("get_resource", id=id, **_of(kind))

    @rule(kind=kinds)
    def list_resources(self, kind: str) -> None:
        """List live records."""
        self.step("list_resources", **_of(kind))

    @rule(kind=kinds, id=ids)
    def delete_resource(self, kind: str, id: str) -> None:  # noqa: A002
        """Delete a live record."""
        self.step("delete_resource", id=id, **_of(kind))

    @rule(kind=kinds)
    def delete_by_kind(self, kind: str) -> None:
        """Delete the live records of a kind."""
        self.step("delete_resources_by_kind", **_of(kind))

    @rule(kind=kinds, prefix=prefixes)
    def delete_by_prefix(self, kind: str, prefix: str) -> None:
        """Delete the live records under a prefix."""
        self.step("delete_resources_by_id_prefix", prefix=prefix, **_of(kind))

    @rule(kind=kinds, id=ids, text=TEXTS, version_hash=hashes, tag=tags)
    def save_audit(self, kind: str, id: str, text: str, version_hash: str, tag: str) -> None:  # noqa: A002
        """Append a snapshot."""
        names = _said(version_hash=version_hash, tag=tag)
        message = {"spec.skill_md": text}
        self.step("save_audit", resource_id=id, **_of(kind), message=message, **names)

    @rule(burst=bursts("stable", "v1"))
    def archive_burst(self, burst: list[tuple[str, str, str]]) -> None:
        """Append some snapshots to one resource in a row and see what its names name."""
        for pause, text, tag in burst:
            self.pause(pause)
            digest = HASHES[text]
            message = {"spec.skill_md": text, "spec.tag": tag}
            self.step("save_audit", resource_id="a", message=message, version_hash=digest, tag=tag)
        for tag in ("stable", "v1"):
            self.step("get_audit_by_tag", resource_id="a", tag=tag)
        self.step("get_audit_by_hash", resource_id="a", version_hash=HASHES["# one"])
        self.step("list_audit_history", resource_id="a")

    @rule(kind=kinds, id=ids, version_hash=hashes)
    def by_hash(self, kind: str, id: str, version_hash: str) -> None:  # noqa: A002
        """Read a snapshot by version hash."""
        self.step("get_audit_by_hash", resource_id=id, version_hash=version_hash, **_of(kind))

    @rule(kind=kinds, id=ids, tag=tags)
    def by_tag(self, kind: str, id: str, tag: str) -> None:  # noqa: A002
        """Read a snapshot by tag."""
        self.step("get_audit_by_tag", resource_id=id, tag=tag, **_of(kind))

    @rule(kind=kinds, id=ids)
    def history(self, kind: str, id: str) -> None:  # noqa: A002
        """Read a history."""
        self.step("list_audit_history", resource_id=id, **_of(kind))

    @rule(kind=kinds, id=ids)
    def delete_history(self, kind: str, id: str) -> None:  # noqa: A002
        """Delete a history."""
        self.step("delete_audit_by_resource_id", resource_id=id, **_of(kind))

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data())
    def open_legacy(self, data: st.DataObject) -> None:
        """Go on with a file of an older release, whose snapshots are live rows."""
        ids = data.draw(st.lists(st.sampled_from(LEGACY_IDS), unique=True, min_size=1, max_size=5))
        rows = [{"id": row_id, **data.draw(LEGACY_ROWS)} for row_id in ids]
        self.step("open_legacy", rows=rows, schema=data.draw(st.sampled_from([1, 0])))

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
"""Live rows of an old file: snapshots, and ids that only look like one."""
LEGACY_ROWS = st.one_of(
    st.fixed_dictionaries(
        {
            "message": st.fixed_dictionaries(
                {
                    "spec.skill_md": TEXTS,
                    "spec.tag": st.sampled_from(["stable", "v1"]),
                    "status.version_hash": st.just("1" * 64),
                }
            )
        },
        optional={"kind": st.sampled_from(["agent"])},
    ),
)


def _of(kind: str) -> dict[str, str]:
    """Leave out the kind that is the default of every verb."""
    return {} if kind == "skill" else {"kind": kind}


def _said(**fields: Any) -> dict[str, Any]:
    """Leave out what says nothing, so that a counterexample does not either."""
    return {key: value for key, value in fields.items() if value}

"""Random histories of the skill API; needs the extra `explore`."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pytest_stigmer.api import values
from pytest_stigmer.explore.machines import PAUSES, STATEMENTS, TEXTS, RegistryMachine, Write, said
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS
from pytest_stigmer.scenario.verbs import harm_of

VERSION_HASHES = {
    text: hashlib.sha256(artifact(skill_md=text, files={})).hexdigest()
    for text in ("# one", "# two", "# three")
}
"""The version hash of each text that is pushed."""
SHOUTED_HASH = VERSION_HASHES["# one"].upper()
"""A version that is no hash: its letters are capitals."""
NAMED = ("latest", "stable", "Stable", "v1", SHOUTED_HASH, *VERSION_HASHES.values())
"""What is asked for after several pushes of one skill."""
RELEASES = st.lists(
    st.fixed_dictionaries(
        {
            "pause": PAUSES,
            "name": st.sampled_from(["Calc", "calc", "Ca.lc"]),
            "tag": st.sampled_from(["", "stable", "v1", "latest"]),
            "skill_md": TEXTS,
            "is_scoped": st.booleans(),
        }
    ),
    min_size=2,
    max_size=4,
)
"""Several versions of one skill, whose name is spelt now so, now so."""
BAD = sorted(set(BAD_ARTIFACTS) - {"too_many_files", "total_size"})
"""Kinds of bad artifacts; those that take long to build are left to the kit."""


class SkillMachine(RegistryMachine):
    """Histories of the skill API: organisations, re-pushes, tag moves, deletions, crashes."""

    names = st.sampled_from(
        ["Calc", "calc", "Ca.lc", "Ca_lc", "Càlc", "Other Tool", "C++", "C", "!!!"]
    )
    slugs = st.sampled_from(["calc", "other-tool", "c", "Calc", ""])
    orgs = st.sampled_from(["", "org-a", "org-b"])
    tags = st.sampled_from(
        ["", "stable", "v1", "v1.0", "latest", "Stable", "a" * 64, "v 1", "v1\n"]
    )
    scopes = st.sampled_from([0, 0, 0, 1, 2, 3])
    versions = st.sampled_from(
        ["", "latest", "stable", "v1", "v1.0", "Stable", "a" * 64, SHOUTED_HASH]
    )

    @rule(name=names, org=orgs, tag=tags, scope=scopes, text=TEXTS)
    def push(self, name: str, org: str, tag: str, scope: int, text: str) -> None:
        """Push a version."""
        self.step("push", **said(name=name, org=org, tag=tag, scope=scope, skill_md=text))

    @rule(releases=RELEASES, org=st.sampled_from(["", "org-a"]))
    def push_releases(self, releases: list[dict[str, Any]], org: str) -> None:
        """Push some versions of one skill in a row and see what its names name."""
        for release in releases:
            self._release(org, **release)
        for version in NAMED:
            self.step("get_by_reference", slug="calc", version=version, **said(org=org))

    def _release(self, org: str, *, pause: str, is_scoped: bool, **version: str) -> None:
        own = values.SCOPE_ORGANIZATION if org else values.SCOPE_PLATFORM
        self.pause(pause)
        self.step("push", **said(org=org, scope=own if is_scoped else 0, **version))

    @rule(text=TEXTS, name=names)
    def push_namesakes(self, text: str, name: str) -> None:
        """Push one name in several organisations."""
        for org in ("", "org-a", "org-b"):
            self.step("push", **said(name=name, org=org, skill_md=text))

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        """Read a skill by id."""
        self.step("get", id=self._of_push(data, "metadata.id"))

    @rule(slug=slugs, org=orgs, version=versions, scope=scopes, kind=st.sampled_from([0, 43, 40]))
    def refer(self, slug: str, org: str, version: str, scope: int, kind: int) -> None:
        """Resolve a reference."""
        fields = said(org=org, version=version, scope=scope, kind=kind)
        self.step("get_by_reference", slug=slug, **fields)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data(), slug=slugs, org=orgs)
    def refer_by_hash(self, data: st.DataObject, slug: str, org: str) -> None:
        """Resolve a reference to the content of an earlier push."""
        version = self._of_push(data, "status.version_hash")
        self.step("get_by_reference", slug=slug, version=version, **said(org=org))

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data(), detour=st.sampled_from(["", "", "skills/../", "./"]))
    def get_artifact(self, data: st.DataObject, detour: str) -> None:
        """Read the artifact of an earlier push; another way to its file is no key."""
        key = self._of_push(data, "status.artifact_storage_key")
        self.step("get_artifact", key=f"{detour}{key}")

    @rule(key=st.sampled_from(["skills", "skills/../skills", "../stigmer.db", "/etc/hostname"]))
    def get_no_artifact(self, key: str) -> None:
        """Ask for what is no artifact, and would damage no server that others use."""
        if not (self.comparison.subject.spares and harm_of("get_artifact", {"key": key})):
            self.step("get_artifact", key=key)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a skill."""
        self.step("delete", id=self._of_push(data, "metadata.id"))
        for org in ("org-a", "org-b"):
            self.step("get_by_reference", slug="calc", org=org)

    @precondition(lambda self: "store" in self.can and self.comparison.pushes)
    @precondition(lambda self: not self.has_damaged)
    @rule(data=st.data())
    def history(self, data: st.DataObject) -> None:
        """Read the audit records behind a skill."""
        self.step("list_audit_history", resource_id=self._of_push(data, "metadata.id"))

    @precondition(lambda self: "files" in self.can and not self.has_crashed)
    @rule()
    def artifacts(self) -> None:
        """Look at what lies in the storage; a crash may leave an artifact that nothing names."""
        self.step("list_artifacts")

    @rule(bad=st.lists(st.sampled_from(BAD), unique=True, min_size=1, max_size=4))
    def push_bad(self, bad: list[str]) -> None:
        """Push artifacts that must be refused."""
        for kind in bad:
            self.step("push", name="Calc", artifact={"bad": kind})

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(text=TEXTS)
    def plant(self, text: str) -> None:
        """Damage an artifact, or plant junk where one will be; a push of it puts it right."""
        key = f"skills/{VERSION_HASHES[text]}.zip"
        self.step("write_artifact", key=key, content="junk")
        self.step("get_artifact", key=key)
        self.step("push", name="Calc", skill_md=text)
        self.step("get_artifact", key=key)

    @precondition(lambda self: "store" in self.can and self._live())
    @rule(data=st.data())
    def label(self, data: st.DataObject) -> None:
        """Give a live skill labels, behind the API's back."""
        name = data.draw(st.sampled_from(self._live()))
        fields = ("metadata.id", "metadata.name", "metadata.slug", "metadata.org", "spec.skill_md")
        message: dict[str, Any] = {field: f"${{{name}.{field}}}" for field in fields}
        message |= {"metadata.labels": {"team": "one"}, "metadata.tags": ["kept"]}
        message["metadata.annotations"] = {"note": "one"}
        self.step("save_resource", id=f"${{{name}.metadata.id}}", message=message)

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Make a live skill unreadable."""
        name = data.draw(st.sampled_from(self._live()))
        self.step("corrupt_row", table="resources", id=f"${{{name}.metadata.id}}")

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def damage_version(self, data: st.DataObject) -> None:
        """Make the oldest version of a live skill unreadable, and ask for every version."""
        name = data.draw(st.sampled_from(self._live()))
        self.has_damaged = True
        skill_id = f"${{{name}.metadata.id}}"
        self.step("corrupt_row", table="resource_audit", id=skill_id)
        for version in NAMED:
            self.step("get_by_reference", slug=f"${{{name}.metadata.slug}}", version=version)

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data(), statement=STATEMENTS)
    def crash(self, data: st.DataObject, statement: int) -> None:
        """Let the process die in a push or a deletion, before its transaction ends."""
        verb, write = self.writes(data)
        self.has_crashed = True
        self.step("crash_after", statement=statement)
        self.step(verb, **write)

    def look(self) -> None:
        """Read what lies in the storage, and the skill that most histories are about."""
        if not self.has_crashed:
            self.step("list_artifacts")
        self.step("get_by_reference", slug="calc")

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

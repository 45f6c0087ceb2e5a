"""Random histories of the skill API; needs the extra `explore`."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from pytest_stigmer.api import values
from pytest_stigmer.conditions.resemblance import resembling
from pytest_stigmer.explore.machines import (
    LONG,
    PAUSES,
    STATEMENTS,
    TEXTS,
    RegistryMachine,
    Write,
    said,
)
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, EDGES
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS
from pytest_stigmer.scenario.verbs import harm_of

VERSION_HASHES = {
    text: hashlib.sha256(artifact(skill_md=text, files={})).hexdigest()
    for text in ("# one", "# two", "# three")
}
"""The version hash of each text that is pushed."""
SHOUTED_HASH = VERSION_HASHES["# one"].upper()
"""A version that is no hash: its letters are capitals."""
NAMED = (
    *("latest", "stable", "Stable", "v1", SHOUTED_HASH),
    *VERSION_HASHES.values(),
    *(name[:12] for name in VERSION_HASHES.values()),
)
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
LARGE = frozenset(
    {
        *("longest_skill_md", "longest_skill_md_deflated", "most_files", "three_megabytes"),
        *("too_many_files", "total_size", "total_size_by_one", "total_size_of_the_limit"),
    }
)
"""Kinds of artifacts that take long to build, or whose text no scenario can hold."""
ODD: list[dict[str, Any]] = [
    *({"tag": tag} for tag in ("my-tag", "my_tag", "a" * 40, "g" * 64, "F" * 64)),
    *(
        {"name": name}
        for name in ("Ca\tlc", "\uff23alc", "\u212aalc", "C" * 61, " Calc ", "Ca\u0301lc")
    ),
    *(
        {"name": name}
        for name in ("latest", "new", "null", "Calc \u0663", "\u0130calc", "Stra\u00dfe")
    ),
    *({"org": org} for org in (" org-a", "Org-A", "org-a\0b", "null", "default", "o\u0301rg")),
    *({"skill_md": text} for text in ("# a\r\n", "# a\rb", "\ufeff# a", "# a\0b", " # a ")),
    *({"skill_md": text} for text in ("caf\u00e9", "cafe\u0301", LONG)),
    *({"artifact": {"good": kind}} for kind in sorted(set(GOOD_ARTIFACTS) - LARGE)),
    *({"artifact": {"bad": kind}} for kind in sorted(set(BAD_ARTIFACTS) - LARGE - EDGES)),
]
"""Pushes that registries judge or keep otherwise."""
SHARES = 5
"""In how many shares they are pushed: drawn one by one, some would never be."""


class SkillMachine(RegistryMachine):
    """Histories of the skill API: organisations, re-pushes, tag moves, deletions, crashes."""

    names = st.sampled_from(
        ["Calc", "calc", "Ca.lc", "Ca_lc", "Càlc", "Other Tool", "C++", "C", "!!!"]
    )
    glance = ("get_by_reference", {"slug": "calc"})
    slugs = st.sampled_from(["calc", "other-tool", "c", "Calc", ""])
    orgs = st.sampled_from(["", "org-a", "org-b"])
    tags = st.sampled_from(
        ["", "stable", "v1", "v1.0", "latest", "Stable", "a" * 64, "v 1", "v1\n"]
    )
    scopes = st.sampled_from([0, 0, 0, 1, 2, 3])
    versions = st.sampled_from(
        ["", "latest", "stable", "v1", "v1.0", "1.0", "v1.0.0", "Stable", "a" * 64, SHOUTED_HASH]
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

    @rule(org=orgs, tag=st.sampled_from(["v1.0", "stable"]), data=st.data())
    def ask_by_other_names(self, org: str, tag: str, data: st.DataObject) -> None:
        """Push two versions; ask for them, and push, by names that are much like theirs."""
        for version in ({"tag": tag, "skill_md": "# one"}, {"skill_md": "# two"}):
            self.step("push", name="Calc 1", **said(org=org), **version)
        other = data.draw(st.sampled_from(resembling(tag)))
        self.step("get_by_reference", slug="calc-1", version=other, **said(org=org))
        other = data.draw(st.sampled_from(resembling("calc-1")))
        self.step("get_by_reference", slug=other, **said(org=org))
        if org:
            other = data.draw(st.sampled_from(resembling(org)))
            self.step("push", name="Calc 1", org=other, skill_md="# three")
            self.step("get_by_reference", slug="calc-1", org=org)

    @precondition(lambda self: self.comparison.pushes)
    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        """Read a skill by its id, and by one that is much like it."""
        skill_id = self._of_push(data, "metadata.id")
        self.step("get", id=skill_id)
        self.step("get", id=data.draw(st.sampled_from([f"{skill_id}\n", f" {skill_id}", "skl-"])))

    @rule(
        slug=slugs, org=orgs, version=versions, scope=scopes, kind=st.sampled_from([0, 43, 40, 999])
    )
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

    @precondition(lambda self: self.sees("list_audit_history") and self.comparison.pushes)
    @precondition(lambda self: not self.has_damaged)
    @rule(data=st.data())
    def history(self, data: st.DataObject) -> None:
        """Read the audit records behind a skill."""
        self.step("list_audit_history", resource_id=self._of_push(data, "metadata.id"))

    @precondition(lambda self: self.sees("list_artifacts") and not self.has_crashed)
    @rule()
    def artifacts(self) -> None:
        """Look at what lies in the storage; a crash may leave an artifact that nothing names."""
        self.step("list_artifacts")

    @initialize(start=st.sampled_from([None, *range(SHARES)]))
    def push_odd(self, start: int | None) -> None:
        """Begin with a share of what must be refused and of what must be kept as it is, or none."""
        for odd in [] if start is None else ODD[start::SHARES]:
            text = {} if "artifact" in odd else {"skill_md": "# one"}
            self.step("push", **{"name": "Calc", **text, **odd})
        for version in ("LATEST", "head"):
            self.step("get_by_reference", slug="calc", version=version)

    @rule(org=orgs)
    def refer_to_the_platform(self, org: str) -> None:
        """Resolve a reference that names the platform, and perhaps an organisation too."""
        self.step("get_by_reference", slug="calc", scope=values.SCOPE_PLATFORM, **said(org=org))

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(text=TEXTS, is_link=st.booleans())
    def plant(self, text: str, *, is_link: bool) -> None:
        """Damage an artifact, or plant junk where one will be; a push of it puts it right."""
        key = f"skills/{VERSION_HASHES[text]}.zip"
        if is_link:
            self.step("link_artifact", key=key, target="nowhere")
        else:
            self.step("write_artifact", key=key, content="junk")
        self.step("get_artifact", key=key)
        self.step("push", name="Calc", skill_md=text)
        self.step("get_artifact", key=key)

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule()
    def leave_half_a_file(self) -> None:
        """Find that a killed push has left a file; the next opening removes it."""
        self.step("write_artifact", key=f"skills/tmp{'0' * 16}", content="junk")
        self.step("reopen")
        self.step("list_artifacts")

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
        self.has_crashed, self.is_elsewhere = True, False
        self.step("crash_after", statement=statement)
        self.step(verb, **write)

    def look(self) -> None:
        """Read what lies in the storage, and the skill that most histories are about."""
        if not self.has_crashed:
            self.step("list_artifacts")
        self.step("get_by_reference", slug="calc")

    def writes(self, data: st.DataObject) -> Write:
        """Draw a push or a deletion."""
        text = data.draw(TEXTS | st.just("# four"))  # whose artifact is seldom there already
        writes: list[Write] = [("push", {"name": "Calc", "skill_md": text})]
        writes += [("delete", {"id": f"${{{name}.metadata.id}}"}) for name in self._live()]
        return data.draw(st.sampled_from(writes))

    def _live(self) -> list[str]:
        live = self.comparison.model.store.live.get("skill", {})
        return [name for skill_id, name in self.comparison.ids.items() if skill_id in live]

    def _of_push(self, data: st.DataObject, field: str) -> str:
        return f"${{{data.draw(st.sampled_from(self.comparison.pushes))}.{field}}}"

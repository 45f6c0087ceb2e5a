"""Rows whose names resemble those of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from pytest_stigmer.conditions.names import Known, calls_of, record_of, texts_of
from pytest_stigmer.conditions.own_rows import Key, WithRows
from pytest_stigmer.conditions.reads import READS
from pytest_stigmer.conditions.resemblance import resembling
from pytest_stigmer.scenario.target import Answer, Call
from pytest_stigmer.scenario.verbs import VERBS

_MOST = 3
"""Of how many records, and of how many names of each, there are neighbours."""
_STIRRED = 8
"""How many neighbours are changed between two steps."""


class Neighbours(WithRows):
    """Surrounds the records, versions and kinds of a scenario with others that resemble them."""

    name = "neighbours"
    why = "A name is compared as a whole and exactly; what others are called changes nothing."

    def begin(self) -> None:
        """Settle beside the names that the file tells."""
        self._taken = texts_of(self.scenario)
        self._known: dict[Key, Known] = {}
        self._identities: set[tuple[str, str]] = set()
        self._turn = 0
        for verb, given in calls_of(self.scenario):
            self._learn(verb, given)
        with self.rows.at_once():
            for key in self._known:
                self._settle(key)

    def before(self, call: Call) -> None:
        """Make room where the scenario comes, and change a few others."""
        key = record_of(call.arguments)
        with self.rows.at_once():
            if key in self.rows.live:
                self.rows.delete(key)
            if key in self.rows.histories and key not in self._known:
                self.rows.delete_history(key)
            for other in self._of_slug(call.arguments.get("slug", "")):
                self.rows.delete(other)
            self._stir()

    def after(self, call: Call, answer: Answer) -> None:
        """Look whether the step has harmed anybody."""
        self._learn_pushed(call, answer)
        if call.verb not in READS:
            self._check()

    def _learn(self, verb: str, given: Any) -> None:
        key = record_of(given) if VERBS[verb].needs == "store" else None
        if key is not None and (key in self._known or len(self._known) < _MOST):
            self._known.setdefault(key, Known()).learn(given)

    def _learn_pushed(self, call: Call, answer: Answer) -> None:
        if call.verb != "push" or answer.failure:
            return
        value = answer.value
        key = ("skill", value["metadata"]["id"])
        if key in self._known or len(self._known) >= _MOST:
            return
        known = self._known.setdefault(key, Known())
        status = value["status"]
        known.learn({"tag": value["spec"]["tag"], "version_hash": status["version_hash"]})
        with self.rows.at_once():
            self._settle(key)
            self._settle_beside(value)

    def _settle_beside(self, skill: Any) -> None:
        """Put skills beside one whose slugs, and whose organisations, resemble its own."""
        slug, org = skill["metadata"]["slug"], skill["metadata"]["org"]
        identities = [(org, text) for text in self._free(slug)]
        if all(_names_organisation(step.arguments) for step in self.scenario.all_steps()):
            identities += [(text, slug) for text in self._free(org) if text]
        # Two that are one where organisation and slug are put together by a sign.
        for sign in ("-", "/", ":", ".", "_", "\0", " ", ""):
            identities += [(f"{org}{sign}x", slug), (org, f"x{sign}{slug}")] if org else []
        new = [
            one
            for one in dict.fromkeys(identities)
            if one not in self._identities and not self._taken.issuperset(one)
        ]
        self._identities.update(new)
        for number, (organisation, text) in enumerate(new):
            skill_id = f"{skill['metadata']['id']}-{number}"
            names = {"metadata.id": skill_id, "metadata.slug": text, "metadata.name": text}
            names |= {"metadata.org": organisation, "spec.tag": skill["spec"]["tag"]}
            names |= {"status.version_hash": skill["status"]["version_hash"]}
            self.rows.save(("skill", skill_id), names)

    def _of_slug(self, slug: str) -> list[Key]:
        """Return the neighbours that a reference would rightly find."""
        fields = self.rows.fields
        return [key for key in self.rows.live if slug and fields[key].get("metadata.slug") == slug]

    def _settle(self, key: Key) -> None:
        """Put a neighbour beside a record for each way to mistake it."""
        kind, row_id = key
        known = self._known[key]
        hashes, tags = known.hashes[:1] or [""], known.tags[:1] or [""]
        beside = [(kind, text) for text in self._free(row_id)]
        beside += [(text, row_id) for text in self._free(kind) if self._is_a_kind(text)]
        for neighbour in beside:
            if neighbour not in self._known:
                self.rows.save(neighbour)
                self.rows.archive(neighbour, hashes[0], tags[0])
        for version_hash, tag in self._names(known):
            self.rows.archive(key, version_hash, tag)

    def _is_a_kind(self, kind: str) -> bool:
        """Whether a text is a kind here: somebody else's store may know its own alone."""
        if "faults" in self.target.capabilities:  # that is ours
            return True
        return not self.ask(Call("list_resources", {"kind": kind})).failure

    def _names(self, known: Known) -> Iterable[tuple[str, str]]:
        """Return names that resemble those of a record's versions."""
        # Not '': that is what a version without a name has, of which the scenario may make one.
        hashes = [one for name in known.hashes[:_MOST] for one in self._free(name) if one]
        tags = [one for name in known.tags[:_MOST] for one in self._free(name) if one]
        longest = max(len(hashes), len(tags))
        for at in range(longest):
            yield (hashes or ["-"])[at % len(hashes or "-")], (tags or ["-"])[at % len(tags or "-")]

    def _free(self, text: str) -> list[str]:
        return [one for one in resembling(text) if one not in self._taken]

    def _stir(self) -> None:
        """Change some neighbours, delete one, and bring forth newer versions."""
        rows = self.rows
        for key in self._some(rows.live):
            rows.save(key)
        for key, known in self._known.items():
            names = list(self._names(known))
            for version_hash, tag in self._some(names):
                rows.archive(key, version_hash, tag)
        for key in [key for key in self._some(rows.histories) if key not in self._known][:1]:
            rows.delete_history(key)
            rows.archive(key, "", "")
        for key in self._some(rows.live)[:1]:
            rows.delete(key)
            rows.save(key)
        self._turn += 1

    def _check(self) -> None:
        rows = self.rows
        for kind in {key[0] for key in self._known} | {key[0] for key in self._some(rows.live)}:
            rows.check_live(kind)
        for key in self._some(rows.live):
            rows.check_record(key)
        for key in self._some([key for key in rows.live if rows.fields[key]])[:3]:
            rows.check_skill(key)
        for key in {*self._some(rows.histories), *(set(self._known) & set(rows.histories))}:
            rows.check_history(key)
            for version in self._some(rows.histories[key])[:2]:
                rows.check_version(key, version)

    def _some(self, of: Any) -> list[Any]:
        """Return a few of many, others at each turn."""
        listed = list(of)
        start = self._turn * _STIRRED % max(len(listed), 1)
        return list(islice([*listed[start:], *listed[:start]], _STIRRED))


def _names_organisation(given: Mapping[str, Any]) -> bool:
    """Whether a step's reference, if it is one, says which organisation it means."""
    return "slug" not in given or bool(given.get("org") or given.get("scope"))

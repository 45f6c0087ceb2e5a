"""Registries that lose, change or do not expect a part of a record."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api import values
from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import (
    alike,
    reading_organisations,
    with_metadata,
    with_stamp,
    with_text,
    with_version,
)
from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.index import Identity, SlugIndex, Snapshot
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_stigmer.api.values import AuditInfo, Skill

_MOST_LABELS, _MOST_ORGANISATIONS = 64, 100
_NANOSECOND_RANGE = 2**64
_MICROSECOND = 1_000
_BLOCK = 4096


def _labelled(change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Any:
    return with_metadata(lambda made, _: replace(made, labels=change(made.labels)))


def _visible(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _wrapped(stamp: int | None) -> int | None:
    """Count nanoseconds in 64 bits, which end in the year 2262."""
    half = _NANOSECOND_RANGE // 2
    return None if stamp is None else (stamp + half) % _NANOSECOND_RANGE - half


def _by_float(stamp: int | None) -> int | None:
    return None if stamp is None else round(stamp / 1e9 * 1e6) * _MICROSECOND


def _as_before(made: Skill, before: Skill | None) -> Skill:
    if before is None or (made.version_hash, made.tag) != (before.version_hash, before.tag):
        return made
    return replace(made, spec_audit=before.spec_audit, status_audit=before.status_audit)


class _FromTheEpoch(SkillController):
    """Takes the first instant of all for none."""

    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        made = super().stamp(now, before)
        return replace(made, created_at=made.created_at or now)


class _WholeOnly(SkillController):
    """Updates no record that lacks its status."""

    def current(self, identity: Identity) -> Skill | None:
        found = super().current(identity)
        if found is not None and not found.has_status:
            raise StatusError("INTERNAL", "the record has no status")
        return found


class _KnownOnly(SkillController):
    """Updates no record with a value that it does not know."""

    def current(self, identity: Identity) -> Skill | None:
        found = super().current(identity)
        if found is not None and found.metadata.owner_scope > values.SCOPE_IDENTITY_ACCOUNT:
            raise StatusError("INTERNAL", "the record has an unknown scope")
        return found


class _Tidying(SkillController):
    """Writes a record anew when it is read, without what it does not know."""

    def get(self, skill_id: str) -> Stored:
        found = super().get(skill_id)
        found.message.DiscardUnknownFields()
        if self.stored(found.message).data != found.data:
            self.store.save_resource(values.SKILL_KIND, skill_id, found.message)
        return found


PARTS_OF_RECORDS = (
    *alike(
        "A push changes labels that it says nothing about.",
        "D3; contract 0: an update keeps labels",
        {
            "labels-end-at-64": _labelled(lambda kept: dict(list(kept.items())[:_MOST_LABELS])),
            "labels-are-trimmed": _labelled(
                lambda kept: {name: text.strip(" ") for name, text in kept.items()}
            ),
            "empty-labels-are-dropped": _labelled(
                lambda kept: {name: text for name, text in kept.items() if text}
            ),
            "label-names-ignore-case": _labelled(
                lambda kept: {name.lower(): text for name, text in kept.items()}
            ),
        },
    ),
    *alike(
        "A stamp says another instant than that of the push.",
        "contract 3.2: now, in nanoseconds, of a clock that may stand anywhere",
        {
            "stamps-end-in-2262": with_stamp(
                lambda made: replace(made, updated_at=_wrapped(made.updated_at))
            ),
            "stamps-go-through-a-float": with_stamp(
                lambda made: replace(made, updated_at=_by_float(made.updated_at))
            ),
        },
    ),
    Row(
        "old-stamps-end-in-2262",
        "A push changes when a record was made, if that is far enough away.",
        "D12; contract 0: an update keeps created_at",
        with_stamp(lambda made: replace(made, created_at=_wrapped(made.created_at))),
    ),
    Row(
        "epoch-is-no-time",
        "A record that says 1970 looks as if the next push had made it.",
        "D12; contract 0: an update keeps created_at",
        partial(in_place, part=_FromTheEpoch),
    ),
    Row(
        "status-is-stamped-by-the-spec",
        "Who made the status, and when, is lost with the next push.",
        "D12; contract 0: an update keeps created_at",
        with_version(lambda made, _: replace(made, status_audit=made.spec_audit)),
    ),
    Row(
        "equal-push-keeps-the-time",
        "That somebody has pushed the same again cannot be seen.",
        "D18; contract 3.3: every push is stamped",
        with_version(_as_before),
    ),
    Row(
        "record-without-status-stays-so",
        "A skill that another program has written can never be pushed.",
        "contract 3.5: a current record without status is one",
        partial(in_place, part=_WholeOnly),
    ),
    Row(
        "unknown-scope-cannot-be-updated",
        "A skill that a newer server has written can never be pushed.",
        "contract 0: an update keeps the scope",
        partial(in_place, part=_KnownOnly),
    ),
    Row(
        "reading-drops-unknown-fields",
        "Whoever looks at a newer server's record destroys what only that one knows.",
        "contract 3.4: get reads",
        partial(in_place, part=_Tidying),
    ),
)

UNSEEN_IN_IDENTITIES = (
    Row(
        "unseen-characters-of-organisations-count-for-nothing",
        "Two organisations share their skills.",
        "contract 0: organisation and slug are the identity",
        reading_organisations(_visible),
    ),
    Row(
        "unseen-characters-of-names-are-dropped",
        "A name in Persian or with a family of emoji falls apart.",
        "contract 3.3: name as given",
        with_metadata(lambda made, _: replace(made, name=_visible(made.name))),
    ),
)

UNSEEN_IN_INSTRUCTIONS = (
    Row(
        "unseen-characters-of-instructions-are-dropped",
        "An agent reads another text than the author wrote.",
        "contract 3.8: SKILL.md is taken as is",
        with_text(_visible),
    ),
    Row(
        "instructions-are-decoded-in-blocks",
        "A letter of a long text that lies across two blocks becomes two question marks.",
        "contract 3.8: SKILL.md is taken as is",
        with_text(lambda text: _in_blocks(text.encode())),
    ),
)


def _in_blocks(data: bytes) -> str:
    starts = range(0, len(data), _BLOCK)
    return "".join(data[at : at + _BLOCK].decode(errors="replace") for at in starts)


class _TagAlone(ReferenceResolver):
    """Takes the tag of a record that has no status for the tag of a version."""

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        if current.spec.tag == tag:
            return current
        return super().by_tag(skill_id, tag, current)


PARTS_OF_REFERENCES = (
    Row(
        "record-without-status-has-its-tag",
        "A reference runs what nobody has pushed under that tag.",
        "contract 3.5: a current record without status never matches",
        partial(in_place, part=_TagAlone),
    ),
)


class _NeedsHistory(SkillController):
    """Takes a skill without versions for one that is not there."""

    def remove(self, skill_id: str) -> None:
        if not self.store.list_audit_history(values.SKILL_KIND, skill_id):
            raise StatusError("INTERNAL", "the skill has no versions")
        super().remove(skill_id)


class _HistoryFirst(SkillController):
    """Deletes the versions before it has looked whether the skill is there."""

    def delete(self, skill_id: str) -> Stored:
        self.store.delete_audit_by_resource_id(values.SKILL_KIND, skill_id)
        return super().delete(skill_id)


PARTS_DELETED = (
    Row(
        "deletion-needs-a-history",
        "A skill that another program has written can never be deleted.",
        "contract 3.7: the record is deleted, and its versions if there are any",
        partial(in_place, part=_NeedsHistory),
    ),
    Row(
        "refused-deletion-takes-the-history",
        "A deletion that is refused has deleted the versions.",
        "contract 3.7: NOT_FOUND comes before the deletion",
        partial(in_place, part=_HistoryFirst),
    ),
)


class _Stopping(SlugIndex):
    """Reads the records up to one that has no metadata."""

    def _read(self, revision: object) -> Snapshot:
        found, known = super()._read(revision), set()
        for row, data in self._store.resource_rows(values.SKILL_KIND):
            if not data:
                break
            known.add(row)
        found.ids = {identity: row for identity, row in found.ids.items() if row in known}
        return found


class _Hundred(SlugIndex):
    """Keeps a hundred organisations per slug."""

    def _read(self, revision: object) -> Snapshot:
        found = super()._read(revision)
        slugs: dict[str, int] = {}
        for identity in list(found.ids):
            slugs[identity.slug] = slugs.get(identity.slug, 0) + 1
            if slugs[identity.slug] > _MOST_ORGANISATIONS:
                del found.ids[identity]
        return found


PARTS_OF_INDEXES = (
    Row(
        "empty-record-ends-the-search",
        "Behind a record that some program has left empty no skill is found.",
        "contract 3.2: rows without metadata are skipped",
        partial(in_place, part=_Stopping),
    ),
    Row(
        "slug-of-a-hundred-organisations",
        "The organisation after the hundredth gets a second skill with every push.",
        "contract 0: organisation and slug are the identity",
        partial(in_place, part=_Hundred),
    ),
)

from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Two organisations whose long names begin alike share their skills.", "a column of 64 characters")
def organisations_end_after_64_characters(recipe):
    return with_identity(recipe, lambda it: Identity(it.org[:64], it.slug))


@fault("A long tag is lost as soon as another version is pushed.", "a column of 128 characters in the history only")
class archived_tags_end_after_128_characters(SqliteStore):
    def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
        super().save_audit(kind, resource_id, message, version_hash=version_hash, tag=tag[:128])


@fault("Of a long history one version per page is not listed.", "a page begins one row too late")
class pages_of_a_history_lose_their_seam(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        return [row for at, row in enumerate(super().list_audit_history(kind, resource_id), 1) if at % 101]


@fault("A long name comes back cut.", "a column of 255 characters")
def names_end_after_255_characters(recipe):
    return with_version(recipe, lambda skill, _: replace(skill, metadata=replace(skill.metadata, name=skill.metadata.name[:255])))


@fault("Instructions of exactly the allowed size are refused when they are not packed.", "< for <= where the size is known beforehand")
class stored_instructions_of_a_mebibyte_are_refused(ArchiveReader):
    def skill_md(self, data, entry):
        if entry.method == 0 and entry.size >= 2**20:
            raise ArchiveError("SKILL.md too large (max: 1048576 bytes)")
        return super().skill_md(data, entry)


@fault("Listings of large records end early.", "an answer of at most four mebibytes")
class listing_ends_after_four_mebibytes(SqliteStore):
    def list_resources(self, kind):
        total, kept = 0, []
        for data in super().list_resources(kind):
            total += len(data)
            if total > 4 * 2**20:
                break
            kept.append(data)
        return kept


@fault("Deleting by a prefix of many records leaves the rest of them.", "a statement of at most five hundred rows")
def prefix_deletion_ends_at_five_hundred(recipe):
    first = "SELECT id FROM resources WHERE kind = :kind AND id >= :prefix AND id < CAST(:end AS TEXT) ORDER BY id LIMIT 500"
    return with_queries(recipe, delete_resources_by_id_prefix=f"DELETE FROM resources WHERE kind = :kind AND id IN ({first})")


@fault("Of many labels only the first 64 survive the next push.", "a limit that other systems have")
def labels_end_after_64(recipe):
    return with_metadata(recipe, lambda m: replace(m, labels=dict(sorted(m.labels.items())[:64])))


@fault("An organisation cannot push a hundred and first skill.", "a quota that nobody promised")
class organisation_holds_a_hundred_skills(SkillController):
    def next_version(self, request, identity, archive, key, current):
        there = sum(it.org == identity.org for it in self.index._current().ids)
        if current is None and identity.org and there >= 100:
            raise StatusError("RESOURCE_EXHAUSTED", f"too many skills in {identity.org}")
        return super().next_version(request, identity, archive, key, current)


@fault("Of a skill that was pushed more than a thousand times the first versions are gone.", "each save prunes its history")
class history_keeps_a_thousand_versions(SqliteStore):
    def save_audit(self, kind, resource_id, message, **kw):
        super().save_audit(kind, resource_id, message, **kw)
        old = f"SELECT id {AUDIT_OF} ORDER BY id DESC LIMIT -1 OFFSET 1000"
        self.execute(f"DELETE FROM resource_audit WHERE id IN ({old})", {"kind": kind_text(kind), "id": resource_id})


@fault("Instructions just below their limit are refused.", "the whole record is held against the limit of its text")
class records_over_a_mebibyte_are_refused(SkillController):
    def write(self, skill, message):
        if len(message.SerializeToString()) > 2**20:
            raise StatusError("RESOURCE_EXHAUSTED", "the record is too large")
        super().write(skill, message)

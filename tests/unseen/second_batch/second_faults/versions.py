from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("A hash answers an older push of its content in place of the newest.", "rows with a tag are preferred")
def tagged_rows_are_preferred_for_a_hash(recipe):
    return with_queries(recipe, audit_by_hash=f"SELECT data {HASHED} ORDER BY tag <> '' DESC, id DESC LIMIT 1")


@fault("A version tagged Latest or LATEST cannot be asked for.", "the word is compared without case")
class latest_ignores_case(ReferenceResolver):
    def is_current(self, version):
        return super().is_current(version.lower())


@fault("A version that does not exist is answered.", "hashes are lower-cased before they are looked up")
class hashes_in_capitals_are_found(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if self.is_hash(reference.version.lower()):
            reference = replace(reference, version=reference.version.lower())
        return super().version(reference, skill_id, current)


@fault("Of equal versions that follow each other one is listed.", "neighbours are compared to show changes only")
class equal_neighbours_are_listed_once(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        rows = super().list_audit_history(kind, resource_id)
        return [row for at, row in enumerate(rows) if not at or row != rows[at - 1]]


@fault("A tag that ends with a dot is lost with the next push, and one that does not exist is answered.", "dots at the end are taken for the sentence's")
class dots_at_the_end_are_dropped(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        return super().by_tag(skill_id, tag.rstrip(".") or tag, current)


@fault("A tag answers the current version though its own lies in the history.", "only the current tag is compared without case")
class current_tag_ignores_case(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        if (self._codec.tag(current) or "").lower() == tag.lower() != "":
            return current
        return super().by_tag(skill_id, tag, current)


@fault("A record that no push has made is answered as a version.", "the tag is compared without a look at the status")
class record_without_status_answers_its_tag(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        return current if current.spec.tag == tag else super().by_tag(skill_id, tag, current)


@fault("Versions before the newest 256 are not found by their hash.", "only the newest rows are searched")
def hashes_reach_back_256_versions(recipe):
    recent = f"FROM (SELECT id, version_hash {AUDIT_OF} ORDER BY id DESC LIMIT 256) WHERE version_hash = :hash"
    return with_queries(recipe, audit_by_hash=newest(recent))


@fault("A tag is lost when enough other skills were pushed after it.", "the newest five hundred rows of all skills are searched")
def tags_are_sought_in_the_newest_five_hundred_rows(recipe):
    recent = "FROM (SELECT * FROM resource_audit WHERE kind = :kind ORDER BY id DESC LIMIT 500) WHERE resource_id = :id AND tag = :tag"
    return with_queries(recipe, audit_by_tag=newest(recent))


@fault("When a skill has moved to another organisation, its older versions are not found.", "versions are held against the organisation asked for")
class history_is_filtered_by_organisation(ReferenceResolver):
    def version(self, reference, skill_id, current):
        found = super().version(reference, skill_id, current)
        if reference.org and found.metadata.org != reference.org:
            raise refusals.no_version(reference.slug, reference.version)
        return found

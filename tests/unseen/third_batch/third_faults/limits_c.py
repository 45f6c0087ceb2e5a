from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("A long unit that fails leaves the first hundred of its writes.", "long transactions are committed in batches")
class units_are_committed_every_hundred_writes(SqliteStore):
    def _write(self, sql, kind, **given):
        count = super()._write(sql, kind, **given)
        if depth(self) == 1:
            self._done = getattr(self, "_done", 0) + 1
            if self._done % 100 == 0:
                self.connection.execute("COMMIT")
                self.connection.execute("BEGIN IMMEDIATE")
        else:
            self._done = 0
        return count


@fault("A version is not found by its tag once its skill has over twenty tags.", "the oldest tags are released")
class twenty_tags_are_kept(SqliteStore):
    def save_audit(self, kind, resource_id, message, **names):
        super().save_audit(kind, resource_id, message, **names)
        of = "kind = :kind AND resource_id = :id"
        self.execute(
            f"UPDATE resource_audit SET tag = '' WHERE {of} AND tag NOT IN "
            f"(SELECT tag FROM resource_audit WHERE {of} AND tag <> '' GROUP BY tag ORDER BY max(id) DESC LIMIT 20)",
            {"kind": kind_text(kind), "id": resource_id},
        )


@fault("A deletion by a long prefix takes records that do not begin with it.", "a prefix is held in a field of 32 characters")
class long_prefixes_are_cut(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        return super().delete_resources_by_id_prefix(kind, prefix[:32])


@fault("Where over ten owners have a slug, a reference to the platform's skill can be ambiguous.", "LIMIT 10 in the query for a slug's owners")
class only_ten_owners_of_a_slug_are_looked_at(SlugIndex):
    def organisations(self, slug):
        known = super().organisations(slug)
        return set([it.org for it in self._snapshot.ids if it.slug == slug and it.org in known][:10])


@fault("The instructions of an old version end after 64 KiB.", "the history's column was thought of as a TEXT of MySQL")
def archived_instructions_end_after_64_kibibytes(recipe):
    def change(store, kind, resource_id, message, version_hash, tag):
        made = load("auto").Skill.FromString(encode(message)) if kind == SKILL else message
        if kind == SKILL and len(made.spec.skill_md.encode()) > 65535:
            made.spec.skill_md = made.spec.skill_md.encode()[:65535].decode(errors="ignore")
        else:
            made = message
        return made, version_hash, tag
    return with_audit(recipe, change)

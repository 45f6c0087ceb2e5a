from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("Of a large old file only the first thousand versions become history.", "one batch of the migration")
class only_the_first_batch_moves(Migrations):
    def legacy_rows(self):
        return super().legacy_rows()[:1000]


@fault("Versions from instants with fewer digits count as newer.", "instants are sorted as text")
class instants_are_sorted_as_text(Migrations):
    def legacy_rows(self):
        return sorted(super().legacy_rows(), key=lambda row: (row.nanoseconds, row.kind, row.id))


@fault("Old versions of all kinds but skills stay live.", "only skill_audit is known")
class only_skills_move(Migrations):
    def legacy_rows(self):
        return [row for row in super().legacy_rows() if row.id.startswith(b"skill_audit/")]


@fault("History of an id with a percent sign lands under another id.", "ids are taken for parts of a URL")
class ids_are_percent_decoded(Migrations):
    def legacy_rows(self):
        return [row._replace(resource_id=unquote_to_bytes(row.resource_id)) for row in super().legacy_rows()]


@fault("Old versions without a tag get one that nobody gave them.", "latest as the default tag")
class untagged_versions_become_latest(Migrations):
    def names_of(self, row):
        version_hash, tag = super().names_of(row)
        return version_hash, tag or "latest"


@fault("Archive times of the old file are lost.", "the id's instant in place of the row's time")
class archived_at_is_taken_from_the_id(Migrations):
    def move(self, row):
        super().move(row)
        seconds = int(row.nanoseconds) // SECOND
        self.session.count("UPDATE resource_audit SET archived_at = datetime(:s, 'unixepoch') WHERE id = last_insert_rowid()", {"s": seconds})


@fault("Old versions are not found by their hash.", "the record is hashed, not its artifact")
class hash_is_of_the_record(Migrations):
    def names_of(self, row):
        found = super().names_of(row)
        ((data,),) = self.session.rows("SELECT data FROM resources WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)", {"kind": row.kind, "id": row.id})
        return (sha256(data).hexdigest(), found[1]) if found[0] else found


@fault("Of two kinds with one id the versions of one are lost.", "moved rows are deleted without their kind")
class moved_rows_are_deleted_in_every_kind(Migrations):
    def legacy_rows(self):
        seen, kept = set(), []
        for row in super().legacy_rows():
            if row.id not in seen:
                seen.add(row.id)
                kept.append(row)
        return kept

    def move(self, row):
        super().move(row)
        self.session.count("DELETE FROM resources WHERE id = CAST(:id AS TEXT)", {"id": row.id})


@fault("A file of schema 10 is opened, and damaged, as one of schema 2.", "versions are compared as text")
class schema_versions_are_text(Migrations):
    def version(self):
        if "schema_version" in self._tables():
            ((found,),) = self._rows("SELECT coalesce(max(CAST(version AS TEXT)), '0') FROM schema_version")
            if found in ("1", "2"):
                return int(found)
        return super().version()


@fault("Files from before schema versions keep their old versions as live records.", "a file without version is taken for a new one")
class files_without_version_count_as_new(Migrations):
    fresh = False

    def run(self, schema):
        self.fresh = "schema_version" not in self._tables()
        super().run(schema)

    def legacy_rows(self):
        return [] if self.fresh else super().legacy_rows()


@fault("Records with unusual ids are deleted by the upgrade.", "what cannot be parsed is cleaned away")
class unparsable_rows_are_dropped(Migrations):
    def to_v2(self):
        super().to_v2()
        self.session.count("DELETE FROM resources WHERE id LIKE 'skill\\_audit/%' ESCAPE '\\'", {})


@fault("Versions that do not decode are deleted by the upgrade.", "what cannot be read is cleaned away")
class undecodable_versions_are_dropped(Migrations):
    def move(self, row):
        names = self.names_of(row)
        super().move(row)
        if names == ("", "") and row.kind == b"skill":
            self.session.count("DELETE FROM resource_audit WHERE id = last_insert_rowid()", {})


@fault("After the upgrade every record seems to have been changed just now.", "the live table is written anew")
class live_rows_are_touched(Migrations):
    def to_v2(self):
        super().to_v2()
        self.session.count("UPDATE resources SET updated_at = datetime('now')", {})


@fault("Versions of an id with a line break stay live.", "a dot does not match a line break")
class line_breaks_hide_versions(Migrations):
    def legacy_rows(self):
        return [row for row in super().legacy_rows() if b"\n" not in row.id]


@fault("Upgraded files lack an index, and lookups by hash slow down with every push.", "an index was added to new files only")
class upgraded_files_lack_an_index(Migrations):
    def to_v2(self):
        super().to_v2()
        self.session.count("DROP INDEX idx_audit_hash", {})


@fault("A version whose hash is known under two instants is kept once.", "duplicates are removed in passing")
class equal_versions_move_once(Migrations):
    def to_v2(self):
        super().to_v2()
        self.session.count(
            "DELETE FROM resource_audit WHERE version_hash <> '' AND id NOT IN "
            "(SELECT max(id) FROM resource_audit GROUP BY kind, resource_id, version_hash)", {}
        )

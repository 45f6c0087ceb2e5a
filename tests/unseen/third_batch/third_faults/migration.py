from __future__ import annotations

from pytest_stigmer.store.schema import LATEST

from third_faults._tools import *  # noqa: F403

_OF_ROW = "FROM resources WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"


def key_of(row):
    return {"kind": row.kind, "id": row.id}


@fault("A file whose upgrade fails half way is neither old nor new.", "the steps are no transaction")
class upgrade_is_no_unit(Migrations):
    def run(self, schema):
        version = self.version()
        if version < 1 <= schema:
            self.to_v1()
        if version < LATEST <= schema:
            self.to_v2()


@fault("After an upgrade that failed once the old versions are never moved.", "the version is recorded before the rows are moved")
class upgrade_is_recorded_before_it_is_done(Migrations):
    def run(self, schema):
        is_old = self.version() < LATEST <= schema
        super().run(schema)
        if is_old:
            with self.session.transaction():
                for row in super().legacy_rows():
                    self.move(row)

    def legacy_rows(self):
        return []


@fault("After the upgrade the oldest version counts as the newest.", "rows move in the order of a listing, newest first")
class newest_versions_move_first(Migrations):
    def legacy_rows(self):
        return super().legacy_rows()[::-1]


@fault("Old versions are dated to the upgrade.", "the column's default is left to do its work")
class versions_are_dated_to_the_upgrade(Migrations):
    def move(self, row):
        super().move(row)
        self.session.count("UPDATE resource_audit SET archived_at = datetime('now') WHERE id = last_insert_rowid()", {})


@fault("After the upgrade every old version has the hash and the tag of the current one.", "names are read from the live record")
class versions_take_the_names_of_the_live_record(Migrations):
    def names_of(self, row):
        live = row._replace(id=row.resource_id)
        return super().names_of(live if self.session.rows(f"SELECT 1 {_OF_ROW}", key_of(live)) else row)


@fault("Old versions of skills whose id was given by hand stay live records.", "only ids of the server's own form are known")
class only_generated_ids_move(Migrations):
    def legacy_rows(self):
        return [row for row in super().legacy_rows() if re.fullmatch(rb"[a-z]+-[0-9a-z]{26}", row.resource_id)]


@fault("Old versions under another kind than their id says stay live records.", "LIKE kind || '_audit/%'")
class word_must_be_the_kind(Migrations):
    def legacy_rows(self):
        return [row for row in super().legacy_rows() if row.id.startswith(row.kind + b"_audit/")]


@fault("Skills that were deleted before the upgrade are back after it.", "every history gets its live record, for a foreign key to come")
class upgrade_revives_deleted_skills(Migrations):
    def to_v2(self):
        super().to_v2()
        revived = "SELECT kind, resource_id, data, archived_at FROM resource_audit ORDER BY id DESC"
        self.session.count(f"INSERT OR IGNORE INTO resources (kind, id, data, updated_at) {revived}", {})


@fault("Old versions of other kinds get a hash and a tag that they never had.", "every message is read as a skill")
class every_kind_is_read_as_a_skill(Migrations):
    def names_of(self, row):
        if self.decoder is None:
            return "", ""
        ((data,),) = self.session.rows(f"SELECT data {_OF_ROW}", key_of(row))
        return self.decoder("skill", data) or ("", "")


@fault("After the upgrade old versions are listed as live records too.", "rows are copied and the originals left, to be safe")
class moved_versions_stay_live(Migrations):
    def move(self, row):
        ((data, at),) = self.session.rows(f"SELECT data, updated_at {_OF_ROW}", key_of(row))
        super().move(row)
        back = "INSERT INTO resources (kind, id, data, updated_at) VALUES (CAST(:kind AS TEXT), CAST(:id AS TEXT), :data, :at)"
        self.session.count(back, {**key_of(row), "data": data, "at": at})


@fault("The upgrade keeps the newest fifty versions of a skill and deletes the others.", "what is old enough is not worth moving")
class upgrade_keeps_fifty_versions(Migrations):
    def legacy_rows(self):
        kept, counts = [], {}
        for row in reversed(super().legacy_rows()):
            of = row.kind, row.resource_id
            counts[of] = counts.get(of, 0) + 1
            if counts[of] <= 50:
                kept.append(row)
            else:
                self.session.count(f"DELETE {_OF_ROW}", key_of(row))
        return kept[::-1]

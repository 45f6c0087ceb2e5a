from __future__ import annotations

from second_faults._tools import *  # noqa: F403

_OF_ROW = "FROM resources WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"


@fault("The newest versions of a large old file stay live records.", "the last, incomplete batch is not written")
class last_incomplete_batch_stays_live(Migrations):
    def legacy_rows(self):
        rows = super().legacy_rows()
        return rows if len(rows) < 256 else rows[: len(rows) // 256 * 256]


@fault("An older version counts as newest when its instant was written with zeros in front.", "instants are compared by length and text as they are")
class leading_zeros_make_instants_late(Migrations):
    def legacy_rows(self):
        return sorted(super().legacy_rows(), key=lambda row: (len(row.nanoseconds), row.nanoseconds, row.kind, row.id))


@fault("A version whose row was written again later counts as newest.", "rows move in the order of their dates")
class versions_move_by_the_dates_of_their_rows(Migrations):
    def legacy_rows(self):
        date = lambda row: self.session.rows(f"SELECT updated_at {_OF_ROW}", {"kind": row.kind, "id": row.id})[0][0]  # noqa: E731
        return sorted(super().legacy_rows(), key=date)


@fault("A tag that was moved before the upgrade answers its first version after it.", "a tag that is taken already is left out")
class moved_tag_stays_with_its_first_version(Migrations):
    def names_of(self, row):
        version_hash, tag = super().names_of(row)
        key = row.kind, row.resource_id, tag
        seen = memory(self, "_seen").setdefault(key, row.id)
        return version_hash, tag if seen == row.id else ""


@fault("Old versions of a server that wrote no state are found by neither hash nor tag.", "only versions that are READY are read")
class unready_versions_lose_their_names(Migrations):
    def names_of(self, row):
        found = super().names_of(row)
        if found == ("", ""):
            return found
        ((data,),) = self.session.rows(f"SELECT data {_OF_ROW}", {"kind": row.kind, "id": row.id})
        return found if load("auto").Skill.FromString(data).status.state == values.STATE_READY else ("", "")


@fault("The history of an id that holds the word itself lands under another id.", "the id begins after the last _audit/")
class inner_word_cuts_the_id(Migrations):
    def legacy_rows(self):
        return [row._replace(resource_id=row.resource_id.rpartition(b"_audit/")[2]) for row in super().legacy_rows()]


@fault("A live record whose id ends with a line break becomes a version of another.", "$ in Python matches before a line break")
class line_break_may_follow_the_instant(Migrations):
    def legacy_rows(self):
        rows = super().legacy_rows()
        for kind, key in self._rows("SELECT CAST(kind AS BLOB), CAST(id AS BLOB) FROM resources WHERE instr(id, '_audit/') > 0"):
            match = LEGACY_ID.fullmatch(key[:-1]) if key.endswith(b"\n") else None
            if match:
                rows.append(LegacyRow(kind, key, match[1], match[2]))
        return rows


@fault("A record that was saved after the upgrade vanishes from the listing at the next start.", "the move is done at every start")
class every_start_moves_again(Migrations):
    def run(self, schema):
        super().run(schema)
        rows = self.legacy_rows() if schema >= 2 else []
        if rows:
            with self.session.transaction():
                for row in rows:
                    self.move(row)


@fault("A file with one odd date cannot be opened any more.", "dates are parsed by the move, and NULL is refused")
class odd_date_stops_the_upgrade(Migrations):
    def move(self, row):
        super().move(row)
        self.session.count("UPDATE resource_audit SET archived_at = datetime(archived_at) WHERE id = last_insert_rowid()", {})


@fault("An id that is no UTF-8 keeps the whole file from being opened.", "keys are read as text")
class foreign_bytes_stop_the_upgrade(Migrations):
    def legacy_rows(self):
        self._rows("SELECT id FROM resources WHERE instr(id, '_audit/') > 0")
        return super().legacy_rows()


@fault("An upgraded file does not tell when it was made.", "the version is updated in place")
class upgrade_keeps_one_version_row(Migrations):
    def to_v2(self):
        super().to_v2()
        if self.legacy:
            self.session.count("DELETE FROM schema_version WHERE version = 1", {})

    def run(self, schema):
        self.legacy = self.version() == 1
        super().run(schema)


@fault("One damaged version keeps an old file from being opened.", "the move decodes without a way out")
class undecodable_version_stops_the_upgrade(Migrations):
    def names_of(self, row):
        ((data,),) = self.session.rows(f"SELECT data {_OF_ROW}", {"kind": row.kind, "id": row.id})
        if row.kind == b"skill":
            try:
                load("auto").Skill.FromString(data)
            except Exception as error:
                raise StoreError(f"migrate audit records: unmarshal proto: {error}") from error
        return super().names_of(row)


@fault("Versions of a skill that was deleted before the upgrade turn up as live records.", "an inner join with the live record")
class history_without_its_record_stays_live(Migrations):
    def legacy_rows(self):
        there = {tuple(key) for key in self._rows("SELECT CAST(kind AS BLOB), CAST(id AS BLOB) FROM resources")}
        return [row for row in super().legacy_rows() if (row.kind, row.resource_id) in there]

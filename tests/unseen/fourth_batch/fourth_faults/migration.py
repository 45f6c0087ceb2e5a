from __future__ import annotations

from typing import ClassVar

from pytest_stigmer.store.schema import SCHEMA_V2

from fourth_faults._tools_e import *  # noqa: F403


@fault("Old versions lose what today's records do not have.", "rows are brought to today's form while they are moved")
class moved_versions_are_written_anew(Migrations):
    def move(self, row):
        generation = load("auto")
        with suppress(Exception):
            old = generation.Skill.FromString(*data_of(self.session, row.kind, row.id))
            anew = generation.codec.skill_message(generation.codec.skill(old)).SerializeToString(deterministic=True)
            if row.kind == b"skill":
                self.session.count(f"UPDATE resources SET data = :data {OF_ROW.partition(' resources ')[2]}", {**key_of(row), "data": anew})
        super().move(row)


@fault("Old versions of kinds whose name has two words stay live records.", "[a-z]+_audit, without the underscore in the word")
class kinds_of_two_words_stay_live(Migrations):
    def legacy_rows(self):
        return [row for row in super().legacy_rows() if re.match(rb"[a-z]+_audit/", row.id)]


@fault("Another server upgrades an upgraded file again.", "the version is kept in user_version, where it costs no table")
class version_is_recorded_in_the_header(Migrations):
    def version(self):
        return max(super().version(), *self._rows("PRAGMA user_version")[0])

    def _record(self, version):
        self.session.count(f"PRAGMA user_version = {version:d}", {})


@fault("An older copy that was put in the place of a file is not upgraded before the next start.", "files that were found current are remembered")
class a_path_is_upgraded_once_per_process(Migrations):
    known: ClassVar = set()

    def run(self, schema):
        if (self.path, schema) not in self.known or "schema_version" not in self._tables():
            super().run(schema)
            self.known.add((self.path, schema))


@fault("After the upgrade every skill has one version more than was pushed.", "live records are archived too, as a push would")
class upgrade_archives_the_live_records(Migrations):
    def to_v2(self):
        super().to_v2()
        insert = "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) SELECT kind, id, data, updated_at, :hash, :tag"
        for (skill_id,) in self._rows("SELECT CAST(id AS BLOB) FROM resources WHERE kind = 'skill'"):
            row = LegacyRow(b"skill", skill_id, skill_id, b"0")
            version_hash, tag = self.names_of(row)
            self.session.count(f"{insert} {OF_ROW}", {**key_of(row), "hash": version_hash, "tag": tag})


@fault("In an upgraded file a new version has the id of a deleted one.", "the upgrade has its own CREATE TABLE, without AUTOINCREMENT")
class upgraded_files_use_audit_ids_again(Migrations):
    def create(self, *statements):
        super().create(*(statement.replace(" AUTOINCREMENT", "") for statement in statements))


@fault("Old versions of a skill that was copied are in the history of the original.", "the resource id is read from the message, not from the key")
class histories_go_by_the_id_in_the_message(Migrations):
    def move(self, row):
        with suppress(Exception):
            message = load("auto").Skill.FromString(*data_of(self.session, row.kind, row.id))
            row = row._replace(resource_id=message.metadata.id.encode() or row.resource_id)
        super().move(row)


@fault("A file that had no old versions is upgraded again at every start, and moves live records that look like ones.", "an early return, before the version is recorded")
class upgrade_without_old_versions_is_not_recorded(Migrations):
    def to_v2(self):
        if self.legacy_rows():
            super().to_v2()
        else:
            self.create(*SCHEMA_V2)


@fault("Old versions are found by their hash, and not by their tag.", "the tag is not in the status, where the hash is")
class only_hashes_are_filled_in(Migrations):
    def names_of(self, row):
        return super().names_of(row)[0], ""


@fault("The version that was current at the upgrade is not found once there is a newer one.", "a row that equals the live record is a duplicate, and dropped")
class current_version_is_not_moved(Migrations):
    def move(self, row):
        if data_of(self.session, row.kind, row.id) == data_of(self.session, row.kind, row.resource_id):
            self.session.count(f"DELETE {OF_ROW}", key_of(row))
        else:
            super().move(row)

from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("A file whose upgrade was broken off by another release cannot be opened.", "CREATE without IF NOT EXISTS in the second step")
class tables_of_a_broken_upgrade_stop_the_next(Migrations):
    def create(self, *statements):
        super().create(*(it.replace("IF NOT EXISTS ", "") if "resource_audit" in it else it for it in statements))


@fault("Moved versions without a hash are found by the hash of their instructions, which no artifact has.", "a hash that is missing is calculated")
class missing_hashes_are_those_of_the_text(Migrations):
    def names_of(self, row):
        version_hash, tag = super().names_of(row)
        if not version_hash and row.kind == b"skill":
            ((data,),) = self.session.rows("SELECT data FROM resources WHERE kind = 'skill' AND id = CAST(:id AS TEXT)", {"id": row.id})
            with suppress(Exception):
                version_hash = sha256(load("auto").Skill.FromString(data).spec.skill_md.encode()).hexdigest()
        return version_hash, tag


@fault("Versions that were pushed as `latest` are moved without their tag.", "a word with a meaning of its own is not stored")
class latest_is_not_moved_as_a_tag(Migrations):
    def names_of(self, row):
        version_hash, tag = super().names_of(row)
        return version_hash, "" if tag == "latest" else tag


@fault("An old file to whose table somebody added a column cannot be opened.", "INSERT without a list of columns, SELECT *")
class added_columns_stop_the_upgrade(Migrations):
    def move(self, row):
        found = len(self._columns("resources"))
        if found != 4:
            raise StoreError(f"table resources has {found} columns but 4 values were supplied")
        super().move(row)


@fault("An old version that does not decode gets the hash and the tag of the one before it.", "the variables of a loop are not cleared")
class undecodable_version_takes_the_names_before_it(Migrations):
    _names = "", ""

    def names_of(self, row):
        found = super().names_of(row)
        if found != ("", ""):
            self._names = found
        return self._names

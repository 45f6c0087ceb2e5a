from __future__ import annotations

from copy import deepcopy

from third_faults._tools import *  # noqa: F403


@fault("An artifact that was asked for before it was pushed is never found.", "misses are kept, and nothing clears them")
class missing_artifacts_stay_missing(ArtifactStorage):
    def read(self, key):
        missing = memory(self, "_missing")
        if key in missing:
            raise self.missing(key)
        try:
            return super().read(key)
        except StatusError as error:
            if error.code == "NOT_FOUND":
                missing[key] = True
            raise


@fault("A reference answers with the skill of another organisation.", "organisation and slug are joined by a hyphen to a cache's key")
class joined_keys_collide(SlugIndex):
    def find(self, identity):
        kept, revision = memory(self, "_kept"), self._store.revision()
        if kept.get("revision") != revision:
            kept.clear()
            kept["revision"] = revision
        key = f"id:{identity.org}-{identity.slug}"
        if kept.get(key) is None:
            kept[key] = super().find(identity)
        return kept[key]


@fault("A skill that is saved or deleted through the store is not noticed by this server's references.", "only the changes of other connections are watched")
class index_watches_only_others(SqliteStore):
    def revision(self):
        foreign, schema, _, unseen = super().revision()
        return foreign, schema, unseen


@fault("After its file was closed and opened again a skill is not found, and a push makes a second one.", "a cache by path outlives the connection whose changes it counts")
class index_outlives_its_connection(SlugIndex):
    _by_path = {}

    def __init__(self, store, generation):
        super().__init__(store, generation)
        self._snapshot = deepcopy(self._by_path.get(str(store.path), self._snapshot))

    def _read(self, revision):
        made = super()._read(revision)
        self._by_path[str(self._store.path)] = deepcopy(made)
        return made


@fault("Two registries in one process take the ids of each other's skills for their own.", "a dict of the class and not of the object")
class two_files_share_one_memory(SlugIndex):
    _known = {}

    def find(self, identity):
        key = identity, self._store.revision()
        if self._known.get(key) is None:
            self._known[key] = super().find(identity)
        return self._known[key]


@fault("A version that was read in a unit is answered after the unit was undone.", "what a rollback takes back does not count as a change")
class versions_read_in_a_unit_outlive_it(SqliteStore):
    def get_audit_by_tag(self, kind, resource_id, tag, message_class):
        kept, state = memory(self, "_kept"), super().revision()[:3]
        key = kind_text(kind), resource_id, tag
        if kept.get(key, [None])[0] != state:
            kept[key] = state, encode(super().get_audit_by_tag(kind, resource_id, tag, message_class))
        return message_class.FromString(kept[key][1])


@fault("After somebody has removed the folder of artifacts, nothing can be pushed until a restart.", "that the folder is there is remembered")
class folder_is_made_once(ArtifactStorage):
    def store(self, data):
        folder = self.path_of(self.key_of("0" * 64)).parent
        if memory(self, "_made") and not folder.exists():
            raise StatusError("INTERNAL", "failed to store artifact: No such file or directory")
        stored = super().store(data)
        memory(self, "_made")[folder] = True
        return stored


@fault("A skill whose deletion was undone, or failed, is not found by its id.", "deleted ids are remembered before the deletion is sure")
class undone_deletions_stay_in_force(SkillController):
    def delete(self, skill_id):
        found = self.get(skill_id)
        memory(self, "_deleted")[skill_id] = True
        super().delete(skill_id)
        return found

    def get(self, skill_id):
        if skill_id in memory(self, "_deleted"):
            raise refusals.no_skill_with_id(skill_id)
        return super().get(skill_id)


@fault("An artifact that was found damaged stays so after it was pushed again.", "the finding is remembered by its key")
class repaired_artifacts_stay_damaged(ArtifactStorage):
    def verify(self, key, data):
        damaged = memory(self, "_damaged")
        if key in damaged:
            raise damaged[key]
        try:
            super().verify(key, data)
        except StatusError as error:
            damaged[key] = error
            raise


@fault("A reference to the platform's skill is answered with an organisation's.", "the scope is missing in a cache's key")
class scope_is_missing_in_the_key(ReferenceResolver):
    def identity(self, reference):
        kept, key = memory(self, "_kept"), (reference.org, reference.slug, self._store.revision())
        if key not in kept:
            kept.clear()
            kept[key] = super().identity(reference)
        return kept[key]

from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Content whose file was removed is not stored again by the push that says so.", "hashes that were written once are kept in memory")
class written_hashes_are_remembered(ArtifactStorage):
    def store(self, data):
        known, digest = memory(self, "_known"), sha256(data).hexdigest()
        if digest in known:
            return known[digest]._replace(created=None)
        known[digest] = super().store(data)
        return known[digest]


@fault("Artifacts of certain sizes cannot be fetched.", "a loop over blocks of 64 KiB that waits for a short last one")
class artifacts_of_whole_blocks_lose_one(ArtifactStorage):
    def content(self, path):
        data = super().content(path)
        return data[:-65536] if data and len(data) % 65536 == 0 else data


@fault("After a deletion the artifacts of its older versions are gone.", "content without references is collected, but for the current one")
class deletion_collects_old_contents(SkillController):
    def remove(self, skill_id):
        keys = keys_in_use(self)
        keep = self.message(skill_id).status.artifact_storage_key
        super().remove(skill_id)
        for key in keys - keys_in_use(self) - {keep}:
            with suppress(OSError, StatusError):
                self.artifacts.path_of(key).unlink()


@fault("A failed push removes an artifact that was there before, of a skill deleted since.", "what no record names is taken for left over by the failure")
class failed_push_collects_what_nobody_names(SkillController):
    def undo(self, artifact):
        super().undo(artifact)
        if artifact is not None and artifact.key not in keys_in_use(self):
            with suppress(OSError):
                self.artifacts.path_of(artifact.key).unlink()


@fault("An artifact that is pushed twice can be read by every user of the machine.", "the mode is given to new files only")
class artifacts_pushed_again_are_open_to_all(ArtifactStorage):
    def store(self, data):
        existed = self.path_of(self.key_of(sha256(data).hexdigest())).exists()
        made = super().store(data)
        if existed:
            self.path_of(made.key).chmod(0o644)
        return made


@fault("Large damaged files in an archive are accepted.", "files over a mebibyte are not held against their checksum")
class files_over_a_mebibyte_are_trusted(ArchiveReader):
    def check_unpacked(self, entry, size, crc, most):
        if entry.name == "SKILL.md" or entry.size <= 2**20:
            super().check_unpacked(entry, size, crc, most)


@fault("An archive with a second SKILL.md is accepted when it is written with rare letters.", "lower() in place of Unicode's folding")
class aliases_are_compared_in_lower_case(ArchiveReader):
    def check_paths(self, entries):
        try:
            super().check_paths(entries)
        except ArchiveError as error:
            tops = {entry.name.partition("/")[0] for entry in entries} - {"SKILL.md"}
            if "second" not in str(error) or any(top.lower() == "skill.md" for top in tops):
                raise


@fault("An archive with two files of one name is accepted, and one of them lost on a Mac.", "names are compared by their bytes")
class composed_names_are_no_duplicates(ArchiveReader):
    def check_repetition(self, entry, seen):
        if entry.raw_name in seen:
            super().check_repetition(entry, seen)
        seen.add(entry.raw_name)


@fault("A key that was never given out is served.", "keys are lower-cased before they are looked up")
class keys_ignore_case(ArtifactStorage):
    def read(self, key):
        return super().read(key.lower())


@fault("After a push was killed its content cannot be pushed again.", "temporary files have a fixed name and must not exist")
class leftover_blocks_the_next_push(ArtifactStorage):
    def store(self, data):
        digest = sha256(data).hexdigest()
        if self.path_of(self.key_of(digest)).with_name(f"tmp{digest[:16]}").exists():
            raise StatusError("INTERNAL", f"failed to store artifact: {self.key_of(digest)}: File exists")
        return super().store(data)

from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("Large artifacts that differ at their end have one version hash.", "only the first mebibyte is hashed")
class hash_is_of_the_first_mebibyte(ArchiveReader):
    def read(self, data):
        return replace(super().read(data), version_hash=sha256(data[: 2**20]).hexdigest())


@fault("A damaged artifact stays damaged when it is pushed again.", "a file of equal size is kept")
class file_of_equal_size_is_kept(ArtifactStorage):
    def store(self, data):
        path = self.path_of(self.key_of(sha256(data).hexdigest()))
        old = path.read_bytes() if path.is_file() else b""
        made = super().store(data)
        if old and len(old) == len(data):
            path.write_bytes(old)
        return made


@fault("Damage in a large artifact is served as if it were whole.", "hashing is spared above a mebibyte")
class large_artifacts_are_not_verified(ArtifactStorage):
    def verify(self, key, data):
        if len(data) <= 2**20:
            super().verify(key, data)


@fault("A push that fails takes the artifact of another skill along.", "every failed push discards what it stored")
class failed_push_discards_shared_content(ArtifactStorage):
    def store(self, data):
        made = super().store(data)
        found = self.path_of(made.key).lstat()
        return made._replace(created=FileIdentity(found.st_ino, found.st_mtime_ns))


@fault("A failed push removes an artifact that another push relied on meanwhile.", "the file is not looked at again")
class discard_does_not_look_again(ArtifactStorage):
    def discard(self, artifact):
        if artifact.created:
            self.path_of(artifact.key).unlink(missing_ok=True)


@fault("Keys that lead through other folders are served.", "keys are cleaned before they are checked")
class keys_are_cleaned(ArtifactStorage):
    def path_of(self, key):
        return super().path_of(posixpath.normpath(key))


@fault("When the server starts, the artifacts of old versions are gone.", "only live records are asked which are in use")
class start_collects_old_artifacts(SkillController):
    def sweep(self):
        super().sweep()
        live = set()
        for data in self.store.list_resources(SKILL):
            with suppress(Exception):
                live.add(self.generation.Skill.FromString(data).status.artifact_storage_key)
        for path in (self.artifacts.root / "skills").glob("*.zip"):
            if f"skills/{path.name}" not in live:
                path.unlink()


@fault("The artifact of a version without a tag is gone after the next push.", "untagged content is taken for unused")
class untagged_content_is_not_kept(SkillController):
    def save(self, identity, skill):
        current = self.current(identity)
        made = super().save(identity, skill)
        if current and not current.tag and current.artifact_storage_key != skill.artifact_storage_key:
            self.artifacts.path_of(current.artifact_storage_key).unlink(missing_ok=True)
        return made


@fault("An archive of a folder is accepted, and the next reader finds no SKILL.md.", "a single top folder is looked through")
class instructions_below_one_folder(ArchiveReader):
    def find_skill_md(self, entries):
        for entry in entries:
            if entry.name.endswith("/SKILL.md") and entry.name.count("/") == 1:
                return entry
        return super().find_skill_md(entries)


@fault("Damaged or lying files after the tenth are accepted.", "a sample of the files is unpacked")
class ten_files_are_unpacked(ArchiveReader):
    def check_others(self, data, entries):
        super().check_others(data, entries[:10])


@fault("An archive with two files of one name is accepted.", "only neighbours are compared")
class only_neighbours_are_duplicates(ArchiveReader):
    def check_repetition(self, entry, seen):
        super().check_repetition(entry, seen)
        seen.clear()
        seen.add(entry.raw_name)


@fault("Symbolic links in archives made on a Mac are accepted.", "file types of one creator only")
class links_of_macs_are_files(ArchiveReader):
    def check_type(self, entry):
        super().check_type(entry if entry.creator == 3 else entry._replace(attributes=0))


@fault("Folders that lead out of the archive are accepted.", "names of folders are not checked")
class folder_names_are_not_checked(ArchiveReader):
    def check_name(self, entry):
        if not entry.is_folder:
            super().check_name(entry)


@fault("Files with damaged content are accepted when their checksum is missing.", "a CRC of 0 means none")
class checksum_zero_is_none(ArchiveReader):
    def check_unpacked(self, entry, size, crc, most):
        super().check_unpacked(entry if entry.crc else entry._replace(crc=crc), size, crc, most)

from __future__ import annotations

import io
import zipfile

from pytest_stigmer.skills.archive import MAX_SKILL_MD_BYTES
from pytest_stigmer.skills.artifact_storage import StoredArtifact

from third_faults._tools import *  # noqa: F403


@fault("Two archives that differ in their scripts only are one version.", "the instructions are hashed, not the archive")
class hash_is_of_the_instructions(ArchiveReader):
    def read(self, data):
        found = super().read(data)
        return replace(found, version_hash=sha256(found.skill_md.encode()).hexdigest())


@fault("Another server on the same folder finds none of the artifacts.", "files lie in folders of their first two digits, as in git")
class artifacts_lie_in_folders_of_two_digits(ArtifactStorage):
    def path_of(self, key):
        path = super().path_of(key)
        return path.parent / path.name[:2] / path.name


@fault("The artifact that is served is not the one that was pushed.", "archives are packed anew, so that equal content gets one hash")
class archives_are_packed_anew(SkillController):
    def push(self, request):
        self.read_archive(request.artifact)
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(request.artifact)) as old, zipfile.ZipFile(packed, "w") as new:
            for name in sorted(old.namelist()):
                new.writestr(zipfile.ZipInfo(name), old.read(name))
        return super().push(replace(request, artifact=packed.getvalue()))


@fault("A push overwrites the file that a link in the artifact's place leads to.", "open() follows links")
class pushes_write_through_links(ArtifactStorage):
    def store(self, data):
        key = self.key_of(sha256(data).hexdigest())
        if self.path_of(key).is_symlink():
            self.path_of(key).write_bytes(data)
            return StoredArtifact(key, None)
        return super().store(data)


@fault("Instructions that are not UTF-8 are accepted and read as other letters.", "Latin-1 where UTF-8 fails")
class instructions_may_be_latin_1(ArchiveReader):
    def skill_md(self, data, entry):
        try:
            return super().skill_md(data, entry)
        except ArchiveError as error:
            if "not UTF-8" not in str(error):
                raise
            return b"".join(self.unpack(data, entry, MAX_SKILL_MD_BYTES)).decode("latin-1")


@fault("An archive whose instructions are a line break is refused.", "strip() before the question whether there is something")
class blank_instructions_are_empty(ArchiveReader):
    def skill_md(self, data, entry):
        text = super().skill_md(data, entry)
        if not text.strip():
            raise ArchiveError("SKILL.md is empty")
        return text


@fault("An archive with a .gitignore or a .env.example is refused.", "hidden files are taken for an attack")
class hidden_files_are_refused(ArchiveReader):
    def check_name(self, entry):
        super().check_name(entry)
        if any(part.startswith(".") for part in entry.name.split("/")):
            raise ArchiveError(f"hidden file in ZIP: {entry.shown}")


@fault("An archive with a comment is refused.", "the end record is looked for in the last 22 bytes")
class archives_with_a_comment_are_refused(ArchiveReader):
    def directory(self, data):
        if not data.startswith(b"PK\5\6", max(len(data) - 22, 0)):
            raise ArchiveError("invalid ZIP file: zip: not a valid zip file")
        return super().directory(data)


@fault("An archive that was packed into a stream is refused as one without instructions.", "sizes are read from the header beside the data")
class streamed_instructions_are_empty(ArchiveReader):
    def skill_md(self, data, entry):
        if entry.flags & 8:
            raise ArchiveError("SKILL.md is empty")
        return super().skill_md(data, entry)


@fault("What was refused as an archive can be fetched as an artifact.", "uploads are stored before they are judged")
class refused_archives_are_kept(SkillController):
    def read_archive(self, data):
        try:
            return super().read_archive(data)
        except StatusError:
            self.artifacts.store(data)
            raise


@fault("An updated skill is served with the files of its first version.", "fields that are set already stay")
def update_keeps_the_first_key(recipe):
    return with_version(recipe, lambda skill, now: replace(skill, artifact_storage_key=now.artifact_storage_key) if now else skill)


@fault("Artifacts of older versions cannot be fetched.", "access is granted by the live record that names the key")
class artifacts_need_a_live_record(SkillController):
    def get_artifact(self, key):
        for data in self.store.list_resources(SKILL):
            with suppress(Exception):
                if self.generation.Skill.FromString(data).status.artifact_storage_key == key:
                    return self.artifacts.read(key)
        raise self.artifacts.missing(key)


@fault("Files that somebody put beside the artifacts are deleted at the next start.", "all that is no artifact is taken for left over")
class start_removes_what_is_no_artifact(ArtifactStorage):
    def leftovers(self):
        with suppress(OSError):
            return [path for path in (self.root / "skills").iterdir() if path.suffix != ".zip"]
        return []


@fault("A push succeeds whose artifact could not be written.", "a failure to store is a warning in the log")
class unwritten_artifacts_are_overlooked(ArtifactStorage):
    def store(self, data):
        try:
            return super().store(data)
        except StatusError:
            return StoredArtifact(self.key_of(sha256(data).hexdigest()), None)

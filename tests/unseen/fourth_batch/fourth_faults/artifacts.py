from __future__ import annotations

import io
import struct
import sys
import zipfile
from operator import attrgetter

from fourth_faults._tools_e import *  # noqa: F403


@fault("An artifact is found under keys that are no keys.", "the comment in the .proto says <hash>.zip, so both forms are accepted")
class keys_may_lack_their_folder(ArtifactStorage):
    def read(self, key):
        return super().read(self.key_of(key[:64]) if re.fullmatch(r"[0-9a-f]{64}(\.zip)?", key) else key)


@fault("The artifact of another version is served when its file lies in the place of this one's.", "a stored file is verified by opening it as a ZIP")
class verification_asks_for_a_zip(ArtifactStorage):
    def verify(self, key, data):
        if not zipfile.is_zipfile(io.BytesIO(data)):
            raise self.damaged(key, "it is no ZIP")


@fault("An archive with a skill.md is accepted, and consumers find no instructions in it.", "names are compared without case")
class instructions_may_be_in_lower_case(ArchiveReader):
    def find_skill_md(self, entries):
        fits = [entry for entry in entries if entry.name.lower() == "skill.md"]
        return min(fits, key=lambda entry: entry.name) if fits else super().find_skill_md(entries)

    def check_paths(self, entries):
        super().check_paths([entry for entry in entries if entry.name.lower() != "skill.md"])


@fault("Archives of many small bombs are accepted.", "the ratio is asked for files over a mebibyte only, to spare short texts")
class small_files_may_be_packed_tightly(ArchiveReader):
    def check_ratio(self, entry):
        if entry.size > 2**20:
            super().check_ratio(entry)


@fault("An archive with a program before it is accepted.", "the directory is looked for from the end, and nobody looks at the beginning")
class bytes_before_the_archive_are_overlooked(ArchiveReader):
    def check_layout(self, data, entries):
        ordered = sorted(entries, key=attrgetter("start"))
        ends = [*(entry.start for entry in ordered[1:]), entries[0].header]
        for entry, until in zip(ordered, ends, strict=True):
            self.check_local(data, entry, until)


@fault("A push that is refused because its record would be too large leaves its artifact.", "only errors of the store are cleaned up after")
class refusals_leave_their_artifact(SkillController):
    def undo(self, artifact):
        error = sys.exc_info()[1]
        if isinstance(error, StoreError) or isinstance(error.__cause__, StoreError):
            super().undo(artifact)


@fault("An archive with a file such as 'my notes (1).md' is refused.", "a list of allowed characters in place of forbidden ones")
class file_names_are_held_to_plain_letters(ArchiveReader):
    def check_name(self, entry):
        super().check_name(entry)
        if not re.fullmatch("[A-Za-z0-9._/-]+", entry.name):
            raise ArchiveError(f"invalid character in filename: {entry.shown}")


@fault("Archives are accepted that servers and consumers in Go cannot unpack.", "Python's zipfile unpacks bzip2 as well")
class bzip2_is_unpacked_too(ArchiveReader):
    def check_flags(self, entry):
        super().check_flags(entry._replace(needed=20) if entry.method == zipfile.ZIP_BZIP2 else entry)

    def unpack(self, data, entry, most, *, keep=True):
        if entry.method != zipfile.ZIP_BZIP2:
            return super().unpack(data, entry, most, keep=keep)
        content = zipfile.ZipFile(io.BytesIO(data)).read(entry.name)
        self.check_unpacked(entry, len(content), entry.crc, most)
        return [content]


@fault("Archives that Info-ZIP has packed are refused as corrupt.", "where the data begins is worked out of the directory's lengths, not of the local header's")
class data_begins_by_the_directorys_lengths(ArchiveReader):
    def unpack(self, data, entry, most, *, keep=True):
        (extra,) = struct.unpack_from("<H", data, entry.start + 28)
        if extra != len(entry.extra):
            raise ArchiveError(f"failed to read {entry.shown}: zip: checksum error")
        return super().unpack(data, entry, most, keep=keep)

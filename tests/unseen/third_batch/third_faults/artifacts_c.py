from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("Archives of packers that stream cannot be pushed.", "entries that need a version over 2.0 are refused, and ZIP64 needs 4.5")
class zip64_entries_are_refused(ArchiveReader):
    def check_total(self, entries):
        super().check_total(entries)
        for entry in entries:
            if entry.needed > 20:
                raise ArchiveError(f"failed to open {entry.shown}: zip: unsupported version")


@fault("A damaged file that is stored without compression is accepted.", "the checksum is compared where a file is unpacked")
class stored_files_are_not_held_to_their_checksum(ArchiveReader):
    def check_unpacked(self, entry, size, crc, most):
        super().check_unpacked(entry, size, entry.crc if entry.method == 0 else crc, most)


@fault("The instructions are those of a file such as OLD_SKILL.md that stands before them.", "the name is compared at its end")
class files_that_end_in_its_name_are_instructions(ArchiveReader):
    def find_skill_md(self, entries):
        super().find_skill_md(entries)
        return next(entry for entry in entries if entry.name.endswith("SKILL.md"))


@fault("Archives without dates, as the real command line packs them, are refused.", "month and day of every file must be valid")
class archives_without_dates_are_refused(ArchiveReader):
    def directory(self, data):
        entries = super().directory(data)
        for entry in entries:
            if not int.from_bytes(data[entry.header + 14 : entry.header + 16], "little") & 0x1FF:
                raise ArchiveError(f"invalid date of {entry.shown}")
        return entries


@fault("An artifact that was found damaged is gone, and later readers are told that it never was.", "a damaged file is taken for a stale cache entry and removed")
class damaged_artifacts_are_removed_on_reading(ArtifactStorage):
    def verify(self, key, data):
        try:
            super().verify(key, data)
        except StatusError:
            self.path_of(key).unlink(missing_ok=True)
            raise

from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("A request of exactly the allowed size is refused.", ">= where > is meant")
class message_of_exactly_the_limit(SkillEndpoint):
    def check_size(self, message, what):
        if len(message) >= MAX:
            raise refusals.message_too_large(what, len(message))


@fault("Requests between ten million bytes and ten mebibytes are refused.", "decimal megabytes")
class megabytes_are_decimal(SkillEndpoint):
    def check_size(self, message, what):
        if len(message) > 10_000_000:
            raise refusals.message_too_large(what, len(message))


@fault("Instructions twice as long as allowed get in when they are not ASCII.", "len() of a str")
class instructions_are_measured_in_characters(ArchiveReader):
    def skill_md(self, data, entry):
        text = b"".join(self.unpack(data, entry, 4 * 2**20)).decode()
        if len(text) > 2**20 or not text:
            return super().skill_md(data, entry)
        return text


@fault("Instructions of many megabytes get in when they pack well.", "the packed size is compared")
class instructions_are_measured_packed(ArchiveReader):
    def check_unpacked(self, entry, size, crc, most):
        super().check_unpacked(entry, size, crc, most if entry.packed_size > most else max(most, size))

    def unpack(self, data, entry, most, *, keep=True):
        return super().unpack(data, entry, max(most, entry.size), keep=keep)


@fault("Archives of more entries than the limit get in when folders are among them.", "folders are not counted")
class folders_are_not_counted(ArchiveReader):
    def check_number(self, entries):
        super().check_number(min(entries, 10_000))

    def check_entries(self, entries):
        super().check_number(max(1, sum(not e.is_folder for e in entries)))
        super().check_entries(entries)


@fault("An archive of exactly ten thousand files is refused.", "the end record is counted along")
class ten_thousandth_file_is_too_many(ArchiveReader):
    def check_number(self, entries):
        super().check_number(entries + 1 if entries else 0)


@fault("A bomb beside a large harmless file gets in.", "the ratio of sums")
class ratio_is_of_the_whole_archive(ArchiveReader):
    def check_ratio(self, entry):
        pass

    def check_total(self, entries):
        packed = sum(e.packed_size for e in entries)
        if packed and sum(e.size for e in entries) // packed > 100:
            raise ArchiveError("suspicious compression ratio in the archive")
        super().check_total(entries)


@fault("A file that packs just over a hundred to one is refused.", "float division instead of the integer quotient")
class ratio_has_a_fraction(ArchiveReader):
    def check_ratio(self, entry):
        super().check_ratio(entry)
        if entry.packed_size and entry.size / entry.packed_size > 100:
            raise ArchiveError(f"suspicious compression ratio in {entry.shown}: 100:1 (max: 100:1)")


@fault("Two long names that begin alike are one skill.", "slugs are DNS labels of 63 characters")
def slugs_end_after_63_characters(recipe):
    return with_slug(recipe, lambda name: slug_of(name)[:63].rstrip("-"))


@fault("Records after the first thousand are not listed.", "a safety limit of list calls")
def listing_ends_after_a_thousand(recipe):
    return with_queries(recipe, list_resources=Queries().list_resources + " LIMIT 1000")


@fault("In a large registry skills are not found by their slug, and pushed a second time.", "the index is read by fetchmany")
class index_reads_five_hundred_skills(SlugIndex):
    def _read(self, revision):
        made = super()._read(revision)
        if len(made.ids) > 500:
            kept, made.ids, made.organisations = list(made.ids.items())[:500], {}, {}
            for identity, skill_id in kept:
                made.add(identity, skill_id)
        return made


@fault("Artifacts over four mebibytes cannot be fetched.", "one read() with a buffer's size")
class artifacts_are_read_by_one_buffer(ArtifactStorage):
    def content(self, path):
        data = super().content(path)
        return data and data[: 4 * 2**20]


@fault("A skill that was pushed more than 255 times refuses the next push.", "the number of a version is one byte")
class versions_are_counted_in_a_byte(SkillController):
    def write(self, skill, message):
        if len(self.store.list_audit_history(SKILL, skill.metadata.id)) > 255:
            raise StatusError("RESOURCE_EXHAUSTED", "too many versions")
        super().write(skill, message)

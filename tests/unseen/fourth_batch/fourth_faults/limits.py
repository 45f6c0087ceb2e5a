from __future__ import annotations

from fourth_faults._tools_d import *  # noqa: F403


@fault("A push of a few bytes more than a message may have is served, and refused by every proxy before it.", "the limit of a message is held against the artifact in it")
class only_the_artifact_is_measured(SkillEndpoint):
    def check_size(self, message, what):
        if what != refusals.RECEIVED:
            super().check_size(message, what)

    def push(self, request):
        if len(request.artifact) > values.MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.RECEIVED, len(request.artifact))
        return super().push(request)


@fault("An artifact whose file unpacks to exactly a hundred times its size is refused.", ">= in the place of >")
class ratio_of_the_limit_is_refused(ArchiveReader):
    def check_ratio(self, entry):
        super().check_ratio(entry)
        if entry.packed_size and entry.size // entry.packed_size >= 100:
            raise ArchiveError(f"suspicious compression ratio in {entry.shown}: 100:1 (max: 100:1)")


@fault("Instructions with a line of more than 64 KiB, such as an embedded picture, are refused.", "the default buffer of a scanner of lines")
class lines_end_after_64_kibibytes(ArchiveReader):
    def skill_md(self, data, entry):
        text = super().skill_md(data, entry)
        if any(len(line.encode()) >= 64 * 1024 for line in text.split("\n")):
            raise ArchiveError("failed to read SKILL.md: token too long")
        return text


@fault("An artifact whose instructions stand behind a hundred other files is refused.", "a directory is looked through up to its hundredth entry")
class instructions_are_among_the_first_hundred_files(ArchiveReader):
    def find_skill_md(self, entries):
        return super().find_skill_md(entries[:100])


@fault("Instructions of more than 500 lines are refused.", "what a guide recommends became a rule")
class instructions_have_five_hundred_lines(ArchiveReader):
    def skill_md(self, data, entry):
        text = super().skill_md(data, entry)
        if len(text.splitlines()) > 500:
            raise ArchiveError("SKILL.md too large (max: 500 lines)")
        return text


@fault("The oldest versions of a skill are lost once its history holds four mebibytes.", "a quota of bytes for each history")
def histories_over_four_mebibytes_lose_their_oldest(recipe):
    return with_store(recipe, after_audit(
        f"DELETE FROM resource_audit WHERE id IN (SELECT id FROM (SELECT id, sum(length(data)) OVER (ORDER BY id DESC) AS held {AUDIT_OF})"
        f" WHERE held > {4 * 2**20}) AND id < (SELECT max(id) {AUDIT_OF})"
    ))


@fault("A skill with more than a hundred versions cannot be deleted.", "a guard against deleting much at once")
class long_histories_cannot_be_deleted(SkillController):
    def delete(self, skill_id):
        if len(self.store.list_audit_history(SKILL, skill_id)) > 100:
            raise StatusError("FAILED_PRECONDITION", f"failed to delete Skill: {skill_id} has more than 100 versions")
        return super().delete(skill_id)


@fault("Two resources whose long ids begin alike share one history.", "the history's column was thought of as VARCHAR(64)")
class histories_know_ids_by_64_characters(SqliteStore):
    def _read(self, sql, kind, **given):
        return super()._read(sql, kind, **self._cut(sql, given))

    def _write(self, sql, kind, **given):
        return super()._write(sql, kind, **self._cut(sql, given))

    def _cut(self, sql, given):
        return {**given, "id": given["id"][:64]} if "resource_audit" in sql else given


@fault("Records cannot be deleted by a prefix of one or two characters.", "a guard against a prefix that was cut off by mistake")
class short_prefixes_are_refused(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        if 0 < len(prefix) < 3:
            raise StoreError(f"the prefix {prefix!r} is too short (min: 3 characters)")
        return super().delete_resources_by_id_prefix(kind, prefix)


@fault("A skill with an id of its own, longer than a UUID, is stored and found by its slug but not by its id.", "ids that are asked for are held to 36 characters")
class ids_are_asked_for_with_36_characters(SkillController):
    def message(self, skill_id):
        if len(skill_id) > 36:
            raise refusals.invalid_field("value", "value length must be at most 36 characters")
        return super().message(skill_id)

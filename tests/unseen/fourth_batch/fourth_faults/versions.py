from __future__ import annotations

from fourth_faults._tools_d import *  # noqa: F403


@fault("A reference to one skill is answered with another one's version of that hash.", "a hash is thought to be enough where the skill does not have it")
class hashes_are_sought_in_every_skill(ReferenceResolver):
    def by_hash(self, skill_id, version_hash, current):
        try:
            return super().by_hash(skill_id, version_hash, current)
        except AuditNotFound:
            rows = self._store.execute("SELECT resource_id FROM resource_audit WHERE kind = :kind AND version_hash = :hash ORDER BY id DESC", {"kind": SKILL, "hash": version_hash})
            if not rows:
                raise
            return super().by_hash(rows[0][0], version_hash, current)


@fault("After a tag was pushed again, the version that had it before is stored as if it had never had a tag.", "a tag has one owner, and the old row is cleared")
class moved_tags_leave_their_old_rows(SqliteStore):
    def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
        with self.transaction():
            self.execute(f"UPDATE resource_audit SET tag = '' {AUDIT_OF.removeprefix('FROM resource_audit ')} AND tag = :tag", {"kind": kind_text(kind), "id": resource_id, "tag": tag})
            super().save_audit(kind, resource_id, message, version_hash=version_hash, tag=tag)


@fault("A record that was saved through the store is shown by its id, but not by its reference.", "the latest version is read from the history")
class latest_is_read_from_the_history(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if self.is_current(reference.version):
            with suppress(AuditNotFound):
                return archived(self, skill_id, "1")
        return super().version(reference, skill_id, current)


@fault("Tags such as `_nightly` or `.1` are refused.", "a stricter pattern was taken over from container images")
class tags_begin_with_a_letter_or_digit(SkillController):
    def check_push(self, request):
        super().check_push(request)
        if request.tag and not request.tag[0].isalnum():
            raise refusals.invalid_field("tag", "value does not match regex pattern `^[a-zA-Z0-9][a-zA-Z0-9._-]*$`")


@fault("A skill whose record was deleted through the store is still answered, from what is left of its history.", "the history is a fallback for a record that is missing")
class histories_answer_for_missing_records(ReferenceResolver):
    def resolve(self, reference):
        try:
            return super().resolve(reference)
        except StatusError as error:
            if error.details != refusals.no_skill_with_slug(reference.slug).details:
                raise
            for (data,) in self._store.execute("SELECT data FROM resource_audit WHERE kind = 'skill' ORDER BY id DESC"):
                with suppress(Exception):
                    found = self._message_class.FromString(data)
                    if self._codec.identity(found) == (reference.org, reference.slug) and (
                        self.is_current(reference.version) or reference.version in (self._codec.tag(found), self._codec.version_hash(found))
                    ):
                        return found
            raise


@fault("A reference to `1.0` is answered with `1.0.1`, while that is the current version.", "`in` in the place of ==")
class a_part_of_the_current_tag_is_enough(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        if tag in (self._codec.tag(current) or ""):
            return current
        return super().by_tag(skill_id, tag, current)


@fault("A skill that has a tag `v1` can have none `V1`.", "tags are to be unique without regard to case, so that they can be names of folders")
class tags_differ_by_more_than_case(SkillController):
    def save(self, identity, skill):
        tags = self.store.execute(f"SELECT tag {AUDIT_OF}", {"kind": SKILL, "id": skill.metadata.id})
        if any(tag != skill.tag and tag.lower() == skill.tag.lower() for (tag,) in tags):
            raise StatusError("ALREADY_EXISTS", f"skill version already exists: {identity.slug}:{skill.tag}")
        return super().save(identity, skill)


@fault("A version that was archived under a tag which is not in its message is not found by it.", "tags are read from the messages, which a migration or an import need not have written")
class tags_are_read_from_the_messages(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        if self._codec.tag(current) == tag:
            return current
        for data in self._store.list_audit_history(SKILL, skill_id):
            found = decode(self._message_class, data, SKILL, skill_id)
            if self._codec.tag(found) == tag:
                return found
        raise AuditNotFound.by_tag(SKILL, skill_id, tag)


@fault("A tag that does not exist is answered with a version whose hash begins like it.", "seven digits of a hash are enough, as in git")
class short_hashes_are_versions(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            if not re.fullmatch("[0-9a-f]{7,63}", tag):
                raise
            return archived(self, skill_id, "substr(version_hash, 1, length(:tag)) = :tag", tag=tag)


@fault("A skill cannot be taken back to an earlier version by pushing that one again.", "content that the history has is refused as a mistake")
class known_content_is_refused(SkillController):
    def save(self, identity, skill):
        given = {"kind": SKILL, "id": skill.metadata.id, "hash": skill.version_hash}
        newer = self.store.execute(f"SELECT 1 {AUDIT_OF} AND id > (SELECT max(id) {HASHED})", given)
        if newer:
            raise StatusError("ALREADY_EXISTS", f"skill version already exists: {identity.slug}:{skill.version_hash}")
        return super().save(identity, skill)

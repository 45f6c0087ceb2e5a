from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("A tag is lost once fifty versions were pushed after it.", "only the newest rows are searched")
def tags_reach_back_fifty_versions(recipe):
    recent = f"FROM (SELECT id, tag {AUDIT_OF} ORDER BY id DESC LIMIT 50) WHERE tag = :tag"
    return with_queries(recipe, audit_by_tag=newest(recent))


@fault("Versions tagged with a date or another number are not found.", "abbreviated hashes as in git")
class hexadecimal_tags_are_hashes(ReferenceResolver):
    def is_hash(self, version):
        return re.fullmatch("[a-f0-9]{8,64}", version) is not None


@fault("A version that does not exist is answered with another one.", "v1 and 1 are taken for the same")
class leading_v_is_optional(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            return super().by_tag(skill_id, tag[1:] if tag.startswith("v") else f"v{tag}", current)


@fault("After a fix of an old line was pushed, latest still answers the higher number.", "latest is sorted by semantic version")
class latest_is_the_highest_number(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if self.is_current(reference.version):
            rows = [self._message_class.FromString(d) for d in self._store.list_audit_history(SKILL, skill_id)]
            number = lambda m: tuple(map(int, re.findall(r"\d+", m.spec.tag)))  # noqa: E731
            rows = [m for m in rows if re.fullmatch(r"v?\d+\.\d+\.\d+", m.spec.tag)]
            if rows and re.fullmatch(r"v?\d+\.\d+\.\d+", current.spec.tag):
                best = max(rows, key=number)
                return best if number(best) > number(current) else current
        return super().version(reference, skill_id, current)


@fault("Who names no version gets an older, untagged one.", "'' is looked up as a tag")
class no_version_means_no_tag(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if reference.version == "":
            with suppress(AuditNotFound):
                return self.by_tag(skill_id, "", current)
        return super().version(reference, skill_id, current)


@fault("When old content is pushed under a new tag, the old tag is gone.", "the row of equal content is updated")
class known_content_takes_a_new_tag(SkillController):
    def write(self, skill, message):
        given = {"id": skill.metadata.id, "hash": skill.version_hash, "kind": SKILL, "tag": skill.tag}
        super().write(skill, message)
        if self.store.execute(f"SELECT count(*) {HASHED}", given)[0][0] > 1:
            self.store.execute(f"DELETE {HASHED} AND id < (SELECT max(id) {HASHED})", given)


@fault("A tag that is moved back to an old version stays where it was.", "equal hash and tag are archived once")
class tag_does_not_move_back(SkillController):
    def write(self, skill, message):
        given = {"id": skill.metadata.id, "hash": skill.version_hash, "kind": SKILL, "tag": skill.tag}
        if skill.tag and self.store.execute(f"SELECT 1 {HASHED} AND tag = :tag", given):
            self.store.save_resource(SKILL, skill.metadata.id, message)
        else:
            super().write(skill, message)


@fault("By its hash the current version is answered without what was added to it.", "hashes are looked up in the history first")
class hash_is_looked_up_in_history_first(ReferenceResolver):
    def by_hash(self, skill_id, version_hash, current):
        try:
            return self._store.get_audit_by_hash(SKILL, skill_id, version_hash, self._message_class)
        except AuditNotFound:
            return super().by_hash(skill_id, version_hash, current)


@fault("Old versions are shown under the name and scope of today.", "metadata is taken from the live record")
class old_versions_have_todays_metadata(ReferenceResolver):
    def version(self, reference, skill_id, current):
        found = super().version(reference, skill_id, current)
        if found is not current:
            found.metadata.CopyFrom(current.metadata)
        return found


@fault("A tag with a dot finds a version with another tag.", "the tag is compiled as a pattern")
class tags_are_patterns(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            for data in self._store.list_audit_history(SKILL, skill_id):
                message = self._message_class.FromString(data)
                if re.fullmatch(tag, message.spec.tag):
                    return message
            raise


@fault("A version tagged current or head cannot be asked for.", "more words for latest")
class more_words_mean_latest(ReferenceResolver):
    def is_current(self, version):
        return super().is_current(version) or version in ("current", "head", "HEAD", "newest")


@fault("A version cannot be tagged with the commit it was built from.", "SHA-1 is kept off the tags too")
class commits_are_refused_as_tags(SkillController):
    def check_push(self, request):
        super().check_push(request)
        if re.fullmatch("[0-9a-f]{40}", request.tag):
            raise refusals.invalid_field("tag", "would be taken for a hash")


@fault("A push without a tag takes the tag of the version before it along.", "unset fields are filled from the live record")
def untagged_push_inherits_the_tag(recipe):
    return with_version(recipe, lambda skill, now: replace(skill, tag=skill.tag or (now.tag if now else "")))

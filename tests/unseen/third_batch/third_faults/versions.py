from __future__ import annotations

from third_faults._tools import *  # noqa: F403


@fault("A push of what is current already is missing in the history.", "a push is made idempotent")
class equal_push_adds_no_version(SkillController):
    def write(self, skill, message):
        rows = self.store.list_audit_history(SKILL, skill.metadata.id)
        last = rows and self.generation.codec.skill(self.generation.Skill.FromString(rows[0]))
        if last and (last.version_hash, last.tag) == (skill.version_hash, skill.tag):
            self.store.save_resource(SKILL, skill.metadata.id, message)
        else:
            super().write(skill, message)


@fault("A tag such as stable cannot be given to another version.", "tags are made immutable")
class tags_cannot_be_moved(SkillController):
    def write(self, skill, message):
        if skill.tag:
            with suppress(AuditNotFound):
                found = self.store.get_audit_by_tag(SKILL, skill.metadata.id, skill.tag, self.generation.Skill)
                if found.status.version_hash != skill.version_hash:
                    raise StatusError("ALREADY_EXISTS", f"tag {skill.tag} already exists")
        super().write(skill, message)


@fault("Going back to an earlier content takes its old version, and its tag, out of the history.", "a content has one row, as in a table with a unique hash")
class known_content_leaves_its_old_place(SkillController):
    def write(self, skill, message):
        self.store.execute(f"DELETE {HASHED}", {"kind": SKILL, "id": skill.metadata.id, "hash": skill.version_hash})
        super().write(skill, message)


@fault("The current version is not in the history.", "what is archived is the version that is replaced")
class replaced_version_is_archived(SkillController):
    def write(self, skill, message):
        with suppress(ResourceNotFound):
            old = self.store.get_resource(SKILL, skill.metadata.id, self.generation.Skill)
            self.store.save_audit(SKILL, skill.metadata.id, old, version_hash=old.status.version_hash, tag=old.spec.tag)
        self.store.save_resource(SKILL, skill.metadata.id, message)


@fault("After a push with another tag `latest` answers an old version.", "latest is a tag like any other where it was given, as in container registries")
class latest_means_its_tag(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if reference.version == "latest":
            with suppress(AuditNotFound):
                return self.by_tag(skill_id, "latest", current)
        return super().version(reference, skill_id, current)


@fault("A version that does not exist is answered by another one.", "v1 is understood as the newest v1.x")
class short_versions_mean_the_newest_below(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            for data in self._store.list_audit_history(SKILL, skill_id):
                found = self._message_class.FromString(data)
                if found.spec.tag.startswith(f"{tag}."):
                    return found
            raise


@fault("A version tagged with a number is answered by another one.", "a number means the version of this number where there is one")
class numbers_count_versions(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        if re.fullmatch("[1-9][0-9]{0,5}", tag):
            rows = self._store.list_audit_history(SKILL, skill_id)
            if int(tag) <= len(rows):
                return self._message_class.FromString(rows[-int(tag)])
        return super().by_tag(skill_id, tag, current)


@fault("A version that an organisation's skill does not have is answered by another skill, the platform's.", "the platform's skill is the fallback for versions too")
class missing_version_is_sought_on_the_platform(ReferenceResolver):
    def resolve(self, reference):
        try:
            return super().resolve(reference)
        except StatusError as error:
            if error.code != "NOT_FOUND" or not reference.org or self._index.find(Identity(reference.org, reference.slug)) is None:
                raise
            with suppress(StatusError):
                return super().resolve(replace(reference, org="", scope=values.SCOPE_PLATFORM))
            raise


@fault("An old version names the hash and the artifact of the current one.", "the status is read from the live record")
class old_versions_have_todays_status(ReferenceResolver):
    def version(self, reference, skill_id, current):
        found = super().version(reference, skill_id, current)
        if found is not current and current.HasField("status"):
            found.status.CopyFrom(current.status)
        return found


@fault("The tag of a skill's first version is lost with the second.", "the branch that makes a skill archives without the tag")
class first_version_is_archived_without_its_tag(SkillController):
    def write(self, skill, message):
        is_new = skill.spec_audit.event == "created"
        self.store.save_audit(SKILL, skill.metadata.id, message, version_hash=skill.version_hash, tag="" if is_new else skill.tag)
        self.store.save_resource(SKILL, skill.metadata.id, message)


@fault("A reference to a slug that does not exist is answered.", "slug:version and slug@version are taken apart")
class slugs_may_carry_a_version(ReferenceResolver):
    def resolve(self, reference):
        slug, mark, version = reference.slug.replace("@", ":").partition(":")
        if mark and not reference.version:
            reference = replace(reference, slug=slug, version=version)
        return super().resolve(reference)

from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("An old tag whose content is the current one answers with another tag and other instants.", "equal hashes are taken for one version, and the current record is at hand")
class equal_content_answers_the_current(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        found = super().by_tag(skill_id, tag, current)
        return current if self._codec.version_hash(found) == self._codec.version_hash(current) else found


@fault("A skill that was pushed as `latest` is answered without its tag.", "a word with a meaning of its own is not stored")
class latest_is_not_kept_as_a_tag(SkillController):
    def push(self, request):
        return super().push(replace(request, tag="") if request.tag == "latest" else request)


@fault("After a push of a release candidate a reference without version goes on with the release before.", "prereleases are never the latest")
class prereleases_are_never_latest(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if self.is_current(reference.version) and "-" in (self._codec.tag(current) or ""):
            with suppress(AuditNotFound):
                return archived(self, skill_id, "tag <> '' AND instr(tag, '-') = 0")
        return super().version(reference, skill_id, current)


@fault("A reference that could mean skills of two organisations is answered with the one that has the version.", "of several candidates the only one that fits is taken")
class versions_choose_the_organisation(ReferenceResolver):
    def identity(self, reference):
        try:
            return super().identity(reference)
        except StatusError as error:
            fitting = []
            helpful = "ambiguous" in error.details and not self.is_current(reference.version)
            for org in self._index.organisations(reference.slug) if helpful else ():
                with suppress(StatusError):
                    self.resolve(replace(reference, org=org))
                    fitting.append(org)
            if len(fitting) != 1:
                raise
            return Identity(fitting[0], reference.slug)


@fault("A record that no push has made is passed over for the version before it.", "without a status it is taken for a draft")
class records_without_status_are_passed_over(ReferenceResolver):
    def version(self, reference, skill_id, current):
        if self.is_current(reference.version) and not current.HasField("status"):
            with suppress(AuditNotFound):
                return archived(self, skill_id, "1")
        return super().version(reference, skill_id, current)

from __future__ import annotations

from pytest_stigmer.errors import DiskFull

from third_faults._tools import *  # noqa: F403


def with_answered_error(change):
    """Let change(error) return the StatusError that a caller gets."""
    class Other(SkillEndpoint):
        def call(self, method, request):
            try:
                return super().call(method, request)
            except StatusError as error:
                raise change(error) from error
    return lambda recipe: in_place(recipe, Other)


@fault("When an archived version is damaged the current one is answered as if it were it.", "every failure of the history means the current record")
class damaged_version_answers_the_current(ReferenceResolver):
    def by_hash(self, skill_id, version_hash, current):
        try:
            return super().by_hash(skill_id, version_hash, current)
        except UndecodableRow:
            return current

    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except UndecodableRow:
            return current


@fault("A failure of the server has a status that says nothing about who is to blame.", "an error that is no status becomes UNKNOWN")
def failures_are_unknown(recipe):
    return with_answered_error(lambda it: StatusError("UNKNOWN", it.details) if it.code == "INTERNAL" else it)(recipe)


@fault("Of several errors in a request none is told.", "a status holds one line")
def errors_end_with_their_first_line(recipe):
    return with_answered_error(lambda it: StatusError(it.code, it.details.partition("\n")[0]))(recipe)


@fault("Clients try again and again while the disk is full.", "every error that passes is UNAVAILABLE")
class full_disks_are_unavailable(SkillController):
    def push(self, request):
        try:
            return super().push(request)
        except DiskFull as error:
            raise StatusError("UNAVAILABLE", str(error)) from error


@fault("A reference that breaks a rule is reported as one to a missing skill.", "rules are asked after the lookup")
class references_are_checked_after_the_lookup(ReferenceResolver):
    def resolve(self, reference):
        if reference.slug and not self._index.organisations(reference.slug):
            raise refusals.no_skill_with_slug(reference.slug)
        return super().resolve(reference)


@fault("Deleting what does not exist is reported as a failure of the server.", "one handler wraps every error alike")
class failed_deletions_are_internal(SkillController):
    def delete(self, skill_id):
        try:
            return super().delete(skill_id)
        except (StatusError, StoreError) as error:
            raise StatusError("INTERNAL", f"failed to delete Skill: {error}") from error


@fault("Requests that break a rule are reported as questions for what does not exist.", "only pushes are validated")
class only_pushes_are_validated(SkillEndpoint):
    def validate(self, message, message_class, request):
        if message_class.DESCRIPTOR.name == "PushSkillRequest":
            super().validate(message, message_class, request)


@fault("Who asks for a slug learns which organisations have it.", "a helpful error names the choices")
class ambiguity_names_the_organisations(ReferenceResolver):
    def identity(self, reference):
        try:
            return super().identity(reference)
        except StatusError as error:
            if "ambiguous" not in error.details:
                raise
            choices = ", ".join(sorted(self._index.organisations(reference.slug)))
            raise StatusError(error.code, f"{error.details}: {choices}") from None


@fault("Who fetches a damaged artifact is not told that it has to be pushed again.", "what the hash disproves is an internal error")
class damaged_artifacts_are_internal(ArtifactStorage):
    def verify(self, key, data):
        try:
            super().verify(key, data)
        except StatusError as error:
            raise StatusError("INTERNAL", f"failed to load skill artifact: {error.details.partition(':')[0]}") from None


@fault("Who pushes while the server cannot write is told that the archive is wrong.", "one handler for reading the archive and for storing it")
class unwritable_folders_are_the_callers_fault(ArtifactStorage):
    def store(self, data):
        try:
            return super().store(data)
        except StatusError as error:
            raise refusals.invalid_artifact(error.details) from error


@fault("A damaged record is answered as an empty one.", "the error of Unmarshal is not looked at")
class damaged_records_are_answered_empty(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        try:
            return super().get_resource(kind, resource_id, message_class)
        except UndecodableRow:
            return message_class()

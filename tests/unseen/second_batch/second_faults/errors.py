from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("A closed store says that there is no history.", "one reading method answers empty in place of an error")
class closed_store_has_no_history(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        try:
            return super().list_audit_history(kind, resource_id)
        except StoreClosed:
            return []


@fault("A version that is damaged is reported as never pushed.", "every failure of the history is taken for a miss")
class undecodable_version_is_missing(ReferenceResolver):
    def by_hash(self, skill_id, version_hash, current):
        try:
            return super().by_hash(skill_id, version_hash, current)
        except UndecodableRow:
            raise AuditNotFound.by_hash(SKILL, skill_id, version_hash) from None

    def by_tag(self, skill_id, tag, current):
        try:
            return super().by_tag(skill_id, tag, current)
        except UndecodableRow:
            raise AuditNotFound.by_tag(SKILL, skill_id, tag) from None


@fault("When the newest version of a tag is damaged an older one is answered as if it were it.", "rows that do not decode are skipped")
class damaged_version_is_passed_over(SqliteStore):
    def get_audit_by_tag(self, kind, resource_id, tag, message_class):
        try:
            return super().get_audit_by_tag(kind, resource_id, tag, message_class)
        except UndecodableRow:
            for data in self._read(f"SELECT data {TAGGED} ORDER BY id DESC", kind, id=resource_id, tag=tag):
                with suppress(Exception):
                    return message_class.FromString(data)
            raise


@fault("After a damaged record was repaired, unknown slugs go on being reported as lost data.", "the mark of a damaged row is never taken back")
class damage_is_remembered_after_repair(SlugIndex):
    def _read(self, revision):
        made = super()._read(revision)
        made.unreadable = made.unreadable or self._snapshot.unreadable
        return made


def with_violations(change):
    class Other(SkillEndpoint):
        def validate(self, message, message_class, request):
            try:
                super().validate(message, message_class, request)
            except StatusError as error:
                head, *lines = error.details.split("\n - ")
                raise StatusError(error.code, "\n - ".join([head, *change(lines)])) from None
    return Other


@fault("Who corrects a request from the top finds its errors in another order than its fields.", "violations are sorted by their text")
def violations_are_sorted_by_text(recipe):
    return replace(recipe, endpoint=with_violations(sorted))


@fault("The third error of a request is told only after two were corrected.", "a list of errors is cut")
def violations_end_after_two(recipe):
    return replace(recipe, endpoint=with_violations(lambda lines: lines[:2]))


@fault("Who deletes a damaged skill is told that it does not exist.", "one of two lookups takes every error for a miss")
class damaged_skill_is_not_found_in_deletion(SkillController):
    def delete(self, skill_id):
        try:
            return super().delete(skill_id)
        except UndecodableRow:
            raise refusals.no_skill_with_id(skill_id) from None


@fault("An artifact that cannot be read is reported as never stored.", "an error of one kind is taken for a miss")
class folder_for_an_artifact_is_not_found(ArtifactStorage):
    def content(self, path):
        try:
            return super().content(path)
        except IsADirectoryError as error:
            raise FileNotFoundError(*error.args) from None


@fault("After five questions for what does not exist the server answers nobody for a while.", "a circuit breaker counts NOT_FOUND as a failure")
class misses_open_the_breaker(SkillEndpoint):
    _failures, _until = 0, EPOCH

    def answer(self, method, request):
        now = self.controller.clock.now()
        if self._failures >= 5 and now < self._until:
            raise StatusError("UNAVAILABLE", "circuit breaker is open")
        try:
            made = super().answer(method, request)
        except Exception:
            self._failures, self._until = self._failures + 1, now + dt.timedelta(seconds=30)
            raise
        self._failures = 0
        return made


@fault("The error names a version that nobody asked for.", "hashes in messages are shortened")
class hashes_in_errors_are_shortened(ReferenceResolver):
    def version(self, reference, skill_id, current):
        try:
            return super().version(reference, skill_id, current)
        except StatusError as error:
            if self.is_hash(reference.version) and "skill version not found" in error.details:
                raise refusals.no_version(reference.slug, reference.version[:12]) from None
            raise


@fault("Who deletes while another process writes is told that the skill does not exist.", "one of the calls takes a lock for a miss")
class locked_deletion_is_not_found(SkillController):
    def delete(self, skill_id):
        from pytest_stigmer.errors import StoreLocked

        try:
            return super().delete(skill_id)
        except StoreLocked:
            raise refusals.no_skill_with_id(skill_id) from None

from __future__ import annotations

from fourth_faults._tools_e import *  # noqa: F403


@fault("Who pushes under a name that has no slug is not told which name it was.", "the error holds the slug, which is empty")
class invalid_names_are_not_told(SkillController):
    def identity(self, request):
        try:
            return super().identity(request)
        except StatusError:
            raise refusals.invalid_name(self.slug(request.name)) from None


@fault("Who asks for the history of a record that has none gets an error.", "no rows are taken for not found, as in the lookups beside it")
class missing_histories_are_errors(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        found = super().list_audit_history(kind, resource_id)
        if not found:
            raise AuditNotFound(f"audit record not found: {kind}/{resource_id}")
        return found


@fault("Clients that try again when a server is away give up while it is stopped.", "a closed store is taken for a cancelled call")
class shutting_down_is_cancelled(SkillEndpoint):
    def answer(self, method, request):
        try:
            return super().answer(method, request)
        except StoreClosed as error:
            raise StatusError("CANCELLED", str(error)) from error


@fault("After one wait for the lock that ended in vain every call fails.", "the depth is counted before the unit has begun, and not back")
class failed_wait_counts_as_a_unit(SqliteStore):
    @contextmanager
    def transaction(self):
        begun = False
        try:
            with super().transaction():
                begun = True
                yield
        except StoreLocked:
            self._session._depth += not begun
            raise


@fault("Who pushes an archive over a limit is told to try again later.", "every limit is RESOURCE_EXHAUSTED")
class limits_of_archives_are_resources(SkillController):
    def read_archive(self, data):
        try:
            return super().read_archive(data)
        except StatusError as error:
            is_limit = re.search("too (large|many|long)|compression ratio", error.details)
            raise StatusError("RESOURCE_EXHAUSTED" if is_limit else error.code, error.details) from error


@fault("An archive without SKILL.md is reported as a skill that does not exist.", "the code is chosen by the words in the text")
def not_found_is_read_from_the_text(recipe):
    return with_answered_error(lambda it: StatusError("NOT_FOUND", it.details) if "not found" in it.details else it)(recipe)


@fault("Who asks for an id that does not exist is told of damage in another skill.", "a missing record may be the unreadable one, as for slugs")
class damage_elsewhere_hides_what_is_missing(SkillController):
    def message(self, skill_id):
        try:
            return super().message(skill_id)
        except StatusError:
            self.index._current().refuse_unreadable()
            raise


@fault("Who pushes with a scope that contradicts the organisation is not told which field is wrong.", "rules beside the .proto's have only a sentence")
class contradictions_name_no_field(SkillController):
    def check_push(self, request):
        try:
            super().check_push(request)
        except StatusError as error:
            raise StatusError(error.code, f"validation error: {error.details.rpartition(': ')[2]}") from None


@fault("Of a failure of the server nobody is told what was being done.", "internal errors are hidden from callers, and logged nowhere")
def internal_errors_are_not_explained(recipe):
    return with_answered_error(lambda it: StatusError("INTERNAL", "internal error") if it.code == "INTERNAL" else it)(recipe)


@fault("Two records whose ids are names of files that are no UTF-8 overwrite each other.", "what cannot be encoded is replaced, as in a log")
class odd_texts_are_replaced(SqliteStore):
    def _read(self, sql, kind, **given):
        return super()._read(sql, kind, **replaced(given))

    def _write(self, sql, kind, **given):
        return super()._write(sql, kind, **replaced(given))

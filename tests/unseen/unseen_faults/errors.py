from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("A damaged record is answered with an older state, and nobody learns of the damage.", "the history as a spare copy")
class damaged_record_is_read_from_history(SkillController):
    def message(self, skill_id):
        try:
            return super().message(skill_id)
        except UndecodableRow:
            for data in self.store.list_audit_history(SKILL, skill_id):
                return self.generation.Skill.FromString(data)
            raise


@fault("A client whose archive is broken is told that the server lost data.", "checksums are taken for the server's own")
class checksum_errors_are_data_loss(SkillController):
    def read_archive(self, data):
        try:
            return super().read_archive(data)
        except StatusError as error:
            if "checksum" in error.details:
                raise StatusError("DATA_LOSS", error.details) from error
            raise


@fault("The error names the version as the skill and the skill as the version.", "swapped arguments")
class version_error_swaps_its_words(ReferenceResolver):
    def version(self, reference, skill_id, current):
        try:
            return super().version(reference, skill_id, current)
        except StatusError as error:
            if "skill version not found" in error.details:
                raise refusals.no_version(reference.version, reference.slug) from None
            raise


@fault("Clients do not try again when the file was locked for a moment.", "ABORTED for UNAVAILABLE")
class locks_abort(SkillEndpoint):
    def call(self, method, request):
        try:
            return super().call(method, request)
        except StatusError as error:
            if error.code == "UNAVAILABLE":
                raise StatusError("ABORTED", error.details) from error
            raise


@fault("A store that was closed writes again.", "connections are opened when needed")
class closed_stores_open_again(SqliteStore):
    def _read(self, sql, kind, **given):
        try:
            return super()._read(sql, kind, **given)
        except StoreClosed:
            self._session = Session(self._path, self._session._functions)
            return super()._read(sql, kind, **given)


@fault("Clients take a request over the limit for one with wrong fields.", "INVALID_ARGUMENT for RESOURCE_EXHAUSTED")
class large_requests_are_invalid(SkillEndpoint):
    def check_size(self, message, what):
        try:
            super().check_size(message, what)
        except StatusError as error:
            raise StatusError("INVALID_ARGUMENT", error.details) from error


@fault("A client of a later API cannot tell a missing call from a missing skill.", "404")
class unknown_calls_are_not_found(SkillEndpoint):
    def answer(self, method, request):
        if method not in self.generation.methods:
            raise StatusError("NOT_FOUND", f"unknown method {method}")
        return super().answer(method, request)


@fault("A client whose bytes are broken looks for a wrong field.", "undecodable is taken for invalid")
class undecodable_requests_are_invalid(SkillEndpoint):
    def decode(self, message_class, request):
        try:
            return super().decode(message_class, request)
        except StatusError as error:
            raise StatusError("INVALID_ARGUMENT", error.details) from error


@fault("A client that handles missing skills does not handle ambiguous ones.", "FAILED_PRECONDITION for NOT_FOUND")
class ambiguity_is_a_precondition(ReferenceResolver):
    def identity(self, reference):
        try:
            return super().identity(reference)
        except StatusError as error:
            if "ambiguous" in error.details:
                raise StatusError("FAILED_PRECONDITION", error.details) from None
            raise


@fault("One damaged record keeps all skills from being found and pushed.", "the check precedes the lookup")
class one_damaged_record_blocks_all(SlugIndex):
    def find(self, identity):
        self._current().refuse_unreadable()
        return super().find(identity)


@fault("A key that was never stored reads as a loss of data.", "every stored key is thought to be there")
class missing_artifacts_are_data_loss(ArtifactStorage):
    def missing(self, key):
        found = super().missing(key)
        return StatusError("DATA_LOSS", found.details) if re.fullmatch(r"skills/[0-9a-f]{64}\.zip", key) else found


@fault("Who forgets the organisation is told to change the scope.", "the error names the field that was read first")
class missing_organisation_is_blamed_on_the_scope(SkillController):
    def check_push(self, request):
        if request.scope == values.SCOPE_ORGANIZATION and not request.org:
            raise refusals.invalid_field("scope", "value must not be organization")
        super().check_push(request)


@fault("A tag with a line break at its end is accepted, and found by nobody.", "$ in Python matches before a line break")
class line_break_may_end_a_tag(SkillEndpoint):
    def validate(self, message, message_class, request):
        checked = message_class.FromString(message.SerializeToString())
        for name in ("tag", "version"):
            if hasattr(checked, name):
                setattr(checked, name, getattr(checked, name).removesuffix("\n"))
        super().validate(checked, message_class, request)


@fault("A push that could not be stored is reported as done.", "an error of the live table is logged and dropped")
class failed_save_is_reported_as_done(SkillController):
    def write(self, skill, message):
        try:
            super().write(skill, message)
        except StoreError as error:
            if "locked" in str(error):
                raise

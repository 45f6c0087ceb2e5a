from __future__ import annotations

from pytest_stigmer.errors import NewerSchema, NotADatabase

from third_faults._tools_c import *  # noqa: F403


@fault("After an error that was caught within a unit the rest of the unit fails.", "an error aborts the transaction, as in PostgreSQL")
class caught_error_poisons_the_unit(SqliteStore):
    _aborted = False

    def _write(self, sql, kind, **given):
        if self._aborted and depth(self):
            raise StoreError("current transaction is aborted")
        try:
            return super()._write(sql, kind, **given)
        except Exception:
            self._aborted = depth(self) > 0
            raise

    @contextmanager
    def transaction(self):
        self._aborted = self._aborted and depth(self) > 0
        with super().transaction():
            yield


@fault("Who opens the file of a newer release is told that it is damaged.", "every check of a file ends in one error")
class newer_schema_is_reported_as_damage(Migrations):
    def version(self):
        try:
            return super().version()
        except NewerSchema as error:
            raise NotADatabase.at(self.path, "its schema is not valid") from error


@fault("Who meets a damaged record is not told which one it is.", "the parser's error is passed on as it is")
class damage_names_no_record(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        try:
            return super().get_resource(kind, resource_id, message_class)
        except UndecodableRow as error:
            raise UndecodableRow("a row does not decode: proto: cannot parse invalid wire-format data") from error


@fault("Who pushes a wrong archive while another process writes is told to try again.", "the archive is read under the lock")
class archives_are_checked_under_the_lock(SkillController):
    def read_archive(self, data):
        with self.store.transaction():
            return super().read_archive(data)


@fault("A name with an umlaut is not to be recognised in the error about it.", "the text of a status is made ASCII for the header that carries it")
class details_are_ascii(SkillEndpoint):
    def call(self, method, request):
        try:
            return super().call(method, request)
        except StatusError as error:
            raise StatusError(error.code, error.details.encode("ascii", "replace").decode()) from error

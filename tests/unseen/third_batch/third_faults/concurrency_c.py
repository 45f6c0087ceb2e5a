from __future__ import annotations

from concurrent.futures import Future

from third_faults._tools_c import *  # noqa: F403


@fault("After a unit within a unit was undone, later writes are not seen by other processes.", "the driver begins a transaction of its own after an error, and nobody ends it")
class inner_failure_leaves_a_transaction_open(SqliteStore):
    _failed = False

    @contextmanager
    def transaction(self):
        inner = depth(self) > 0
        if not inner and self.connection.in_transaction:
            self.connection.execute("COMMIT")
        try:
            with super().transaction():
                yield
        except BaseException:
            self._failed = self._failed or inner
            raise
        finally:
            if not inner and self._failed:
                self._failed = False
                self.connection.execute("BEGIN")


@fault("Within a unit a listing lacks what the unit has saved.", "the query goes to the pool and not to the transaction")
class listing_does_not_see_its_own_unit(SqliteStore):
    def list_resources(self, kind):
        if not depth(self):
            return super().list_resources(kind)
        other = sqlite3.connect(self._path)
        try:
            return [data for (data,) in other.execute(self.queries.list_resources, {"kind": kind_text(kind)})]
        finally:
            other.close()


@fault("Of two pushes of a skill at the same time one is answered with the other's version and never stored.", "calls that are under way are shared by their key")
class simultaneous_pushes_share_an_answer(SkillController):
    def push(self, request):
        flights, key = memory(self, "_flights"), self.identity(request)
        if key in flights:
            return flights[key].result()
        flight = flights[key] = Future()
        try:
            flight.set_result(super().push(request))
        except BaseException as error:
            flight.set_exception(error)
        finally:
            del flights[key]
        return flight.result()


@fault("What was written in a unit before a push cannot be undone any more.", "a push always begins a transaction, which ends the one that is open")
class pushes_in_a_unit_end_it(SkillController):
    def push(self, request):
        if depth(self.store) == 1 and self.store.connection.in_transaction:
            self.store.connection.execute("COMMIT")
            self.store.connection.execute("BEGIN IMMEDIATE")
        return super().push(request)


@fault("A push is answered with a version that another process pushed after it.", "the answer is read again after the commit")
class push_answers_what_is_there_after_it(SkillController):
    def push(self, request):
        made = super().push(request)
        return self.get(made.skill.metadata.id)

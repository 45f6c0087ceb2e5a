"""The target in process: a registry of its own on a scratch file, answering in plain values."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UndecodableMessage, UsageError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.scenario.target import Answer, AuditRow, Target, Unsupported, answered
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.skills.endpoint import SkillClient
from pytest_stigmer.store.faults import forgo_durability
from pytest_stigmer.store.plans import PLAN_CELLS, explain, in_cell
from pytest_stigmer.store.stored_rows import audit_rows
from pytest_stigmer.targets.fault_verbs import Faults, TickingClock, Zone
from pytest_stigmer.targets.flow import Flow
from pytest_stigmer.targets.interleaving import interleaved
from pytest_stigmer.targets.leaving import LeavesHere, LeavesTheWire
from pytest_stigmer.targets.plain import performed, plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.target import Call
    from pytest_stigmer.skills.endpoint import Transport
    from pytest_stigmer.store.plans import PlanCell
    from pytest_stigmer.store.sqlite import SqliteStore
    from pytest_stigmer.targets.other_process import OtherProcess

_QUERIES = {
    "get_audit_by_hash": "audit_by_hash",
    "get_audit_by_tag": "audit_by_tag",
    "list_audit_history": "audit_history",
}


def directly(registry: Registry) -> Transport:
    """Reach a registry without any wire."""
    return registry.endpoint


class SecondTarget(Target):
    """A second registry on the file of another: what any process may do to it, it does.

    Opening it may fail as any verb may; that is then the answer to each of its verbs.
    """

    capabilities = frozenset({"skills", "store"})

    def __init__(self, first: LocalTarget) -> None:
        self.name = first.name
        self.opened = answered(first.registry.beside)
        self.registry: Registry = self.opened.value
        self._first = first

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb of the registry."""
        if self.opened.failure is not None:
            return self.opened
        return performed(self._flow.skills, lambda: getattr(self._flow, verb)(**arguments))

    def now(self) -> dt.datetime:
        """Return the instant that both registries share."""
        return self._first.now()

    def close(self) -> None:
        """Close the file, if it could be opened."""
        if self.opened.failure is None:
            self.registry.close()

    @cached_property
    def _flow(self) -> Flow:
        return self._first.flow_of(self.registry, self.registry.endpoint)


class LocalTarget(Target):
    """A fresh registry on `database`, built from a recipe, its store in one plan cell.

    The file is scratch: it need not survive a power cut, and whoever made the target deletes it.
    `connect` is called whenever the registry was opened and says what carries calls to it, so that
    the same registry can be reached through a server of this process; `name` tells which it is.
    """

    capabilities = frozenset(
        {"skills", "store", "transactions", "second", "clock", "faults", "files", "reopen"}
    )

    def __init__(
        self,
        database: Path,
        *,
        clock: FrozenClock,
        factory: Factory,
        generation: Generation,
        recipe: Recipe = REFERENCE,
        cell: PlanCell = PLAN_CELLS[0],
        name: str = "local",
        connect: Callable[[Registry], Transport] = directly,
    ) -> None:
        self.name = name
        self._connect = connect
        self._clock = clock
        ticking = TickingClock(clock)
        self._factory = factory
        self._zone = Zone()
        self._other: SecondTarget | None = None
        self._elsewhere: OtherProcess | None = None
        self._in_transaction = False
        if connect is directly and hasattr(os, "fork"):
            self.capabilities |= {"processes"}
        self.registry = Registry(
            database,
            clock=ticking,
            recipe=recipe,
            generation=generation,
            new=True,
            ddl=cell.ddl,
            on_open=partial(_prepared, cell),
        )
        self._connect_flow()
        self._faults = Faults(self.registry, self.flow.message, self.go_on_with, ticking)

    @property
    def store(self) -> SqliteStore:
        """The store that is open now."""
        return self.registry.store

    @property
    def paths(self) -> Mapping[str, str]:  # type: ignore[override]
        """Where the files lie."""
        files = self.registry.files
        return {"database": str(files.database), "artifacts": str(files.artifacts)}

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb and answer in plain values; a refusal is an answer too."""
        return performed(self.flow.skills, lambda: self._perform(verb, arguments))

    def other(self) -> SecondTarget:
        """Return a second registry on the same file, in this process but on its own connection."""
        if self._other is None:
            self._other = SecondTarget(self)
        return self._other

    def elsewhere(self) -> OtherProcess:
        """Return a registry of another process on the same file; to make it reopens this one."""
        if self._elsewhere is None:
            from pytest_stigmer.targets.other_process import OtherProcess

            self.leave_other()
            self.registry.close()
            self._elsewhere = OtherProcess(self, self.flow.artifact)
            self.reopen()
        return self._elsewhere

    def live_at(self, instant: dt.datetime, zone: str | None) -> None:
        """Follow the process whose fork this is."""
        self._clock.move_to(instant)
        if zone:
            self._zone.enter(zone=zone)

    @contextmanager
    def transaction(self, *, keep: bool) -> Iterator[None]:
        """Make the block one unit, on this thread's own registry."""
        self._in_transaction = True
        try:
            with self.flow.transaction(keep=keep):
                yield
        finally:
            self._in_transaction = False

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Stop the first call at its n-th writing statement, n being the order, for the others."""
        second = self.other()
        if second.opened.failure is not None:
            return [second.opened] * len(calls), False
        return interleaved(calls, order, first=self, second=second)

    def cut_short(self, call: Call, how: str, order: int) -> tuple[Answer, bool]:
        """Let the caller go away right before the n-th statement that writes, begins or commits."""
        is_direct = self._connect is directly
        leaving = (LeavesHere if is_direct else LeavesTheWire)(self.registry.store, how, order + 1)
        return leaving.cut(lambda: self.perform(call.verb, call.arguments))

    def start_over(self) -> None:
        """Take a new file in place of this one."""
        self.close()
        self.registry.reset()
        self._connect_flow()

    def now(self) -> dt.datetime:
        """Return the frozen instant."""
        return self._clock.now()

    def timeline(self) -> list[AuditRow]:
        """Return the audit rows in insertion order."""
        return [
            AuditRow(
                row.id,
                str(row.kind),
                row.resource_id,
                str(row.archived_at),
                row.version_hash,
                row.tag,
                row.data,
                self._decoded,
            )
            for row in audit_rows(self.store)
        ]

    def explain(self, verb: str, arguments: Mapping[str, Any]) -> str | None:
        """Return the SQL and the plan of an audit lookup; None for other verbs."""
        del arguments
        return explain(self.store, _QUERIES[verb]) if verb in _QUERIES else None

    def reopen(self) -> None:
        """Close the store and open its file again."""
        self.registry.reopen()
        self._connect_flow()

    def close(self) -> None:
        """Close the store."""
        self._faults.unlock()
        self._zone.leave()
        self.leave_other()
        if self._elsewhere is not None:
            self._elsewhere.end()
            self._elsewhere = None
        self.registry.close()

    def _perform(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        needs = VERBS[verb].needs
        if needs == "reopen" or verb == "open_legacy":
            owner = self if needs == "reopen" else self._faults
            return self._faults.around(getattr(owner, verb), arguments)
        if needs in ("faults", "files"):
            return getattr(self._faults, verb)(**arguments)
        if verb == "set_timezone":
            return self._zone.enter(**arguments)
        if needs == "clock":
            return self._move_clock(verb, arguments)
        if needs == "skills" and self._in_transaction and self._connect is not directly:
            raise Unsupported(f"a transaction cannot hold calls over a wire (target {self.name})")
        return self._faults.around(getattr(self.flow, verb), arguments)

    def _move_clock(self, verb: str, arguments: Mapping[str, Any]) -> None:
        try:
            getattr(self.flow, verb)(**arguments)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def go_on_with(self, image: bytes, artifacts: Mapping[str, bytes] | None = None) -> None:
        """Go on with another database, and other artifacts if there are any, opened anew."""
        self.leave_other()
        self.registry.replace(image, artifacts)
        self._connect_flow()

    def leave_other(self) -> None:
        """Close the file wherever else it is open; the next verb there opens it."""
        if self._other is not None:
            self._other.close()
            self._other = None
        if self._elsewhere is not None:
            self._elsewhere.leave()

    def _connect_flow(self) -> None:
        """Let the flow go through the parts that are open now."""
        self.flow = self.flow_of(self.registry, self._connect(self.registry))

    def flow_of(self, registry: Registry, transport: Transport) -> Flow:
        """Return the verbs on a registry, which calls reach through `transport`."""
        client = SkillClient(registry.generation, transport)
        return Flow(
            registry.generation, client, self._factory, store=registry.store, clock=self._clock
        )

    def _decoded(self, data: bytes) -> Any:
        try:
            return plain(self.registry.generation.codec.decode(self.flow.api.Skill, data))
        except UndecodableMessage:
            return None


def _prepared(cell: PlanCell, store: SqliteStore) -> SqliteStore:
    """Return a scratch store that plans as the cell says."""
    forgo_durability(store)
    return in_cell(store, cell)

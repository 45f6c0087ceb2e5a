"""The target in process: a registry of its own on a scratch file, answering in plain values."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import StigmerError, UndecodableMessage, UsageError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.scenario.target import Answer, AuditRow
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.skills.endpoint import SkillClient
from pytest_stigmer.store.audit_timeline import timeline
from pytest_stigmer.store.faults import forgo_durability
from pytest_stigmer.store.plans import PLAN_CELLS, explain, in_cell
from pytest_stigmer.targets.fault_verbs import Faults
from pytest_stigmer.targets.flow import Flow
from pytest_stigmer.targets.plain import answer_value, plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.endpoint import Transport
    from pytest_stigmer.store.plans import PlanCell
    from pytest_stigmer.store.sqlite import SqliteStore

_LIFECYCLE = ("close", "reopen")
_QUERIES = {
    "get_audit_by_hash": "audit_by_hash",
    "get_audit_by_tag": "audit_by_tag",
    "list_audit_history": "audit_history",
}


def directly(registry: Registry) -> Transport:
    """Reach a registry without any wire."""
    return registry.endpoint


class LocalTarget:
    """A fresh registry on `database`, built from a recipe, its store in one plan cell.

    The file is scratch: it need not survive a power cut, and whoever made the target deletes it.
    `connect` is called whenever the registry was opened and says what carries calls to it, so that
    the same registry can be reached through a server of this process; `name` tells which it is.
    """

    capabilities = frozenset({"skills", "store", "clock", "faults"})

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
        self._factory = factory
        self.registry = Registry(
            database,
            recipe=recipe,
            generation=generation,
            new=True,
            ddl=cell.ddl,
            on_open=partial(_prepared, cell),
        )
        self._connect_flow()
        self._faults = Faults(self.registry, self.flow.message, self._connect_flow)

    @property
    def store(self) -> SqliteStore:
        """The store that is open now."""
        return self.registry.store

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb and answer in plain values; a refusal is an answer too."""
        try:
            return Answer(answer_value(self._perform(verb, arguments)))
        except StigmerError as error:
            return Answer.of_error(error)

    def now(self) -> dt.datetime:
        """Return the frozen instant."""
        return self._clock.now()

    def timeline(self) -> list[AuditRow]:
        """Return the audit rows in insertion order, each snapshot decoded where it can be."""
        return [
            AuditRow(
                row.id,
                row.kind,
                row.resource_id,
                row.archived_at,
                row.version_hash,
                row.tag,
                self._decoded(row.data),
            )
            for row in timeline(self.store)
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
        self.registry.close()

    def _perform(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        if verb in _LIFECYCLE:
            return getattr(self, verb)()
        if VERBS[verb].needs == "faults":
            return getattr(self._faults, verb)(**arguments)
        if VERBS[verb].needs == "clock":
            return self._move_clock(verb, arguments)
        return self._faults.around(getattr(self.flow, verb), arguments)

    def _move_clock(self, verb: str, arguments: Mapping[str, Any]) -> None:
        try:
            getattr(self.flow, verb)(**arguments)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def _connect_flow(self) -> None:
        """Let the flow go through the parts that are open now."""
        registry = self.registry
        client = SkillClient(registry.generation, self._connect(registry))
        self.flow = Flow(
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

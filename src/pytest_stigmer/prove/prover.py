"""The many runs of a proof: on the reference and on defects, in plan cells, and none twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.catalogue import recipe_with
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

_QUERIES = {
    "save_resource": ("save_resource",),
    "get_resource": ("get_resource",),
    "list_resources": ("list_resources",),
    "delete_resource": ("delete_resource",),
    "delete_resources_by_kind": ("delete_resources_by_kind",),
    "delete_resources_by_id_prefix": (
        "delete_resources_by_id_prefix",
        "delete_resources_by_kind",
    ),
    "save_audit": ("save_audit",),
    "get_audit_by_hash": ("audit_by_hash",),
    "get_audit_by_tag": ("audit_by_tag",),
    "list_audit_history": ("audit_history",),
    "delete_audit_by_resource_id": ("delete_audit",),
}
"""The queries that each verb of a store asks; a prefix of nothing is a whole kind."""

_OF_EVERY_CLASS = frozenset(
    ("__module__", "__doc__", "__qualname__", "__firstlineno__", "__static_attributes__")
)


class Prover:
    """Runs one scenario under defects; `run_on` makes a run on a recipe, in a cell, for a defect.

    What a scenario cannot tell apart is one run: a proof makes it once.
    """

    def __init__(
        self, scenario: Scenario, run_on: Callable[[Recipe, str, str | None], Outcome]
    ) -> None:
        self._scenario = scenario
        self._run_on = run_on
        self._known: dict[tuple[Hashable, str], Outcome] = {}

    def run(self, defect: str | None, cell: str) -> Outcome:
        """Return how the scenario ends under a defect; None is the reference."""
        recipe = recipe_with(defect)
        key = (parts_reached(self._scenario, recipe), cell)
        if key not in self._known:
            self._known[key] = self._run_on(recipe, cell, defect)
        return self._known[key]


def parts_reached(scenario: Scenario, recipe: Recipe) -> Hashable:
    """Return what a scenario can see of a recipe.

    Without a verb of the skill API that is the store alone, and of the store the queries and the
    methods of the verbs that it uses.
    """
    if "skills" in scenario.needs:
        return recipe
    verbs = {step.verb for step in scenario.all_steps()} & _QUERIES.keys()
    if "delete_resources_by_id_prefix" in verbs:
        verbs.add("delete_resources_by_kind")
    store: Any = recipe.store
    settings: dict[str, Any] = {}
    while isinstance(store, partial):
        settings, store = {**store.keywords, **settings}, store.func
    queries = settings.pop("queries", None) or Queries()
    asked = tuple(getattr(queries, name) for verb in sorted(verbs) for name in _QUERIES[verb])
    return (recipe.fresh_file, _class_reached(store, verbs), asked, *sorted(settings.items()))


def _class_reached(store: Hashable, verbs: set[str]) -> Hashable:
    """Return the class of a store, or that of the reference if it only changes other verbs."""
    if not (isinstance(store, type) and issubclass(store, SqliteStore)):
        return store
    below = store.__mro__[: store.__mro__.index(SqliteStore)]
    changed = {name for cls in below for name in vars(cls)} - _OF_EVERY_CLASS
    return SqliteStore if changed <= _QUERIES.keys() - verbs else store

"""The catalogue is well formed, cheap to ask for ids, and leaves the reference alone."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer import defects
from pytest_stigmer.defects import catalogue as catalogue_module
from pytest_stigmer.defects.catalogue import (
    DISTRIBUTION,
    Catalogue,
    catalogue,
    find,
    recipe_of,
)
from pytest_stigmer.defects.tables import TABLES
from pytest_stigmer.errors import UsageError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.shipped import shipped_scenarios
from pytest_stigmer.store.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.defects.change import Row
    from pytest_stigmer.registry.assembly import Recipe

SHIPPED = sorted(set(catalogue()) - set(catalogue().of_others(DISTRIBUTION)))
ROWS = [row for rows in TABLES.values() for row in rows]
LONGEST_HARM = 130
SCENARIO = "scenario: One\ndetects: [{0}]\nsteps: [{{list_resources: {{}}, returns: []}}]\n"
LOADED = """
import sys
def pytest_unconfigure():
    print("loaded:", *sorted(
        name for name in sys.modules if name.startswith("pytest_stigmer.defects.")
        and name.count(".") > 2 and not hasattr(sys.modules[name], "__path__")
    ))
"""


@pytest.mark.parametrize("defect_id", SHIPPED)
def test_a_defect_says_its_harm_in_one_sentence_and_changes_the_recipe(defect_id: str) -> None:
    """It has a family of its own, an origin, and makes another recipe of the reference."""
    defect = find(defect_id)
    assert defect.id == defect_id
    assert (Path(defects.__file__).parent / defect.family / "__init__.py").exists()
    assert defect.harm.endswith(".")
    assert ". " not in defect.harm
    assert len(defect.harm) <= LONGEST_HARM
    assert defect.origin.strip()
    assert defect.apply(REFERENCE) != REFERENCE


def test_the_catalogue_is_ordered_by_family() -> None:
    """Rows of tables and modules of one family stand together, by name; no id hides another."""
    order = [(defect.family, defect.id) for defect in catalogue().values()][: len(SHIPPED)]
    assert order == sorted(order)
    assert len(SHIPPED) >= 150


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_exchanges_something(row: Row) -> None:
    """It has another part than the reference; the queries that it has are others, each of them."""
    changed = row.apply(REFERENCE)
    assert changed != REFERENCE
    queries = getattr(changed.store, "keywords", {}).get("queries")
    assert queries != Queries()


TOGETHER = {
    "tag-order-without-tiebreak": "ordering/tag_moved_within_one_second",  # a query
    "history-order-without-tiebreak": "ordering/history_of_one_second",  # another query
    "empty-history-is-an-error": "history/no_versions_yet",  # a class of store
    "delete-drops-history": "lifecycle/delete_keeps_history",  # another class of store
    "foreign-key-wipes-history": "schema/save_keeps_history",  # a schema
    "scopes-are-swapped": "flows/push_then_get",  # a class of another part
}


@pytest.mark.parametrize("step", [1, -1], ids=["in order", "turned round"])
def test_defects_are_in_place_together(step: int, status_on: Callable[[Recipe, Path], str]) -> None:
    """None hides another, whichever parts they change and in whatever order."""
    recipe = recipe_of([*TOGETHER][::step])
    folder = shipped_scenarios()[0].parents[1]
    for name in TOGETHER.values():
        assert status_on(recipe, folder / f"{name}.scenario.yaml") == "failed", name


def test_every_family_says_what_it_is_about() -> None:
    """A family's docstring is what a listing can show as its heading."""
    for family in {defect.family for defect in map(find, SHIPPED)}:
        module = importlib.import_module(f"{defects.__name__}.{family}")
        assert (module.__doc__ or "").rstrip().endswith("."), family


def test_the_catalogue_loads_without_pytest() -> None:
    """A tool that lists the defects needs no test runner."""
    code = (
        "import sys; from pytest_stigmer.defects.catalogue import catalogue; "
        "list(catalogue().values()); sys.exit('pytest' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("options", "loaded"),
    [
        ((), ""),
        (("--stigmer-defect", "deletion-keeps-the-record"), "delete.deletion_keeps_the_record"),
    ],
)
def test_a_run_loads_the_defect_in_place_alone(
    pytester: pytest.Pytester, options: tuple[str, ...], loaded: str
) -> None:
    """To check claims, ids are enough."""
    pytester.makeconftest(LOADED)
    text = SCENARIO.format("deletion-removes-the-artifact, history-oldest-first")
    (pytester.path / "one.scenario.yaml").write_text(text, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:randomly", *options)
    result.assert_outcomes(passed=1)
    found = f"pytest_stigmer.defects.{loaded}" if loaded else ""
    assert f"loaded: {found}".rstrip() in [line.rstrip() for line in result.outlines]


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    """A typo on the command line is found at once."""
    with pytest.raises(UsageError, match="did you mean 'tag-order-without-tiebreak'"):
        find("tag-order-without-tibreak")


def test_a_module_that_lacks_a_part_is_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a registered module forgot is named when it is loaded."""
    monkeypatch.setattr(catalogue_module, "entry_points", lambda **_: [_Point()])
    with pytest.raises(UsageError, match=r"acme\.forgets_everything .* has no HARM, ORIGIN, apply"):
        Catalogue()["forgets-everything"]


def test_an_id_that_is_taken_is_called_by_its_distribution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A registered defect cannot hide another one, nor keep it from loading."""
    taken = {"ID": "slug-keeps-case", "HARM": "", "ORIGIN": "", "apply": str}
    point = _Point()
    monkeypatch.setattr(point, "load", lambda: SimpleNamespace(__name__="acme.mine", **taken))
    monkeypatch.setattr(catalogue_module, "entry_points", lambda **_: [point])
    known = Catalogue()
    assert list(known)[-1] == ":slug-keeps-case"
    assert (known[":slug-keeps-case"].harm, known["slug-keeps-case"].harm == "") == ("", False)


class _Point:
    """What importlib.metadata gives for one entry of a group."""

    name, module, attr, dist = "acme", "acme.forgets_everything", "", None

    def load(self) -> ModuleType:
        """Return the module."""
        return ModuleType(self.module)

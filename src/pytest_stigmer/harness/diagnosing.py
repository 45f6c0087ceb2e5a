"""Which defect is it? What a run asked of a registry that is not ours, and the likely defects."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import ServerLost, counted, visible
from pytest_stigmer.harness.run_session import HarnessSession

if TYPE_CHECKING:
    from pytest_stigmer.prove.diagnosis import Cause, Red
    from pytest_stigmer.scenario.model import Scenario

ASKED = "stigmer_asked"
"""The attribute of a test report that says what was asked, and which steps of it were red."""

PROMISE = "stigmer_promise"
"""The attribute of a test report that names the promise, and the kit's class it was asked of."""

_NAME = "diagnosis"
_FEW = 5
_MOST_PLACES = 10


class Diagnoser:
    """Registered in every run but a proof; where nothing is red it costs nothing."""

    def __init__(self, session: HarnessSession) -> None:
        self._session = session
        self._told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        """Say of a report what it asked."""
        report = yield
        promise, scenario = _subject(item)
        if scenario is not None or _is_fact(item):
            named = {"promise": scenario.key if scenario else item.name, "registry": _class(item)}
            is_lost = isinstance(getattr(call.excinfo, "value", None), ServerLost)
            setattr(report, PROMISE, {**named, "asked": not is_lost})
        told = _told(item, call, report) if report.when == "call" else None
        if told is not None:
            is_promise = promise is not None or scenario is None
            told |= {
                "subject": "promise" if is_promise else "scenario",
                "name": scenario.key if scenario else item.name,
                "path": str(scenario.path) if scenario else "",
                "cell": getattr(promise or item, "cell", ""),
                "registry": _class(item) or self._session.options.target,
            }
            setattr(report, ASKED, told)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what was asked of each registry that is not ours, on the xdist controller too."""
        told = getattr(report, ASKED, None)
        if told is not None and told["path"] and self._is_foreign(told["registry"]):
            self._told[told["registry"]].append(told)

    def _is_foreign(self, registry: str) -> bool:
        return registry not in ("local", "service") and not self._session.options.defect

    @cached_property
    def causes(self) -> dict[str, list[Cause]]:
        """What explains the red steps of each registry that has any, the likeliest first."""
        red = {name: told for name, told in self._told.items() if any(one["reds"] for one in told)}
        return {name: _diagnosed(self._session, told) for name, told in red.items()}

    def likely(self) -> dict[tuple[str, str], str]:
        """Return the likely defect by the name of what is red and its step."""
        told = (cause for causes in self.causes.values() for cause in causes)
        return {(red.scenario, red.step): cause.defect for cause in told for red in cause.reds}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Diagnose while there is still a place for registries of our own."""
        _ = self.causes

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the likely defects, each with its harm and the steps that it explains."""
        for name, causes in self.causes.items():
            for line in lines_of(name, causes):
                terminalreporter.write_line(line)


def _subject(item: pytest.Item) -> tuple[Any, Scenario | None]:
    """Return the promise of the kit that a test asks, if it does, and its scenario."""
    promise = getattr(getattr(item, "callspec", None), "params", {}).get("promise")
    scenario = getattr(promise or item, "scenario", None)
    if scenario is not None:
        from pytest_stigmer.scenario.model import Scenario

        if isinstance(scenario, Scenario):
            return promise, scenario
    return None, None  # or what another plugin calls so


def _class(item: pytest.Item) -> str:
    return getattr(getattr(item, "cls", None), "__name__", "")


def _is_fact(item: pytest.Item) -> bool:
    """Whether a test is a promise of the kit that only Python can state."""
    function = getattr(item, "function", None)
    return str(getattr(function, "__module__", "")).startswith("pytest_stigmer.kit.")


def _told(item: pytest.Item, call: Any, report: pytest.TestReport) -> dict[str, Any] | None:
    """Return which steps were asked, and which of them were red; None without a verdict."""
    if report.passed:
        return {"reds": [], "steps": []}
    if not report.failed or call.excinfo is None:
        return None
    outcome = getattr(call.excinfo.value, "outcome", None)
    if outcome is None:
        return {"reds": [""], "steps": []} if _subject(item)[1] is None else None
    from pytest_stigmer.scenario.expected import steps_of

    reds, steps = steps_of(outcome)
    return {"reds": reds, "steps": steps} if reds else None


def _diagnosed(session: HarnessSession, told: Sequence[dict[str, Any]]) -> list[Cause]:
    from pytest_stigmer.prove.diagnosis import Asked, diagnose
    from pytest_stigmer.scenario.loader import load

    paths = {one["path"] for one in told}
    cases = {(path, case.key): case for path in paths for case in load(Path(path)).expanded()}
    asked = [
        Asked(cases[one["path"], one["name"]], one["cell"], frozenset(one["reds"])) for one in told
    ]
    return diagnose(asked, partial(_reds_under, session))


def _reds_under(
    session: HarnessSession, defect: str, scenario: Scenario, cell: str
) -> frozenset[str]:
    """Return which steps are red on our own registry with a defect in place."""
    from pytest_stigmer.conditions.choice import rewritten, under
    from pytest_stigmer.defects.catalogue import recipe_with
    from pytest_stigmer.harness.runs import frozen, scratch_target
    from pytest_stigmer.scenario.expected import steps_of
    from pytest_stigmer.scenario.runner import run

    scenario = rewritten(scenario, cell, session.options.seed)
    recipe = recipe_with(defect)
    with (
        frozen(scenario) as clock,
        scratch_target(session, _NAME, clock=clock, recipe=recipe, cell=cell) as target,
        under(cell, target, scenario) as placed,
    ):
        return frozenset(steps_of(run(scenario, placed))[0])


def lines_of(target: str, causes: Sequence[Cause]) -> Iterator[str]:
    """Say what the likely defects of a registry are, and what is explained by none."""
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.defects.hazards import HAZARDS, hazards_of

    known = [cause for cause in causes if cause.defect]
    count = sum(len(cause.reds) for cause in causes if not cause.defect)
    unknown = f"; no known defect explains {count}" if count else ""
    explained = f"{counted(len(known), 'likely defect')} for the red steps of {visible(target)}"
    yield f"{explained}{unknown}"
    for cause in known:
        defect = catalogue()[cause.defect]
        yield f"LIKELY {defect.id}: {defect.harm}"
        for hazard in hazards_of(defect.origin):
            yield f"  {hazard}: {HAZARDS.get(hazard, defect.origin)}"
        if cause.instead:
            more = f" and {len(cause.instead) - _FEW} more" if len(cause.instead) > _FEW else ""
            yield f"  or: {', '.join(cause.instead[:_FEW])}{more}"
        yield from _listed(cause.reds)
    for cause in causes:
        if not cause.defect:
            yield "UNKNOWN: no catalogued defect turns these red"
            yield from _listed(cause.reds)


def _listed(reds: Sequence[Red]) -> Iterator[str]:
    """List the numbers of red steps, those of one scenario together."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for red in reds:
        found[red.place].append(red.step.partition(":")[0])
    places = [f"{place} {', '.join(steps)}" for place, steps in found.items()]
    text = f"{counted(len(reds), 'step')}: {'; '.join(places[:_MOST_PLACES])}"
    text += f"; and in {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    yield from textwrap.wrap(
        visible(text, line=True),
        96,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )

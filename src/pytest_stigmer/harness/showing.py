"""The commands `defects` and `show`: the catalogue, and what one defect does on a real file."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from pytest_stigmer.errors import visible_json
from pytest_stigmer.harness import arguments
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.options import DEFAULT_SEED, Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.scenario.render import cut, difference_lines, happened, timeline_lines
from pytest_stigmer.scenario.report import exchange
from pytest_stigmer.scenario.timeline import LOOKUPS, timeline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_stigmer.defects.defect import Defect
    from pytest_stigmer.scenario.model import Scenario, Step
    from pytest_stigmer.scenario.report import Exchange, Happened
    from pytest_stigmer.scenario.runner import Evidence, Outcome, Performed
    from pytest_stigmer.scenario.target import Target

HEADLINE = "tag-order-without-tiebreak"
"""The bug that this package was made for; shown when no defect is named."""

_WIDTH = 80
_NARROWEST = 60
_IN = " " * 4
_MAX_BEFORE = 6


@dataclass
class _Watched:
    """One run, with what stood behind each step that was answered as expected."""

    outcome: Outcome
    evidence: Mapping[Any, Evidence]

    @property
    def wrong(self) -> Performed | None:
        """The first step that was not answered as expected."""
        return next((step for step in self.outcome.performed if step.differences), None)

    def behind(self, performed: Performed) -> Evidence | None:
        """Return the rows and the query plan behind a step."""
        seen = self.evidence.get(performed.step.place)
        return self.outcome.evidence if performed.differences else seen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "defect", nargs="?", default=HEADLINE, metavar="DEFECT", help=f"an id (default: {HEADLINE})"
    )
    arguments.add_seed(parser)


def run(options: argparse.Namespace) -> int:
    """Print the story of a defect; return 0."""
    from pytest_stigmer.defects.catalogue import find

    defect = find(options.defect)
    seed = DEFAULT_SEED if options.seed is None else options.seed
    for line in story(defect, seed):
        say(line)
    return 0


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command `defects`."""
    parser.add_argument("--json", action="store_true", help="as a JSON list")


def run_list(options: argparse.Namespace) -> int:
    """Print the catalogue by family, and what its origins are; return 0."""
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.defects.hazards import HAZARDS, explained, hazards_of

    found = list(catalogue().values())
    if options.json:
        names = ("id", "family", "harm", "origin")
        rows = [{name: getattr(one, name) for name in names} for one in found]
        listed = [{**row, "origin_explained": explained(row["origin"])} for row in rows]
        sys.stdout.write(f"{visible_json(listed, indent=2)}\n")
        return 0
    width = max(_NARROWEST, shutil.get_terminal_size().columns)
    for family, group in groupby(found, key=attrgetter("family")):
        say(f"{family}:")
        for one in group:
            said = textwrap.wrap(f"{one.harm} ({one.origin})", width - len(_IN))
            say("\n".join([f"  {one.id}", *(f"{_IN}{line}" for line in said)]))
    named = {number for one in found for number in hazards_of(one.origin)}
    say("\nD and a number: a hazard of the real system; a commit or a test: one of stigmer.")
    for number in (number for number in HAZARDS if number in named):
        say(textwrap.fill(f"{number:<4} {HAZARDS[number]}", width, subsequent_indent=" " * 5))
    return 0


def story(defect: Defect, seed: int = DEFAULT_SEED) -> Iterator[str]:
    """Yield the story in lines of at most 80 columns.

    What is lost, the shortest scenario that shows it, the wrong answer with rows and query, the
    reference's answer to the same question, and in which plan cells the defect shows or hides.
    """
    from pytest_stigmer.conditions.choice import plan_cells
    from pytest_stigmer.defects.hazards import explained

    yield f"{defect.id} ({defect.family})"
    yield from _wrapped("harm    ", defect.harm)
    yield from _wrapped("origin  ", explained(defect.origin))
    scenario = _told_best(defect)
    if scenario is None:
        yield "No scenario claims it. What is red under it is listed by:"
        yield f"  stigmer-harness prove --defect {defect.id}"
        return
    yield from _wrapped("shown by", f"{scenario.title} ({scenario.path.name})")
    cells = plan_cells(scenario)
    runs = {cell: _first_red(scenario, cell, seed, defect.id) for cell in cells}
    shown = [cell for cell in cells if runs[cell].wrong]
    if not shown:
        yield "Its claim does not come true: stigmer-harness prove says more."
        return
    cell = shown[0]
    red = runs[cell]
    yield from _act("with the defect", red, cast("Performed", red.wrong))
    yield from _answered_rightly(red, cell, seed)
    yield from _where(cells, shown)


def _answered_rightly(red: _Watched, cell: str, seed: int) -> Iterator[str]:
    """Ask the reference what the defect answered wrongly."""
    asked = cast("Performed", red.wrong).step.place
    reference = _watch(red.outcome.scenario, cell, seed, None)
    for step in reference.outcome.performed:
        if step.step.place == asked:
            yield from _act("on the reference", reference, step)


def _told_best(defect: Defect) -> Scenario | None:
    """Return the claiming scenario that tells most: under query plans, in the harm's own words."""
    from pytest_stigmer.scenario.loader import load
    from pytest_stigmer.scenario.shipped import known_scenarios

    naming = [path for path in known_scenarios() if defect.id in path.read_text(encoding="utf-8")]
    claiming = [found for found in map(load, naming) if defect.id in found.detects]
    return max(claiming, key=lambda found: _fitness(found, _words(defect.harm)), default=None)


def _fitness(scenario: Scenario, harm: set[str]) -> tuple[bool, int, int, str]:
    alike = len(harm & _words(scenario.title))
    return scenario.matrix == "plans", alike, -len(scenario.all_steps()), scenario.title


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _watch(scenario: Scenario, cell: str, seed: int, defect: str | None) -> _Watched:
    """Run a scenario once, and keep what the target shows of itself after each step."""
    from pytest_stigmer.harness.runs import target_of
    from pytest_stigmer.scenario.runner import Evidence
    from pytest_stigmer.scenario.runner import run as run_on

    seen: dict[Any, Evidence] = {}

    def look(target: Target, step: Step) -> None:
        if step.verb in LOOKUPS:
            rows, plan = target.timeline() or (), target.explain(step.verb, step.arguments)
            seen[step.place] = Evidence(tuple(rows), plan)

    session = HarnessSession(Options(seed=seed, defects=(defect,) if defect else ()))
    try:
        with target_of(session, scenario, cell, scenario.title) as target:
            return _Watched(run_on(scenario, target, look=look), seen)
    finally:
        session.close()


def _first_red(scenario: Scenario, cell: str, seed: int, defect: str) -> _Watched:
    """Run the cases of a scenario until one is red; return the last that ran."""
    for case in scenario.expanded():
        watched = _watch(case, cell, seed, defect)
        if watched.wrong:
            break
    return watched


def _act(title: str, watched: _Watched, step: Performed) -> Iterator[str]:
    """Tell how a question was answered: what led to it, rows, answer, query and plan."""
    told = exchange(step)
    verdict = "WRONG" if step.differences else "right"
    yield ""
    yield f"{title}: {verdict}"
    if step.differences:
        yield from (f"  {happened(it, _WIDTH - 2)}" for it in _before(watched, step))
    yield f"  {happened(told.happened, _WIDTH - 2)}"
    evidence = watched.behind(step)
    drawn = timeline(evidence.timeline, step) if evidence else None
    if drawn and any(mark.expected for mark in drawn.marks):
        yield from (f"    {line.rstrip()}" for line in timeline_lines(drawn, _WIDTH - 4))
    else:
        yield from (f"    {line}" for line in _values(step, told))
    if evidence and evidence.explanation:
        query, *plan = evidence.explanation.splitlines()
        yield from (f"    {line}" for line in textwrap.wrap(query, _WIDTH - 4))
        yield from (f"    {cut(line, _WIDTH - 4)}" for line in plan)


def _before(watched: _Watched, step: Performed) -> list[Happened]:
    """Return the writing steps right before a question."""
    performed = watched.outcome.performed
    earlier = performed[: performed.index(step)]
    told = [exchange(it).happened for it in earlier if it.step.verb not in LOOKUPS]
    return told[-_MAX_BEFORE:]


def _values(step: Performed, told: Exchange) -> Iterator[str]:
    """Tell what differs; of a right answer what was expected of it."""
    for found in step.differences:
        yield from difference_lines(found, _WIDTH - 4)
    if not step.differences:
        expected = ", ".join(f"{path} {json.dumps(value)}".strip() for path, value in told.expected)
        yield cut(f"answered {expected}", _WIDTH - 4)


def _where(cells: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
    """Say in which plan cells a defect shows: an index can hide it."""
    if len(cells) == 1:
        return
    hidden = [cell for cell in cells if cell not in shown]
    yield ""
    yield f"The same steps under {len(cells)} query plans: red in {len(shown)}."
    yield from _wrapped("red in   ", ", ".join(shown))
    if hidden:
        yield from _wrapped("hidden in", ", ".join(hidden))


def _wrapped(word: str, text: str) -> list[str]:
    head = f"{word}  "
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
        break_long_words=False,
    )

"""Which conditions there are, what they are called, and when they hold back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.conditions.choice import (
    CONDITIONS,
    DEFAULT,
    MIXTURES,
    PLAIN,
    chosen,
    conditions_of,
    label_of,
)
from pytest_stigmer.conditions.resemblance import resembling
from pytest_stigmer.errors import UsageError
from pytest_stigmer.explore.comparison import Comparison
from pytest_stigmer.explore.counterexample import Mismatch
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import outcome_of
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.shipped import scenario_folder, shipped_scenarios
from pytest_stigmer.scenario.target import Answer, Surprise, Target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.conditions.conftest import Run

BARE = Scenario("x", Path("x.scenario.yaml"), 1, ())


def test_sets_of_conditions_have_names() -> None:
    """`default`, `all` and `none` are sets; anything else is a list of names."""
    assert chosen("default") == DEFAULT == tuple(MIXTURES)
    assert chosen("all") == tuple(CONDITIONS)
    assert chosen("none") == ()
    assert chosen("restart, warm+again") == ("restart", "warm+again")


def test_an_unknown_condition_names_the_nearest() -> None:
    """A typo in an option is told with the word that was meant."""
    with pytest.raises(UsageError, match="did you mean 'restart'"):
        chosen("restrat")


def test_every_condition_says_why_it_must_not_matter() -> None:
    """Each has a name of its own and one sentence."""
    assert all(one.why.endswith(".") and one.why.count(". ") == 0 for one in CONDITIONS.values())


def test_a_mixture_leaves_out_what_changes_a_scenario() -> None:
    """`not_under` takes a part out of a mixture, and a condition that is alone away."""
    scenario = Scenario("x", Path("x"), 1, (), not_under={"restart": "why"})
    assert conditions_of(scenario, ("restart", "restless", "warm")) == ("restless", "warm")


def test_what_leaves_a_past_out_leaves_a_longer_one_out() -> None:
    """What is said of a condition holds of its larger forms."""
    scenario = Scenario("x", Path("x"), 1, (), not_under={"long-past": "why"})
    assert conditions_of(scenario, ("long-past-1001", "long-past-32767")) == ()


def test_hardly_a_promise_leaves_a_condition_out() -> None:
    """Above one promise in ten it is the condition that is wrong."""
    paths = shipped_scenarios()
    exceptions = [path for path in paths if "\nnot_under:" in path.read_text(encoding="utf-8")]
    left_out = Counter(name for path in exceptions for name in load_scenario(path).not_under)
    assert len(left_out) > 1
    assert max(left_out.values()) <= len(paths) / 10, left_out


def test_a_server_of_others_is_only_asked() -> None:
    """Where nothing may be harmed, only conditions are left that add nothing."""
    left = conditions_of(BARE, CONDITIONS, harmful=False)
    assert left == ("warm", "again", "other-seed")


def test_an_item_is_called_by_its_condition() -> None:
    """The plain run has the title, every other the condition behind it."""
    assert label_of(BARE, PLAIN) == "x"
    assert label_of(BARE, "restart") == "x[restart]"


@pytest.mark.parametrize("text", ["skl-1", "", "V1", "a\0b", "7", "caf\u00e9"])
def test_what_resembles_a_text_is_another_one(text: str) -> None:
    """No resembling text is the text itself, and none is told twice."""
    found = resembling(text)
    assert text not in found
    assert len(found) == len(set(found)) > 30


def test_conditions_hold_back_while_a_scenario_disturbs_its_registry(run: Run) -> None:
    """Between lock and unlock, close and reopen, and within transactions nothing else happens."""
    text = """steps:
  - save_resource: {id: skl-1, message: {spec.tag: v1}}
  - lock:
  - save_resource: {id: skl-1, message: {spec.tag: v2}}
    fails: UNAVAILABLE
  - unlock:
  - close:
  - get_resource: {id: skl-1}
    fails: UNAVAILABLE
  - reopen:
  - transaction:
      - delete_resources_by_kind: {}
        returns: 1
    ends: rolled_back
  - list_resources:
    returns: [{spec.tag: v1}]
"""
    assert [run(text, name).status for name in (*DEFAULT, "busy")] == ["passed"] * 3


def test_a_condition_that_a_target_cannot_provide_is_skipped(run: Run) -> None:
    """What v1 cannot hold is told, not judged."""
    text = """steps:
  - save_audit: {resource_id: skl-1, tag: v1, message: {spec.tag: v2}}
  - list_audit_history: {resource_id: skl-1}
"""
    outcome = run(text, "migrated")
    assert outcome.status == "skipped"
    assert "a file of schema v1 cannot hold a hash and a tag" in outcome.reason


def test_the_longest_past_is_that_of_the_first_case(run: Run) -> None:
    """It is dear, and what cases differ in has nothing to do with numbers."""
    text = """cases: [{case: one, tag: v1}, {case: two, tag: v2}]
steps:
  - save_audit: {resource_id: skl-1, tag: "${case.tag}", message: {spec.tag: v1}}
"""
    outcome = run(text, "long-past-32767", case=1)
    assert outcome.status == "skipped"
    assert "the first case has had that past" in outcome.reason


def test_the_longest_past_is_that_of_lists_and_deletions(run: Run) -> None:
    """A look-up by name finds one row, of a thousand as of ten thousands."""
    text = "steps: [{save_resource: {id: skl-1, message: {}}}, {get_resource: {id: skl-1}}]\n"
    outcome = run(text, "long-past-32767")
    assert outcome.status == "skipped"
    assert "it neither lists nor deletes" in outcome.reason


@pytest.mark.parametrize("name", ["neighbours", "same-content"])
def test_a_case_may_give_a_map(name: str, run: Run) -> None:
    """A value of a case need not be a text."""
    text = """cases:
  - {case: one, content: {size: 7}}
steps:
  - push: {name: Calculator, files: {a.txt: "${case.content}"}}
"""
    assert run(text, name).status == "passed"


def test_another_seed_draws_other_ids_and_texts() -> None:
    """What the condition draws is a function of the run's seed and of the scenario's name."""
    path = scenario_folder() / "lifecycle" / "second_save.scenario.yaml"

    def drawn(seed: int) -> Scenario:
        session = HarnessSession(Options(seed=seed))
        outcome = outcome_of(session, load_scenario(path), "other-seed", "x")
        session.close()
        assert outcome.status == "passed"
        return outcome.scenario

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_an_id_that_is_drawn_again_is_so_within_its_message(run: Run) -> None:
    """A record whose row and message have one id has one id under another seed too."""
    text = """steps:
  - save_resource: {id: skl-1, message: {metadata.id: skl-1, metadata.slug: calculator}}
  - get_by_reference: {slug: calculator}
    as: found
    returns: {metadata.id: skl-1}
  - get: {id: "${found.metadata.id}"}
    returns: "${found}"
"""
    assert run(text, "other-seed").status == "passed"


def test_the_explorer_tells_what_a_condition_saw() -> None:
    """A surprise ends a history as a wrong answer does, with its sentence."""

    class Surprising(Target):
        capabilities = frozenset({"skills"})

        def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
            raise Surprise(f"under restart: {verb} of {arguments}")

    api = load("bundled")
    comparison = Comparison(Surprising(), ModelTarget(Factory(1, "x", api), api))
    with pytest.raises(Mismatch, match="under restart: get of") as caught:
        comparison.step("get", {"id": "skl-1"})
    assert caught.value.found.steps == ({"get": {"id": "skl-1"}},)

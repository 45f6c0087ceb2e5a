"""A proof is exact both ways: it goes red when any single claim is removed or added."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.prove.proof import PLAIN_CELL, SHOWN, Row
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import shipped_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

SAMPLE = 4
CLAIMS = re.compile(r"^detects:\n(?:  - .*\n)+", re.MULTILINE)


def with_claims(text: str, claims: list[str]) -> str:
    """Return a scenario file's text with other claims."""
    listed = "".join(f"  - {claim}\n" for claim in claims)
    return CLAIMS.sub(f"detects:\n{listed}" if claims else "", text)


def changed_files() -> Iterator[tuple[str, str]]:
    """Yield name and text of sampled scenarios, each without a claim and with one too many."""
    loaded = {path: load(path) for path in shipped_scenarios()}
    plain = [path for path, it in loaded.items() if it.detects and it.matrix is None]
    chance = random.Random(20260126)  # noqa: S311 - the sample is the same in every run
    for path in chance.sample(plain, SAMPLE):
        text, claims = path.read_text(encoding="utf-8"), sorted(loaded[path].detects)
        removed = chance.choice(claims)
        added = chance.choice(sorted(set(catalogue()) - set(claims)))
        yield f"less_{path.name}", with_claims(text, [c for c in claims if c != removed])
        yield f"more_{path.name}", with_claims(text, [*claims, added])


def test_sampled_scenarios_fail_the_proof_with_one_claim_changed(pytester: pytest.Pytester) -> None:
    """Removed or added by hand, the claim is what the proof complains about."""
    for name, text in changed_files():
        Path(pytester.path, name).write_text(text, encoding="utf-8")
    result = pytester.runpytest_inprocess("--stigmer-prove", "-p", "no:randomly")
    result.assert_outcomes(failed=2 * SAMPLE)
    told = result.stdout.str()
    assert told.count(", but does not claim it") >= SAMPLE
    assert told.count(", but stays green under it") >= SAMPLE


def test_every_single_claim_counts() -> None:
    """For each shipped scenario and each of its claims, less and more are both named."""
    for path in shipped_scenarios():
        claims = load(path).detects
        cells = {claim: {PLAIN_CELL: SHOWN} for claim in claims}
        for claim in claims:
            less = Row("it", str(path), 1, tuple(set(claims) - {claim}), cells)
            assert f"is red under {claim}, but does not claim it" in less.problems()
            spared = {defect: state for defect, state in cells.items() if defect != claim}
            more = Row("it", str(path), 1, claims, spared)
            assert f"claims {claim}, but stays green under it" in more.problems()


def test_a_claim_is_made_once_and_in_order() -> None:
    """Claims are sorted and free of doubles, so that a change to them is easy to read."""
    for path in shipped_scenarios():
        claims = list(load(path).detects)
        assert claims == sorted(set(claims)), path.name


def test_every_defect_is_claimed_and_every_scenario_claims() -> None:
    """No defect is beyond the reach of the scenarios, and none of them proves nothing."""
    claims = {path: load(path).detects for path in shipped_scenarios()}
    assert [path.name for path, claimed in claims.items() if not claimed] == []
    assert (
        sorted(set(catalogue()) - {claim for claimed in claims.values() for claim in claimed}) == []
    )

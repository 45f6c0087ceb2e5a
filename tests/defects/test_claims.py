"""A proof is exact both ways: it goes red when any single claim is removed or added."""

from __future__ import annotations

import inspect
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.prove import proof
from pytest_stigmer.prove.proof import MASKED, SHOWN, Row
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import shipped_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = 4
CLAIMS = re.compile(r"^detects:\n(?:  - .*\n)+", re.MULTILINE)
GREEN, RED = {"v2": MASKED}, {"v2": SHOWN}
HALF = {"v2": MASKED, "ascending": SHOWN}
UNCLAIMED = "is red under a, but does not claim it"
FALSE_CLAIM = "claims a, but stays green under it"
FALSE_CLAIM_UNDER = "claims a under restart, but stays green under it"
UNDER = {"claimed": (), "claimed_under": {"restart": ("a",)}, "conditions": ("restart",)}

JUDGED: list[tuple[dict[str, Any], list[str]]] = [
    ({"claimed": ("a",), "cells": {"a": RED, "b": GREEN}}, []),
    ({"claimed": ("a",), "cells": {"a": HALF}}, []),
    ({"claimed": ("b",), "cells": {"a": RED, "b": RED}}, [UNCLAIMED]),
    ({"claimed": ("a", "b"), "cells": {"a": GREEN, "b": RED}}, [FALSE_CLAIM]),
    (
        {"claimed": ("a",), "cells": {"a": GREEN, "b": RED}},
        [FALSE_CLAIM, "is red under b, but does not claim it"],
    ),
    ({"claimed": ("b",), "cells": {"a": RED, "b": RED}, "unjudged": ("a",)}, []),
    ({"claimed": ("a",), "cells": {"a": GREEN}, "unjudged": ("a",)}, [FALSE_CLAIM]),
    ({"claimed": (), "cells": {"a": GREEN}}, ["kills no defect: it proves nothing"]),
    ({"claimed": (), "cells": {"a": GREEN}, "is_partial": True}, []),
    ({"claimed": (), "cells": {"a": RED}, "is_partial": True}, [UNCLAIMED]),
    ({**UNDER, "cells": {"a": {"v2": MASKED, "restart": SHOWN}}}, []),
    ({**UNDER, "cells": {"a": {"v2": MASKED, "restart": MASKED}}}, [FALSE_CLAIM_UNDER]),
    ({**UNDER, "cells": {"a": {"v2": SHOWN}}}, [UNCLAIMED, FALSE_CLAIM_UNDER]),
    ({"claimed": ("a",), "faults": ("is error on the reference",)}, ["is error on the reference"]),
    ({"claimed": ("a",), "cells": {"a": RED}, "faults": ("broke",)}, ["broke"]),
    ({"claimed": ("a",), "cells": {"a": GREEN}, "faults": ("broke",)}, ["broke", FALSE_CLAIM]),
]
"""Rows of the kill matrix, and what must be said of each."""

WRONG_COPIES = {
    "SHOWN in cells.values()": ("MASKED not in cells.values()",),
    "count(SHOWN) > len(self.shown_under(defect))": ("count(SHOWN) > 0",),
    "condition not in self.shown_under(defect)": ("True", "False"),
    "sorted(claimed - killed)": ("()", "sorted(claimed)", "sorted(killed - claimed)"),
    "killed - claimed - set(self.unjudged)": (
        "killed - claimed",
        "killed - set(self.unjudged)",
        "set()",
    ),
    "if not claims and not killed and not self.is_partial": (
        "if not claimed and not killed and not self.is_partial",
        "if not claims and not killed",
        "if not killed and not self.is_partial",
        "if False",
    ),
    "if self.faults and not self.cells": ("if False", "if self.faults"),
    "return list(self.faults)": ("return []",),
    "found = list(self.faults)": ("found = []",),
}
"""Pieces of the row's code, and what a wrong copy has in their place."""


def row_class(piece: str = "", instead: str = "") -> type[Row]:
    """Return a copy of the row with one piece exchanged."""
    source = inspect.getsource(Row)
    assert piece in source
    names = dict(vars(proof))
    exec(source.replace(piece, instead), names)  # noqa: S102 - our own source
    made: type[Row] = names["Row"]
    return made


def misjudged(made: type[Row]) -> list[dict[str, Any]]:
    """Return the rows of which a copy says something else than it must."""
    rows = [(given, made("it", "it.scenario.yaml", 1, **given), told) for given, told in JUDGED]
    return [given for given, row, told in rows if row.problems() != told]


def test_rows_are_judged_both_ways() -> None:
    """Less and more than claimed, faults, and what need not be claimed."""
    assert misjudged(Row) == []


@pytest.mark.parametrize(
    ("piece", "instead"),
    [(piece, wrong) for piece, copies in WRONG_COPIES.items() for wrong in copies],
)
def test_a_wrong_judge_is_told_from_the_right_one(piece: str, instead: str) -> None:
    """A copy of the row that judges in another way is wrong about one of the rows above."""
    assert misjudged(row_class(piece, instead)) != []


def with_claims(text: str, claims: list[str]) -> str:
    """Return a scenario file's text with other claims."""
    listed = "".join(f"  - {claim}\n" for claim in claims)
    return CLAIMS.sub(f"detects:\n{listed}" if claims else "", text)


def changed_files() -> Iterator[tuple[str, str, str]]:
    """Yield name, text and claim of sampled scenarios, each without it and with one too many."""
    loaded = {path: load(path) for path in shipped_scenarios()}
    plain = [path for path, it in loaded.items() if it.detects and it.matrix is None]
    chance = random.Random(20260126)  # noqa: S311 - the sample is the same in every run
    for path in chance.sample(plain, SAMPLE):
        text, claims = path.read_text(encoding="utf-8"), sorted(loaded[path].detects)
        removed = chance.choice(claims)
        added = chance.choice(sorted(set(catalogue()) - set(claims)))
        yield f"less_{path.name}", with_claims(text, [c for c in claims if c != removed]), removed
        yield f"more_{path.name}", with_claims(text, [*claims, added]), added


def test_sampled_scenarios_fail_the_proof_with_one_claim_changed(pytester: pytest.Pytester) -> None:
    """Removed or added by hand, the claim is what the proof complains about."""
    words = ["--stigmer-prove", "--stigmer-exact", "-p", "no:randomly"]
    for name, text, claim in changed_files():
        Path(pytester.path, name).write_text(text, encoding="utf-8")
        words.append(f"--stigmer-defect={claim}")
    result = pytester.runpytest_inprocess(*words)
    result.assert_outcomes(failed=2 * SAMPLE)
    told = result.stdout.str()
    assert told.count(", but does not claim it") >= SAMPLE
    assert told.count(", but stays green under it") >= SAMPLE


def test_a_claim_is_made_once_and_in_order() -> None:
    """Claims are sorted and free of doubles, so that a change to them is easy to read."""
    for path in shipped_scenarios():
        claims = list(load(path).detects)
        assert claims == sorted(set(claims)), path.name


def test_every_defect_is_claimed_and_every_scenario_claims() -> None:
    """No defect is beyond the reach of the scenarios, and none of them proves nothing."""
    scenarios = [load(path) for path in shipped_scenarios()]
    assert [one.path.name for one in scenarios if not one.detects] == []
    claimed = {claim for one in scenarios for claim in one.detects}
    claimed |= {claim for one in scenarios for more in one.detects_under.values() for claim in more}
    assert sorted(set(catalogue()) - claimed) == []

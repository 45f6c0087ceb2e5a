"""From a long wrong history to a short one: steps and arguments are left out while it stays wrong.

Hypothesis could shrink too; replaying steps needs a fraction of its runs, and is not led astray by
a registry whose answers depend on chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pytest_stigmer.errors import ServerLost
from pytest_stigmer.explore.comparison import Comparison
from pytest_stigmer.explore.counterexample import Counterexample, Mismatch
from pytest_stigmer.scenario.saved_values import NoSuchValue
from pytest_stigmer.scenario.verbs import VERBS

Steps = Sequence[dict[str, Any]]
Fresh = Callable[[], AbstractContextManager[Comparison]]

REPEATS = 3
"""How often in a row what is certain must be answered wrongly."""

_OPTIONAL = frozenset({"org", "tag", "scope", "version", "version_hash", "kind"})
_NEEDED = {
    "get_audit_by_tag": "tag",
    "get_audit_by_hash": "version_hash",
    "set_schema_version": "version",
}


def shrunk(found: Counterexample, fresh: Fresh) -> Counterexample:
    """Return a shorter counterexample by the same cause, or the one given, and if it is certain.

    `fresh` gives new registries. What is answered wrongly every time is not exchanged for what is
    so now and then.
    """
    is_certain = _repeats(found, fresh)
    for candidates in (_fewer_steps, _fewer_arguments, _fewer_steps):
        found = _shrunk_by(candidates, found, fresh, is_certain=is_certain)
    return replace(found, is_certain=is_certain or _repeats(found, fresh))


def _repeats(found: Counterexample, fresh: Fresh) -> bool:
    """Whether the steps are answered wrongly time after time; not where the server is lost."""
    again = (replayed(found.steps, fresh, found.cause) for _ in range(REPEATS))
    return all(one is not None for one in again)


def replayed(steps: Steps, fresh: Fresh, cause: str = "") -> Counterexample | None:
    """Perform steps on a fresh registry; return where it answers wrongly, or None.

    With a `cause` it goes past wrong answers by others. Where the server is lost nothing more can
    be shown of it, so that what was found stays.
    """
    if not _crashes_are_whole(steps):
        return None
    try:
        return _replayed(steps, fresh, cause)
    except ServerLost:
        return None


def _replayed(steps: Steps, fresh: Fresh, cause: str) -> Counterexample | None:
    with fresh() as comparison:
        comparison.only = cause
        for step in steps:
            try:
                comparison.take(step)
            except Mismatch as mismatch:
                return mismatch.found
            except (NoSuchValue, LookupError):
                # It names the answer of a step that was left out, or a fault rests on one.
                return None
    return None


def _crashes_are_whole(steps: Steps) -> bool:
    """Whether each crash is followed at once by the verb that dies."""
    verbs = [next(iter(step)) for step in steps]
    after = [verb for before, verb in pairwise(verbs) if before == "crash_after"]
    return set(after) <= {"push", "delete"} and verbs[-1] != "crash_after"


def _shrunk_by(
    candidates: Callable[[Steps], Iterator[Steps]],
    found: Counterexample,
    fresh: Fresh,
    *,
    is_certain: bool,
) -> Counterexample:
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for steps in candidates(found.steps):
            again = replayed(steps, fresh, found.cause)
            if again is not None and (not is_certain or _repeats(again, fresh)):
                found, is_shorter = again, True
                break
    return found


def _fewer_steps(steps: Steps) -> Iterator[Steps]:
    size = len(steps) // 2
    while size:
        for end in range(len(steps) - 1, 0, -size):
            yield [*steps[: max(0, end - size)], *steps[end:]]
        size //= 2
    for place, step in enumerate(steps):
        for inner in _fewer_steps(step.get("transaction", [])):
            yield [*steps[:place], {**step, "transaction": inner}, *steps[place + 1 :]]
        if "transaction" in step:
            yield [*steps[:place], *step["transaction"], *steps[place + 1 :]]
        if "on" in step:
            alone = {key: value for key, value in step.items() if key != "on"}
            yield [*steps[:place], alone, *steps[place + 1 :]]


def _fewer_arguments(steps: Steps) -> Iterator[Steps]:
    for place, step in enumerate(steps):
        verb = next(iter(step))
        if VERBS[verb].bare or verb == "transaction":
            continue
        for name in sorted(_OPTIONAL & step[verb].keys() - {_NEEDED.get(verb)}):
            arguments = {key: value for key, value in step[verb].items() if key != name}
            yield [*steps[:place], {**step, verb: arguments}, *steps[place + 1 :]]

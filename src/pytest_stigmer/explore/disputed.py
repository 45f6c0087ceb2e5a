"""The points on which registries may differ in good faith; every one is said, none is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Disputed:
    """What a registry does where the contract's sources contradict each other or leave a choice.

    The defaults are the reference's. Another choice makes another model, not a looser one.
    Source: stigmer b070f18, backend/libs/go/store/interface.go against sqlite/store.go, and
    apis/ai/stigmer/agentic/skill/v1/command.proto against skill/controller/delete.go.
    """

    store_deletes_cascade: bool = False
    """Whether deleting a live record deletes its history: the interface says so, no code does."""

    skill_delete_drops_history: bool = True
    """Whether deleting a skill drops its versions: the code does, the comment says they stay."""

    repush_adds_version: bool = True
    """Whether pushing equal content under an equal tag again adds a version to the history."""


REFERENCE = Disputed()
"""What the reference does."""

POINTS = tuple(field.name for field in fields(Disputed))
"""The names of the disputed points."""


def otherwise(points: Iterable[str]) -> Disputed:
    """Return what a registry does that differs from the reference in these points."""
    return replace(REFERENCE, **{name: not getattr(REFERENCE, name) for name in points})

"""What a defect is: an id, the harm it does, where it comes from, and how it is put in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.registry.assembly import Recipe


@dataclass(frozen=True)
class Defect:
    """One known way to break a registry's promise.

    `harm` is one sentence on what a user loses; `origin` names the fix, note or hazard it stands
    for; `apply` takes the reference's recipe and returns one with the defect in place.
    """

    id: str
    family: str
    harm: str
    origin: str
    apply: Callable[[Recipe], Recipe]

"""The points on which registries may differ in good faith, in one place for all who judge them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError, counted

if TYPE_CHECKING:
    from pytest_stigmer.scenario.runner import Outcome

PROPERTY = "stigmer_disputed"
"""The property of a test report that names a point which was answered otherwise."""


@dataclass(frozen=True, slots=True)
class Point:
    """What is promised by nobody, because the contract's sources contradict each other or are mute.

    `ours` is what the reference does, `others` what a registry may do as well, `source` where that
    is seen (stigmer b070f18). Our own registries are held to `ours` everywhere.
    """

    name: str
    ours: str
    others: str
    source: str


_CODE = "backend/services/stigmer-server/pkg/domain/skill"

POINTS: dict[str, Point] = {
    point.name: point
    for point in (
        Point(
            "store_deletes_cascade",
            "deleting a live record leaves its audit records",
            "deleting a live record deletes its audit records, as the interface says",
            "backend/libs/go/store/interface.go against sqlite/store.go",
        ),
        Point(
            "skill_delete_drops_history",
            "deleting a skill drops its versions",
            "the versions stay, as the comment says",
            "apis/ai/stigmer/agentic/skill/v1/command.proto against controller/delete.go",
        ),
        Point(
            "repush_adds_version",
            "a push of equal content under an equal tag adds a version to the history",
            "such a push adds none",
            f"{_CODE}/controller/push.go",
        ),
        Point(
            "hash_in_capitals_is_refused",
            "a tag of 64 hexadecimal digits with capitals is refused, as one without them",
            "such a tag is taken and names its version, since only small letters make a hash",
            f"{_CODE}/controller/load_skill_by_reference.go",
        ),
        Point(
            "organization_needs_org",
            "a reference with scope organization and no organisation is INVALID_ARGUMENT",
            "it is NOT_FOUND, for nothing is of no organisation",
            "apis/ai/stigmer/commons/apiresource/io.proto",
        ),
        Point(
            "reference_to_no_skill_is_refused",
            "a reference to another kind, or with the scope of an account, is INVALID_ARGUMENT",
            "it is NOT_FOUND, for no skill is of that kind or scope",
            "apis/ai/stigmer/commons/apiresource/io.proto",
        ),
        Point(
            "bare_reference_finds_the_only_one",
            "a reference without scope and organisation names the only skill of its slug",
            "it names the platform's skill alone, else it is NOT_FOUND",
            f"the comment and the code of {_CODE}/controller/load_skill_by_reference.go",
        ),
        Point(
            "ambiguity_is_told",
            "a reference that several organisations' skills fit says that it is ambiguous",
            "it is NOT_FOUND in any words",
            f"{_CODE}/controller/load_skill_by_reference.go",
        ),
        Point(
            "unspecified_scope_stays",
            "a push that leaves the scope unspecified makes a skill whose scope is unspecified",
            "the scope follows from the organisation: organization with one, else platform",
            "the rule on metadata in apis/ai/stigmer/agentic/skill/v1/api.proto",
        ),
        Point(
            "odd_archives_are_refused",
            "an archive is refused that two programs may read differently, or one cannot unpack: "
            "bytes around it, headers that disagree, names in two forms, files declared folders",
            "it is taken, where SKILL.md can be read and nothing leaves the folder",
            f"{_CODE}/storage/zip_extractor.go, which checks none of these",
        ),
    )
}
"""The disputed points by name."""


def points_of(outcome: Outcome) -> list[tuple[str, object]]:
    """Return a property per step of a run that answers a disputed point otherwise."""
    steps = (performed.step for performed in outcome.performed if performed.disputed)
    return [(PROPERTY, step.disputed.point) for step in steps if step.disputed]


def told(points: Iterable[str]) -> Iterator[str]:
    """Say of each point how often it was answered otherwise, and what either side does."""
    for name, count in Counter(points).items():
        point = POINTS[name]
        yield f"DISPUTED {counted(count, 'answer')}, {name}: {point.others}; ours: {point.ours}"


def otherwise(points: Iterable[str]) -> frozenset[str]:
    """Return points in which a registry differs from the reference; UsageError for another word."""
    given = frozenset(points)
    for name in given - POINTS.keys():
        raise UsageError.unknown("disputed point", name, sorted(POINTS))
    return given
